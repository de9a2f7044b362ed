"""Token volumes per model and day from a file or the packaged history, with a sentence for what cannot be used.

Belongs here: reading ``date,model_permaslug,total_tokens``, and the split measurements of the packaged history.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from forecasting.tokens import pricing, profiles

COLUMNS = ("date", "model_permaslug", "total_tokens")
_PARTS = ("total_tokens", "prompt_tokens", "completion_tokens", "cached_tokens")


class BadVolumes(ValueError):
    """Nothing of the file can be used; the message says why."""


def read(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """day, slug, tokens (one row per day and slug) from text columns, and sentences; raises :class:`BadVolumes`."""
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise BadVolumes(
            f"the volumes have no column {', '.join(missing)}; expected date,model_permaslug,total_tokens, "
            f"found {','.join(frame.columns) or 'nothing'}"
        )
    rows = frame.select(
        pl.col("date").cast(pl.String).str.strip_chars().str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias("day"),
        pl.col("model_permaslug").cast(pl.String).str.strip_chars().alias("slug"),
        pl.col("total_tokens").cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False).alias("tokens"),
    )
    good = rows.filter(
        pl.col("day").is_not_null(),
        pl.col("slug").is_not_null(),
        pl.col("slug") != "",
        pl.col("tokens").is_finite().fill_null(False) & (pl.col("tokens") >= 0),
    )
    said = []
    if good.height < rows.height:
        said.append(f"{rows.height - good.height} of {rows.height} rows have no readable day, slug or number of tokens; left out.")
    if good.is_empty():
        raise BadVolumes(" ".join(["no row can be used:", *said]) if said else "the volumes have no rows")
    if good["tokens"].sum() == 0:
        raise BadVolumes(f"none of the {good.height} rows holds a token: total_tokens is 0 in all")
    once = good.unique(maintain_order=True)
    if once.height < good.height:
        said.append(f"{good.height - once.height} rows repeat another one exactly; each is counted once.")
    summed = once.group_by("day", "slug").agg(pl.col("tokens").sum(), pl.len())
    if repeated := summed.filter(pl.col("len") > 1).height:
        said.append(f"{repeated} times a slug has several different figures on one day; they were added.")
    return summed.drop("len").sort("day", "slug"), said


def until(rows: pl.DataFrame, last: date) -> tuple[pl.DataFrame, list[str]]:
    """The rows of days on which a price may be known, when prices are known up to ``last``, and a sentence on the later
    ones: a price that nobody has looked at is not an unchanged price. Raises :class:`BadVolumes` where none is left.
    """
    kept = rows.filter(pl.col("day") <= last + timedelta(days=pricing.NEAR_DAYS))
    told = f"prices are known up to {last}: {rows.height - kept.height} of {rows.height} volumes are of later days"
    if kept.is_empty():
        raise BadVolumes(f"{told}; `deflation run` looks for newer prices")
    return kept, [f"{told}; left out."] if kept.height < rows.height else []


def measurements(history: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """``profiles.measured`` of the packaged or read history (columns of ``core.token_volume``); ``names``: slug, model."""
    parts = history.filter(pl.col("measure").is_in(_PARTS), pl.col("unit") == "tokens").join(
        names.select(pl.col("slug").alias("model_label"), "model").drop_nulls(), on="model_label"
    )
    wide = parts.pivot(on="measure", index=["model_label", "model", "period_start", "period_days"], values="value")
    whole = wide.with_columns(pl.lit(None, pl.Float64).alias(c) for c in _PARTS if c not in wide.columns)
    return profiles.measured(whole.rename({"period_start": "day"}))
