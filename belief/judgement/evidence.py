"""The one place where statements become belief: sound, then schedules, then held, then weighed, then priced.

The daily history, ``deflation believe`` and every mart come from ``weigh``; nothing else decides what is believed.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from belief.judgement import following, holding, intervals, schedules, weighing
from belief.judgement.statements import KEY, RANKS, Moment, sound, with_offer
from belief.names.aliases import normalise

LISTED_MODELS = 2
"""A page that lists at least so many other models of a seller says something by lacking one."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed and what was set aside on the way.

    ``intervals``: believed prices over time. ``stretches``: per offer and stretch of days the schedule believed, with
    ``why`` where there is none. ``held``: schedules and terms that wait for a second family. ``refused``: statements that
    cannot be evidence. ``terms`` and ``schedules``: the evidence as it was weighed. ``acts``: where a witness itself moved.
    """

    intervals: pl.DataFrame
    stretches: pl.DataFrame
    held: pl.DataFrame
    refused: pl.DataFrame
    terms: pl.DataFrame
    schedules: pl.DataFrame
    acts: pl.DataFrame
    as_of: Moment


def weigh(statements: pl.DataFrame, as_of: Moment, allowed_change: float = 5.0, retirements: pl.DataFrame | None = None) -> Belief:
    """Weigh all statements known at ``as_of``; columns as in ``history.INTERVAL_COLUMNS``, any order.

    ``retirements``: provider, model_label, retired_on, replacement: names that their sellers said they end on a day.
    """
    good, refused = sound(statements, as_of)
    stated = schedules.terms(with_offer(good), as_of)
    doubted = holding.unconfirmed_odd(stated)
    plain = holding.without_odd(stated, doubted)
    made = following.with_doubts(schedules.segments(plain), plain)
    kept, held = holding.held(made, allowed_change)
    retired = _retired(plain, retirements)
    stretches = weighing.believed(kept, _absences(plain), retired, as_of, allowed_change) if kept.height else _no_stretches(kept)
    moved = intervals.acts(kept, plain)
    found = intervals.intervals(stretches, kept, plain, moved, as_of)
    ended = retired.select("offer", pl.col("retired_from").alias("valid_to"), pl.lit("retired").alias("retirement")).unique()
    found = (
        found.join(ended, on=["offer", "valid_to"], how="left", maintain_order="left")
        .with_columns(pl.coalesce("retirement", "end_reason").alias("end_reason"))
        .drop("retirement")
    )
    return Belief(found, stretches, _held_terms(held, doubted, stated), refused, stated, kept, moved, as_of)


def _no_stretches(kept: pl.DataFrame) -> pl.DataFrame:
    return kept.select(
        "offer",
        pl.col("start").alias("day"),
        pl.col("until").alias("day_to"),
        "line",
        "start",
        pl.lit(1, dtype=pl.UInt32).alias("families"),
        pl.lit("").alias("why"),
        pl.col("line").alias("line_long"),
        pl.col("start").alias("start_long"),
    )


def _absences(terms: pl.DataFrame) -> pl.DataFrame:
    """The last look of a seller's page that lists its models and not this one: offer, day."""
    page = terms.filter(pl.col("rank") <= RANKS["host"])
    looks = page.group_by("provider", "source").agg(pl.col("seen_to").max().alias("day"))
    current = page.join(looks, on=["provider", "source"]).filter(pl.col("seen_to") == pl.col("day"))
    listed = current.group_by("provider", "source", "day").agg(pl.col("model").unique().alias("models"))
    listed = listed.filter(pl.col("models").list.len() >= LISTED_MODELS)
    offers = terms.select("offer", "provider", "model").unique()
    lacking = offers.join(listed, on="provider").filter(~pl.col("models").list.contains(pl.col("model")))
    return lacking.group_by("offer").agg(pl.col("day").max()).select("offer", "day")


def _retired(terms: pl.DataFrame, retirements: pl.DataFrame | None) -> pl.DataFrame:
    """The lines whose printed name its seller has ended: line, offer, ``retired_from``, ``told``. Other names of a model are not touched."""
    lines = terms.select("line", "offer", "provider", "model_label").unique("line")
    told = pl.when(pl.col("replacement").fill_null("") == "").then(pl.lit("")).otherwise(pl.format(", replaced by {}", "replacement"))
    schema = {"line": terms.schema["line"], "offer": terms.schema["offer"], "retired_from": terms.schema["valid_from"], "told": pl.String()}
    if retirements is None or retirements.is_empty() or lines.is_empty():
        return pl.DataFrame(schema=schema)
    form = pl.col("model_label").map_elements(normalise, return_dtype=pl.String).alias("form")
    ends = (
        retirements.drop_nulls("retired_on")
        .with_columns(form, told.alias("told"))
        .sort("retired_on")
        .unique(["provider", "form"], keep="last", maintain_order=True)
    )
    found = lines.with_columns(form).join(ends.select("provider", "form", "retired_on", "told"), on=["provider", "form"])
    return found.select("line", "offer", pl.col("retired_on").cast(terms.schema["valid_from"]).alias("retired_from"), "told").sort("line")


def _held_terms(held: pl.DataFrame, doubted: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """The terms behind what is held, with the reason and the prices kept instead."""
    moved = held.select(
        "reason", pl.col("input_before").alias("kept_input"), pl.col("output_before").alias("kept_output"), "term_ids", "start", "until"
    ).explode("term_ids")
    rows = moved.join(terms, left_on="term_ids", right_on="term").with_columns(
        pl.max_horizontal("valid_from", "start").alias("valid_from"), pl.coalesce("until", "valid_to").alias("valid_to")
    )
    odd = doubted.join(terms, on="term").with_columns(
        pl.lit(None, dtype=pl.Float64).alias("kept_input"), pl.lit(None, dtype=pl.Float64).alias("kept_output")
    )
    columns = [*terms.drop("term").columns, "reason", "kept_input", "kept_output"]
    return pl.concat([rows.select(columns), odd.select(columns)]).sort([*KEY, "source", "valid_from"])
