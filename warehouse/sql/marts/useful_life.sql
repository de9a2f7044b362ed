-- How long a chip pays: today's rent against power and overhead, while token prices fall and software makes the chip faster.
-- A token's price is what a chip earns per token, so rent falls with it unless software adds tokens; null years: beyond 30.
with running as (
  select accelerator, sum(usd_per_accelerator_hour) as running_usd_per_hour from marts.ownership_cost
  where owner_kind = 'neocloud_owned' and cost_component in ('power', 'overhead') group by accelerator
),
rent as (select accelerator, usd_per_accelerator_hour as rental_usd_per_hour from core.hourly),
gains as (select accelerator, max(gain_factor_per_year) as gain from marts.software_gain group by accelerator),
typical as (select median(gain_factor_per_year) as gain from engine.software_gain),
falls as (
  select 'all listings (headline)' as price_scenario, factor_per_year as price_factor from stats.decline_rate
  where index_id = 'hedonic-all-' || (select text_value from core.definition where definition_id = 'headline.scale') qualify row_number() over (order by window_to desc, window_from desc) = 1
  union all by name
  select 'cheapest price of a fixed quality' as price_scenario, max(price_factor_per_year) as price_factor from stats.jevons
),
lives as (
  select r.accelerator, f.price_scenario, f.price_factor as price_factor_per_year, rent.rental_usd_per_hour, r.running_usd_per_hour,
         rent.rental_usd_per_hour / r.running_usd_per_hour as income_ratio, coalesce(g.gain, t.gain) as gain_factor_per_year,
         case when g.gain is null then 'median gain of the accelerators with releases' else 'its own releases' end as inputs
  from running as r join rent on rent.accelerator = r.accelerator cross join falls as f cross join typical as t left join gains as g on g.accelerator = r.accelerator
  where f.price_factor is not null and r.running_usd_per_hour > 0
),
years as (
  select *, case when income_ratio <= 1 then 0 when price_factor_per_year > 1 then ln(income_ratio) / ln(price_factor_per_year) end as plain,
         case when income_ratio <= 1 then 0 when price_factor_per_year > gain_factor_per_year then ln(income_ratio) / ln(price_factor_per_year / gain_factor_per_year) end as gained
  from lives
)
select accelerator, price_scenario, price_factor_per_year, rental_usd_per_hour, running_usd_per_hour, income_ratio, gain_factor_per_year,
       case when plain <= 30 then plain end as useful_life_years, case when gained <= 30 then gained end as useful_life_with_software_years, inputs
from years
