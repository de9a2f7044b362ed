"""Charts of prices: the ladder of qualities, indices, cost per task, rate of decline.

Every number drawn is a cell of a mart; only filters, renames and quantiles side by side happen here.
"""

from __future__ import annotations

import polars as pl

from reports.charts import findings
from reports.charts.shape import LOG, NAME_LIMIT, USD, colours, lines_by_series, log_axis, shapes, spec, typed
from reports.facts import FactBook
from reports.writing import numbers
from reports.writing.drawing import MUTED, Chart
from reports.writing.shown import clean, say

YEAR_DAYS = 400
"""Windows longer than this are spans, not years; a chart by year draws none of them."""


def frontiers(book: FactBook) -> Chart | None:
    """The price ladder: the cheapest price at each threshold of the headline's quality scale over time."""
    rows = book.edition.mart("frontier")
    scales = rows.filter("is_headline")["series"].str.split(" at least ").list.first().unique()
    own = pl.col("series").str.split(" at least ").list.first().is_in(scales.implode()) if scales.len() else pl.lit(True)
    data = rows.filter(pl.col("price_robust_usd_per_mtok") > 0, own).select(
        "series", date="obs_date", price="price_robust_usd_per_mtok", model="model"
    )
    if not data.height:
        return None
    return lines_by_series(
        "ladder", findings.fell(book, "levels of quality", data, "series", "price"), data, "price", "series", "USD per million tokens, log scale", USD,
        say("Step chart: for each quality threshold, the cheapest robust price over time. Every step up or down is a price that a buyer could pay."),
        {"price": [("frontier", "price_robust_usd_per_mtok")]}, _threshold, interpolate="step-after",
    )  # fmt: skip


def indices(book: FactBook) -> Chart | None:
    """The price indices side by side, each with its last value as the table prints it."""
    last = {clean(str(r.raw("index_name")), NAME_LIMIT): r for r in book.rows("indices")}
    data = book.edition.mart("indices").filter(pl.col("index_value") > 0).select(series="index_name", date="obs_date", value="index_value")
    if not data.height:
        return None
    return lines_by_series(
        "indices", findings.fell(book, "indices", data, "series", "value"), data, "value", "series", "Index, common base, log scale", "~r",
        say("Line chart of the price indices on a common base: buyer frontier, hedonic and matched model."),
        {"value": [("indices", "index_value")]}, lambda name, _value: f"{name} {last[name].show('index_value', 'index_lower', 'index_upper')}",
    )  # fmt: skip


def per_task(book: FactBook) -> Chart | None:
    """Cost of one benchmark task over time."""
    data = (
        book.edition.mart("cost_per_task")
        .filter(pl.col("cost_usd_per_task") > 0)
        .select(series="benchmark", date="obs_date", cost="cost_usd_per_task")
    )
    if not data.height:
        return None
    return lines_by_series(
        "task", findings.fell(book, "costs per task", data, "series", "cost"), data, "cost", "series", "USD per task, log scale", USD,
        say("Line chart of the cost of one benchmark task over time."), {"cost": [("cost_per_task", "cost_usd_per_task")]},
        lambda name, value: f"{name} {numbers.write(value, 'usd_per_task')}",
    )  # fmt: skip


def _threshold(series: str, price: float) -> str:
    return f"{series.rsplit(' at least ', 1)[-1]}: {numbers.write(price, 'usd_per_mtok')}"


def decline(book: FactBook) -> Chart | None:
    """Rate of decline by year, with intervals; at one a price stood still. Estimates from one observation are not drawn."""
    import altair as alt

    rows = book.edition.mart("hedonic_rates").filter(
        pl.col("decline_factor_per_year") > 0, pl.col("n") > 1, (pl.col("window_end") - pl.col("window_start")).dt.total_days() < YEAR_DAYS
    )
    if not rows.height:
        return None
    data = rows.select(
        "series",
        window="window_label",
        start="window_start",
        end="window_end",
        rate="decline_factor_per_year",
        lower="decline_lower_factor_per_year",
        upper="decline_upper_factor_per_year",
    )
    order = data.sort("start", "end")["window"].unique(maintain_order=True).to_list()
    names = data["series"].unique(maintain_order=True).to_list()
    base = alt.Chart(typed(data, "start", "end"))
    x = alt.X(
        "window:N",
        sort=order,
        axis=alt.Axis(title=None, labelAngle=0, labelLimit=120, grid=False, labelExpr="split(datum.label, ' - ')"),
    )
    offset = alt.XOffset("series:N", sort=names)
    scale = LOG
    legend = alt.Legend(columns=2, labelFontSize=11, columnPadding=8)
    colour = alt.Color("series:N", sort=names, scale=alt.Scale(domain=names, range=colours(len(names))), legend=legend)
    shape = alt.Shape("series:N", sort=names, scale=alt.Scale(domain=names, range=shapes(len(names))), legend=legend)
    tip = [
        alt.Tooltip("series:N", title="Prices"),
        alt.Tooltip("window:N", title="Window"),
        alt.Tooltip("rate:Q", title="Cheaper per year", format=".2~f"),
        alt.Tooltip("lower:Q", title="Lower", format=".2~f"),
        alt.Tooltip("upper:Q", title="Upper", format=".2~f"),
    ]
    bars = base.mark_rule(strokeWidth=2.2, opacity=0.55).encode(
        x=x, xOffset=offset, y=alt.Y("lower:Q", scale=scale), y2="upper:Q", color=colour
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=x,
        xOffset=offset,
        y=alt.Y(
            "rate:Q",
            scale=scale,
            axis=log_axis([data["rate"], data["lower"], data["upper"]], "Times cheaper per year, log scale", "~r", "×"),
        ),
        color=colour,
        shape=shape,
        tooltip=tip,
    )
    still = alt.Chart(alt.Data(values=[{"one": 1}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(y=alt.Y("one:Q"))
    text = say(
        "Point chart of how many times cheaper prices became per year, by window and kind of price, with intervals. At the dashed line a price stood still."
    )
    return Chart(
        "decline",
        findings.certain(book, "kinds of price in the latest year", data.filter(pl.col("end") == data["end"].max())),
        text,
        spec(alt.layer(still, bars, dots), 320),
        data,
        {
            "rate": [("hedonic_rates", "decline_factor_per_year")],
            "lower": [("hedonic_rates", "decline_lower_factor_per_year")],
            "upper": [("hedonic_rates", "decline_upper_factor_per_year")],
        },
    )
