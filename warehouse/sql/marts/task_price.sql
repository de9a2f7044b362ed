-- What the output tokens of one benchmark task cost on the vintage day at each seller of each model that was counted;
-- the prompt and tokens read from cache are not counted by the sources, so this is a lower bound.
select t.model, t.benchmark, p.provider, t.tokens_output_per_task, p.price_output_usd_per_mtok,
       t.tokens_output_per_task * p.price_output_usd_per_mtok / 1e6 as cost_usd_per_task, t.as_of, t.source, p.status, p.confirmed_at, p.interval_id
from core.input_tokens as t
join marts.price_now as p on p.model = t.model and p.tier = 'standard' and p.condition = ''
