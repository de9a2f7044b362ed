-- What does an average token cost, and is it prices, use or new models that moved it?
select period_start, max(value) filter (index_id = 'tok.list') as list_usd_per_mtok, max(value) filter (index_id = 'tok.spend.paid') as paid_usd_per_mtok,
       max(value) filter (index_id = 'tok.price') as price, max(value) filter (index_id = 'tok.mix') as mix, max(value) filter (index_id = 'tok.entry') as entry,
       max(value) filter (index_id = 'coverage') as coverage
from marts.token_index group by period_start order by period_start
