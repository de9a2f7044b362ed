-- What one benchmark task costs at fixed quality: price times the output tokens one task takes.
select coalesce(s.series, c.series_id) as benchmark, c.month as obs_date, c.cost_usd_per_task, c.tokens_per_task,
       c.price_output_usd_per_mtok as price_usd_per_mtok, c.model, c.models_count as n
from stats.cost_per_task as c left join core.series as s on s.series_id = c.series_id
