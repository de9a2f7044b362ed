-- Output tokens one task of a benchmark took: tokens of a whole run over the number of its items.
select t.model, t.benchmark, avg(t.output_mtok_per_run * 1000000 / b.n_items) as tokens_output_per_task,
       min(t.observed_at) as as_of, min(t.source) as source
from core.task_tokens as t
join core.benchmark as b on b.benchmark = t.benchmark
where t.output_mtok_per_run > 0 and b.n_items > 0
group by t.model, t.benchmark
