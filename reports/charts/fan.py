"""The fan: measured price, forecast bands, floors and earlier forecasts of the headline series.

Every number drawn is a cell of a mart; only filters, renames and quantiles side by side happen here.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.charts.shape import LOG, USD, bands_of, days, end_labels, layer_rows, log_axis, spec, typed
from reports.facts import FactBook
from reports.inputs import Edition
from reports.questions.outlook import chart_title
from reports.series import champion_model, headline_series
from reports.writing import numbers
from reports.writing.drawing import BLUE, GREY, INK, OCHRE, RUST, Chart
from reports.writing.shown import say

LINES = {"Price": INK, "Forecast": BLUE, "Earlier forecasts": GREY, "Hardware": RUST, "Power": OCHRE}
"""What is drawn as a line, with its colour; each is named at its end."""
EARLIER_SHOWN = 24
"""Earlier forecasts drawn as thin lines: the newest, and others at even distance."""


def fan(book: FactBook) -> Chart | None:
    """Measured price, forecast bands, both floors, earlier forecasts, on a log scale."""
    import altair as alt

    data = _fan_rows(book.edition)
    have = set(data["layer"].to_list())
    if not have & {"Price", "Forecast"}:
        return None
    kept = {name: colour for name, colour in LINES.items() if name in have}
    x = days(data["date"], 0.45)
    y = alt.Y("value:Q", scale=LOG, axis=log_axis([data["value"], data["lower"], data["upper"]], "USD per million tokens, log scale", USD))
    colour = alt.Color("layer:N", scale=alt.Scale(domain=list(kept), range=list(kept.values())), legend=None)
    base = alt.Chart(typed(data, "date"))
    layers = [
        base.transform_filter(f"datum.layer == '{kind}'").mark_area(color=BLUE, opacity=opacity)
        .encode(x=x, y=alt.Y("lower:Q", scale=LOG), y2="upper:Q")
        for kind, opacity in (("band wide", 0.14), ("band middle", 0.17), ("band narrow", 0.22)) if kind in have
    ]  # fmt: skip
    for name in ("Hardware", "Power"):
        if name in have:
            layers.append(base.transform_filter(f"datum.layer == '{name}'").mark_area(opacity=0.12).encode(
                x=x, y=alt.Y("lower:Q", scale=LOG), y2="upper:Q", color=colour))  # fmt: skip
    for name in ("Earlier forecasts", "Hardware", "Power", "Forecast", "Price"):
        if name in kept:
            line = base.transform_filter(f"datum.layer == '{name}'").mark_line(**STYLES[name]).encode(x=x, y=y, color=colour)
            layers.append(line.encode(detail="detail:N") if name == "Earlier forecasts" else line)
    named = data.filter(pl.col("layer").is_in([n for n in kept if n != "Earlier forecasts"]))
    layers.append(end_labels(named, "layer", "value", kept, lambda n, v: f"{n} {numbers.write(v, 'usd_per_mtok', v / 3)}", 340))
    alt_text = say(
        "Fan chart of {series}: the measured price, the median forecast with its bands, earlier forecasts as "
        "thin lines, the cost of rented hardware and of electricity. Last price {last}; median in a year {then}, "
        "interval {interval}.",
        series=book.field("headline.frontier_price", "subject"),
        last=book.value("headline.frontier_price"),
        then=book.value("headline.forecast_365d"),
        interval=book.interval("headline.forecast_365d"),
    )
    values = [
        ("champion_forecasts", "value_usd_per_mtok"),
        ("past_forecasts", "value_usd_per_mtok"),
        ("frontier", "price_robust_usd_per_mtok"),
        ("floors", "floor_usd_per_mtok"),
    ]
    bounds = [("champion_forecasts", "value_usd_per_mtok"), ("frontier", "price_robust_usd_per_mtok")]
    return Chart(
        "fan", chart_title(book), alt_text, spec(alt.layer(*layers), 340), data,
        {"value": values, "lower": [*bounds, ("floors", "floor_lower_usd_per_mtok")], "upper": [*bounds, ("floors", "floor_upper_usd_per_mtok")]},
    )  # fmt: skip


STYLES: dict[str, dict[str, Any]] = {
    "Earlier forecasts": {"strokeWidth": 0.9, "opacity": 0.7},
    "Hardware": {"strokeDash": [6, 3], "strokeWidth": 1.8},
    "Power": {"strokeDash": [2, 2], "strokeWidth": 1.8},
    "Forecast": {"strokeWidth": 2.4},
    "Price": {"strokeWidth": 2.4, "interpolate": "step-after"},
}


def _fan_rows(edition: Edition) -> pl.DataFrame:
    """Long rows (layer, date, value, lower, upper, detail) for the fan chart."""
    series, model = headline_series(edition), champion_model(edition)
    empty = pl.lit(None, dtype=pl.Float64)
    history = edition.mart("frontier").filter(pl.col("series") == series, pl.col("price_robust_usd_per_mtok") > 0)
    parts = [layer_rows(history, "Price", "obs_date", "price_robust_usd_per_mtok", pl.col("model"))]
    issued = edition.mart("champion_forecasts").filter(
        pl.col("series") == series, pl.col("model") == model, pl.col("value_usd_per_mtok") > 0
    )
    last = history.tail(1).select(target_date="obs_date", value_usd_per_mtok="price_robust_usd_per_mtok")
    wide = issued.filter(pl.col("quantile") == 0.5).select("target_date", "value_usd_per_mtok")
    parts.append(
        layer_rows(
            pl.concat([last, wide]) if wide.height else wide,
            "Forecast",
            "target_date",
            "value_usd_per_mtok",
            pl.lit(""),
        )
    )
    bands = bands_of(issued["quantile"].to_list())
    for kind, pair in zip(("band wide", "band middle", "band narrow")[3 - len(bands) :], bands, strict=False):
        low, high = (issued.filter((pl.col("quantile") - q).abs() < 1e-6).select("target_date", v="value_usd_per_mtok") for q in pair)
        band = low.join(high, on="target_date", suffix="_upper").sort("target_date")
        start = last.select("target_date", v="value_usd_per_mtok", v_upper="value_usd_per_mtok")
        band = pl.concat([start, band])
        parts.append(band.select(layer=pl.lit(kind), date="target_date", value=empty, lower="v", upper="v_upper", detail=pl.lit("")))
    past = edition.mart("past_forecasts").filter(
        pl.col("series") == series,
        pl.col("model") == model,
        (pl.col("quantile") - 0.5).abs() < 1e-6,
        pl.col("value_usd_per_mtok") > 0,
    )
    cutoffs = past["cutoff"].unique().sort(descending=True)
    past = past.filter(pl.col("cutoff").is_in(cutoffs.gather_every(max(1, -(-cutoffs.len() // EARLIER_SHOWN))).implode()))
    parts.append(
        layer_rows(
            past,
            "Earlier forecasts",
            "target_date",
            "value_usd_per_mtok",
            pl.lit("issued ") + pl.col("cutoff").dt.to_string("iso"),
        )
    )
    drawn = pl.concat([history["obs_date"], issued["target_date"]]).drop_nulls()
    inside = pl.col("obs_date").is_between(drawn.min(), drawn.max()) if drawn.len() else pl.lit(True)  # axes end where prices end
    floors = edition.mart("floors").filter(pl.col("series") == series, pl.col("floor_usd_per_mtok") > 0, inside)
    for kind, name in (("gpu_hour", "Hardware"), ("energy", "Power")):
        one = floors.filter(pl.col("floor_kind") == kind)
        parts.append(
            one.select(
                layer=pl.lit(name),
                date="obs_date",
                value="floor_usd_per_mtok",
                lower="floor_lower_usd_per_mtok",
                upper="floor_upper_usd_per_mtok",
                detail=pl.lit(""),
            )
        )
    return pl.concat(parts)
