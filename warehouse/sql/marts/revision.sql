-- Why the forecast of the headline series in a year differs from the last one; causes sum to the total exactly.
select r.cause, r.contribution_log as change_log,
       row_number() over (order by r.cause) as "order", r.series_id as detail
from stats.revision as r join core.series as s on s.series_id = r.series_id
where s.is_headline and r.horizon_days = 365 and r.cause <> 'total'
