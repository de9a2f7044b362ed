-- Scores as the statistics take them: of each model on each version of a benchmark the newest figure of every label,
-- and the best of its variants; dated by the day the model first had a public score there.
with newest as (
  select *, row_number() over (
    partition by model, benchmark, benchmark_version, variant, model_label
    order by coalesce(first_seen, as_of) desc, score desc) as place
  from core.score
),
seen as (
  select model, benchmark, benchmark_version, min(coalesce(first_seen, as_of)) as as_of
  from core.score
  group by model, benchmark, benchmark_version
)
select n.model, n.benchmark, n.benchmark_version, max(n.score) as score, any_value(s.as_of) as as_of, min(n.source) as source
from newest as n
join seen as s on s.model = n.model and s.benchmark = n.benchmark and s.benchmark_version = n.benchmark_version
where n.place = 1
group by n.model, n.benchmark, n.benchmark_version
