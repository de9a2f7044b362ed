"""What charts share: which series and model they speak of, axes, and the two common shapes, lines and bars.

Not here: what a single chart shows, and how charts become pictures (``drawing``).
"""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from reports.facts import FactBook
from reports.inputs import Edition
from reports.page.drawing import BLUE, GREY, INK, MUTED, RUST, SERIES_COLOURS, Chart

BANDS = ((0.025, 0.975), (0.05, 0.95), (0.1, 0.9), (0.25, 0.75))
"""Pairs of quantiles that are drawn as bands, widest first; the first two are alternatives."""
USD = "$~r"
LOG: dict[str, Any] = {"type": "log", "nice": False}
DATE: dict[str, Any] = {"title": None, "format": "%b %Y", "labelOverlap": True, "grid": False}


def headline_series(edition: Edition) -> str:
    """The series that the headline speaks of: the flagged one, else the fact's subject, else the first."""
    frontier = edition.mart("frontier")
    flagged = frontier.filter(pl.col("is_headline").fill_null(False))
    if flagged.height:
        return str(flagged["series"][0])
    named = edition.facts.filter(pl.col("fact_id") == "headline.frontier_price")["subject"].to_list()
    names = edition.mart("forecasts")["series"].to_list() + frontier["series"].to_list()
    return str(named[0]) if named and named[0] in names else str(names[0]) if names else ""


def champion_model(edition: Edition) -> str:
    """The forecasting model in charge: the track record's champion, else the first that forecasts."""
    record = edition.mart("track_record").filter(pl.col("is_champion").fill_null(False))
    issued = edition.mart("forecasts")["model"].drop_nulls().unique().sort().to_list()
    named = [m for m in record["model"].unique().sort().to_list() if m in issued]
    return str((named or issued or [""])[0])


def bands_of(quantiles: list[float]) -> list[tuple[float, float]]:
    """The bands that these quantiles allow, widest first."""
    have = {round(q, 4) for q in quantiles if q is not None}
    found = [pair for pair in BANDS if set(pair) <= have]
    return [p for p in found if p != (0.05, 0.95) or (0.025, 0.975) not in found]


def log_axis(columns: list[pl.Series], title: str, form: str, after: str = "") -> Any:
    """An axis with round ticks, as few as its decades allow: a log grid with every digit is noise."""
    import altair as alt

    seen = [float(v) for c in columns for v in c.drop_nulls().to_list() if v > 0]
    low, high = (math.floor(math.log10(min(seen))), math.ceil(math.log10(max(seen)))) if seen else (0, 1)
    inside = [v for v in seen] and (min(seen), max(seen))
    steps: tuple[float, ...] = (1,) if high - low > 4 else (1, 3) if high - low > 2 else (1, 2, 5)
    if inside and inside[1] / inside[0] < 4:
        steps = (1, 1.5, 2, 3, 4, 5, 6, 8)
    ticks = [d * 10.0**k for k in range(low, high + 1) for d in steps]
    more: dict[str, Any] = {"labelExpr": f"datum.label + '{after}'"} if after else {}
    return alt.Axis(title=title, format=form, values=ticks, labelOverlap=True, **more)


def days_axis() -> Any:
    """The axis of days that all charts over time share."""
    import altair as alt

    return alt.X("date:T", axis=alt.Axis(**DATE))


def layer_rows(frame: pl.DataFrame, layer: str, day: str, value: str, detail: pl.Expr) -> pl.DataFrame:
    """The rows of one layer of a layered chart: ``day`` and ``value`` under the names that all layers share."""
    empty = pl.lit(None, dtype=pl.Float64)
    return frame.select(
        layer=pl.lit(layer),
        date=pl.col(day),
        value=pl.col(value),
        lower=empty,
        upper=empty,
        detail=detail.cast(pl.String),
    )


def lines_by_series(
    book: FactBook,
    name: str,
    title: str,
    data: pl.DataFrame,
    value: str,
    series: str,
    axis: str,
    form: str,
    text: Any,
    sources: dict[str, list[tuple[str, str]]],
    interpolate: Any = "linear",
    tooltip: Any = None,
) -> Chart:
    """Lines by series on a log scale; a click on the legend fades the others."""
    import altair as alt

    names = data[series].unique(maintain_order=True).to_list()
    pick = alt.selection_point(fields=[series], bind="legend", name=f"pick_{name}")
    tip = [
        alt.Tooltip(f"{series}:N", title="Series"),
        alt.Tooltip("date:T", title="Date", format="%Y-%m-%d"),
        alt.Tooltip(f"{value}:Q", title="Value", format=".3~r"),
    ]
    made = alt.Chart(typed(data, "date")).mark_line(interpolate=interpolate).encode(
        x=alt.X("date:T", axis=alt.Axis(**DATE)),
        y=alt.Y(f"{value}:Q", scale=LOG, axis=log_axis([data[value]], axis, form)),
        color=alt.Color(f"{series}:N", sort=names, scale=alt.Scale(domain=names, range=colours(len(names)))),
        opacity=alt.condition(pick, alt.value(1), alt.value(0.15)),
        tooltip=[*tip, tooltip] if tooltip is not None else tip,
    ).add_params(pick)  # fmt: skip
    return Chart(name, title, text, spec(made, 300), data, sources)


def bars(
    name: str,
    title: str,
    data: pl.DataFrame,
    category: str,
    value: str,
    axis: str,
    form: str,
    text: Any,
    sources: dict[str, list[tuple[str, str]]],
    grey: str = "",
    colour_by: str = "",
    ascending: bool = False,
) -> Chart | None:
    """Horizontal bars with a zero line."""
    import altair as alt

    if not data.height:
        return None
    y = alt.Y(
        f"{category}:N",
        sort=None if not ascending else alt.EncodingSortField(value),
        axis=alt.Axis(title=None, labelLimit=220, labelColor=INK, labelFontSize=12),
    )
    x = alt.X(f"{value}:Q", axis=alt.Axis(title=axis, format=form, tickCount=6))
    if colour_by:
        names = sorted(str(v) for v in data[colour_by].unique().to_list())
        colour: Any = alt.Color(f"{colour_by}:N", scale=alt.Scale(domain=names, range=colours(len(names))))
    else:
        colour = (
            alt.when(f"datum.{category} == '{grey}'")
            .then(alt.value(GREY))
            .when(f"datum.{value} < 0")
            .then(alt.value(RUST))
            .otherwise(alt.value(BLUE))
        )
    bars = (
        alt.Chart(data)
        .mark_bar(height={"band": 0.62})
        .encode(
            y=y, x=x, color=colour, tooltip=[alt.Tooltip(f"{category}:N"), alt.Tooltip(f"{value}:Q", format=".3~r")]
        )
    )
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=MUTED).encode(x=alt.X("zero:Q"))
    return Chart(name, title, text, spec(alt.layer(bars, zero), 28 * data.height + 20), data, sources)


def typed(frame: pl.DataFrame, *days: str) -> pl.DataFrame:
    """Dates as ISO text with a time of day, which Vega reads in the reader's own zone as that day."""
    return frame.with_columns(pl.col(d).dt.to_string("%Y-%m-%dT00:00:00") for d in days)


def colours(n: int) -> list[str]:
    """``n`` colours of the palette; beyond it they repeat."""
    return [SERIES_COLOURS[i % len(SERIES_COLOURS)] for i in range(n)]


def spec(chart: Any, height: int) -> dict[str, Any]:
    """The chart's Vega-Lite specification; ``height`` in pixels."""
    return chart.properties(height=height).to_dict()
