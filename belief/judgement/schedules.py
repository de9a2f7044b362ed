"""From statements to schedules: what one witness states of one offer at one time is a whole.

A witness that speaks again of an offer replaces everything it said of it: a condition that its next statement
lacks has ended, though nobody wrote an end down. The day it was last seen is kept apart from the day it ended.
"""

from __future__ import annotations

import polars as pl

from belief.judgement.statements import DATED, FIGURES, LINE, OFFER, PRICES, Moment

NO_REMOVAL = ("unwatched", "unobserved", "point", "ended", "stale", "alias")
"""Ends that say nothing about the offer: nobody looked any more, or the price had named its own last day."""


def terms(statements: pl.DataFrame, as_of: Moment) -> pl.DataFrame:
    """The statements as terms of schedules: ``line``, ``offer``, ``term`` (row ids), ``seen_to``, and a true ``valid_to``.

    ``seen_to`` is the last day on which the witness is known to have shown the term: never past its end, and for
    an end that was itself only noticed at a look, the look before it. A sale seen after its announced end goes on. Announced terms that nobody has seen since
    their first day are left out.
    """
    rows = _with_ids(statements)
    looks = pl.concat([rows.select("source", pl.col(c).alias("look")) for c in ("observed_at", "confirmed_at")])
    looks = looks.filter(pl.col("look") <= pl.lit(as_of)).unique().sort("look")
    gone_on = (
        (pl.col("price_kind") == "sale")
        & (pl.col("confirmed_at") > pl.col("valid_to"))
        & ~pl.col("end_reason").is_in(["changed", "removed"])
    )
    rows = rows.with_columns(pl.when(gone_on.fill_null(False)).then(None).otherwise("valid_to").alias("valid_to"))
    ended = pl.col("valid_to").is_not_null() & (pl.col("valid_to") <= pl.lit(as_of))
    rows = rows.sort("valid_to", nulls_last=True).join_asof(
        looks, left_on="valid_to", right_on="look", by="source", strategy="backward", allow_exact_matches=False, check_sortedness=False
    )
    told_after = pl.col("observed_at") >= pl.col("valid_to")
    seen = (
        pl.when(ended & told_after)
        .then("valid_to")
        .when(ended)
        .then(pl.max_horizontal(pl.min_horizontal("confirmed_at", pl.coalesce("look", "observed_at")), "observed_at"))
        .otherwise(pl.min_horizontal(pl.col("confirmed_at"), pl.lit(as_of)))
    )
    foretold = (pl.col("valid_to") > pl.col("confirmed_at")) & ~pl.col("end_reason").is_in(["changed", "removed"])
    reason = pl.when(ended & foretold).then(pl.lit("ended")).when(ended).then("end_reason").otherwise(pl.lit(""))
    rows = rows.with_columns(seen.alias("seen_to"), reason.alias("end_reason")).drop("look")
    rows = rows.filter(pl.col("seen_to") >= pl.col("valid_from"))
    return _replaced(_one_after_another(rows)).sort("term")


def _with_ids(statements: pl.DataFrame) -> pl.DataFrame:
    lines = statements.select(LINE).unique(maintain_order=True).with_row_index("line")
    offers = statements.select(OFFER).unique(maintain_order=True).with_row_index("offer")
    rows = statements.sort([*LINE, "above", "condition", "tier", "valid_from", "observed_at"], nulls_last=True).with_row_index("term")
    return rows.join(lines, on=LINE, how="left").join(offers, on=OFFER, how="left").sort("term")


def _one_after_another(rows: pl.DataFrame) -> pl.DataFrame:
    """Within one condition of one line the later start ends the earlier term."""
    channel = ["line", "tier", "condition", "price_kind"]
    rows = rows.sort([*channel, "valid_from", "seen_to"]).unique([*channel, "valid_from"], keep="last", maintain_order=True)
    follows = pl.col("valid_from").shift(-1).over(channel)
    cut = follows.is_not_null() & (pl.col("valid_to").is_null() | (pl.col("valid_to") > follows))
    return rows.with_columns(
        pl.when(cut).then(follows).otherwise("valid_to").alias("valid_to"),
        pl.when(cut).then(pl.lit("changed")).otherwise("end_reason").alias("end_reason"),
        pl.when(cut).then(pl.min_horizontal("seen_to", follows)).otherwise("seen_to").alias("seen_to"),
    )


def _replaced(rows: pl.DataFrame) -> pl.DataFrame:
    """End a term with the first later statement of its line that it is not part of any more."""
    starts = rows.select("line", pl.col("valid_from").alias("next_start")).unique().sort("next_start")
    rows = rows.sort("seen_to").join_asof(
        starts, left_on="seen_to", right_on="next_start", by="line", strategy="forward", allow_exact_matches=False, check_sortedness=False
    )
    cut = (pl.col("next_start") > pl.col("valid_from")) & (pl.col("valid_to").is_null() | (pl.col("next_start") < pl.col("valid_to")))
    cut = cut.fill_null(False)
    return rows.with_columns(
        pl.when(cut).then("next_start").otherwise("valid_to").alias("valid_to"),
        pl.when(cut).then(pl.lit("replaced")).otherwise("end_reason").alias("end_reason"),
    ).drop("next_start")


