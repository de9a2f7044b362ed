-- Three price indices on one base (100 in the first month all three have): buyer frontier, hedonic, matched model.
with levels as (
  select 'hedonic' as index_name, month as obs_date, index_log, standard_error_log, models_count as n
  from stats.index_level where index_id = 'hedonic-all-' || (select text_value from core.definition where definition_id = 'headline.scale')
  union all by name
  select 'matched model' as index_name, month as obs_date, index_log, standard_error_log, models_count as n
  from stats.index_level where method = 'matched_jevons' and sample = 'all'
  union all by name
  select 'buyer frontier' as index_name, f.day as obs_date, ln(f.price_usd_per_mtok) as index_log,
         null::double as standard_error_log, f.offers_count as n
  from stats.frontier_price as f join core.series as s on s.series_id = f.series_id
  where s.is_headline and f.day = date_trunc('month', f.day)
),
base as (
  select max(first_date) as base_date from (select index_name, min(obs_date) as first_date from levels group by 1) as firsts
),
zero as (
  select l.index_name, l.index_log as zero_log from levels as l cross join base as b where l.obs_date = b.base_date
)
select l.index_name, l.obs_date, 100 * exp(l.index_log - z.zero_log) as index_value,
       100 * exp(l.index_log - z.zero_log - 1.645 * l.standard_error_log) as index_lower,
       100 * exp(l.index_log - z.zero_log + 1.645 * l.standard_error_log) as index_upper, l.n
from levels as l join zero as z on z.index_name = l.index_name
