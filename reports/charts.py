"""What each chart shows. Frames of marts in, ``Chart`` out; a chart without data is ``None``.

Belongs here: choosing and shaping rows for the eye (filter, rename, put quantiles side by side), and the
Vega-Lite marks. Not here: any calculation; every number drawn is a cell of a mart. Colours, pictures and
scripts are ``drawing``'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import polars as pl

from reports.drawing import (
    BLUE,
    GREEN,
    GREY,
    INK,
    MUTED,
    OCHRE,
    PURPLE,
    RUST,
    SERIES_COLOURS,
    Chart,
)
from reports.facts import FactBook, say
from reports.inputs import Edition

BANDS = ((0.025, 0.975), (0.05, 0.95), (0.1, 0.9), (0.25, 0.75))
"""Pairs of quantiles that are drawn as bands, widest first; the first two are alternatives."""
_USD = "$~r"
_LOG = {"type": "log", "nice": False}
_DATE = {"title": None, "format": "%b %Y", "labelOverlap": True, "grid": False}


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


def fan(book: FactBook) -> Chart | None:
    """Measured price, forecast bands, both floors, earlier forecasts, on a log scale."""
    import altair as alt

    data = _fan_rows(book.edition)
    if data.filter(pl.col("layer").is_in(["Price, measured", "Forecast, median"])).height == 0:
        return None
    names = ["Price, measured", "Forecast, median", "Earlier forecasts", "GPU-hour floor", "Energy floor"]
    kept = [n for n in names if n in data["layer"].unique().to_list()]
    colours = dict(zip(names, (INK, BLUE, GREY, RUST, OCHRE), strict=True))
    x = alt.X("date:T", axis=alt.Axis(**_DATE))
    y = alt.Y("value:Q", scale=_LOG, axis=log_axis([data["value"], data["lower"], data["upper"]], "USD per million tokens, log scale", _USD))
    colour = alt.Color("layer:N", scale=alt.Scale(domain=kept, range=[colours[n] for n in kept]), legend=alt.Legend(symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=3))
    tip = [alt.Tooltip("layer:N", title="Line"), alt.Tooltip("date:T", title="Date", format="%Y-%m-%d"), alt.Tooltip("value:Q", title="USD per Mtok", format="$.3~r"), alt.Tooltip("detail:N", title="Detail")]
    base = alt.Chart(_typed(data, "date"))
    layers = []
    for kind, opacity in (("band wide", 0.14), ("band middle", 0.17), ("band narrow", 0.22)):
        layers.append(base.transform_filter(f"datum.layer == '{kind}'").mark_area(color=BLUE, opacity=opacity).encode(x=x, y=alt.Y("lower:Q", scale=_LOG), y2="upper:Q"))
    layers.append(base.transform_filter("datum.layer == 'GPU-hour floor' || datum.layer == 'Energy floor'").mark_area(opacity=0.12).encode(x=x, y=alt.Y("lower:Q", scale=_LOG), y2="upper:Q", color=colour))
    lines = {
        "Earlier forecasts": {"strokeWidth": 0.9, "opacity": 0.7},
        "GPU-hour floor": {"strokeDash": [6, 3], "strokeWidth": 1.8},
        "Energy floor": {"strokeDash": [2, 2], "strokeWidth": 1.8},
        "Forecast, median": {"strokeWidth": 2.4},
        "Price, measured": {"strokeWidth": 2.4, "interpolate": "step-after"},
    }
    for name, style in lines.items():
        if name in kept:
            line = base.transform_filter(f"datum.layer == '{name}'").mark_line(**style).encode(x=x, y=y, color=colour, tooltip=tip)
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
    values = [("forecasts", "value_usd_per_mtok"), ("past_forecasts", "value_usd_per_mtok"), ("frontier", "price_robust_usd_per_mtok"), ("floors", "floor_usd_per_mtok")]
    bounds = [("forecasts", "value_usd_per_mtok"), ("frontier", "price_robust_usd_per_mtok")]
    return Chart(
        "fan", "Price, forecast and floors", alt_text, _spec(alt.layer(*layers), 380), data,
        {"value": values, "lower": [*bounds, ("floors", "floor_lower_usd_per_mtok")], "upper": [*bounds, ("floors", "floor_upper_usd_per_mtok")]},
    )  # fmt: skip


def _fan_rows(edition: Edition) -> pl.DataFrame:
    """Long rows (layer, date, value, lower, upper, detail) for the fan chart."""
    series, model = headline_series(edition), champion_model(edition)
    empty = pl.lit(None, dtype=pl.Float64)
    history = edition.mart("frontier").filter(pl.col("series") == series, pl.col("price_robust_usd_per_mtok") > 0)
    parts = [_layer(history, "Price, measured", "obs_date", "price_robust_usd_per_mtok", pl.col("model"))]
    issued = edition.mart("forecasts").filter(pl.col("series") == series, pl.col("model") == model, pl.col("value_usd_per_mtok") > 0)
    last = history.tail(1).select(target_date="obs_date", value_usd_per_mtok="price_robust_usd_per_mtok")
    wide = issued.filter(pl.col("quantile") == 0.5).select("target_date", "value_usd_per_mtok")
    parts.append(_layer(pl.concat([last, wide]) if wide.height else wide, "Forecast, median", "target_date", "value_usd_per_mtok", pl.lit("")))
    bands = bands_of(issued["quantile"].to_list())
    for kind, pair in zip(("band wide", "band middle", "band narrow")[3 - len(bands) :], bands, strict=False):
        low, high = (issued.filter((pl.col("quantile") - q).abs() < 1e-6).select("target_date", v="value_usd_per_mtok") for q in pair)
        band = low.join(high, on="target_date", suffix="_upper").sort("target_date")
        start = last.select("target_date", v="value_usd_per_mtok", v_upper="value_usd_per_mtok")
        band = pl.concat([start, band])
        parts.append(band.select(layer=pl.lit(kind), date="target_date", value=empty, lower="v", upper="v_upper", detail=pl.lit("")))
    past = edition.mart("past_forecasts").filter(pl.col("series") == series, pl.col("model") == model, (pl.col("quantile") - 0.5).abs() < 1e-6, pl.col("value_usd_per_mtok") > 0)
    parts.append(_layer(past, "Earlier forecasts", "target_date", "value_usd_per_mtok", pl.lit("issued ") + pl.col("cutoff").dt.to_string("iso")))
    floors = edition.mart("floors").filter(pl.col("series") == series, pl.col("floor_usd_per_mtok") > 0)
    for kind, name in (("gpu_hour", "GPU-hour floor"), ("energy", "Energy floor")):
        one = floors.filter(pl.col("floor_kind") == kind)
        parts.append(one.select(layer=pl.lit(name), date="obs_date", value="floor_usd_per_mtok", lower="floor_lower_usd_per_mtok", upper="floor_upper_usd_per_mtok", detail=pl.lit("")))
    return pl.concat(parts)


def frontiers(book: FactBook) -> Chart | None:
    """The price ladder: the cheapest price at each quality threshold over time."""
    import altair as alt

    data = book.edition.mart("frontier").filter(pl.col("price_robust_usd_per_mtok") > 0).select("series", date="obs_date", price="price_robust_usd_per_mtok", model="model")
    if not data.height:
        return None
    return _lines(
        book, "ladder", "What each level of quality costs", data, "price", "series", "USD per million tokens, log scale", _USD,
        say("Step chart: for each of {n} quality thresholds, the cheapest robust price over time. Every step up or down is a price that a buyer could pay.", n=book.distinct("frontier", "series")),
        {"price": [("frontier", "price_robust_usd_per_mtok")]}, interpolate="step-after", tooltip=alt.Tooltip("model:N", title="Set by"),
    )  # fmt: skip


def indices(book: FactBook) -> Chart | None:
    """Three price indices side by side."""
    data = book.edition.mart("indices").filter(pl.col("index_value") > 0).select(series="index_name", date="obs_date", value="index_value")
    if not data.height:
        return None
    return _lines(
        book, "indices", "Three ways to measure the same fall", data, "value", "series", "Index, common base, log scale", "~r",
        say("Line chart of the price indices on a common base: buyer frontier, hedonic and matched model."),
        {"value": [("indices", "index_value")]},
    )  # fmt: skip


def per_task(book: FactBook) -> Chart | None:
    """Cost of one benchmark task over time."""
    data = book.edition.mart("cost_per_task").filter(pl.col("cost_usd_per_task") > 0).select(series="benchmark", date="obs_date", cost="cost_usd_per_task")
    if not data.height:
        return None
    return _lines(
        book, "task", "The cost of a task", data, "cost", "series", "USD per task, log scale", _USD,
        say("Line chart of the cost of one benchmark task over time."), {"cost": [("cost_per_task", "cost_usd_per_task")]},
    )  # fmt: skip


def decline(book: FactBook) -> Chart | None:
    """Rate of decline by window, with intervals; one means no change."""
    import altair as alt

    rows = book.edition.mart("decline_rates").filter(pl.col("decline_factor_per_year") > 0)
    if not rows.height:
        return None
    data = rows.select("series", window="window_label", start="window_start", end="window_end", rate="decline_factor_per_year", lower="decline_lower_factor_per_year", upper="decline_upper_factor_per_year")
    order = data.sort("start", "end")["window"].unique(maintain_order=True).to_list()
    names = data["series"].unique(maintain_order=True).to_list()
    base = alt.Chart(_typed(data, "start", "end"))
    x = alt.X("window:N", sort=order, axis=alt.Axis(title=None, labelAngle=0, labelLimit=120, grid=False, labelExpr="split(datum.label, ' - ')"))
    offset = alt.XOffset("series:N", sort=names)
    scale = _LOG
    colour = alt.Color("series:N", sort=names, scale=alt.Scale(domain=names, range=_colours(len(names))))
    tip = [alt.Tooltip("series:N", title="Prices"), alt.Tooltip("window:N", title="Window"), alt.Tooltip("rate:Q", title="Cheaper per year", format=".2~f"), alt.Tooltip("lower:Q", title="Lower", format=".2~f"), alt.Tooltip("upper:Q", title="Upper", format=".2~f")]
    bars = base.mark_rule(strokeWidth=2.2, opacity=0.55).encode(x=x, xOffset=offset, y=alt.Y("lower:Q", scale=scale), y2="upper:Q", color=colour)
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x=x, xOffset=offset, y=alt.Y("rate:Q", scale=scale, axis=log_axis([data["rate"], data["lower"], data["upper"]], "Times cheaper per year, log scale", "~r", "×")), color=colour, tooltip=tip)
    still = alt.Chart(alt.Data(values=[{"one": 1}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(y=alt.Y("one:Q"))
    text = say("Point chart of how many times cheaper prices became per year, by window and kind of price, with intervals. The dashed line is no change.")
    return Chart("decline", "Is the fall slowing?", text, _spec(alt.layer(still, bars, dots), 320), data, {"rate": [("decline_rates", "decline_factor_per_year")], "lower": [("decline_rates", "decline_lower_factor_per_year")], "upper": [("decline_rates", "decline_upper_factor_per_year")]})


def decomposition(book: FactBook) -> Chart | None:
    """Contributions to the fall; "not attributed" is a bar of its own."""
    rows = book.edition.mart("decomposition").filter(pl.col("change_share").is_not_null())
    data = rows.select(part="component", share="change_share", factor="change_factor")
    text = say("Bar chart of the parts of the price change as shares of the total; what could not be attributed has its own bar.")
    sources = {"share": [("decomposition", "change_share")], "factor": [("decomposition", "change_factor")]}
    return _bars("decomposition", "Where the fall came from", data, "part", "share", "Share of the change (logs)", ".0%", text, sources, grey="not attributed")


def stack(book: FactBook) -> Chart | None:
    """The levers' Shapley factors, with first-in and last-in as the range."""
    import altair as alt

    rows = book.edition.mart("deflation_stack").filter(pl.col("shapley_factor") > 0)
    if not rows.height:
        return None
    rows = rows.filter(pl.col("scenario").eq_missing(pl.lit(rows["scenario"][0], dtype=pl.String)))
    data = rows.select("lever", factor="shapley_factor", first="first_in_factor", last="last_in_factor")
    y = alt.Y("lever:N", sort=alt.EncodingSortField("factor", order="descending"), axis=alt.Axis(title=None, labelLimit=200, labelColor=INK, labelFontSize=12))
    scale = _LOG
    base = alt.Chart(data)
    x = alt.X("factor:Q", scale=scale, axis=log_axis([data["factor"], data["first"], data["last"]], "Times more output per dollar, log scale", "~r", "×"))
    tip = [alt.Tooltip("lever:N", title="Lever"), alt.Tooltip("factor:Q", title="Shapley", format=".2~f"), alt.Tooltip("first:Q", title="Alone", format=".2~f"), alt.Tooltip("last:Q", title="Added last", format=".2~f")]
    rules = base.mark_rule(strokeWidth=6, opacity=0.3, color=BLUE, strokeCap="round").encode(y=y, x=alt.X("first:Q", scale=scale), x2="last:Q")
    dots = base.mark_point(filled=True, size=110, color=BLUE, opacity=1).encode(y=y, x=x, tooltip=tip)
    text = say("Dot chart of the gain from each lever of the serving stack: the Shapley share as a dot, the gain when applied alone and when applied last as its range.")
    return Chart("stack", "What each lever is worth", text, _spec(alt.layer(rules, dots), 40 * data.height + 20), data, {c: [("deflation_stack", s)] for c, s in (("factor", "shapley_factor"), ("first", "first_in_factor"), ("last", "last_in_factor"))})


