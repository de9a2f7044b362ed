-- The weights of every published week: a pocket script rebuilds marts.token_index from these rows alone.
select period_start, model_label, model, volume_kind, volume_tokens, list_usd_per_mtok, effective_usd_per_mtok,
       fixed_profile_usd_per_mtok, spend_share, price_basis, near_days, cached_basis, profile_basis, ability_logit
from stats.token_weight
