-- Volume and spend under published elasticities: no public series of tokens served is dated and complete.
select subject, elasticity, elasticity_low, elasticity_high, price_factor_per_year, volume_factor_per_year,
       spend_factor_per_year, spend_low_factor_per_year, spend_high_factor_per_year, rebound_share, inputs,
       null::date as obs_date, null::double as volume_mtok_per_week, null::double as price_usd_per_mtok, null::double as spend_usd_per_week
from stats.jevons
