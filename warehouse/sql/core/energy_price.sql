-- Industrial electricity in the newest published US month (the median state where the US total is older than two
-- years), with the range over states in theirs (newest vintage of each month); PUE of operators' fleets with the survey mean as the high end.
with months as (
  select region, period, usd_per_kwh, observed_at from core.electricity
  where usd_per_kwh > 0 and sector = 'IND' and period_kind = 'month' and (region = 'US' or region like 'US-%')
  qualify row_number() over (partition by region, period order by observed_at desc, source) = 1
),
newest as (
  select region, usd_per_kwh, observed_at from months
  where (period || '-01')::date > (select max((period || '-01')::date) from months) - 730
  qualify row_number() over (partition by region order by period desc) = 1
),
power as (
  select coalesce(any_value(usd_per_kwh) filter (region = 'US'), median(usd_per_kwh)) as usd_per_kwh,
         coalesce(any_value(observed_at) filter (region = 'US'), max(observed_at)) as observed_at,
         quantile_cont(usd_per_kwh, 0.1) filter (region <> 'US') as low_usd_per_kwh,
         quantile_cont(usd_per_kwh, 0.9) filter (region <> 'US') as high_usd_per_kwh
  from newest
),
facility as (
  select median(pue) filter (scope = 'fleet') as pue, min(pue) filter (scope = 'fleet') as low_pue,
         max(pue) filter (scope = 'survey_mean') as high_pue
  from core.pue where year >= (select max(year) from core.pue) - 2
)
select usd_per_kwh, least(coalesce(low_usd_per_kwh, usd_per_kwh * s.value_low), usd_per_kwh) as low_usd_per_kwh,
       greatest(coalesce(high_usd_per_kwh, usd_per_kwh * s.value_high), usd_per_kwh) as high_usd_per_kwh,
       coalesce(pue, p.value) as pue, least(coalesce(low_pue, p.value_low), coalesce(pue, p.value)) as low_pue,
       greatest(coalesce(high_pue, p.value_high), coalesce(pue, p.value)) as high_pue, observed_at,
       'quoted: EIA industrial price' || case when low_usd_per_kwh is null then ', its range assumed' else '' end
         || case when pue is null then '; assumed: PUE ' || printf('%g', p.value) else ', operators'' fleet PUE' end as basis
from power, facility, (from core.definition where definition_id = 'facility.pue') as p,
     (from core.definition where definition_id = 'electricity.spread') as s where usd_per_kwh is not null
