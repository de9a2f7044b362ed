-- Listed indices as quoted on public pages (second hand), beside our value of the same family nearest in time, at most 31
-- days away; null where we have none. Transactions and contracts have no counterpart here: our offers are lists.
with ours as (
  select accelerator as subject, month as ours_day, level_usd_per_hour as ours_value,
         case when term = 'spot' then 'spot' when seller_family = 'neocloud' then 'neocloud'
              when seller_family = 'hyperscaler' then 'blended_hyperscaler' end as quoted_term,
         'level, ' || seller_family || ', ' || term as ours_basis
  from marts.rental_index where level_usd_per_hour is not null and term in ('on_demand', 'spot')
  union all by name
  select 'tokens' as subject, period_start as ours_day, value as ours_value, 'list' as quoted_term, 'tok.list' as ours_basis
  from stats.token_index where index_id = 'tok.list'
),
near as (
  select q.*, o.ours_value, o.ours_day, o.ours_basis,
         row_number() over (partition by q.listed_index, q.quoted_on, q.subject, q.term
                            order by abs(date_diff('day', o.ours_day, q.quoted_on)), o.ours_basis) as place
  from core.listed_quote as q
  left join ours as o
    on o.subject = q.subject and o.quoted_term = case q.term when 'on_demand' then 'neocloud' else q.term end
   and abs(date_diff('day', o.ours_day, q.quoted_on)) <= 31
)
select quoted_on, listed_index, subject, term, quoted_value, ours_value, unit, ours_day, ours_basis, quote_precision, source_url
from near where place = 1
