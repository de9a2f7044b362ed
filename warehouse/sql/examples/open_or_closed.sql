-- 11. What is the cheapest output token at GPQA-Diamond 60, 70 and 80 %, with open and with closed weights?
select threshold, open_weights, arg_min(model, price_output_usd_per_mtok) as model, min(price_output_usd_per_mtok) as price_output_usd_per_mtok
from marts.quality_price, (values (60), (70), (80)) as levels (threshold)
where benchmark = 'GPQA-Diamond' and score >= threshold and price_output_usd_per_mtok > 0 and open_weights is not null
group by threshold, open_weights order by threshold, open_weights
