-- 1. Who sells the cheapest model with GPQA-Diamond at 75 % or more, seller by seller?
select provider, arg_min(model, price_output_usd_per_mtok) as model, min(price_output_usd_per_mtok) as price_output_usd_per_mtok,
       arg_min(score, price_output_usd_per_mtok) as score, arg_min(confirmed_at, price_output_usd_per_mtok) as confirmed_at
from marts.quality_price where benchmark = 'GPQA-Diamond' and score >= 75 and price_output_usd_per_mtok > 0
group by provider order by price_output_usd_per_mtok, provider
