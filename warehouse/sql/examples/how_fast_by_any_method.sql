-- How fast does the price fall, by every defensible method, and which three lead the report?
select headline_rank, question, method_id, round(factor_per_year, 2) as factor_per_year, round(factor_low_per_year, 2) as factor_low_per_year,
       round(factor_high_per_year, 2) as factor_high_per_year, window_to, status
from marts.headline_methods order by headline_rank nulls last, question, method_id
