-- What has one model cost over time, at every provider?
select provider, valid_from, valid_to, price_input_usd_per_mtok, price_output_usd_per_mtok, source
from marts.price_history where model = 'gpt-4o-2024-08-06' and tier = 'standard' and condition = '' order by provider, valid_from
