"""The chart of the edition's first answer: each measure's change in a year with its interval, around zero."""

from __future__ import annotations

import polars as pl

from reports.charts.shape import spec
from reports.facts import FactBook
from reports.narrative.words import between, direction, moved
from reports.questions import pace as question
from reports.writing.drawing import BLUE, GREY, INK, MUTED, RUST, Chart
from reports.writing.shown import join, say

TWO_LINES = "split(replace(datum.label, /^(.{8,18}?) (.*)$/, '$1|$2'), '|')"
"""A label in two lines, so that a phone keeps room for the data."""
ZERO = "datum.value == 0 ? '0 %' : replace(datum.label, '%', ' %')"


def pace(book: FactBook) -> Chart | None:
    """A dot and its interval per measure; colour says the direction that its words say."""
    import altair as alt

    known = [(m, book.change(m.fact_id)) for m in question.MEASURES]
    known = [(m, c) for m, c in known if c.value is not None]
    if not known:
        return None
    data = pl.DataFrame(
        [(m.name, c.value, c.low, c.high, direction(c)) for m, c in known],
        schema={"measure": pl.String, "change": pl.Float64, "low": pl.Float64, "high": pl.Float64, "direction": pl.String}, orient="row",
    )  # fmt: skip
    said = [f"{moved(c)}" for _m, c in known]
    base = alt.Chart(data.with_columns(said=pl.Series(said)))
    y = alt.Y(
        "measure:N",
        sort=data["measure"].to_list(),
        axis=alt.Axis(title=None, labelLimit=230, labelColor=INK, labelFontSize=12, grid=False, labelExpr=TWO_LINES),
    )
    x = alt.X(
        "change:Q",
        scale=alt.Scale(domain=_ends(data)),
        axis=alt.Axis(title="Change of price in a year", format="+.0%", tickCount=6, labelExpr=ZERO),
    )
    hue = alt.Color("direction:N", scale=alt.Scale(domain=["fell", "rose", "flat"], range=[BLUE, RUST, GREY]), legend=None)
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=MUTED).encode(x="zero:Q")
    rules = base.mark_rule(strokeWidth=6, opacity=0.35, strokeCap="round").encode(y=y, x=alt.X("low:Q"), x2="high:Q", color=hue)
    dots = base.mark_point(filled=True, size=110, opacity=1).encode(y=y, x=x, color=hue)
    texts = base.mark_text(dy=-13, fontSize=11, fontWeight="bold", color=INK).encode(y=y, x=x, text="said:N")
    parts = [say("{n} {m}, {b}", n=m.name, m=moved(c), b=between(c)) for m, c in known]
    sources = {name: [("facts", name)] for name in ("change", "low", "high")}
    return Chart(
        "pace",
        question.chart_title(book),
        say("{p}.", p=join(parts, "; ")),
        spec(alt.layer(zero, rules, dots, texts), 62 * data.height),
        data,
        sources,
    )


def _ends(data: pl.DataFrame) -> list[float]:
    """The axis: all that is drawn and zero, with a little room for the words above the outer dots."""
    seen = [0.0, *(v for c in ("change", "low", "high") for v in data[c].drop_nulls().to_list())]
    room = 0.08 * max(max(seen) - min(seen), 0.1)
    return [min(seen) - room, max(seen) + room]
