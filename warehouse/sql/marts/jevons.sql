-- Volume and spend under published elasticities; what was measured on one router stands in marts.measured_usage.
select subject, elasticity, elasticity_low, elasticity_high, price_factor_per_year, volume_factor_per_year,
       spend_factor_per_year, spend_low_factor_per_year, spend_high_factor_per_year, rebound_share, inputs
from stats.jevons
