"""Charts of what follows: viability dates, volume and spend, the track record of the forecasts.

Every number drawn is a cell of a mart.
"""

from __future__ import annotations

import polars as pl

from reports.charts.shape import DATE, LOG, champion_model, colours, days_axis, log_axis, spec, typed
from reports.facts import FactBook
from reports.page.drawing import BLUE, GREEN, INK, MUTED, RUST, Chart
from reports.page.shown import say


def viability(book: FactBook) -> Chart | None:
    """When each application becomes affordable, with intervals."""
    import altair as alt

    data = (
        book.edition.mart("viability")
        .filter(pl.col("viable_date").is_not_null())
        .select(
            "application", date="viable_date", lower="viable_lower_date", upper="viable_upper_date", verdict="verdict"
        )
    )
    if not data.height:
        return None
    base = alt.Chart(typed(data, "date", "lower", "upper"))
    y = alt.Y(
        "application:N",
        sort=alt.EncodingSortField("date"),
        axis=alt.Axis(title=None, labelLimit=240, labelColor=INK, labelFontSize=12),
    )
    x = alt.X("date:T", axis=alt.Axis(**(DATE | {"grid": True})))
    rules = base.mark_rule(strokeWidth=6, opacity=0.3, color=GREEN, strokeCap="round").encode(
        y=y, x=alt.X("lower:T"), x2="upper:T"
    )
    dots = base.mark_point(filled=True, size=110, color=GREEN, opacity=1).encode(
        y=y,
        x=x,
        tooltip=[
            alt.Tooltip("application:N", title="Application"),
            alt.Tooltip("date:T", title="Median", format="%Y-%m-%d"),
            alt.Tooltip("lower:T", title="Early", format="%Y-%m-%d"),
            alt.Tooltip("upper:T", title="Late", format="%Y-%m-%d"),
        ],
    )
    now = (
        alt.Chart(alt.Data(values=[{"now": book.edition.as_of.isoformat()}]))
        .mark_rule(color=MUTED, strokeDash=[3, 3])
        .encode(x=alt.X("now:T"))
    )
    text = say("Dates at which each application becomes affordable, with their intervals; the dashed line is today.")
    return Chart(
        "viability",
        "When does it become worth doing?",
        text,
        spec(alt.layer(now, rules, dots), 34 * data.height + 20),
        data,
        {
            c: [("viability", s)]
            for c, s in (("date", "viable_date"), ("lower", "viable_lower_date"), ("upper", "viable_upper_date"))
        },
    )


def volume(book: FactBook) -> Chart | None:
    """Tokens served per week."""
    return _weekly(
        book, "volume", "volume_mtok_per_week", "Tokens served", "Million tokens a week, log scale", BLUE, "~s"
    )


def spend(book: FactBook) -> Chart | None:
    """What was spent on them per week."""
    return _weekly(book, "spend", "spend_usd_per_week", "What was spent on them", "USD a week, log scale", RUST, "$~s")


def _weekly(book: FactBook, name: str, column: str, title: str, axis: str, colour: str, form: str) -> Chart | None:
    import altair as alt

    data = book.edition.mart("jevons").filter(pl.col(column) > 0).select(date="obs_date", value=column)
    if not data.height:
        return None
    tip = [alt.Tooltip("date:T", title="Week", format="%Y-%m-%d"), alt.Tooltip("value:Q", title=title, format=".3~s")]
    y = alt.Y("value:Q", scale=LOG, axis=log_axis([data["value"]], axis, form))
    line = alt.Chart(typed(data, "date")).mark_line(color=colour).encode(x=days_axis(), y=y, tooltip=tip)
    text = say("Line chart by week, log scale: " + title.lower() + ".")
    return Chart(name, title, text, spec(line, 170), data, {"value": [("jevons", column)]})


def track_record(book: FactBook) -> Chart | None:
    """Each model's CRPS over that of no change, by horizon; below one beats it."""
    import altair as alt

    data = (
        book.edition.mart("track_record")
        .filter(pl.col("crps_ratio").is_not_null())
        .select(series="model", horizon="horizon_days", ratio="crps_ratio")
    )
    if not data.height:
        return None
    names = data["series"].unique(maintain_order=True).to_list()
    x = alt.X("horizon:O", axis=alt.Axis(title="Horizon, days", labelAngle=0, grid=False))
    y = alt.Y(
        "ratio:Q",
        scale=alt.Scale(zero=False),
        axis=alt.Axis(title="CRPS over no change (lower is better)", format="~r"),
    )
    lines = (
        alt.Chart(data)
        .mark_line(point={"filled": True, "size": 60})
        .encode(
            x=x,
            y=y,
            color=alt.Color("series:N", scale=alt.Scale(domain=names, range=colours(len(names)))),
            tooltip=[
                alt.Tooltip("series:N", title="Model"),
                alt.Tooltip("horizon:O", title="Days"),
                alt.Tooltip("ratio:Q", title="Ratio", format=".2~f"),
            ],
        )
    )
    par = alt.Chart(alt.Data(values=[{"one": 1}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(y=alt.Y("one:Q"))
    text = say(
        "Error of each forecasting model relative to assuming no change, by horizon. Below the dashed line beats no change."
    )
    return Chart(
        "record",
        "Do the forecasts beat no change?",
        text,
        spec(alt.layer(par, lines), 280),
        data,
        {"horizon": [("track_record", "horizon_days")], "ratio": [("track_record", "crps_ratio")]},
    )


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
    bars = (
        alt.Chart(data)
        .mark_bar(color=BLUE, opacity=0.8)
        .encode(
            x=alt.X(
                "lower:Q",
                axis=alt.Axis(title="Where the outcome fell in the forecast", format="%", grid=False),
                scale=alt.Scale(domain=[0, 1]),
            ),
            x2="upper:Q",
            y=alt.Y("share:Q", axis=alt.Axis(title="Share of outcomes", format="%")),
            tooltip=[alt.Tooltip("share:Q", title="Share", format=".1%")],
        )
    )
    text = say(
        "Histogram of where outcomes fell within the forecast distribution. Equal bars mean that the intervals are honest."
    )
    return Chart(
        "pit",
        "Are the intervals honest?",
        text,
        spec(bars, 200),
        data,
        {"lower": [("pit", "bin_lower")], "upper": [("pit", "bin_upper")], "share": [("pit", "bin_share")]},
    )
