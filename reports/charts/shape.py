"""What charts share: axes, labels at the ends of lines, and the two common shapes, lines and bars.

Not here: which series a report speaks of (``series``), what a single chart shows, and how charts become pictures (``drawing``).
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl

from reports.writing.drawing import BLUE, GREY, INK, MUTED, RUST, SERIES_COLOURS, Chart
from reports.writing.shown import Sentence, clean

BANDS = ((0.025, 0.975), (0.05, 0.95), (0.1, 0.9), (0.25, 0.75))
"""Pairs of quantiles that are drawn as bands, widest first; the first two are alternatives."""
NAME_LIMIT = 34
"""Signs of a name that fit beside the end of its line."""
LABEL_SIGNS = 17
"""Signs of one line of a label: a longer one is broken, so that it fits beside the lines on a phone."""
USD = "$~r"
LOG: dict[str, Any] = {"type": "log", "nice": False}
DATE: dict[str, Any] = {"title": None, "format": "%b %Y", "labelOverlap": True, "grid": False}


def bands_of(quantiles: list[float]) -> list[tuple[float, float]]:
    """The bands that these quantiles allow, widest first."""
    have = {round(q, 4) for q in quantiles if q is not None}
    found = [pair for pair in BANDS if set(pair) <= have]
    return [p for p in found if p != (0.05, 0.95) or (0.025, 0.975) not in found]


def log_axis(columns: list[pl.Series], title: str | list[str], form: str, after: str = "") -> Any:
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


def days(seen: pl.Series, room: float = 0.0) -> Any:
    """The axis of days: ticks where there is data and nowhere else, ``room`` (a share of the span) for labels after it."""
    import altair as alt

    first, last = seen.drop_nulls().min(), seen.drop_nulls().max()
    assert isinstance(first, date) and isinstance(last, date)
    span = max((last - first).days, 1)
    step = next((m for m in (1, 2, 3, 6, 12, 24) if span / 30.4 / m <= 7), 48)
    months = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13, min(step, 12))]
    ticks = [d for d in months if first <= d <= last and (step <= 12 or d.year % (step // 12) == 0)] or [first]
    ends = [stamp(first), stamp(last + timedelta(days=round(span * room)))]
    return alt.X("date:T", scale=alt.Scale(domain=ends), axis=alt.Axis(**DATE, values=[stamp(d) for d in ticks]))


def stamp(day: date) -> str:
    """A day as Vega reads it in the reader's own zone as that day."""
    return f"{day.isoformat()}T00:00:00"


def end_labels(
    data: pl.DataFrame, series: str, value: str, colours_by: dict[str, str], label: Callable[[str, float], str], height: int = 300
) -> Any:
    """Each line's name and last value, written at its end in its colour; moved apart where they would overlap."""
    import altair as alt

    ends = data.filter(pl.col(value).is_not_null()).sort("date").group_by(series, maintain_order=True).last().sort(value)
    seen = [v for v in data[value].drop_nulls().to_list() if v > 0]
    low, high = math.log(min(seen)), math.log(max(seen))
    line = max(high - low, 1e-9) * 14.0 / height
    said = [textwrap.wrap(label(clean(str(r[series]), NAME_LIMIT), r[value]), LABEL_SIGNS) for r in ends.iter_rows(named=True)]
    spots: list[float] = []
    for i, row in enumerate(ends.iter_rows(named=True)):
        at = math.log(row[value])
        spots.append(at if not i else max(at, spots[-1] + line * (len(said[i - 1]) + len(said[i])) / 2))
    over = max(0.0, spots[-1] - high) if spots else 0.0
    rows = [{"date": stamp(r["date"]), "at": math.exp(s - over * (i + 1) / len(spots)), "name": r[series], "said": "\n".join(said[i])}
            for i, (r, s) in enumerate(zip(ends.iter_rows(named=True), spots, strict=True))]  # fmt: skip
    names = list(colours_by)
    colour = alt.Color("name:N", scale=alt.Scale(domain=names, range=[colours_by[n] for n in names]), legend=None)
    last = stamp(max(data["date"].drop_nulls().to_list()))
    inside = [r for r in rows if r["date"] < last]
    at_end: dict[str, Any] = {"align": "left", "dx": 7}
    within: dict[str, Any] = {"align": "right", "dy": -9}
    layers = [
        alt.Chart(alt.Data(values=chosen)).mark_text(fontSize=10.5, fontWeight="bold", lineBreak="\n", **place).encode(x="date:T", y=alt.Y("at:Q", scale=LOG), text="said:N", color=colour)
        for chosen, place in (([r for r in rows if r["date"] == last], at_end), (inside, within)) if chosen
    ]  # fmt: skip
    return alt.layer(*layers)


