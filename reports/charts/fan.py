"""The fan: measured price, forecast bands, floors and earlier forecasts of the headline series.

Every number drawn is a cell of a mart; only filters, renames and quantiles side by side happen here.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.charts.shape import (
    DATE,
    LOG,
    USD,
    bands_of,
    champion_model,
    headline_series,
    layer_rows,
    log_axis,
    spec,
    typed,
)
from reports.facts import FactBook
from reports.inputs import Edition
from reports.page.drawing import BLUE, GREY, INK, OCHRE, RUST, Chart
from reports.page.shown import say

EARLIER_SHOWN = 24
"""Earlier forecasts drawn as thin lines: the newest, and others at even distance."""


def fan(book: FactBook) -> Chart | None:
    """Measured price, forecast bands, both floors, earlier forecasts, on a log scale."""
    import altair as alt

    data = _fan_rows(book.edition)
    if data.filter(pl.col("layer").is_in(["Price, measured", "Forecast, median"])).height == 0:
        return None
    names = ["Price, measured", "Forecast, median", "Earlier forecasts", "GPU-hour floor", "Energy floor"]
    have = set(data["layer"].to_list())
    kept = [n for n in names if n in have]
    colours = dict(zip(names, (INK, BLUE, GREY, RUST, OCHRE), strict=True))
    x = alt.X("date:T", axis=alt.Axis(**DATE))
    y = alt.Y(
        "value:Q",
        scale=LOG,
        axis=log_axis([data["value"], data["lower"], data["upper"]], "USD per million tokens, log scale", USD),
    )
    colour = alt.Color(
        "layer:N",
        scale=alt.Scale(domain=kept, range=[colours[n] for n in kept]),
        legend=alt.Legend(symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=3),
    )
    tip = [
        alt.Tooltip("layer:N", title="Line"),
        alt.Tooltip("date:T", title="Date", format="%Y-%m-%d"),
        alt.Tooltip("value:Q", title="USD per Mtok", format="$.3~r"),
        alt.Tooltip("detail:N", title="Detail"),
    ]
    base = alt.Chart(typed(data, "date"))
    layers = []
    for kind, opacity in (("band wide", 0.14), ("band middle", 0.17), ("band narrow", 0.22)):
        if kind not in have:
            continue
        layers.append(
            base.transform_filter(f"datum.layer == '{kind}'")
            .mark_area(color=BLUE, opacity=opacity)
            .encode(x=x, y=alt.Y("lower:Q", scale=LOG), y2="upper:Q")
        )
    if have & {"GPU-hour floor", "Energy floor"}:
        layers.append(
            base.transform_filter("datum.layer == 'GPU-hour floor' || datum.layer == 'Energy floor'")
            .mark_area(opacity=0.12)
            .encode(x=x, y=alt.Y("lower:Q", scale=LOG), y2="upper:Q", color=colour)
        )
    lines: dict[str, dict[str, Any]] = {
        "Earlier forecasts": {"strokeWidth": 0.9, "opacity": 0.7},
        "GPU-hour floor": {"strokeDash": [6, 3], "strokeWidth": 1.8},
        "Energy floor": {"strokeDash": [2, 2], "strokeWidth": 1.8},
        "Forecast, median": {"strokeWidth": 2.4},
        "Price, measured": {"strokeWidth": 2.4, "interpolate": "step-after"},
    }
    for name, style in lines.items():
        if name in kept:
            line = (
                base.transform_filter(f"datum.layer == '{name}'")
                .mark_line(**style)
                .encode(x=x, y=y, color=colour, tooltip=tip)
            )
            layers.append(line.encode(detail="detail:N") if name == "Earlier forecasts" else line)
    alt_text = say(
        "Fan chart of {series}: the measured price, the median forecast with its bands, earlier forecasts as "
        "thin lines, the GPU-hour floor and the energy floor. Price today {now}; median in a year {then}, "
        "interval {interval}.",
        series=book.field("headline.frontier_price", "subject"),
        now=book.value("headline.frontier_price"),
        then=book.value("headline.forecast_365d"),
        interval=book.interval("headline.forecast_365d"),
    )
    values = [
        ("forecasts", "value_usd_per_mtok"),
        ("past_forecasts", "value_usd_per_mtok"),
        ("frontier", "price_robust_usd_per_mtok"),
        ("floors", "floor_usd_per_mtok"),
    ]
    bounds = [("forecasts", "value_usd_per_mtok"), ("frontier", "price_robust_usd_per_mtok")]
    return Chart(
        "fan", "Price, forecast and floors", alt_text, spec(alt.layer(*layers), 380), data,
        {"value": values, "lower": [*bounds, ("floors", "floor_lower_usd_per_mtok")], "upper": [*bounds, ("floors", "floor_upper_usd_per_mtok")]},
    )  # fmt: skip


def _fan_rows(edition: Edition) -> pl.DataFrame:
    """Long rows (layer, date, value, lower, upper, detail) for the fan chart."""
    series, model = headline_series(edition), champion_model(edition)
    empty = pl.lit(None, dtype=pl.Float64)
    history = edition.mart("frontier").filter(pl.col("series") == series, pl.col("price_robust_usd_per_mtok") > 0)
    parts = [layer_rows(history, "Price, measured", "obs_date", "price_robust_usd_per_mtok", pl.col("model"))]
    issued = edition.mart("forecasts").filter(
        pl.col("series") == series, pl.col("model") == model, pl.col("value_usd_per_mtok") > 0
    )
    last = history.tail(1).select(target_date="obs_date", value_usd_per_mtok="price_robust_usd_per_mtok")
    wide = issued.filter(pl.col("quantile") == 0.5).select("target_date", "value_usd_per_mtok")
    parts.append(
        layer_rows(
            pl.concat([last, wide]) if wide.height else wide,
            "Forecast, median",
            "target_date",
            "value_usd_per_mtok",
            pl.lit(""),
        )
    )
    bands = bands_of(issued["quantile"].to_list())
    for kind, pair in zip(("band wide", "band middle", "band narrow")[3 - len(bands) :], bands, strict=False):
        low, high = (
            issued.filter((pl.col("quantile") - q).abs() < 1e-6).select("target_date", v="value_usd_per_mtok")
            for q in pair
        )
        band = low.join(high, on="target_date", suffix="_upper").sort("target_date")
        start = last.select("target_date", v="value_usd_per_mtok", v_upper="value_usd_per_mtok")
        band = pl.concat([start, band])
        parts.append(
            band.select(
                layer=pl.lit(kind), date="target_date", value=empty, lower="v", upper="v_upper", detail=pl.lit("")
            )
        )
    past = edition.mart("past_forecasts").filter(
        pl.col("series") == series,
        pl.col("model") == model,
        (pl.col("quantile") - 0.5).abs() < 1e-6,
        pl.col("value_usd_per_mtok") > 0,
    )
    cutoffs = past["cutoff"].unique().sort(descending=True)
    past = past.filter(
        pl.col("cutoff").is_in(cutoffs.gather_every(max(1, -(-cutoffs.len() // EARLIER_SHOWN))).implode())
    )
    parts.append(
        layer_rows(
            past,
            "Earlier forecasts",
            "target_date",
            "value_usd_per_mtok",
            pl.lit("issued ") + pl.col("cutoff").dt.to_string("iso"),
        )
    )
    floors = edition.mart("floors").filter(pl.col("series") == series, pl.col("floor_usd_per_mtok") > 0)
    for kind, name in (("gpu_hour", "GPU-hour floor"), ("energy", "Energy floor")):
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
