-- Two believed prices of one offer on one day would make every index wrong.
-- table: marts.price_history
select a.interval_id, b.interval_id as other
from core.price_interval as a join core.price_interval as b
  on a.offer_id = b.offer_id and a.interval_id < b.interval_id
 and a.valid_from < coalesce(b.valid_to, date '9999-01-01') and b.valid_from < coalesce(a.valid_to, date '9999-01-01')
