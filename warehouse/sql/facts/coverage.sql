-- How much the edition rests on.
with day as (select as_of, edition_day, age_days, clock from core.edition_day)
select 'coverage.models' as fact_id, 'coverage' as section, 'models with a price today' as subject, 'count of models' as quantity,
       count(distinct model)::double as value, 'count' as unit, 'derived' as basis, any_value(day.as_of) as as_of,
       'select count(distinct model) from marts.price_now' as sql, 'table:marts.price_now' as inputs
from marts.price_now, day
union all by name
select 'coverage.providers' as fact_id, 'coverage' as section, 'providers with a price today' as subject, 'count of providers' as quantity,
       count(distinct provider)::double as value, 'count' as unit, 'derived' as basis, any_value(day.as_of) as as_of,
       'select count(distinct provider) from marts.price_now' as sql, 'table:marts.price_now' as inputs
from marts.price_now, day
union all by name
select 'coverage.offers' as fact_id, 'coverage' as section, 'offers with a price today' as subject, 'count of offers' as quantity,
       count(*)::double as value, 'count' as unit, 'derived' as basis, any_value(day.as_of) as as_of,
       'select count(*) from marts.price_now' as sql, 'table:marts.price_now' as inputs
from marts.price_now, day
union all by name
select 'coverage.price_rows' as fact_id, 'coverage' as section, 'rows of price history' as subject, 'count of intervals' as quantity,
       count(*)::double as value, 'count' as unit, 'derived' as basis, any_value(day.as_of) as as_of,
       'select count(*) from marts.price_history' as sql, 'table:marts.price_history' as inputs
from marts.price_history, day
union all by name
select 'coverage.events_today' as fact_id, 'coverage' as section, 'price events on the day' as subject, 'count of events' as quantity,
       count(*) filter (e.event_date = day.edition_day)::double as value, 'count' as unit, 'derived' as basis, any_value(day.as_of) as as_of,
       'select count(*) from marts.price_events, core.edition_day where event_date = edition_day' as sql, 'table:marts.price_events' as inputs
from day left join marts.price_events as e on true
union all by name
select 'coverage.sources_' || state as fact_id, 'coverage' as section, 'sources: ' || state as subject, 'count of sources' as quantity,
       count(h.source)::double as value, 'count' as unit, 'derived' as basis, any_value(day.as_of) as as_of,
       'select count(*) from marts.data_health where ' || rule as sql, 'table:marts.data_health' as inputs
from (values ('live', 'status = ''ok'' and origin = ''live'''), ('archive', 'status = ''ok'' and origin = ''archive'''),
             ('partial', 'status = ''partial'''), ('packaged', 'status = ''packaged'''), ('stale', 'status = ''stale'''), ('failed', 'status = ''failed''')) as states (state, rule)
cross join day
left join marts.data_health as h
  on case state when 'live' then h.status = 'ok' and h.origin = 'live' when 'archive' then h.status = 'ok' and h.origin = 'archive' else h.status = state end
group by state, rule
union all by name
select 'coverage.age_days' as fact_id, 'coverage' as section, 'days since a price was last seen' as subject, 'age of the newest price' as quantity,
       age_days::double as value, 'days' as unit, 'derived' as basis, as_of,
       'select age_days from core.edition_day' as sql, 'table:core.edition_day' as inputs
from day
union all by name
select 'coverage.clock' as fact_id, 'coverage' as section, 'whose word the day of the edition is' as subject, 'a setting, not a clock' as quantity,
       'text' as unit, 'assumed' as basis, as_of, clock as text_value,
       'select clock from core.edition_day' as sql, 'table:core.edition_day' as inputs
from day where clock <> 'system'
