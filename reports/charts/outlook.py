"""Charts of what follows: viability dates, volume and spend, the track record of the forecasts.

Every number drawn is a cell of a mart.
"""

from __future__ import annotations

import polars as pl

from reports.charts import findings
from reports.charts.shape import DATE, spec, stamp, typed
from reports.facts import FactBook
from reports.questions.record import chart_title
from reports.series import champion_model
from reports.writing.drawing import AZURE, BLUE, INK, MUTED, Chart
from reports.writing.shown import say


def viability(book: FactBook) -> Chart | None:
    """When each application becomes affordable, with intervals."""
    import altair as alt

    data = (
        book.edition.mart("viability")
        .filter(pl.col("viable_date").is_not_null())
        .select("application", date="viable_date", lower="viable_lower_date", upper="viable_upper_date", verdict="verdict")
    )
    if data["date"].n_unique() < 2:  # dots on one day say nothing that the table does not
        return None
    base = alt.Chart(typed(data, "date", "lower", "upper"))
    y = alt.Y(
        "application:N",
        sort=alt.EncodingSortField("date"),
        axis=alt.Axis(title=None, labelLimit=240, labelColor=INK, labelFontSize=12),
    )
    x = alt.X("date:T", axis=alt.Axis(**(DATE | {"grid": True})))
    rules = base.mark_rule(strokeWidth=6, opacity=0.3, color=AZURE, strokeCap="round").encode(y=y, x=alt.X("lower:T"), x2="upper:T")
    dots = base.mark_point(filled=True, size=110, color=AZURE, opacity=1).encode(
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
        alt.Chart(alt.Data(values=[{"now": stamp(book.edition.as_of)}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(x=alt.X("now:T"))
    )
    text = say("Dates at which each application becomes affordable, with their intervals; the dashed line is the edition's day.")
    return Chart(
        "viability",
        findings.pays(book),
        text,
        spec(alt.layer(now, rules, dots), 34 * data.height + 20),
        data,
        {c: [("viability", s)] for c, s in (("date", "viable_date"), ("lower", "viable_lower_date"), ("upper", "viable_upper_date"))},
    )


def track_record(book: FactBook) -> Chart | None:
    """The error of the model in charge over that of repeating the last price, by horizon; below one is better."""
    import altair as alt

    data = (
        book.edition.mart("track_record")
        .filter(pl.col("crps_ratio").is_not_null(), pl.col("is_champion").fill_null(False), pl.col("n") > 1)
        .select(horizon="horizon_days", ratio="crps_ratio").sort("horizon")
    )  # fmt: skip
    if not data.height:
        return None
    most = max(1.0, *data["ratio"].to_list())
    x = alt.X("horizon:O", axis=alt.Axis(title="Days ahead", labelAngle=0, grid=False))
    y = alt.Y(
        "ratio:Q",
        scale=alt.Scale(domain=[0, most * 1.15]),
        axis=alt.Axis(title="Error over repeating the last price", format="~r", tickCount=5),
    )
    base = alt.Chart(data)
    marks = base.mark_bar(width={"band": 0.4}, color=BLUE).encode(x=x, y=y)
    values = base.mark_text(dy=-8, color=INK, fontSize=11, fontWeight="bold").encode(x=x, y=y, text=alt.Text("ratio:Q", format=".2f"))
    par = alt.Chart(alt.Data(values=[{"one": 1}])).mark_rule(color=MUTED, strokeDash=[3, 3]).encode(y=alt.Y("one:Q"))
    text = say("Error of the forecasts relative to repeating the last price, by horizon in days. Below the dashed line is better.")
    sources = {"horizon": [("track_record", "horizon_days")], "ratio": [("track_record", "crps_ratio")]}
    return Chart("record", chart_title(book), text, spec(alt.layer(marks, values, par), 220), data, sources)


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
            y2=alt.datum(0),
            tooltip=[alt.Tooltip("share:Q", title="Share", format=".1%")],
        )
    )
    text = say("Histogram of where outcomes fell within the forecast distribution. Equal bars mean that the intervals are honest.")
    return Chart(
        "pit",
        findings.balance(data),
        text,
        spec(bars, 200),
        data,
        {"lower": [("pit", "bin_lower")], "upper": [("pit", "bin_upper")], "share": [("pit", "bin_share")]},
    )
