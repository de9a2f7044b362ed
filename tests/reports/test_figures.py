"""Every figure on page, text, mail and charts is a fact: found, looked up, and held against its row."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import editions
import polars as pl
import pytest
import tracing

from reports import charts
from reports.facts import FactBook
from reports.mail import message
from reports.page.render import TEMPLATES, environment, page, pages
from reports.page.text import text_and_book
from reports.writing.shown import UnsourcedFigure, only_facts, say


@pytest.mark.parametrize("which", ["full", "hostile"])
def test_every_figure_on_the_page_names_its_row_and_agrees_with_it(which, request):
    edition, (made, _book) = request.getfixturevalue(which), request.getfixturevalue(f"{which}_pages")
    found = [figure for page in made.values() for figure in tracing.page_figures(page)]
    assert len(found) > 900
    assert [f for f in found if f[1] is None] == []
    wrong = [
        (text, source, tracing.look_up(edition, source))
        for text, source in found
        if not tracing.agrees(text, tracing.look_up(edition, source), source)
    ]
    assert wrong == []


def test_every_figure_that_is_read_aloud_was_shown_by_the_book(full_pages):
    made, book = full_pages
    _assert_all_printed(" ".join(said for page in made.values() for said in tracing.spoken(page)), book)


def test_every_figure_of_the_text_was_shown_by_the_book_and_agrees_with_its_row(full):
    text, book = text_and_book(full)
    _assert_all_printed(text, book)
    for printed in book.printed:
        assert tracing.agrees(printed.text, tracing.look_up(full, printed.source), printed.source + printed.unit), printed


@pytest.mark.parametrize("profile", ["daily", "weekly", "alert"])
def test_every_figure_of_the_mail_was_shown_by_the_book(full, profile):
    body = message.prepare(full, profile, message.MailSettings("reports@deflation.example"))
    words = (
        re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<title>.*?</title>|<style>.*?</style>", " ", body.html))
        .replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .replace("&#34;", '"')
    )
    _assert_all_printed(words, *body.books)
    _assert_all_printed(body.text, *body.books)
    _assert_all_printed(body.subject, *body.books)


def _assert_all_printed(text: str, *books: FactBook) -> None:
    strip = "()[],.;:'\"·"
    known = {token.strip(strip) for b in books for p in b.printed for token in p.text.split()}
    tokens = {token.strip(strip) for token in tracing.FIGURE.findall(text)}
    assert {t for t in tokens if t not in known} == set()
    assert tokens


@pytest.mark.parametrize("name", sorted(charts.ALL))
def test_every_number_of_a_chart_is_a_cell_of_its_mart(full, name):
    chart = charts.ALL[name](FactBook(full))
    assert chart is not None
    numeric = [c for c, t in chart.data.schema.items() if t.is_numeric()]
    assert chart.sources and set(numeric) <= set(chart.sources)
    for column in chart.sources:
        allowed = {v for mart, source in chart.sources[column] for v in _drawable(full, mart, source)}
        assert set(chart.data[column].drop_nulls().to_list()) <= allowed


def _drawable(edition, mart: str, column: str) -> list:
    """The cells a chart may draw; of facts, their changes in a year as the book gives them."""
    if mart != "facts":
        return edition.mart(mart)[column].to_list()
    ends = {"change": "value", "low": "low", "high": "high"}[column]
    return [getattr(FactBook(edition).change(i), ends) for i in edition.facts["fact_id"]]


def test_a_changed_fact_changes_every_place_that_prints_it(full):
    changed = full.facts.with_columns(
        pl.when(pl.col("fact_id") == "headline.decline_factor").then(7.777).otherwise(pl.col("value")).alias("value")
    )
    made, book, _drawn = pages(editions.full_edition(facts=changed))
    assert "87\u202f%" in made["index"]
    sources = {p.text for p in book.printed if p.source == "change:headline.decline_factor.value"}
    assert sources == {"87\u202f%"}


@pytest.mark.parametrize("value", [3, 2.5, "2.5", "about 3", date(2026, 1, 1)])
def test_a_template_cannot_print_what_is_no_fact(value):
    with pytest.raises(UnsourcedFigure):
        environment().from_string("{{ x }}").render(x=value)
    with pytest.raises(UnsourcedFigure):
        only_facts(value)


def test_a_sentence_cannot_hold_a_figure_of_its_own():
    with pytest.raises(UnsourcedFigure):
        say("prices fell by 3 times")
    with pytest.raises(UnsourcedFigure):
        say("prices fell by {x}", x="3")


@pytest.mark.parametrize("name", sorted(p.name for p in TEMPLATES.glob("*.j2")))
def test_a_template_holds_no_figure_between_its_tags(name):
    text = (TEMPLATES / name).read_text()
    bare = re.sub(r"{%.*?%}|{{.*?}}|<style.*?</style>|<[^>]*>", " ", text, flags=re.S)
    assert not re.findall(r"\d", bare)


def test_the_same_edition_gives_the_same_bytes(full, full_pages):
    assert page(full) == full_pages[0]["index"]


def test_real_prices_trace_as_well(shared_data: Path):
    edition = editions.with_real_prices(shared_data)
    made, _book, _drawn = pages(edition)
    found = tracing.page_figures(made["prices"])
    assert sum(s is not None and s.startswith("mart:price_now") for _t, s in found) > 1000
    assert [f for f in found if f[1] is None or not tracing.agrees(f[0], tracing.look_up(edition, f[1]), f[1])] == []
