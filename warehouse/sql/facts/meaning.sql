-- The essay's consequences, revision, decomposition and levers, as facts.
select 'jevons.elasticity' as fact_id, 'jevons' as section, subject, 'change of volume with price (logs)' as quantity, elasticity as value,
       'elasticity' as unit, elasticity_low as lower, elasticity_high as upper, 0.9 as interval_level, 'assumed' as basis, v.as_of,
       'select elasticity, elasticity_low, elasticity_high from marts.jevons where subject = ''market elasticity''' as sql, 'table:marts.jevons' as inputs
from (select * from marts.jevons where subject = 'market elasticity') as j, core.vintage as v
union all by name
select 'jevons.volume_factor' as fact_id, 'jevons' as section, subject, 'growth of volume in a year' as quantity, volume_factor_per_year as value,
       'factor_per_year' as unit, 'derived' as basis, v.as_of, 'select volume_factor_per_year, spend_factor_per_year from marts.jevons where subject = ''market elasticity''' as sql, 'table:marts.jevons' as inputs
from (select * from marts.jevons where subject = 'market elasticity') as j, core.vintage as v
union all by name
select 'jevons.spend_factor' as fact_id, 'jevons' as section, subject, 'growth of spend in a year' as quantity, spend_factor_per_year as value,
       'factor_per_year' as unit, spend_low_factor_per_year as lower, spend_high_factor_per_year as upper, 0.9 as interval_level, 'derived' as basis, v.as_of,
       'from marts.jevons' as sql, 'table:marts.jevons' as inputs
from (select * from marts.jevons where subject = 'market elasticity') as j, core.vintage as v
union all by name
select 'jevons.price_factor' as fact_id, 'jevons' as section, subject, 'fall of price in a year that the scenario takes' as quantity, price_factor_per_year as value,
       'factor_per_year' as unit, 'assumed' as basis, v.as_of, 'select price_factor_per_year from marts.jevons where subject = ''market elasticity''' as sql, 'table:marts.jevons' as inputs
from (select * from marts.jevons where subject = 'market elasticity') as j, core.vintage as v
union all by name
select 'revision.total_log' as fact_id, 'revision' as section, r.series_id as subject, 'log change of the median forecast in a year' as quantity,
       r.contribution_log as value, 'log' as unit, 'derived' as basis, v.as_of, 'from marts.revision' as sql, 'table:marts.revision' as inputs
from stats.revision as r join core.series as s on s.series_id = r.series_id, core.vintage as v
where s.is_headline and r.horizon_days = 365 and r.cause = 'total'
union all by name
select 'decomposition.total_factor' as fact_id, 'decomposition' as section, any_value(series_id) as subject, 'times cheaper over the window' as quantity,
       exp(-sum(contribution_log)) as value, 'factor' as unit, min(period_from)::varchar || ' to ' || max(period_to)::varchar as text_value,
       'derived' as basis, any_value(v.as_of) as as_of, 'from marts.decomposition' as sql, 'table:marts.decomposition' as inputs
from marts.decomposition, core.vintage as v having count(*) > 0
union all by name
select 'stack.total_factor' as fact_id, 'stack' as section, any_value(scenario) as subject, 'all levers together' as quantity, any_value(scenario) as text_value,
       exp(sum(ln(shapley_factor))) as value, 'factor' as unit, 'derived' as basis, any_value(v.as_of) as as_of,
       'select exp(sum(ln(shapley_factor))) from marts.deflation_stack where scenario = ''70B, chat speed''' as sql, 'table:marts.deflation_stack' as inputs
from marts.deflation_stack, core.vintage as v
where scenario = '70B, chat speed' and shapley_factor > 0 having count(*) > 0