def segments(rows: pl.DataFrame) -> pl.DataFrame:
    """The schedules of all lines over time: one row per line and stretch in which its terms stay the same.

    Columns: line, offer, source, witness, rank, ``start``, ``until`` (null: open), ``seen`` (last sighting), ``shown`` (the
    same, or earlier where the day of the copy is only roughly known), ``lasting`` (the same, or later where what followed is held back), ``input``/``output`` of
    the base price (null where the schedule states only a price under a condition), ``complete``, ``conditions``
    (number of terms beyond the base), ``dated`` (its start was stated as a day), ``removed`` (its end is an end of
    the offer there), ``end_reason``, ``term_ids``.
    """
    points = pl.concat(
        [rows.select("line", pl.col("valid_from").alias("start")), rows.select("line", pl.col("valid_to").alias("start")).drop_nulls()]
    )
    points = points.unique().sort("line", "start").with_columns(pl.col("start").shift(-1).over("line").alias("until"))
    channels = rows.select("line", "tier", "condition", "price_kind").unique().with_row_index("channel")
    keyed = rows.join(channels, on=["line", "tier", "condition", "price_kind"], how="left", nulls_equal=True).sort("valid_from")
    grid = (
        points.join(channels.select("line", "channel"), on="line")
        .sort("start")
        .join_asof(keyed.drop("line"), left_on="start", right_on="valid_from", by="channel", strategy="backward", check_sortedness=False)
    )
    live = grid.filter(pl.col("term").is_not_null() & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("start"))))
    return _joined(_stretches(live))


def _stretches(live: pl.DataFrame) -> pl.DataFrame:
    sale_first = pl.col("price_kind") != "sale"
    live = live.with_columns(sale_first.alias("listed")).sort("line", "start", "above", "clocked", "listed", "term")
    plain = (pl.col("above") == 0) & ~pl.col("clocked")
    whole = (plain & (pl.col("tier") != "off-peak")).any() | (
        (pl.col("above") == 0).any() & (pl.col("tier") == "off-peak").any() & pl.col("clocked").any()
    )
    figures = pl.struct("tier", "condition", "price_kind", *(pl.col(p).round(6) for p in PRICES.values())).hash()
    live = live.with_columns(figures.alias("figures"))
    ends_here = pl.col("valid_to") == pl.col("until")
    made = live.group_by("line", "start", maintain_order=True).agg(
        pl.col("until", "offer", "provider", "source", "witness", "rank", "model_label", "own_name").first(),
        *(pl.when(whole).then(pl.col(f).first()).otherwise(None).alias(name) for f, name in zip(FIGURES, ("input", "output"), strict=True)),
        whole.alias("complete"),
        pl.col("price_kind").first().alias("kind"),
        ((pl.col("above") > 0) | pl.col("clocked")).sum().alias("conditions"),
        pl.col("weekly").sum().alias("weekdays"),
        pl.col("seen_to").max().alias("seen"),
        pl.coalesce("shown_by", "seen_to").max().alias("shown"),
        pl.col("lasting").max(),
        (pl.col("valid_from_basis").is_in(DATED) & (pl.col("valid_from") == pl.col("start"))).any().alias("dated"),
        pl.col("end_reason").filter(ends_here).first().fill_null("").alias("end_reason"),
        pl.col("figures").sum(),  # of hashes, whatever their order: what is said as a whole
        pl.col("term").alias("term_ids"),
        pl.col("observed_at").min().alias("first_seen"),
    )
    return made.sort("line", "start")


def _joined(made: pl.DataFrame) -> pl.DataFrame:
    """Neighbours that say the same made one; each knows whether another follows it without a gap."""
    same = (pl.col("start") == pl.col("until").shift(1).over("line")) & (pl.col("figures") == pl.col("figures").shift(1).over("line"))
    runs = made.with_columns((~same.fill_null(False)).cum_sum().over("line").alias("run"))
    last = ("until", "end_reason", "term_ids")
    sightings = ("seen", "shown", "lasting")
    first = [c for c in made.columns if c not in (*last, "line", *sightings)]
    joined = runs.group_by("line", "run", maintain_order=True).agg(pl.col(first).first(), pl.col(last).last(), pl.col(sightings).max())
    joined = joined.drop("run", "figures").with_columns(pl.min_horizontal(c, "until").alias(c) for c in sightings)
    return with_neighbours(joined)


def with_neighbours(joined: pl.DataFrame) -> pl.DataFrame:
    """Add what the line said before (``input_before`` ...) where it follows without a gap, since when it says its base price
    (``since``), and whether its end is a removal.
    """
    joined = joined.drop("since", strict=False).sort("line", "start")
    follows = pl.col("start").shift(-1).over("line") == pl.col("until")
    after = pl.col("until").shift(1).over("line") == pl.col("start")
    before = [
        pl.when(after).then(pl.col(c).shift(1).over("line")).alias(f"{c}_before")
        for c in ("input", "output", "start", "seen", "conditions", "kind", "end_reason")
    ]
    unmoved = pl.all_horizontal(
        ((pl.col(c) - pl.col(c).shift(1).over("line")).abs() <= 1e-9).fill_null(
            pl.col(c).is_null() & pl.col(c).shift(1).over("line").is_null()
        )
        for c in ("input", "output")
    )
    joined = joined.with_columns((~(unmoved & after.fill_null(False))).cum_sum().over("line").alias("run"))
    joined = joined.with_columns(pl.col("start").first().over("line", "run").alias("since")).drop("run")
    removal = pl.col("until").is_not_null() & ~follows.fill_null(False) & ~pl.col("end_reason").is_in(NO_REMOVAL)
    return joined.drop(
        f"{c}_before" for c in ("input", "output", "start", "seen", "conditions", "kind", "end_reason") if f"{c}_before" in joined.columns
    ).with_columns(*before, removal.alias("removed"))
