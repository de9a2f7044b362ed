-- Speed of one user beside cost: the engine for accelerators, published speeds beside the host's list price of that day.
select l.model, l.accelerator, '' as provider, 'engine' as evidence, l.precision, l.user_tok_per_s, l.user_lower_tok_per_s, l.user_upper_tok_per_s,
       l.accelerators, l.cost_usd_per_mtok, l.energy_j_per_token, d.as_of as observed_at, 'engine' as source, null::varchar as source_url
from engine.latency as l, core.edition_day as d
union all by name
select u.model, coalesce(u.accelerator, '') as accelerator, u.provider, 'published' as evidence, coalesce(u.precision, '') as precision, u.user_tok_per_s, null::double as user_lower_tok_per_s,
       null::double as user_upper_tok_per_s, null::bigint as accelerators, min(p.price_output_usd_per_mtok) as cost_usd_per_mtok,
       null::double as energy_j_per_token, u.observed_at, u.source, u.source_url
from core.user_speed as u
left join core.architectures as a on a.model = u.model
left join core.price_interval as p on p.provider = u.provider and p.model = a.canonical_model and p.tier = 'standard'
  and p.valid_from <= u.observed_at and coalesce(p.valid_to, u.observed_at + 1) > u.observed_at
group by u.model, u.accelerator, u.provider, u.precision, u.user_tok_per_s, u.observed_at, u.source, u.source_url
