"""Excursions of the belief itself: what one family alone said for less than a month between two stretches at one price."""

from __future__ import annotations

import polars as pl

from belief.judgement.holding import EXCURSION_DAYS
from belief.judgement.statements import RANKS


def without_excursions(stretches: pl.DataFrame, schedules: pl.DataFrame) -> pl.DataFrame:
    """The believed stretches without what one family alone said between two stretches at one price, within a month.

    One tracker's excursion is held back where it speaks (``holding``); here two trackers that take turns are.
    """
    said = schedules.select("line", "start", "rank", "input", "output", "complete")
    rows = stretches.join(said, on=["line", "start"], how="left", maintain_order="left").sort("offer", "day")
    figures = pl.struct(pl.col("input", "output").round(6))
    new = (figures != figures.shift(1).over("offer")) | (pl.col("day") != pl.col("day_to").shift(1).over("offer"))
    rows = rows.with_columns(new.fill_null(True).cum_sum().over("offer").alias("run"))
    runs = rows.group_by("offer", "run", maintain_order=True).agg(
        pl.col("day").first(),
        pl.col("day_to").last(),
        pl.col("input", "output", "line", "start").last(),
        (pl.col("rank").min() > RANKS["first_party"]).alias("others"),
        (pl.col("complete").all() & (pl.col("families") == 1).all()).alias("alone"),
    )

    def beside(n: int) -> list[pl.Expr]:
        return [pl.col(c).shift(n).over("offer") for c in ("input", "output")]

    back = pl.all_horizontal((a - b).abs() <= 1e-6 for a, b in zip(beside(1), beside(-1), strict=True))
    joined = (pl.col("day_to").shift(1).over("offer") == pl.col("day")) & (pl.col("day").shift(-1).over("offer") == pl.col("day_to"))
    short = (pl.col("day_to") - pl.col("day")).dt.total_days() <= EXCURSION_DAYS
    slip = (back & joined & short & pl.col("others") & pl.col("alone")).fill_null(False)
    slip = slip & ~slip.shift(1).over("offer").fill_null(False)
    slips = runs.with_columns(
        pl.col("line").shift(1).over("offer").alias("line_before"), pl.col("start").shift(1).over("offer").alias("start_before")
    ).filter(slip)
    mended = rows.join(slips.select("offer", "run", "line_before", "start_before"), on=["offer", "run"], how="left", maintain_order="left")
    out = pl.col("line_before").is_not_null()
    return mended.with_columns(
        pl.when(out).then("line_before").otherwise("line").alias("line"),
        pl.when(out).then("start_before").otherwise("start").alias("start"),
    ).select(stretches.columns)
