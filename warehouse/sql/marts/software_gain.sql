-- What releases alone gained on an unchanged accelerator, a year: median over workloads, 10 to 90 %.
select software, accelerator, quantile_cont(gain_factor_per_year, 0.1) as gain_low_factor_per_year, median(gain_factor_per_year) as gain_factor_per_year,
       quantile_cont(gain_factor_per_year, 0.9) as gain_high_factor_per_year, count(*) as observations_count, min(first_date) as first_date,
       max(last_date) as last_date, median(span_months) as span_months, software || ' performance overviews (core.software_release)' as source
from engine.software_gain group by software, accelerator
