-- What the engine measures of the essay's claims: claim id, value, range, and what it rests on.
with four as (
  select b.cost_usd_per_mtok / a.cost_usd_per_mtok as ratio
  from engine.serving as a join engine.serving as b
    on b.model = a.model and b.accelerator = a.accelerator and b.service_level_tok_s_per_user = a.service_level_tok_s_per_user
  where a.precision = 'bf16' and b.precision = 'int4' and a.service_level_tok_s_per_user = (select value from core.definition where definition_id = 'reference.speed') and a.cost_usd_per_mtok > 0
),
levers as (select lever, min(least(last_in_factor, first_in_factor, shapley_factor)) as low, median(shapley_factor) as value, max(greatest(last_in_factor, first_in_factor, shapley_factor)) as high from engine.stack group by lever),
totals as (select min(total_factor) as low, median(total_factor) as value, max(total_factor) as high from (select distinct scenario, total_factor from engine.stack) as s),
products as (
  select scenario, exp(sum(ln(first_in_factor))) / max(total_factor) as ratio from engine.stack where first_in_factor > 0 group by scenario
),
rented as (
  select accelerator, median(usd_per_accelerator_hour) filter (observed_at > v.as_of - (select value from core.definition where definition_id = 'window.year')::integer) as now_usd,
         median(usd_per_accelerator_hour) filter (observed_at <= v.as_of - (select value from core.definition where definition_id = 'window.year')::integer) as then_usd
  from core.rental_believed cross join core.vintage as v where term in ('on_demand', 'mixed') group by accelerator
)
select 'C2' as claim_id, median(ratio) as value, min(ratio) as low, max(ratio) as high, 'product of first-in gains over the joint gain, deflation stacks' as basis from products
union all by name select 'C3' as claim_id, median(speedup_factor) as value, quantile_cont(speedup_factor, 0.1) as low, quantile_cont(speedup_factor, 0.9) as high,
       count(*) || ' measured speed-ups, one stream' as basis
  from core.quantization_speedup where setting like 'batch 1%' and (to_precision like 'int8%' or to_precision like 'q8%' or to_precision = 'fp8') having count(*) > 0
union all by name select 'C4' as claim_id, median(speedup_factor) as value, quantile_cont(speedup_factor, 0.1) as low, quantile_cont(speedup_factor, 0.9) as high,
       count(*) || ' measured speed-ups of 4 bit over 16 bit, one stream' as basis
  from core.quantization_speedup where setting like 'batch 1%' and (to_precision like 'int4%' or to_precision like 'q4%') having count(*) > 0
union all by name select 'C6' as claim_id, -median(value) as value, -max(coalesce(high, value)) as low, -min(coalesce(low, value)) as high,
       'published change of accuracy at 8 bit, ' || count(*) || ' formats' as basis
  from core.quantization_quality where metric = 'accuracy_loss_pct' and (precision like 'fp8%' or precision like 'int8%') having count(*) > 0
union all by name select 'C5' as claim_id, 1 - median(ratio) as value, 1 - quantile_cont(ratio, 0.95) as low, 1 - quantile_cont(ratio, 0.05) as high, 'engine: INT4 against BF16 cost at ' || printf('%g', (select value from core.definition where definition_id = 'reference.speed')) || ' tokens/s per user' as basis from four
union all by name select 'C7' as claim_id, median(measured_factor) filter (setting = 'one stream') as value, min(measured_low_factor) as low, max(measured_high_factor) as high,
       'measured, median method for one stream; range over methods and loads (below 1 at high request rates)' as basis
  from engine.lever_evidence where lever = 'speculative decoding' having count(*) > 0
union all by name select 'C9' as claim_id, median(then_usd / now_usd) as value, min(then_usd / now_usd) as low, max(then_usd / now_usd) as high, 'rental per hour a year ago over now, median accelerator' as basis from rented where then_usd > 0 and now_usd > 0
union all by name select 'C10' as claim_id, value, low, high, 'engine: serving software lever, Shapley; first in and last in as range' as basis from levers where lever = 'serving software'
union all by name select 'C11' as claim_id, median(gain_factor_per_year) as value, quantile_cont(gain_factor_per_year, 0.1) as low, quantile_cont(gain_factor_per_year, 0.9) as high,
       'a year, ' || count(*) || ' workloads on unchanged accelerators between releases' as basis
  from engine.software_gain having count(*) > 0
union all by name select 'C12' as claim_id, value, low, high, 'engine: all levers together, by model size and service level' as basis from totals
union all by name select 'C20' as claim_id, 1 + growth_per_year as value, 1 + growth_low_per_year as low, 1 + growth_high_per_year as high,
       'bytes moved per joule, growth a year over ' || parts_count || ' accelerators, ' || window_label as basis
  from marts.hardware_trends where metric = 'bandwidth per watt' and window_label like 'since 2016%'
