-- What a fixed quality cost each week, with the status of the price that sets it, the day it was last confirmed and its age.
select f.reference_model, f.day, f.price_usd_per_mtok, f.model, f.provider, f.offer_id, f.sellers_count, f.is_live, f.ability_logit,
       i.status, least(i.confirmed_at, f.day) as confirmed_at, date_diff('day', least(i.confirmed_at, f.day), f.day) as age_days
from stats.fixed_quality as f
left join core.price_interval as i
  on i.offer_id = f.offer_id and i.valid_from <= f.day and coalesce(i.valid_to, date '9999-12-31') >= f.day
qualify row_number() over (partition by f.reference_model, f.day order by i.valid_from desc) = 1
