"""The page: one self-contained HTML file from an edition.

Belongs here: bringing sections, charts, tables and templates together, and the content security policy. Not
here: what a section says (``sections``) or how anything looks (``templates``, ``drawing``).
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import polars as pl
from markupsafe import Markup

from reports import charts, narrative
from reports.facts import FactBook
from reports.inputs import MARTS, Edition
from reports.page import drawing, tables
from reports.page.shown import Sentence, Shown, join, only_facts, say
from reports.sections import Section, sections

TEMPLATES = Path(__file__).parent / "templates"
INLINE_CSV_LIMIT = 40_000
"""Bytes of CSV that a page carries for one table; a longer one lies beside the page only."""


class KeyFigure(NamedTuple):
    """One cell of the strip under the headline."""

    label: str
    value: Shown
    detail: Sentence


@lru_cache(maxsize=2)
def environment(escape: bool = True) -> jinja2.Environment:
    """Templates that print facts and words only; an undefined name is an error, not a gap."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=escape,
        finalize=only_facts,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["plain"] = _plain
    return made


def page(edition: Edition, method_url: str = "") -> str:
    """The report as one HTML file: no request leaves it, every figure carries its source."""
    return page_and_book(edition, method_url)[0]


def page_and_book(edition: Edition, method_url: str = "") -> tuple[str, FactBook]:
    """The page and the book that knows every figure printed on it."""
    book = FactBook(edition)
    drawn = draw_all(book)
    specs = {name: _json(drawing.page_spec(chart)) for name, chart in drawn.items()}
    vega, js = Markup(drawing.javascript() if specs else ""), Markup(_template_text("page.js"))
    context: dict[str, Any] = {
        "csp": Markup(_policy([str(vega), str(js)] if specs else [str(js)])),
        "css": Markup(_template_text("style.css")),
        "js": js,
        "vega": vega,
        "specs": specs,
        "palette": _json([[light, dark] for _css, light, dark in drawing.PALETTE.values()]),
        "title": say("Deflation, {day}: {said}", day=book.day(), said=narrative.headline_short(book)),
        "summary": narrative.headline(book),
        "as_of": book.meta("as_of"),
        "day": book.day(),
        "vintage": book.meta("vintage"),
        "edition_id": book.meta("edition_id"),
        "method": Markup.escape(method_url) if method_url else "",
        "correction": narrative.correction(book),
        "changes": list(book.changes()),
        "headline": narrative.headline(book),
        "standfirst": standfirst(book),
        "key_figures": key_figures(book),
        "sections": [_section_view(book, s) for s in sections(book)],
        "charts": {name: _chart_view(chart) for name, chart in drawn.items()},
        "prices": tables.price_table(book) if edition.mart("price_now").height else "",
        "prices_download": _download(edition.mart("price_now"), "price_now.csv"),
        "prices_missing": say("Not yet measured: " + MARTS["price_now"].why_missing + "."),
        "facts": _facts_table(book),
    }
    return environment().get_template("page.html.j2").render(context), book


def draw_all(book: FactBook) -> dict[str, drawing.Chart]:
    """Every chart that has data, by name."""
    made = {name: build(book) for name, build in charts.ALL.items()}
    return {name: chart for name, chart in made.items() if chart is not None}


def standfirst(book: FactBook) -> Sentence:
    """The paragraph under the headline."""
    return join(
        [
            narrative.measured_by(book),
            narrative.year_before(book),
            narrative.fresh(book),
            narrative.acceleration(book),
            narrative.frontier(book),
            narrative.floors(book),
            narrative.events(book),
        ]
    )


def key_figures(book: FactBook) -> list[KeyFigure]:
    """The strip of figures under the headline: those that are measured."""
    chosen = (
        ("headline.decline_factor", "Cheaper per year"),
        ("headline.decline_factor_fresh", "Cheaper per year, new models"),
        ("headline.frontier_price", "Price at headline quality"),
        ("headline.forecast_365d", "Forecast in a year, median"),
        ("headline.gpu_hour_floor", "GPU-hour floor"),
        ("headline.energy_floor", "Energy floor"),
    )
    figures = []
    for fact, label in chosen:
        if book.raw(fact) is None:
            continue
        detail = Sentence(())
        if book.raw(fact, "lower") is not None and book.raw(fact, "upper") is not None:
            detail = say("{i}", i=book.interval(fact))
        elif book.raw(fact, "unit") == "usd_per_mtok":
            detail = say("per million tokens")
        figures.append(KeyFigure(label, book.value(fact), detail))
    return figures


def _section_view(book: FactBook, section: Section) -> dict[str, Any]:
    available = [m for m in section.marts if book.edition.mart(m).height]
    return {
        "key": section.key,
        "title": section.title,
        "question": section.question,
        "said": section.said,
        "missing": section.missing,
        "charts": section.charts,
        "legend": section.legend,
        "notes": section.notes,
        "tables": [{"html": tables.page_html(t), "folded": t.folded, "caption": t.caption} for t in section.tables],
        "sources": [{"name": m, "download": _download(book.edition.mart(m), f"{m}.csv")} for m in available],
    }


def _chart_view(chart: drawing.Chart) -> dict[str, Any]:
    return {
        "name": chart.name,
        "title": chart.title,
        "alt": chart.alt,
        "svg": drawing.static_svg(chart),
        "download": _download(chart.data, f"chart-{chart.name}.csv"),
    }


def _facts_table(book: FactBook) -> Markup | str:
    rows: list[list[tables.Cell]] = []
    for fact in book.fact_ids():
        rows.append([
            book.field(fact, "fact_id"), book.field(fact, "subject"), book.value(fact), book.interval(fact), book.field(fact, "n"),
            book.field(fact, "basis"), book.field(fact, "as_of"), book.field(fact, "sql"),
        ])  # fmt: skip
    columns = [
        tables.Column(h, h in ("Value", "Interval", "n"))
        for h in ("Fact", "Subject", "Value", "Interval", "n", "Basis", "As of", "SQL")
    ]
    made = tables.table("Facts of this edition", columns, rows)
    return tables.page_html(made) if made else ""


def _download(frame: pl.DataFrame, name: str) -> Markup:
    if not frame.height or len(tables.csv_bytes(frame)) > INLINE_CSV_LIMIT:
        beside = Markup('<a class="dl" href="data/{0}">Data (CSV, beside this page)</a>').format(name)
        return beside if frame.height and not name.startswith("chart-") else Markup("")
    return tables.data_link(frame, name)


def _plain(value: Any) -> Markup:
    """What was shown as bare text, for attributes and the title, where no element may stand."""
    return Markup.escape(str(only_facts(value)))


def _json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _policy(scripts: list[str]) -> str:
    """Nothing may be loaded, no script may run but these; styles are inline."""
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@lru_cache(maxsize=8)
def _template_text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")
