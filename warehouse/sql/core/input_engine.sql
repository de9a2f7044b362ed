-- One replica of every open model on its three cheapest accelerators, for the consequences (break-even).
select canonical_model as model, accelerator, usd_per_accelerator_hour as rental_usd_per_hour, accelerators as accelerators_count,
       throughput_tok_per_s * accelerators as throughput_tok_per_s
from (
  select a.canonical_model, s.accelerator, h.usd_per_accelerator_hour, s.accelerators, s.throughput_tok_per_s,
         row_number() over (partition by a.canonical_model, s.accelerator order by s.cost_usd_per_mtok, s.precision) as of_accelerator,
         min(s.cost_usd_per_mtok) over (partition by a.canonical_model, s.accelerator) as best_usd,
         dense_rank() over (partition by a.canonical_model order by s.accelerator) as any_rank
  from engine.serving as s join core.architectures as a on a.model = s.model join core.hourly as h on h.accelerator = s.accelerator
  where s.service_level_tok_s_per_user = 20 and a.canonical_model is not null and s.cost_usd_per_mtok > 0
) as best
where of_accelerator = 1
qualify row_number() over (partition by canonical_model order by best_usd, accelerator) <= 3
