-- 8. What changed since 31 October 2026?
select provider, model, tier, kind, output_before_usd_per_mtok, output_after_usd_per_mtok, change_share, status
from marts.price_changes_since('2026-10-31') where kind in ('cut', 'rise') order by abs(change_share) desc, provider, model
