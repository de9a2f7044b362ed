-- Where the change of price came from, over a basket of open models sold on both days: components multiply to the
-- total; what is not known stays its own bar. The headline frontier's own split is in stats.decomposition.
with latest as (
  select d.*, row_number() over (partition by d.component order by d.period_to desc, d.period_from) as newest
  from stats.decomposition as d
  where d.method = 'lmdi' and d.series_id = 'open-weights-basket'
)
select replace(component, '_', ' ') as component, factor as change_factor, null::double as change_lower_factor, null::double as change_upper_factor,
       contribution_log / nullif(sum(contribution_log) over (), 0) as change_share, 'derived' as basis,
       row_number() over (order by component = 'not_attributed', component) as "order",
       contribution_log, contribution_usd_per_mtok, period_from, period_to, series_id
from latest where newest = 1
