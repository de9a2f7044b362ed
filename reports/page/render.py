"""The pages of an edition: the page of questions, and every further page it links to, each one self-contained file.

Belongs here: bringing answers, sections, charts, tables and templates together, and the content security policy. Not
here: what an answer or a section says (``questions``, ``sections``) or how anything looks (``templates``, ``drawing``).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from reports import charts, narrative, questions, tables
from reports.facts import FactBook
from reports.glossary import TERMS
from reports.inputs import SHOWN, Edition
from reports.page import calculator
from reports.page.told import Told, tell
from reports.sections import Section
from reports.writing import drawing
from reports.writing.shown import Sentence, only_facts, say

TEMPLATES = Path(__file__).parent / "templates"

FIXED_PAGES = (
    ("calculator", "Calculator", "What would my own use cost, here, elsewhere, and on my own hardware?"),
    ("prices", "Every price", "What does this model cost there?"),
    ("check", "Check a number", "Says who, as of when, by which query?"),
    ("embed", "Embed and cite", "How do I show a chart elsewhere?"),
    ("glossary", "Glossary", "What does this word mean?"),
)
"""Pages that every edition has, beside one for each section: name, title, question."""


@dataclass(frozen=True)
class Site:
    """Where the site will stand. ``base_url`` may be empty: then addresses are relative."""

    base_url: str = ""
    method_url: str = ""


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


def page(edition: Edition, site: Site = Site()) -> str:
    """The edition page alone: no request leaves it, every figure carries its source."""
    return pages(edition, site)[0]["index"]


def pages(edition: Edition, site: Site = Site(), told: Told | None = None) -> tuple[dict[str, str], FactBook, dict[str, drawing.Chart]]:
    """All pages by name (``index`` is the edition page), the book of all they print, and the charts they show."""
    told = told or tell(edition)
    book, further = told.book, told.further
    drawn = draw_all(book)
    views = {name: _chart_view(chart) for name, chart in drawn.items()}
    render = _Renderer(book, views)
    made = {"index": render("edition.html.j2", answers=_answers(told), headline=questions.headline(book), seen=questions.seen(book),
                            correction=narrative.correction(book), changes=list(book.changes()))}  # fmt: skip
    made |= {s.key: render("section.html.j2", title=s.title, section=_section_view(book, s)) for s in further}
    made["prices"] = render("prices.html.j2", title="Every price", js="prices.js", prices=tables.price_table(book) if edition.mart("price_now").height else "",
                            missing=say("Not known: " + SHOWN["price_now"] + "."))  # fmt: skip
    made["pages"] = render("pages.html.j2", title="All pages", listed=_listed(further))
    made["check"] = render("check.html.j2", title="Check a number", vintage=book.meta("vintage"), facts=_facts_table(book),
                           method=Markup.escape(site.method_url) if site.method_url else "")  # fmt: skip
    made["calculator"] = render("calculator.html.j2", title="Calculator", js="calculator.js", data=_json(calculator.embedded(edition)))
    made["glossary"] = render("glossary.html.j2", title="Glossary", terms=list(TERMS.items()))
    made["embed"] = render("embed.html.j2", title="Embed and cite", embeds=[_embed(book, c, site) for c in drawn.values()])
    return made, book, drawn


def draw_all(book: FactBook) -> dict[str, drawing.Chart]:
    """Every chart that has data, by name."""
    made = {name: build(book) for name, build in charts.ALL.items()}
    return {name: chart for name, chart in made.items() if chart is not None}


class _Renderer:
    """A template with what all pages share."""

    def __init__(self, book: FactBook, views: dict[str, dict[str, Any]]) -> None:
        self._shared = {
            "css": Markup(_template_text("style.css")), "summary": questions.headline(book), "as_of": book.meta("as_of"), "day": book.day(),
            "edition_id": book.meta("edition_id"), "charts": views,
        }  # fmt: skip
        self._day, self._short = book.day(), questions.short(book)

    def __call__(self, template: str, title: str = "", js: str = "", **context: Any) -> str:
        script = Markup(_template_text(js)) if js else ""
        named = say("Deflation: " + title) if title else say("Deflation, {day}: {said}", day=self._day, said=self._short)
        own = {"title": named, "csp": Markup(_policy([str(script)] if script else [])), "js": script}
        return environment().get_template(template).render(self._shared | own | context)


def _answers(told: Told) -> list[dict[str, Any]]:
    titles = {s.key: s.title for s in told.further} | {name: title for name, title, _q in FIXED_PAGES}
    return [
        {
            "key": a.key, "question": a.question, "figures": a.figures, "said": a.said, "chart": a.chart,
            "table": tables.page_html(a.table) if a.table else "",
            "more": [{"href": f"{key}.html", "title": titles[key]} for key in a.more],
        }
        for a in told.answers
    ]  # fmt: skip


def _listed(further: Iterable[Section]) -> list[dict[str, str]]:
    rows = [(s.key, s.title, s.question) for s in further]
    return [{"href": f"{key}.html", "title": title, "question": question} for key, title, question in (*FIXED_PAGES, *rows)]


def _section_view(book: FactBook, section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "question": section.question,
        "said": section.said,
        "missing": section.missing,
        "charts": section.charts,
        "legend": section.legend,
        "notes": section.notes,
        "tables": [{"html": tables.page_html(t), "folded": t.folded, "caption": t.caption} for t in section.tables],
        "sources": [m for m in section.marts if book.edition.mart(m).height],
    }


def _chart_view(chart: drawing.Chart) -> dict[str, Any]:
    return {
        "name": chart.name,
        "title": chart.title,
        "svg": drawing.inline_svg(chart, drawing.WIDE),
        "narrow": drawing.inline_svg(chart, drawing.NARROW),
    }


def _embed(book: FactBook, chart: drawing.Chart, site: Site) -> dict[str, Any]:
    """The code that shows a chart elsewhere, and how to cite it. The address names the edition, so it never changes."""
    day, edition = book.edition.as_of.isoformat(), book.edition.edition_id
    folder = f"{site.base_url.rstrip('/')}/editions/{edition}" if site.base_url else f"editions/{edition}"
    code = (f'<a href="{folder}/index.html#chart-{chart.name}"><img src="{folder}/charts/{chart.name}.svg" width="720" '
            f'alt="{Markup.escape(str(chart.alt))}" loading="lazy"></a>')  # fmt: skip
    cite = f"Deflation, edition of {day} ({edition}): {chart.title}. {folder}/index.html"
    return {"name": chart.name, "title": chart.title, "code": Markup.escape(code), "cite": Markup.escape(cite)}


def _facts_table(book: FactBook) -> Markup | str:
    rows: list[list[tables.Cell]] = []
    for fact in book.fact_ids():
        rows.append([
            book.field(fact, "fact_id"), book.field(fact, "subject"), book.value(fact), book.interval(fact), book.field(fact, "n"),
            book.field(fact, "basis"), book.confirmed(fact).shown, book.field(fact, "sql"),
        ])  # fmt: skip
    columns = [
        tables.Column(h, h in ("Value", "Interval", "n"))
        for h in ("Fact", "Subject", "Value", "Interval", "n", "Basis", "Last confirmed", "SQL")
    ]
    made = tables.table("Facts of this edition", columns, rows)
    return tables.page_html(made) if made else ""


def _plain(value: Any) -> Markup:
    """What was shown as bare text, for attributes and the title, where no element may stand."""
    return Markup.escape(str(only_facts(value)))


def _json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _policy(scripts: list[str]) -> str:
    """Nothing may be loaded, no script may run but these; styles are inline."""
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts) or "'none'"
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


@lru_cache(maxsize=8)
def _template_text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


__all__ = ["FIXED_PAGES", "TEMPLATES", "Sentence", "Site", "draw_all", "environment", "page", "pages"]
