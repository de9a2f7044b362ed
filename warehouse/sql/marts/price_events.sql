-- What happened to prices in the 31 days before the vintage day, newest first, and how each move is known (belief/judgement/events.py):
-- first_party, confirmed and declared moves happened; unconfirmed and held ones are only recorded.
select event_date, kind, provider, model, tier, condition, token_class, price_before_usd_per_mtok, price_after_usd_per_mtok, change_share,
       status, changed_after, changed_before, seen_on, families, why, evidence, source, source_url, snapshot_sha256
from core.price_event
