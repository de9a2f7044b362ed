-- When an application pays: cost per unit of use now against the cost at which it is worth it.
select replace(application, '_', ' ') as application, cost_now_usd_per_unit, needed_usd_per_unit, unit_of_use, viable_date,
       viable_low_date as viable_lower_date, viable_high_date as viable_upper_date,
       viable_within_year_share as viable_within_year_probability, verdict, inputs
from stats.viability
