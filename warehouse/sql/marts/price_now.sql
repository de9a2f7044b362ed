-- Prices in force on the vintage day: believed, begun, not ended and not stale, each with how sure it is, who said it
-- last, and who says something else. None is called in force once no price at all was seen for freshness.in_force days.
with others as (
  select provider, model, tier, condition,
         string_agg(other_source || ' ' || token_class || ' ' || printf('%+.0f %%', 100 * difference_share), '; ' order by abs(difference_share) desc, other_source, token_class) as disagree_sources,
         max_by(difference_share, abs(difference_share)) as disagree_share
  from core.disagreement group by provider, model, tier, condition
)
select i.provider, provider_tier, i.model, developer, open_weights, i.tier, i.condition,
       price_input_usd_per_mtok, price_output_usd_per_mtok, price_cached_input_usd_per_mtok,
       price_cache_write_usd_per_mtok, price_cache_write_1h_usd_per_mtok,
       currency, listed_input_per_mtok, listed_output_per_mtok, price_kind, valid_from, valid_to, valid_from_basis, observed_at, status, confirmed_at, first_seen, changed_after, changed_before, families,
       coalesce(disagree_sources, '') as disagree_sources, disagree_share, source, source_url, origin, evidence, i.interval_id
from core.price_interval as i
cross join (select as_of from core.edition_day, core.definition
            where definition_id = 'freshness.in_force' and age_days <= value) as day
left join others as o on o.provider = i.provider and o.model = i.model and o.tier = i.tier and o.condition = i.condition
where valid_from <= day.as_of and (valid_to is null or valid_to > day.as_of)