def lines_by_series(
    name: str,
    title: Sentence,
    data: pl.DataFrame,
    value: str,
    series: str,
    axis: str,
    form: str,
    text: Any,
    sources: dict[str, list[tuple[str, str]]],
    label: Callable[[str, float], str],
    interpolate: Any = "linear",
) -> Chart:
    """Lines by series on a log scale, each named at its end; dashes tell apart what shares a colour."""
    import altair as alt

    names = data[series].unique(maintain_order=True).to_list()
    by = dict(zip(names, colours(len(names)), strict=True))
    n = len(SERIES_COLOURS)
    dashes = [([1, 0], [5, 3], [2, 2])[min(i // n, 2)] for i in range(len(names))]
    lines = alt.Chart(typed(data, "date")).mark_line(interpolate=interpolate).encode(
        x=days(data["date"], 0.3),
        y=alt.Y(f"{value}:Q", scale=LOG, axis=log_axis([data[value]], axis, form)),
        color=alt.Color(f"{series}:N", sort=names, scale=alt.Scale(domain=names, range=list(by.values())), legend=None),
        strokeDash=alt.StrokeDash(f"{series}:N", scale=alt.Scale(domain=names, range=dashes), legend=None),
    )  # fmt: skip
    return Chart(name, title, text, spec(alt.layer(lines, end_labels(data, series, value, by, label)), 300), data, sources)


def bars(
    name: str,
    title: Sentence,
    data: pl.DataFrame,
    category: str,
    value: str,
    axis: str | list[str],
    form: str,
    text: Any,
    sources: dict[str, list[tuple[str, str]]],
    grey: str = "",
    colour_by: str = "",
) -> Chart | None:
    """Horizontal bars in the order of the rows, with a zero line, each with its value to three figures. ``axis``: a line or lines."""
    import altair as alt

    if not data.height:
        return None
    y = alt.Y(
        f"{category}:N",
        sort=data[category].to_list(),
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
        .encode(y=y, x=x, color=colour, tooltip=[alt.Tooltip(f"{category}:N"), alt.Tooltip(f"{value}:Q", format=".3~r")])
    )
    values = (
        alt.Chart(data)
        .mark_text(align="left", dx=5, color=INK, fontSize=11)
        .encode(y=y, x=x, text=alt.Text(f"{value}:Q", format=form.replace("~r", ".3~r")))
    )
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=MUTED).encode(x=alt.X("zero:Q"))
    return Chart(name, title, text, spec(alt.layer(bars, values, zero), 28 * data.height + 20), data, sources)


def typed(frame: pl.DataFrame, *days: str) -> pl.DataFrame:
    """Dates as ISO text with a time of day, which Vega reads in the reader's own zone as that day."""
    return frame.with_columns(pl.col(d).dt.to_string("%Y-%m-%dT00:00:00") for d in days)


def colours(n: int) -> list[str]:
    """``n`` colours of the palette; beyond it they repeat."""
    return [SERIES_COLOURS[i % len(SERIES_COLOURS)] for i in range(n)]


def shapes(n: int) -> list[str]:
    """``n`` shapes of points: a new one each time that the colours repeat."""
    kinds = ("circle", "square", "triangle-up", "diamond")
    return [kinds[(i // len(SERIES_COLOURS)) % len(kinds)] for i in range(n)]


def spec(chart: Any, height: int) -> dict[str, Any]:
    """The chart's Vega-Lite specification; ``height`` in pixels."""
    return chart.properties(height=height).to_dict(validate=False)  # by the tests: it takes as long as the drawing
