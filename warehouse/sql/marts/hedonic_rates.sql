-- The hedonic rates alone, by sample and window: what the report draws; every other estimator is in decline_rates.
select series, window_label, window_start, window_end, decline_factor_per_year, decline_lower_factor_per_year,
       decline_upper_factor_per_year, interval_level, n, method, is_headline, rate_id
from marts.decline_rates where method like 'hedonic%'
