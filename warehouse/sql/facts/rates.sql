-- Every hedonic rate as a fact of its own, so that a reader can trace each.
select 'rate.' || rate_id as fact_id, 'decline' as section, series as subject, 'times cheaper in a year, ' || window_label as quantity,
       decline_factor_per_year as value, 'factor_per_year' as unit, decline_lower_factor_per_year as lower,
       decline_upper_factor_per_year as upper, interval_level, n, method as text_value, 'derived' as basis, v.as_of,
       'select * from marts.decline_rates where rate_id = ''' || replace(rate_id, '''', '''''') || '''' as sql,
       'table:marts.decline_rates' as inputs
from marts.hedonic_rates, core.vintage as v
