"""The dated specification history, and the one value per accelerator and field to compute with.

Values are never overwritten: a page that changes adds a row. The choice is a rule, not an edit: a maker's
own per-accelerator figure first, then its board or rack figure divided, then found documents, then the other
databases in a fixed order; a figure without a document is missing. Rows that a reason rules out stay in the
table and are never chosen. The history is data of ``reference``; how pages are read is elsewhere.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

REFERENCE = Path(__file__).resolve().parent.parent
TEXT = pl.String
SCHEMA = {
    "accelerator": TEXT,
    "vendor": TEXT,
    "field": TEXT,
    "value": TEXT,
    "unit": TEXT,
    "qualifier": TEXT,
    "observed_at": pl.Date,
    "source": TEXT,
    "label": TEXT,
    "source_url": TEXT,
    "evidence": TEXT,
    "basis": TEXT,
    "licence": TEXT,
    "rejected_because": TEXT,
}
"""Columns of ``spec_history.csv``; ``value`` is text because launch dates stand among figures."""

SOURCE_RANK = {
    "found": 1,
    "hardware/epoch": 2,
    "hardware/evokernel": 3,
    "gpuhunt": 4,
}
"""Order of belief within one basis: pages read by our parsers (a new folder too), found documents, databases."""

_BASIS_RANK = {"official": 0, "secondary": 1}
DISAGREEMENT = 1.05
"""Two values of one field whose ratio exceeds this disagree (rounding in TB and PFLOPS stays below it)."""


WHOLE_COMPUTER = "whole computer at the wall"
"""Qualifier of a maximum that includes more than the chip (Apple prints no other): used only where no chip figure stands."""


@lru_cache(maxsize=1)
def read_history(path: Path = REFERENCE / "spec_history.csv") -> pl.DataFrame:
    """All rows, sorted by accelerator, field, source and date; raises ``ValueError`` on undeclared columns."""
    frame = pl.read_csv(path, schema_overrides=SCHEMA)
    if dict(frame.schema) != SCHEMA:
        raise ValueError(
            f"{path.name}: expected columns {list(SCHEMA)}, found {frame.columns}; rebuild it with research/builders/build_spec_history.py"
        )
    return frame.with_columns(pl.col(pl.String).fill_null(""))


def best_specs(history: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The value to use per accelerator and field at a date.

    Args: ``history`` as ``read_history`` gives it. A specification is a physical fact, so where nothing was
    observed by ``as_of`` the earliest later observation is used and ``known_at_date`` is false.
    Returns accelerator, vendor, field, value (text), unit, qualifier, observed_at, source, label, source_url,
    basis, known_at_date: one row per accelerator and field, sorted.
    """
    usable = (
        history.filter(pl.col("rejected_because") == "")
        .with_columns(
            known_at_date=pl.col("observed_at") <= as_of,
            basis_rank=pl.col("basis").replace_strict(_BASIS_RANK, return_dtype=pl.Int32),
            whole=pl.col("qualifier").str.contains(WHOLE_COMPUTER).cast(pl.Int32),
            divided=pl.col("qualifier").str.contains(r"divided|rounded|kernel guide|instance|older vintage").cast(pl.Int32),
            source_rank=pl.col("source").replace_strict(SOURCE_RANK, default=0, return_dtype=pl.Int32),
            days=pl.col("observed_at").dt.epoch("d"),
        )
        .with_columns(order=pl.when("known_at_date").then(-pl.col("days")).otherwise(pl.col("days")))
    )
    keys = ["whole", "basis_rank", "divided", "source_rank", pl.col("known_at_date").not_(), "order", "label", "value"]
    chosen = usable.sort(["accelerator", "field", *keys]).group_by("accelerator", "field", maintain_order=True).first()
    return chosen.select(
        "accelerator",
        "vendor",
        "field",
        "value",
        "unit",
        "qualifier",
        "observed_at",
        "source",
        "label",
        "source_url",
        "basis",
        "known_at_date",
    )


def disagreements(spec_history: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table marts.spec_disagreements from table core.spec_history: see ``comparison``."""
    return comparison(spec_history.rename({"value_text": "value"}), as_of)


def comparison(history: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Official value, what each other database says, and which is used: one row per accelerator and field.

    Returns accelerator, vendor, field, unit, official, epoch, evokernel, gpuhunt (text, latest at the date,
    null where absent), used, used_source, used_basis (null where every value is ruled out), versions (number of different official values seen),
    history (``value (date)`` in order), disagree (a database differs from the used value by more than 5 %).
    """
    known = history.filter(pl.col("observed_at") <= as_of)
    key = ["accelerator", "field"]
    latest = known.sort("observed_at", "value").group_by([*key, "basis", "source"], maintain_order=True).last()

    def said(name: str, condition: pl.Expr) -> pl.DataFrame:
        found = latest.filter(condition).sort([*key, "source"]).group_by(key, maintain_order=True).first()
        return found.select(*key, pl.col("value").alias(name))

    official = best_specs(history.filter(pl.col("basis") == "official"), as_of).select(*key, pl.col("value").alias("official"))
    versions = (
        known.filter(pl.col("basis") == "official")
        .sort("observed_at", "value")
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("value").n_unique().alias("versions"),
            (pl.col("value") + " (" + pl.col("observed_at").cast(pl.String) + ")")
            .unique(maintain_order=True)
            .str.join(", ")
            .alias("history"),
        )
    )
    best = best_specs(history, as_of).select(
        *key, "unit", pl.col("value").alias("used"), pl.col("source").alias("used_source"), pl.col("basis").alias("used_basis")
    )
    stated = history.unique(key, keep="first", maintain_order=True).select(*key, "vendor", pl.col("unit").alias("printed_unit"))
    frame = stated.join(best, on=key, how="left").with_columns(pl.coalesce("unit", "printed_unit").alias("unit")).drop("printed_unit")
    for part in (
        official,
        said("epoch", pl.col("source") == "hardware/epoch"),
        said("evokernel", pl.col("source") == "hardware/evokernel"),
        said("gpuhunt", pl.col("source") == "gpuhunt"),
        versions,
    ):
        frame = frame.join(part, on=key, how="left")
    used = pl.col("used").cast(pl.Float64, strict=False)
    apart = [
        pl.max_horizontal(used / pl.col(c).cast(pl.Float64, strict=False), pl.col(c).cast(pl.Float64, strict=False) / used) > DISAGREEMENT
        for c in ("official", "epoch", "evokernel", "gpuhunt")
    ]
    return (
        frame.with_columns(
            pl.col("versions").fill_null(0), pl.col("history").fill_null(""), pl.any_horizontal(*apart).fill_null(False).alias("disagree")
        )
        .sort(key)
        .select(
            "accelerator",
            "vendor",
            "field",
            "unit",
            "official",
            "epoch",
            "evokernel",
            "gpuhunt",
            "used",
            "used_source",
            "used_basis",
            "versions",
            "history",
            "disagree",
        )
    )
