-- 12. What do the output tokens of one task cost, model by model, at the cheapest seller?
select benchmark, model, min(cost_usd_per_task) as cost_usd_per_task, arg_min(provider, cost_usd_per_task) as provider, any_value(tokens_output_per_task) as tokens_output_per_task
from marts.task_price where cost_usd_per_task > 0 group by benchmark, model order by benchmark, cost_usd_per_task
