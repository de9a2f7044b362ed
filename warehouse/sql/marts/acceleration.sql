-- The tests of constant rate, declared once; the row "rule" carries the verdict.
select test, scale as quality_scale, statistic, p_value, direction as verdict,
       break_date, factor_before_per_year, factor_after_per_year, note
from stats.acceleration
