-- The headline and everything a textbook could answer instead: the first three lead the report, the rest is the range.
select headline_rank, question, method_id, factor_per_year, factor_low_per_year, factor_high_per_year, 0.9 as interval_level,
       window_from, window_to, observations_count, status, why
from stats.headline_method
