-- Industrial electricity in the newest published US month, with the range over states; PUE of operators' fleets
-- with the survey mean as the high end.
with power as (
  select max_by(usd_per_kwh, observed_at) filter (region = 'US' and sector = 'IND') as usd_per_kwh,
         quantile_cont(usd_per_kwh, 0.1) filter (region like 'US-%' and sector = 'IND') as low_usd_per_kwh,
         quantile_cont(usd_per_kwh, 0.9) filter (region like 'US-%' and sector = 'IND') as high_usd_per_kwh,
         max(observed_at) filter (region = 'US' and sector = 'IND') as observed_at
  from core.electricity where usd_per_kwh > 0
),
facility as (
  select median(pue) filter (scope = 'fleet') as pue, min(pue) filter (scope = 'fleet') as low_pue,
         max(pue) filter (scope = 'survey_mean') as high_pue
  from core.pue where year >= (select max(year) from core.pue) - 2
)
select usd_per_kwh, least(coalesce(low_usd_per_kwh, usd_per_kwh * 0.7), usd_per_kwh) as low_usd_per_kwh,
       greatest(coalesce(high_usd_per_kwh, usd_per_kwh * 1.5), usd_per_kwh) as high_usd_per_kwh,
       coalesce(pue, 1.15) as pue, least(coalesce(low_pue, 1.08), coalesce(pue, 1.15)) as low_pue,
       greatest(coalesce(high_pue, 1.56), coalesce(pue, 1.15)) as high_pue, observed_at,
       'quoted: EIA industrial price, operators'' fleet PUE' as basis
from power, facility where usd_per_kwh is not null
