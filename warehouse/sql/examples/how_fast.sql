-- How many times cheaper does inference get in a year, by window?
select series, window_label, decline_factor_per_year, decline_lower_factor_per_year, decline_upper_factor_per_year, n
from marts.decline_rates where method like 'hedonic%' order by series, window_start
