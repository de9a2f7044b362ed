-- Every scored model at every seller on the vintage day: score beside price, weights open or not.
select s.model, m.developer, m.open_weights, s.benchmark, s.benchmark_version, s.score, p.provider, p.provider_tier,
       p.price_input_usd_per_mtok, p.price_output_usd_per_mtok, p.status, p.confirmed_at, p.interval_id
from core.input_score as s
join marts.price_now as p on p.model = s.model and p.tier = 'standard' and p.condition = ''
left join core.input_model as m on m.model = s.model
