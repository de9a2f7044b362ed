-- Changes of price in the 31 days before the vintage day: cut and rise as one witness saw them (a switch from one
-- witness to another is no event), new and withdrawn offers as believed; with the words of the newer page.
with day as (select as_of from core.vintage),
stated as (
  select *, lag(valid_from) over w as previous_from,
         lag(price_input_usd_per_mtok) over w as before_input, lag(price_output_usd_per_mtok) over w as before_output,
         lag(price_cached_input_usd_per_mtok) over w as before_cached_input, lag(valid_to) over w as previous_to
  from core.price_witness
  window w as (partition by source, provider, model, model_label, tier, condition, currency order by valid_from, valid_to nulls last)
),
moved as (
  select s.* from stated as s cross join day
  where s.valid_from between day.as_of - 31 and day.as_of and s.previous_from is not null and s.previous_to = s.valid_from
    and (s.origin <> 'packaged' or exists (
      select 1 from core.price_interval as b where b.provider = s.provider and b.model = s.model and b.tier = s.tier
        and b.condition = s.condition and b.source = s.source and b.valid_from = s.valid_from))
),
classes as (
  select provider, model, tier, condition, valid_from as event_date, evidence, source, source_url, snapshot_sha256,
         'input' as token_class, before_input as price_before_usd_per_mtok, price_input_usd_per_mtok as price_after_usd_per_mtok from moved
  union all by name
  select provider, model, tier, condition, valid_from as event_date, evidence, source, source_url, snapshot_sha256,
         'output' as token_class, before_output as price_before_usd_per_mtok, price_output_usd_per_mtok as price_after_usd_per_mtok from moved
  union all by name
  select provider, model, tier, condition, valid_from as event_date, evidence, source, source_url, snapshot_sha256,
         'cached_input' as token_class, before_cached_input as price_before_usd_per_mtok, price_cached_input_usd_per_mtok as price_after_usd_per_mtok from moved
),
listed as (
  select provider, model, tier, condition, min(valid_from) as event_date, min_by(evidence, valid_from) as evidence, min_by(source, valid_from) as source,
         min_by(source_url, valid_from) as source_url, min_by(snapshot_sha256, valid_from) as snapshot_sha256,
         min_by(price_output_usd_per_mtok, valid_from) as price_after_usd_per_mtok
  from core.price_interval where condition = '' and price_output_usd_per_mtok is not null group by provider, model, tier, condition
),
left_page as (
  select provider, model, tier, condition, max(valid_to) as event_date, max_by(source, valid_to) as source, max_by(source_url, valid_to) as source_url,
         max_by(price_output_usd_per_mtok, valid_to) as price_before_usd_per_mtok
  from core.price_interval where condition = ''
  group by provider, model, tier, condition
  having count(*) filter (valid_to is null) = 0 and max_by(end_reason, valid_to) = 'removed'
),
every_event as (
  select *, case when price_after_usd_per_mtok < price_before_usd_per_mtok then 'cut' else 'rise' end as kind
  from classes where price_after_usd_per_mtok <> price_before_usd_per_mtok
  union all by name select *, 'output' as token_class, 'new' as kind from listed
  union all by name select *, 'output' as token_class, 'withdrawn' as kind from left_page
)
select event_date, kind, provider, model, tier, condition, token_class, price_before_usd_per_mtok, price_after_usd_per_mtok,
       case when kind in ('cut', 'rise') and price_before_usd_per_mtok > 0
            then price_after_usd_per_mtok / price_before_usd_per_mtok - 1 end as change_share,
       coalesce(min(nullif(evidence, '')), 'as recorded by ' || min(source)) as evidence, min(source) as source, min(source_url) as source_url, min(snapshot_sha256) as snapshot_sha256
from every_event cross join day
where event_date between day.as_of - 31 and day.as_of
group by all
