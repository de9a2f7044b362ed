-- The chain of every fact: its query, the tables it reads, the intervals it names with their words, and the
-- sources behind its tables with their dates.
with tokens as (
  select fact_id, unnest(string_split(inputs, ' ')) as token from facts.fact where inputs is not null
),
named as (select fact_id, substr(token, 7) as table_name from tokens where token like 'table:%'),
intervals as (select t.fact_id, i.* from tokens as t join core.price_interval as i on 'interval:' || i.interval_id = t.token),
witnesses as (
  select source, count(*) as n, min(observed_at) as first_seen, max(observed_at) as observed_at, min(source_url) as source_url, min(licence) as licence
  from core.price_interval group by source
)
select f.fact_id, 0 as ordinal, 'query' as kind, f.fact_id as id, f.sql as text_value, null::varchar as source, null::varchar as source_url,
       f.as_of as observed_at, null::varchar as evidence, null::varchar as snapshot_sha256
from facts.fact as f
union all by name
select f.fact_id, 1 as ordinal, 'build' as kind, v.build_id as id, 'code ' || v.code_version as text_value, v.as_of as observed_at
from facts.fact as f, core.vintage as v
union all by name
select fact_id, 10 + row_number() over (partition by fact_id order by table_name) as ordinal, 'table' as kind, table_name as id, 'rows the query reads' as text_value from named
union all by name
select fact_id, 100 + row_number() over (partition by fact_id order by valid_from) as ordinal, 'price' as kind, interval_id as id,
       provider || ', ' || model_label || ': input ' || price_input_usd_per_mtok || ', output ' || price_output_usd_per_mtok || ' USD per 1M tokens since '
         || valid_from || ' (' || valid_from_basis || ', ' || origin || ')' as text_value,
       source, source_url, observed_at, nullif(evidence, '') as evidence, nullif(snapshot_sha256, '') as snapshot_sha256
from intervals
union all by name
select n.fact_id, 1000 + row_number() over (partition by n.fact_id order by w.n desc, w.source) as ordinal, 'source' as kind, w.source as id,
       w.n || ' believed price intervals, first observed ' || w.first_seen || coalesce('; ' || nullif(w.licence, ''), '') as text_value,
       w.source as source, w.source_url, w.observed_at
from (select distinct fact_id from named) as n cross join witnesses as w
