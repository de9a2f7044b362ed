-- Volume and spend under published elasticities; what was measured on one router stands in marts.measured_usage.
select subject, elasticity, elasticity_low, elasticity_high, price_factor_per_year, volume_factor_per_year,
       spend_factor_per_year, spend_low_factor_per_year, spend_high_factor_per_year, rebound_share, inputs,
       null::date as obs_date, null::double as volume_mtok_per_week, null::double as price_usd_per_mtok, null::double as spend_usd_per_week
from stats.jevons
