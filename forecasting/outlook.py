"""All that looks ahead from one vintage, in the order it is computed: floors, forecasts, events, meetings.

Belongs here: the order of calls, so that an asset makes one. Not here: any method (``daily`` names them).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from forecasting import daily


def build(frontier_price: pl.DataFrame, floors: pl.DataFrame, scores: pl.DataFrame, as_of: date) -> dict[str, pl.DataFrame]:
    """Tables forecast, event_probability, meeting_date, binding_constraint and series_floor of a vintage.

    ``frontier_price``: table of that name. ``floors``: one row per model and kind (see ``daily``); may be
    empty, then prices are forecast without floors and the floor tables are empty.
    """
    series = daily.series_from_frontier(frontier_price)
    floor_of = daily.series_floors(frontier_price, floors, scores, as_of)
    known = floor_of if floor_of.height else None
    return {
        "forecast": daily.forecasts(series, known, as_of),
        "event_probability": daily.events(series, known, as_of),
        "meeting_date": daily.meeting_dates(series, floor_of, as_of),
        "binding_constraint": daily.binding_constraints(series, floor_of, as_of),
        "series_floor": floor_of,
    }
