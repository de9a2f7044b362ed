-- Use and spend as measured on one router, to hold against what the Jevons table says under published elasticities.
select measure, unit, period_from, period_to, first_value, last_value, growth_factor, growth_per_year, elasticity, elasticity_low, elasticity_high, n
from stats.measured_usage
