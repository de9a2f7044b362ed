-- The numbers of the headline: rate, direction, frontier price, forecast, floors; and the same as issued before.
with day as (select as_of from core.vintage),
rate as (select * from marts.decline_rates where is_headline order by window_end desc, series limit 1),
top as (select f.* from marts.frontier as f, day where f.is_headline and f.obs_date <= day.as_of order by f.obs_date desc limit 1),
offer as (
  select i.interval_id from top join core.price_interval as i on i.offer_id = top.offer_id
  where i.valid_from <= top.obs_date and (i.valid_to is null or i.valid_to > top.obs_date) limit 1
),
ahead as (
  select f.series, any_value(f.target_date) as target_date,
         max(f.value_usd_per_mtok) filter (abs(f.quantile - 0.5) < 1e-9) as median,
         max(f.value_usd_per_mtok) filter (abs(f.quantile - 0.05) < 1e-9) as low,
         max(f.value_usd_per_mtok) filter (abs(f.quantile - 0.95) < 1e-9) as high, any_value(f.model) as model
  from marts.forecasts as f join core.series as s on s.series = f.series
  where s.is_headline and f.is_champion and f.horizon_days = 365 group by f.series
),
ends as (
  select f.series, arg_max(f.price_robust_usd_per_mtok, f.obs_date) as price, max(f.obs_date) as on_day
  from marts.frontier as f, day where f.obs_date <= day.as_of and f.price_robust_usd_per_mtok > 0 group by f.series
),
year as (
  select e.series, pow(f.price_robust_usd_per_mtok / e.price, (select value from core.definition where definition_id = 'year.length') / date_diff('day', f.obs_date, e.on_day)) as factor
  from ends as e join marts.frontier as f on f.series = e.series
  where f.price_robust_usd_per_mtok > 0 and f.obs_date between e.on_day - 380 and e.on_day - 350
  qualify row_number() over (partition by e.series order by abs(date_diff('day', f.obs_date, e.on_day) - 365)) = 1
),
rule as (select * from marts.acceleration where test = 'rule' order by quality_scale limit 1),
before as (
  select d.* from marts.decline_rates as d, rate as r
  where d.series = r.series and d.method = r.method and d.window_end between r.window_start - 5 and r.window_start + 5
    and d.window_end - d.window_start < 400
  order by d.window_start desc limit 1
),
now as (
  select case m.headline_rank when 1 then 'headline.decline_factor' when 2 then 'headline.decline_factor_matched' else 'headline.decline_factor_fresh' end as fact_id,
         m.question as subject, 'times cheaper in a year' as quantity, m.factor_per_year as value, 'factor_per_year' as unit,
         m.factor_low_per_year as lower, m.factor_high_per_year as upper, m.interval_level, m.observations_count as n,
         'year to ' || strftime(m.window_to, '%-d %B %Y') || case m.status when 'preliminary' then ', preliminary' else '' end as text_value, 'derived' as basis,
         'select * from marts.headline_methods where headline_rank = ' || m.headline_rank as sql,
         'table:marts.headline_methods table:core.input_price table:core.input_score' as inputs
  from marts.headline_methods as m where m.headline_rank is not null
  union all by name
  select 'headline.decline_factor_year_before' as fact_id, 'hedonic price index over ' || b.series as subject,
         'times cheaper in a year at fixed quality, the twelve months before' as quantity, b.decline_factor_per_year as value, 'factor_per_year' as unit,
         b.decline_lower_factor_per_year as lower, b.decline_upper_factor_per_year as upper, b.interval_level, b.n,
         b.window_label as text_value, 'derived' as basis,
         'select * from marts.decline_rates where rate_id = ''' || b.rate_id || '''' as sql, 'table:marts.decline_rates' as inputs
  from before as b
  union all by name
  select 'headline.decline_factor_all_listings' as fact_id, 'hedonic price index over ' || r.series as subject,
         'times cheaper in a year at fixed quality' as quantity, r.decline_factor_per_year as value, 'factor_per_year' as unit,
         r.decline_lower_factor_per_year as lower, r.decline_upper_factor_per_year as upper, r.interval_level, r.n,
         r.window_label as text_value, 'derived' as basis,
         'select decline_factor_per_year, decline_lower_factor_per_year, decline_upper_factor_per_year from marts.decline_rates where is_headline' as sql,
         'table:marts.decline_rates table:core.input_price table:core.input_score' as inputs
  from rate as r
  union all by name
  select 'headline.frontier_price' as fact_id, t.series as subject, 'cheapest price at the headline quality, 3 input tokens to 1 output' as quantity,
         t.price_robust_usd_per_mtok as value, 'usd_per_mtok' as unit, t.n, t.model || ', ' || t.provider as text_value, 'derived' as basis,
         'select price_robust_usd_per_mtok from marts.frontier where is_headline order by obs_date desc limit 1' as sql,
         'table:marts.frontier' || coalesce(' interval:' || o.interval_id, '') as inputs
  from top as t left join offer as o on true
  union all by name
  select 'headline.forecast_365d' as fact_id, a.series as subject, 'median forecast in 365 days (' || a.model || ')' as quantity,
         a.median as value, 'usd_per_mtok' as unit, a.low as lower, a.high as upper, 0.9 as interval_level,
         a.target_date::varchar as text_value, 'derived' as basis,
         'select quantile, value_usd_per_mtok from marts.forecasts join core.series using (series) where core.series.is_headline and is_champion and horizon_days = 365' as sql,
         'table:marts.forecasts table:marts.frontier' as inputs
  from ahead as a
  union all by name
  select 'headline.usual_factor' as fact_id, 'the price of each quality followed' as subject,
         'times cheaper in the last year: the middle one, and the middle half' as quantity, median(y.factor) as value, 'factor_per_year' as unit,
         quantile_cont(y.factor, 0.25) as lower, quantile_cont(y.factor, 0.75) as upper, 0.5 as interval_level, count(*) as n,
         strftime((select as_of from day), '%-d %B %Y') as text_value, 'derived' as basis,
         'select series, obs_date, price_robust_usd_per_mtok from marts.frontier order by series, obs_date' as sql, 'table:marts.frontier' as inputs
  from year as y having count(*) > 0
  union all by name
  select 'headline.acceleration' as fact_id, 'direction of the rate' as subject, 'verdict of the declared tests' as quantity,
         r.p_value as value, 'p_value' as unit, replace(r.verdict, '_', ' ') as text_value, 'derived' as basis,
         'select verdict, p_value, note from marts.acceleration where test = ''rule''' as sql, 'table:marts.acceleration' as inputs
  from rule as r
  union all by name
  select 'headline.' || f.floor_kind || '_floor' as fact_id, f.series as subject, replace(f.floor_kind, '_', '-') || ' floor at the headline quality' as quantity,
         f.floor_usd_per_mtok as value, 'usd_per_mtok' as unit, f.floor_lower_usd_per_mtok as lower, f.floor_upper_usd_per_mtok as upper,
         0.9 as interval_level, 'derived' as basis,
         'select * from marts.floors where obs_date = (select as_of from core.vintage)' as sql, 'table:marts.floors' as inputs
  from marts.floors as f join core.series as s on s.series = f.series cross join day
  where s.is_headline and f.obs_date = day.as_of
  union all by name
  select 'headline.price_to_' || f.floor_kind || '_floor' as fact_id, f.series as subject, 'frontier price over the ' || replace(f.floor_kind, '_', '-') || ' floor' as quantity,
         t.price_robust_usd_per_mtok / f.floor_usd_per_mtok as value, 'ratio' as unit,
         t.price_robust_usd_per_mtok / f.floor_upper_usd_per_mtok as lower, t.price_robust_usd_per_mtok / f.floor_lower_usd_per_mtok as upper,
         0.9 as interval_level, 'derived' as basis,
         'select f.price_robust_usd_per_mtok / l.floor_usd_per_mtok from marts.frontier f join marts.floors l using (series, obs_date) where f.is_headline' as sql,
         'table:marts.floors table:marts.frontier' as inputs
  from top as t join marts.floors as f on f.series = t.series cross join day where f.obs_date = day.as_of
)
select now.*, 'headline' as section, day.as_of from now cross join day
union all by name
select p.fact_id || '_previous' as fact_id, 'headline' as section, 'the same in the edition before' as subject, 'as issued' as quantity,
       p.value, p.unit, p.lower, p.upper, p.interval_level, p.text_value, 'derived' as basis, p.as_of,
       'select * from core.issued_fact where fact_id = ''' || p.fact_id || '''' as sql, 'table:core.issued_fact' as inputs
from core.issued_fact as p
where p.fact_id in ('headline.decline_factor', 'headline.frontier_price', 'headline.forecast_365d')
union all by name
select 'revision.previous_value' as fact_id, 'revision' as section, 'the forecast for a year ahead at the vintage before' as subject,
       'as issued, or as replayed where none was' as quantity, round(now.value * exp(-r.contribution_log), 12) as value, now.unit, 'derived' as basis,
       r.previous_vintage as as_of, 'select previous_vintage, contribution_log from stats.revision where cause = ''total''' as sql,
       'table:stats.revision table:marts.forecasts' as inputs
from now join core.series as s on s.is_headline join stats.revision as r on r.series_id = s.series_id
where now.fact_id = 'headline.forecast_365d' and r.horizon_days = 365 and r.cause = 'total'
