-- 10. How many prices in force were last seen how long ago, by how they are known?
select status, count(*) as prices, min(confirmed_at) as oldest, max(confirmed_at) as newest,
       count(*) filter (confirmed_at < (select as_of from core.vintage) - 30) as older_than_30_days
from marts.price_now group by status order by status
