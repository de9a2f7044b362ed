-- Cost per task over the last twelve months, from the series with the most months: comparable with the headline.
with ends as (
  select benchmark, min(obs_date) as first_date, max(obs_date) as last_date, min_by(cost_usd_per_task, obs_date) as first_cost,
         max_by(cost_usd_per_task, obs_date) as last_cost, min_by(tokens_per_task, obs_date) as first_tokens,
         max_by(tokens_per_task, obs_date) as last_tokens, count(*) as n
  from marts.cost_per_task, core.vintage
  where cost_usd_per_task > 0 and tokens_per_task > 0 and obs_date >= as_of - 400
  group by benchmark having count(*) >= 6 and max(obs_date) - min(obs_date) >= 270
),
best as (select * from ends order by n desc, benchmark limit 1)
select 'headline.cost_per_task_factor' as fact_id, 'headline' as section, benchmark as subject, 'times cheaper per task in a year' as quantity,
       pow(first_cost / last_cost, (select value from core.definition where definition_id = 'year.length') / (last_date - first_date)) as value, 'factor_per_year' as unit, n,
       first_date::varchar || ' to ' || last_date::varchar as text_value, 'derived' as basis, v.as_of,
       'select obs_date, cost_usd_per_task from marts.cost_per_task where benchmark = ''' || benchmark || '''' as sql, 'table:marts.cost_per_task table:core.input_tokens' as inputs
from best, core.vintage as v
union all by name
select 'expectations.tokens_per_task_factor' as fact_id, 'expectations' as section, benchmark as subject, 'growth of tokens per task in a year' as quantity,
       pow(last_tokens / first_tokens, (select value from core.definition where definition_id = 'year.length') / (last_date - first_date)) as value, 'factor_per_year' as unit, n,
       first_date::varchar || ' to ' || last_date::varchar as text_value, 'derived' as basis, v.as_of,
       'select obs_date, tokens_per_task from marts.cost_per_task where benchmark = ''' || benchmark || '''' as sql, 'table:marts.cost_per_task table:core.input_tokens' as inputs
from best, core.vintage as v
