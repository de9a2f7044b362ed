-- Changes of believed prices in the 31 days before the vintage day (new, cut, rise, withdrawn), and changes
-- between two readings of one page, even on one day, with the words of the newer page.
with believed as (
  select *, lag(valid_to) over w as previous_to,
         lag(price_input_usd_per_mtok) over w as before_input, lag(price_output_usd_per_mtok) over w as before_output,
         lag(price_cached_input_usd_per_mtok) over w as before_cached_input
  from core.price_interval
  window w as (partition by provider, model, tier, condition order by valid_from)
),
witnessed as (
  select *, lag(valid_to) over w as previous_to,
         lag(price_input_usd_per_mtok) over w as before_input, lag(price_output_usd_per_mtok) over w as before_output,
         lag(price_cached_input_usd_per_mtok) over w as before_cached_input
  from core.price_witness
  where origin <> 'packaged'
  window w as (partition by source, provider, model, tier, condition, currency order by valid_from, valid_to nulls last)
),
changes as (
  select provider, model, tier, condition, valid_from as event_date, evidence, source, source_url, snapshot_sha256,
         previous_to, before_input, before_output, before_cached_input,
         price_input_usd_per_mtok as after_input, price_output_usd_per_mtok as after_output,
         price_cached_input_usd_per_mtok as after_cached_input
  from believed
  union all by name
  select provider, model, tier, condition, valid_from as event_date, evidence, source, source_url, snapshot_sha256,
         previous_to, before_input, before_output, before_cached_input,
         price_input_usd_per_mtok as after_input, price_output_usd_per_mtok as after_output,
         price_cached_input_usd_per_mtok as after_cached_input
  from witnessed
  where previous_to is not null
),
classes as (
  select * exclude (before_input, before_output, before_cached_input, after_input, after_output, after_cached_input),
         'input' as token_class, before_input as price_before_usd_per_mtok, after_input as price_after_usd_per_mtok from changes
  union all by name
  select * exclude (before_input, before_output, before_cached_input, after_input, after_output, after_cached_input),
         'output' as token_class, before_output as price_before_usd_per_mtok, after_output as price_after_usd_per_mtok from changes
  union all by name
  select * exclude (before_input, before_output, before_cached_input, after_input, after_output, after_cached_input),
         'cached_input' as token_class, before_cached_input as price_before_usd_per_mtok, after_cached_input as price_after_usd_per_mtok from changes
),
kinds as (
  select *, case when previous_to is null or previous_to < event_date then 'new'
                 when price_after_usd_per_mtok < price_before_usd_per_mtok then 'cut'
                 when price_after_usd_per_mtok > price_before_usd_per_mtok then 'rise' end as kind
  from classes where price_after_usd_per_mtok is not null
  union all by name
  select provider, model, tier, condition, valid_to as event_date, evidence, source, source_url, snapshot_sha256,
         null::date as previous_to, 'output' as token_class, price_output_usd_per_mtok as price_before_usd_per_mtok,
         null::double as price_after_usd_per_mtok, 'withdrawn' as kind
  from core.price_interval
  where end_reason = 'removed' and valid_to is not null
)
select event_date, kind, provider, model, tier, condition, token_class,
       case when kind = 'new' then null else price_before_usd_per_mtok end as price_before_usd_per_mtok,
       price_after_usd_per_mtok,
       case when kind in ('cut', 'rise') and price_before_usd_per_mtok > 0
            then price_after_usd_per_mtok / price_before_usd_per_mtok - 1 end as change_share,
       any_value(evidence) as evidence, any_value(source) as source, any_value(source_url) as source_url,
       any_value(snapshot_sha256) as snapshot_sha256
from kinds cross join (select as_of from core.vintage) as day
where kind is not null and event_date between day.as_of - 31 and day.as_of
  and (kind <> 'new' or token_class = 'output')
group by all
