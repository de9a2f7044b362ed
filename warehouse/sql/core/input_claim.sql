-- What the engine measures of the essay's claims: claim id, value, range, and what it rests on.
with pairs as (
  select a.model, a.accelerator, b.throughput_tok_per_s / a.throughput_tok_per_s as gain
  from engine.serving as a join engine.serving as b
    on b.model = a.model and b.accelerator = a.accelerator and b.service_level_tok_s_per_user = a.service_level_tok_s_per_user
  where a.precision = 'bf16' and b.precision = 'fp8' and a.service_level_tok_s_per_user = 20
),
four as (
  select b.cost_usd_per_mtok / a.cost_usd_per_mtok as ratio
  from engine.serving as a join engine.serving as b
    on b.model = a.model and b.accelerator = a.accelerator and b.service_level_tok_s_per_user = a.service_level_tok_s_per_user
  where a.precision = 'bf16' and b.precision = 'int4' and a.service_level_tok_s_per_user = 20 and a.cost_usd_per_mtok > 0
),
levers as (select lever, min(least(last_in_factor, first_in_factor, shapley_factor)) as low, median(shapley_factor) as value, max(greatest(last_in_factor, first_in_factor, shapley_factor)) as high from engine.stack group by lever),
totals as (select min(total_factor) as low, median(total_factor) as value, max(total_factor) as high from (select distinct scenario, total_factor from engine.stack) as s),
products as (
  select scenario, exp(sum(ln(first_in_factor))) / max(total_factor) as ratio from engine.stack where first_in_factor > 0 group by scenario
),
rented as (
  select accelerator, median(usd_per_accelerator_hour) filter (observed_at > v.as_of - 365) as now_usd,
         median(usd_per_accelerator_hour) filter (observed_at <= v.as_of - 365) as then_usd
  from core.rental_believed cross join core.vintage as v where term in ('on_demand', 'mixed') group by accelerator
),
trend as (
  select regr_slope(ln(bandwidth_bytes_per_j), (launch_date - date '2020-01-01') / 365.25) as slope, count(*) as n
  from engine.ceiling where launch_date >= date '2016-01-01' and bandwidth_bytes_per_j > 0
)
select 'C2' as claim_id, median(ratio) as value, min(ratio) as low, max(ratio) as high, 'product of first-in gains over the joint gain, deflation stacks' as basis from products
union all by name select 'C3' as claim_id, median(gain) as value, quantile_cont(gain, 0.05) as low, quantile_cont(gain, 0.95) as high, 'engine: FP16 to FP8 at 20 tokens/s per user, all models and accelerators' as basis from pairs
union all by name select 'C4' as claim_id, value, low, high, 'engine: quantisation lever, Shapley; first in and last in as range' as basis from levers where lever = 'quantization'
union all by name select 'C5' as claim_id, 1 - median(ratio) as value, 1 - quantile_cont(ratio, 0.95) as low, 1 - quantile_cont(ratio, 0.05) as high, 'engine: INT4 against BF16 cost at 20 tokens/s per user' as basis from four
union all by name select 'C7' as claim_id, value, low, high, 'engine: speculative decoding lever, Shapley; first in and last in as range' as basis from levers where lever = 'speculative decoding'
union all by name select 'C9' as claim_id, median(then_usd / now_usd) as value, min(then_usd / now_usd) as low, max(then_usd / now_usd) as high, 'rental per hour a year ago over now, median accelerator' as basis from rented where then_usd > 0 and now_usd > 0
union all by name select 'C10' as claim_id, value, low, high, 'engine: serving software lever, Shapley; first in and last in as range' as basis from levers where lever = 'serving software'
union all by name select 'C12' as claim_id, value, low, high, 'engine: all levers together, by model size and service level' as basis from totals
union all by name select 'C20' as claim_id, exp(slope) as value, exp(slope) as low, exp(slope) as high, 'bytes per joule growth per year over ' || n || ' accelerators' as basis from trend where slope is not null