def hardware(book: FactBook) -> Chart | None:
    """Cost per million tokens by accelerator, for the model that most accelerators serve."""
    rows = book.edition.mart("hardware_league").filter(pl.col("cost_usd_per_mtok") > 0)
    if not rows.height:
        return None
    model = rows.group_by("model").len().sort(["len", "model"], descending=[True, False])["model"][0]
    data = rows.filter(pl.col("model").eq_missing(pl.lit(model, dtype=pl.String))).sort("cost_usd_per_mtok").unique("accelerator", keep="first", maintain_order=True).head(25)
    data = data.select("accelerator", "vendor", cost="cost_usd_per_mtok")
    text = say("Bar chart of the cost of a million output tokens by accelerator at today's rental prices, cheapest first.")
    return _bars("hardware", "Which accelerator makes the cheapest token", data, "accelerator", "cost", "USD per million output tokens", _USD, text, {"cost": [("hardware_league", "cost_usd_per_mtok")]}, colour_by="vendor", ascending=True)


def viability(book: FactBook) -> Chart | None:
    """When each application becomes affordable, with intervals."""
    import altair as alt

    data = book.edition.mart("viability").filter(pl.col("viable_date").is_not_null()).select("application", date="viable_date", lower="viable_lower_date", upper="viable_upper_date", verdict="verdict")
    if not data.height:
        return None
    base = alt.Chart(_typed(data, "date", "lower", "upper"))
    y = alt.Y("application:N", sort=alt.EncodingSortField("date"), axis=alt.Axis(title=None, labelLimit=240, labelColor=INK, labelFontSize=12))
    x = alt.X("date:T", axis=alt.Axis(**(_DATE | {"grid": True})))
    rules = base.mark_rule(strokeWidth=6, opacity=0.3, color=GREEN, strokeCap="round").encode(y=y, x=alt.X("lower:T"), x2="upper:T")
    dots = base.mark_point(filled=True, size=110, color=GREEN, opacity=1).encode(y=y, x=x, tooltip=[alt.Tooltip("application:N", title="Application"), alt.Tooltip("date:T", title="Median", format="%Y-%m-%d"), alt.Tooltip("lower:T", title="Early", format="%Y-%m-%d"), alt.Tooltip("upper:T", title="Late", format="%Y-%m-%d")])
    now = alt.Chart(alt.Data(values=[{"now": book.edition.as_of.isoformat()}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x=alt.X("now:T"))
    text = say("Dates at which each application becomes affordable, with their intervals; the dashed line is today.")
    return Chart("viability", "When does it become worth doing?", text, _spec(alt.layer(now, rules, dots), 34 * data.height + 20), data, {c: [("viability", s)] for c, s in (("date", "viable_date"), ("lower", "viable_lower_date"), ("upper", "viable_upper_date"))})


def volume(book: FactBook) -> Chart | None:
    """Tokens served per week."""
    return _weekly(book, "volume", "volume_mtok_per_week", "Tokens served", "Million tokens a week, log scale", BLUE, "~s")


def spend(book: FactBook) -> Chart | None:
    """What was spent on them per week."""
    return _weekly(book, "spend", "spend_usd_per_week", "What was spent on them", "USD a week, log scale", RUST, "$~s")


def _weekly(book: FactBook, name: str, column: str, title: str, axis: str, colour: str, form: str) -> Chart | None:
    import altair as alt

    data = book.edition.mart("jevons").filter(pl.col(column) > 0).select(date="obs_date", value=column)
    if not data.height:
        return None
    tip = [alt.Tooltip("date:T", title="Week", format="%Y-%m-%d"), alt.Tooltip("value:Q", title=title, format=".3~s")]
    y = alt.Y("value:Q", scale=_LOG, axis=log_axis([data["value"]], axis, form))
    line = alt.Chart(_typed(data, "date")).mark_line(color=colour).encode(x=_days(), y=y, tooltip=tip)
    text = say("Line chart by week, log scale: " + title.lower() + ".")
    return Chart(name, title, text, _spec(line, 170), data, {"value": [("jevons", column)]})


def track_record(book: FactBook) -> Chart | None:
    """Each model's CRPS over that of no change, by horizon; below one beats it."""
    import altair as alt

    data = book.edition.mart("track_record").filter(pl.col("crps_ratio").is_not_null()).select(series="model", horizon="horizon_days", ratio="crps_ratio")
    if not data.height:
        return None
    names = data["series"].unique(maintain_order=True).to_list()
    x = alt.X("horizon:O", axis=alt.Axis(title="Horizon, days", labelAngle=0, grid=False))
    y = alt.Y("ratio:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title="CRPS over no change (lower is better)", format="~r"))
    lines = alt.Chart(data).mark_line(point={"filled": True, "size": 60}).encode(x=x, y=y, color=alt.Color("series:N", scale=alt.Scale(domain=names, range=_colours(len(names)))), tooltip=[alt.Tooltip("series:N", title="Model"), alt.Tooltip("horizon:O", title="Days"), alt.Tooltip("ratio:Q", title="Ratio", format=".2~f")])
    par = alt.Chart(alt.Data(values=[{"one": 1}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(y=alt.Y("one:Q"))
    text = say("Error of each forecasting model relative to assuming no change, by horizon. Below the dashed line beats no change.")
    return Chart("record", "Do the forecasts beat no change?", text, _spec(alt.layer(par, lines), 280), data, {"horizon": [("track_record", "horizon_days")], "ratio": [("track_record", "crps_ratio")]})


def pit(book: FactBook) -> Chart | None:
    """Histogram of where outcomes fell in the champion's forecasts; flat is calibrated."""
    import altair as alt

    model = champion_model(book.edition)
    rows = book.edition.mart("pit").filter(pl.col("bin_share").is_not_null())
    rows = rows.filter(pl.col("model") == model) if model in rows["model"].to_list() else rows
    if not rows.height:
        return None
    rows = rows.filter(pl.col("model") == rows["model"][0], pl.col("horizon_days") == rows["horizon_days"].max())
    data = rows.select(lower="bin_lower", upper="bin_upper", share="bin_share")
    bars = alt.Chart(data).mark_bar(color=BLUE, opacity=0.8).encode(x=alt.X("lower:Q", axis=alt.Axis(title="Where the outcome fell in the forecast", format="%", grid=False), scale=alt.Scale(domain=[0, 1])), x2="upper:Q", y=alt.Y("share:Q", axis=alt.Axis(title="Share of outcomes", format="%")), tooltip=[alt.Tooltip("share:Q", title="Share", format=".1%")])
    text = say("Histogram of where outcomes fell within the forecast distribution. Equal bars mean that the intervals are honest.")
    return Chart("pit", "Are the intervals honest?", text, _spec(bars, 200), data, {"lower": [("pit", "bin_lower")], "upper": [("pit", "bin_upper")], "share": [("pit", "bin_share")]})


ALL: dict[str, Callable[[FactBook], Chart | None]] = {
    "fan": fan, "ladder": frontiers, "indices": indices, "task": per_task, "decline": decline,
    "decomposition": decomposition, "stack": stack, "hardware": hardware, "viability": viability,
    "volume": volume, "spend": spend, "record": track_record, "pit": pit,
}  # fmt: skip
"""Every chart by the name that sections ask for."""


def _lines(book: FactBook, name: str, title: str, data: pl.DataFrame, value: str, series: str, axis: str, form: str, text: Any, sources: dict[str, list[tuple[str, str]]], interpolate: str = "linear", tooltip: Any = None) -> Chart:
    """Lines by series on a log scale; a click on the legend fades the others."""
    import altair as alt

    names = data[series].unique(maintain_order=True).to_list()
    pick = alt.selection_point(fields=[series], bind="legend", name=f"pick_{name}")
    tip = [alt.Tooltip(f"{series}:N", title="Series"), alt.Tooltip("date:T", title="Date", format="%Y-%m-%d"), alt.Tooltip(f"{value}:Q", title="Value", format=".3~r")]
    made = alt.Chart(_typed(data, "date")).mark_line(interpolate=interpolate).encode(
        x=alt.X("date:T", axis=alt.Axis(**_DATE)),
        y=alt.Y(f"{value}:Q", scale=_LOG, axis=log_axis([data[value]], axis, form)),
        color=alt.Color(f"{series}:N", sort=names, scale=alt.Scale(domain=names, range=_colours(len(names)))),
        opacity=alt.condition(pick, alt.value(1), alt.value(0.15)),
        tooltip=[*tip, tooltip] if tooltip is not None else tip,
    ).add_params(pick)  # fmt: skip
    return Chart(name, title, text, _spec(made, 300), data, sources)


def _bars(name: str, title: str, data: pl.DataFrame, category: str, value: str, axis: str, form: str, text: Any, sources: dict[str, list[tuple[str, str]]], grey: str = "", colour_by: str = "", ascending: bool = False) -> Chart | None:
    """Horizontal bars with a zero line."""
    import altair as alt

    if not data.height:
        return None
    y = alt.Y(f"{category}:N", sort=None if not ascending else alt.EncodingSortField(value), axis=alt.Axis(title=None, labelLimit=220, labelColor=INK, labelFontSize=12))
    x = alt.X(f"{value}:Q", axis=alt.Axis(title=axis, format=form, tickCount=6))
    if colour_by:
        names = sorted(str(v) for v in data[colour_by].unique().to_list())
        colour: Any = alt.Color(f"{colour_by}:N", scale=alt.Scale(domain=names, range=_colours(len(names))))
    else:
        colour = alt.when(f"datum.{category} == '{grey}'").then(alt.value(GREY)).when(f"datum.{value} < 0").then(alt.value(RUST)).otherwise(alt.value(BLUE))
    bars = alt.Chart(data).mark_bar(height={"band": 0.62}).encode(y=y, x=x, color=colour, tooltip=[alt.Tooltip(f"{category}:N"), alt.Tooltip(f"{value}:Q", format=".3~r")])
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=MUTED).encode(x=alt.X("zero:Q"))
    return Chart(name, title, text, _spec(alt.layer(bars, zero), 28 * data.height + 20), data, sources)


def log_axis(columns: list[pl.Series], title: str, form: str, after: str = "") -> Any:
    """An axis with round ticks, as few as its decades allow: a log grid with every digit is noise."""
    import altair as alt

    seen = [float(v) for c in columns for v in c.drop_nulls().to_list() if v > 0]
    low, high = (math.floor(math.log10(min(seen))), math.ceil(math.log10(max(seen)))) if seen else (0, 1)
    inside = [v for v in seen] and (min(seen), max(seen))
    steps = (1,) if high - low > 4 else (1, 3) if high - low > 2 else (1, 2, 5)
    if inside and inside[1] / inside[0] < 4:
        steps = (1, 1.5, 2, 3, 4, 5, 6, 8)
    ticks = [d * 10.0**k for k in range(low, high + 1) for d in steps]
    more = {"labelExpr": f"datum.label + '{after}'"} if after else {}
    return alt.Axis(title=title, format=form, values=ticks, labelOverlap=True, **more)


def _days() -> Any:
    import altair as alt

    return alt.X("date:T", axis=alt.Axis(**_DATE))


def _layer(frame: pl.DataFrame, layer: str, day: str, value: str, detail: pl.Expr) -> pl.DataFrame:
    empty = pl.lit(None, dtype=pl.Float64)
    return frame.select(layer=pl.lit(layer), date=pl.col(day), value=pl.col(value), lower=empty, upper=empty, detail=detail.cast(pl.String))


def _typed(frame: pl.DataFrame, *days: str) -> pl.DataFrame:
    """Dates as ISO text with a time of day, which Vega reads in the reader's own zone as that day."""
    return frame.with_columns(pl.col(d).dt.to_string("%Y-%m-%dT00:00:00") for d in days)


def _colours(n: int) -> list[str]:
    """``n`` colours of the palette; beyond it they repeat."""
    return [SERIES_COLOURS[i % len(SERIES_COLOURS)] for i in range(n)]


def _spec(chart: Any, height: int) -> dict[str, Any]:
    return chart.properties(height=height).to_dict()
