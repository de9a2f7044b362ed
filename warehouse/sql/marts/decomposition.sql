-- Where the change of price came from, over a basket of open models sold on both days: components multiply to the
-- total; what is not known stays its own bar; parts that are held equal on both days (throughput of the same models
-- on the same chip, utilisation) are left out, and shares where parts nearly cancel. The headline frontier's own split is in stats.decomposition.
with latest as (
  select d.*, row_number() over (partition by d.component order by d.period_to desc, d.period_from) as newest
  from stats.decomposition as d
  where d.method = 'lmdi' and d.series_id = 'open-weights-basket'
)
select replace(component, '_', ' ') as component, factor as change_factor,
       case when abs(sum(contribution_log) over ()) > 0.5 * sum(abs(contribution_log)) over ()
            then contribution_log / sum(contribution_log) over () end as change_share, 'derived' as basis,
       row_number() over (order by component = 'not_attributed', component) as "order",
       contribution_log, contribution_usd_per_mtok, period_from, period_to, series_id
from latest where newest = 1 and (abs(contribution_log) > 1e-9 or component = 'not_attributed')
