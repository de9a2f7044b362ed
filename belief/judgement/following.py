"""Prices that follow others: what an old page says is in doubt once the price it follows has moved, and which prices are another tier's.

A seller's batch, fast and regional prices move with its standard price, a cloud's resale price with the maker's. A page that
was last seen before such a move cannot speak for the day after it. A tracker now and then prints a model's fast or batch price
as the standard one.
"""

from __future__ import annotations

import polars as pl

from belief.judgement.statements import OFFER, RANKS, other_price, same_price

_SOLD = ["provider", "model"]
_BEFORE = [("input", "input_before"), ("output", "output_before")]
_OTHER = [("input", "input_other"), ("output", "output_other")]


def with_doubts(schedules: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """The schedules with ``doubted_from`` (the day the price it follows moved) and ``of_tier`` (the other tier whose price it is)."""
    offers = terms.select("offer", *OFFER).unique("offer")
    placed = schedules.drop("provider").join(offers, on="offer", how="left", maintain_order="left")
    keys = ["line", "start"]
    doubted = pl.concat([_of_one_seller(placed), _of_a_cloud(placed)]).group_by(keys).agg(pl.col("doubted_from").min())
    return schedules.join(doubted, on=keys, how="left").join(_of_another_tier(placed), on=keys, how="left").sort(keys)


def _page_moves(placed: pl.DataFrame) -> pl.DataFrame:
    """Moves of plain standard prices that sellers' own pages show: provider, model, day, the prices before, rank."""
    plain = (pl.col("service") == "standard") & (pl.col("place") == "")
    moved = placed.filter(plain & (pl.col("rank") <= RANKS["host"]) & pl.col("start_before").is_not_null() & other_price(_BEFORE))
    return moved.select(*_SOLD, pl.col("start").alias("doubted_from"), "input_before", "output_before", pl.col("rank").alias("rank_moved"))


def _open_pages(placed: pl.DataFrame) -> pl.DataFrame:
    return placed.filter((pl.col("rank") <= RANKS["host"]) & pl.col("until").is_null())


def _of_one_seller(placed: pl.DataFrame) -> pl.DataFrame:
    """Other tiers and places that a seller's page showed last before its standard price moved."""
    other = _open_pages(placed).filter((pl.col("service") != "standard") | (pl.col("place") != ""))
    pairs = other.select("line", "start", "shown", *_SOLD).join(_page_moves(placed), on=_SOLD)
    return pairs.filter(pl.col("shown") < pl.col("doubted_from")).select("line", "start", "doubted_from")


def _of_a_cloud(placed: pl.DataFrame) -> pl.DataFrame:
    """Prices equal to the maker's on a cloud's page that was seen last before the maker moved its own."""
    moved = _page_moves(placed).filter(pl.col("rank_moved") == RANKS["first_party"])
    pairs = (
        _open_pages(placed)
        .select("line", "start", "shown", *_SOLD, "input", "output")
        .join(moved, on="model", suffix="_maker")
        .filter((pl.col("provider") != pl.col("provider_maker")) & (pl.col("shown") < pl.col("doubted_from")) & same_price(_BEFORE))
    )
    return pairs.select("line", "start", "doubted_from")


def _of_another_tier(placed: pl.DataFrame) -> pl.DataFrame:
    """Trackers' first statements that equal what another source lists as another tier of the model, and name no other tier themselves."""
    rows = placed.select("line", "start", "until", "seen", "rank", "start_before", "source", "witness", *OFFER, "input", "output")
    first = rows.filter((pl.col("rank") == RANKS["feed"]) & pl.col("start_before").is_null())
    pairs = (
        first.join(rows, on=[*_SOLD, "place"], suffix="_other")
        .filter((pl.col("service") != pl.col("service_other")) & same_price(_OTHER))
        .filter((pl.col("start_other") <= pl.col("seen")) & (pl.col("witness") != pl.col("witness_other")))
    )
    own = rows.select("witness", *_SOLD, "place", pl.col("service").alias("service_other")).unique()
    unaware = pairs.join(own, on=["witness", *_SOLD, "place", "service_other"], how="anti")
    return (
        unaware.sort("line", "start", "service_other")
        .unique(["line", "start"], keep="first", maintain_order=True)
        .select("line", "start", pl.col("service_other").alias("of_tier"))
    )
