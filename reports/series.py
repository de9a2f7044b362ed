"""Which series and which forecasting model an edition speaks of: the same answer for charts, tables and sentences."""

from __future__ import annotations

import polars as pl

from reports.inputs import Edition


def headline_series(edition: Edition) -> str:
    """The series that the headline speaks of: the flagged one, else the fact's subject, else the first."""
    frontier = edition.mart("frontier")
    flagged = frontier.filter(pl.col("is_headline").fill_null(False))
    if flagged.height:
        return str(flagged["series"][0])
    named = edition.facts.filter(pl.col("fact_id") == "headline.frontier_price")["subject"].to_list()
    names = edition.mart("champion_forecasts")["series"].to_list() + frontier["series"].to_list()
    return str(named[0]) if named and named[0] in names else str(names[0]) if names else ""


def champion_model(edition: Edition) -> str:
    """The forecasting model in charge: the track record's champion, else the first that forecasts."""
    record = edition.mart("track_record").filter(pl.col("is_champion").fill_null(False))
    issued = edition.mart("champion_forecasts")["model"].drop_nulls().unique().sort().to_list()
    named = [m for m in record["model"].unique().sort().to_list() if m in issued]
    return str((named or issued or [""])[0])
