-- Where the fall of the headline price came from: components multiply to the total; what is not known is shown.
with latest as (
  select d.*, row_number() over (partition by d.component order by d.period_to desc, d.period_from) as newest
  from stats.decomposition as d
  where d.method = 'lmdi'
)
select component, factor as change_factor, null::double as change_lower_factor, null::double as change_upper_factor,
       contribution_log / nullif(sum(contribution_log) over (), 0) as change_share, 'derived' as basis,
       row_number() over (order by component = 'not_attributed', component) as "order",
       contribution_log, contribution_usd_per_mtok, period_from, period_to, series_id
from latest where newest = 1
