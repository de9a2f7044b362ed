"""Charts of what is behind the price: parts of the fall, levers of the serving stack, accelerators.

Every number drawn is a cell of a mart.
"""

from __future__ import annotations

import polars as pl

from reports.charts import findings
from reports.charts.shape import LOG, USD, bars, colours, days, log_axis, spec, typed
from reports.facts import FactBook
from reports.writing.drawing import BLUE, INK, SERIES_COLOURS, Chart
from reports.writing.shown import say


def decomposition(book: FactBook) -> Chart | None:
    """Contributions to the fall; "not attributed" is a bar of its own."""
    rows = book.edition.mart("decomposition").filter(pl.col("change_share").is_not_null())
    data = rows.select(part="component", share="change_share", factor="change_factor")
    text = say("Bar chart of the parts of the price change as shares of the total; what could not be attributed has its own bar.")
    sources = {"share": [("decomposition", "change_share")], "factor": [("decomposition", "change_factor")]}
    return bars(
        "decomposition",
        findings.parts(book),
        data,
        "part",
        "share",
        "Share of the change (logs)",
        ".0%",
        text,
        sources,
        grey="not attributed",
    )


def stack(book: FactBook) -> Chart | None:
    """The levers' Shapley factors, with first-in and last-in, of the first scenario."""
    import altair as alt

    rows = book.edition.mart("stack_shown").filter(pl.col("shapley_factor") > 0)
    if not rows.height:
        return None
    scenario = rows["scenario"][0]
    rows = rows.filter(pl.col("scenario").eq_missing(pl.lit(scenario, dtype=pl.String)))
    data = rows.select("lever", factor="shapley_factor", first="first_in_factor", last="last_in_factor")
    y = alt.Y(
        "lever:N",
        sort=alt.EncodingSortField("factor", order="descending"),
        axis=alt.Axis(title=None, labelLimit=200, labelColor=INK, labelFontSize=12),
    )
    scale = LOG
    base = alt.Chart(data)
    x = alt.X(
        "factor:Q",
        scale=scale,
        axis=log_axis([data["factor"], data["first"], data["last"]], ["Times more output per dollar,", "log scale"], "~r", "×"),
    )
    tip = [
        alt.Tooltip("lever:N", title="Lever"),
        alt.Tooltip("factor:Q", title="Shapley", format=".2~f"),
        alt.Tooltip("first:Q", title="Alone", format=".2~f"),
        alt.Tooltip("last:Q", title="Added last", format=".2~f"),
    ]
    rules = base.mark_rule(strokeWidth=6, opacity=0.3, color=BLUE, strokeCap="round").encode(
        y=y, x=alt.X("first:Q", scale=scale), x2="last:Q"
    )
    dots = base.mark_point(filled=True, size=110, color=BLUE, opacity=1).encode(y=y, x=x, tooltip=tip)
    text = say(
        "Dot chart of the gain from each lever of the serving stack: the Shapley share as a dot, the gain when applied alone and when applied last as its range."
    )
    return Chart(
        "stack",
        findings.best(
            book,
            "stack_shown",
            "lever",
            "shapley_factor",
            "Worth most: {name}, {value} the tokens per dollar",
            least=False,
            drawn={"scenario": scenario},
        ),
        text,
        spec(alt.layer(rules, dots), 40 * data.height + 20),
        data,
        {c: [("stack_shown", s)] for c, s in (("factor", "shapley_factor"), ("first", "first_in_factor"), ("last", "last_in_factor"))},
    )


def hardware(book: FactBook) -> Chart | None:
    """Cost per million tokens by accelerator, for the model that most accelerators serve."""
    rows = book.edition.mart("hardware_league").filter(pl.col("cost_usd_per_mtok") > 0)
    if not rows.height:
        return None
    model = rows.group_by("model").len().sort(["len", "model"], descending=[True, False])["model"][0]
    data = (
        rows.filter(pl.col("model").eq_missing(pl.lit(model, dtype=pl.String)))
        .sort("cost_usd_per_mtok")
        .unique("accelerator", keep="first", maintain_order=True)
    )
    level = data["service_level_tok_s_per_user"][0] or 0.0
    data = data.select("accelerator", "basis", cost="cost_usd_per_mtok")
    text = say(
        "Bar chart of the cost of a million output tokens by accelerator at the latest rents, cheapest first; the colour says what kind of rent."
    )
    return bars(
        "hardware",
        findings.best(
            book,
            "hardware_league",
            "accelerator",
            "cost_usd_per_mtok",
            "{name} makes the cheapest tokens: {value} per million",
            least=True,
            drawn={"model": model},
        ),
        data,
        "accelerator",
        "cost",
        ["USD per million output tokens", f"of {model} at {level:g} tokens/s per user"],
        USD,
        text,
        {"cost": [("hardware_league", "cost_usd_per_mtok")]},
        colour_by="basis",
    )


def ceiling(book: FactBook) -> Chart | None:
    """The bandwidth ceiling of one stream by launch date: a dot per accelerator."""
    import altair as alt

    data = book.edition.mart("bandwidth_ceiling").filter(pl.col("launch_date").is_not_null() & (pl.col("ceiling_tok_per_s") > 0)).select(
        "accelerator", "vendor", date="launch_date", ceiling="ceiling_tok_per_s")  # fmt: skip
    if not data.height:
        return None
    frequent = (
        data["vendor"].value_counts().sort(["count", "vendor"], descending=[True, False])["vendor"].head(len(SERIES_COLOURS) - 1).sort()
    )
    data = data.with_columns(vendor=pl.when(pl.col("vendor").is_in(frequent.implode())).then("vendor").otherwise(pl.lit("others")))
    names = [*frequent, "others"]
    made = alt.Chart(typed(data, "date")).mark_point(filled=True, size=70, opacity=0.8).encode(
        x=days(data["date"], 0.03),
        y=alt.Y("ceiling:Q", scale=LOG, axis=log_axis([data["ceiling"]], "Tokens a second, one stream, log scale", "~s")),
        color=alt.Color("vendor:N", scale=alt.Scale(domain=names, range=colours(len(names)))),
        tooltip=[alt.Tooltip("accelerator:N", title="Accelerator"), alt.Tooltip("date:T", title="Launched", format="%Y-%m-%d"),
                 alt.Tooltip("ceiling:Q", title="Tokens a second", format=".3~s")],
    )  # fmt: skip
    text = say(
        "Dot chart: the most tokens a second that memory bandwidth lets one stream of a large model have on each accelerator, by launch date."
    )
    return Chart(
        "ceiling",
        findings.best(
            book,
            "bandwidth_ceiling",
            "accelerator",
            "ceiling_tok_per_s",
            "{name} has the highest ceiling: {value} for one stream",
            least=False,
        ),
        text,
        spec(made, 320),
        data,
        {"ceiling": [("bandwidth_ceiling", "ceiling_tok_per_s")]},
    )
