-- Rising expectations: what a task costs with the best model of the month, and tokens per task.
select c.month as obs_date, coalesce(s.series, c.series_id) as benchmark, c.tokens_per_task,
       c.price_output_usd_per_mtok as price_usd_per_mtok, c.cost_usd_per_task
from stats.cost_per_task as c left join core.series as s on s.series_id = c.series_id
