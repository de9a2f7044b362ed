"""Marts of the chapter on trust: claims, the record of forecasts, revisions, data health, what is not known."""

from __future__ import annotations

from reports.contract.specs import MartSpec

TRUST: dict[str, MartSpec] = {
    "claims": MartSpec(
        {
            "claim_id": "text",
            "claim": "text",
            "claimed_text": "text",
            "measured_value": "number",
            "measured_lower": "number",
            "measured_upper": "number",
            "interval_level": "number",
            "measured_unit": "text",
            "measured_text": "text",
            "basis": "text",
            "verdict": "text",  # supported | partly | contradicted | not measurable
            "as_of": "date",
        },
        ("claim_id",),
        "the claims have not been held against the measurements",
    ),
    "track_record": MartSpec(
        {
            "model": "text",
            "is_champion": "flag",
            "horizon_days": "count",
            "mae_log": "number",
            "crps_log": "number",
            "crps_ratio": "number",  # over no change; below 1 beats it
            "coverage_50_share": "number",
            "coverage_80_share": "number",
            "coverage_95_share": "number",
            "p_value": "number",  # Diebold-Mariano against no change
            "n": "count",  # origins
            "label": "text",  # e.g. quality hindsight
        },
        ("horizon_days", "model"),
        "no forecast has been resolved",
    ),
    "pit": MartSpec(
        {"model": "text", "horizon_days": "count", "bin_lower": "number", "bin_upper": "number", "bin_share": "number"},
        ("model", "horizon_days", "bin_lower"),
        "no forecast has been resolved",
    ),
    "revision": MartSpec(
        {"cause": "text", "change_log": "number", "change_usd_per_mtok": "number", "order": "count", "detail": "text"},
        ("order", "cause"),
        "there is no earlier vintage to compare with",
    ),
    "data_health": MartSpec(
        {
            "source": "text",
            "kind": "text",
            "origin": "text",  # live | archive | packaged
            "status": "text",  # ok | partial | stale | failed
            "observed_at": "date",
            "age_days": "count",
            "rows": "count",
            "message": "text",
        },
        ("status", "kind", "source"),
        "no source reported",
    ),
    "quarantine": MartSpec(
        {
            "provider": "text",
            "model": "text",
            "token_class": "text",
            "price_kept_usd_per_mtok": "number",
            "price_refused_usd_per_mtok": "number",
            "reason": "text",
            "observed_at": "date",
            "source": "text",
        },
        ("provider", "model", "token_class"),
        "no price is quarantined",
    ),
    "disagreements": MartSpec(
        {
            "provider": "text",
            "model": "text",
            "token_class": "text",
            "believed_source": "text",
            "believed_usd_per_mtok": "number",
            "other_source": "text",
            "other_usd_per_mtok": "number",
            "difference_share": "number",
        },
        ("provider", "model", "token_class", "other_source"),
        "no two sources disagree",
    ),
    "not_known": MartSpec(
        {"topic": "text", "why": "text", "what_would_tell": "text"},
        ("topic",),
        "nothing has been listed",
    ),
}
