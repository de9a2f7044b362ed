-- 4. What has Claude Sonnet 4.5 cost over time, cache included?
select provider, valid_from, valid_to, price_input_usd_per_mtok, price_cached_input_usd_per_mtok, price_output_usd_per_mtok, status, confirmed_at
from marts.price_history where model in (select model from marts.meant('claude-sonnet-4-5')) and tier = 'standard' and condition = ''
order by provider, valid_from
