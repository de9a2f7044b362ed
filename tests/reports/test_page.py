"""The page and the text with missing and hostile data; self-containment; accessibility that can be counted."""

from __future__ import annotations

import re

import editions
import polars as pl
import pytest
from lxml import html as lxml_html

from reports import charts
from reports.contract import FACTS, MARTS
from reports.facts import FactBook
from reports.inputs import Edition, InvalidEdition
from reports.page.render import page
from reports.page.text import text
from reports.sections import sections


@pytest.mark.parametrize("missing", sorted(MARTS))
def test_a_missing_mart_is_said_and_breaks_nothing(missing):
    kept = {k: v for k, v in editions.marts().items() if k != missing}
    edition = editions.full_edition(marts=kept)
    said = text(edition)
    alone = {s.key for s in sections(FactBook(edition)) if s.missing}
    whole = {s.key for s in sections(FactBook(editions.full_edition())) if s.missing}
    assert whole == set() and len(alone) <= 1
    assert ("Not yet measured" in said) == (bool(alone) or missing == "price_now")


@pytest.mark.parametrize("missing", ["frontier", "forecasts", "price_now"])
def test_a_page_without_a_mart_renders(missing):
    made = page(editions.full_edition(marts={k: v for k, v in editions.marts().items() if k != missing}))
    assert made.endswith("</html>") and "2.6×" in made


def test_an_empty_edition_says_that_nothing_is_measured():
    edition = Edition(editions.AS_OF, "v")
    made = page(edition)
    assert made.count("Not yet measured") >= len(sections(FactBook(edition)))
    assert "not yet measured" in lxml_html.fromstring(made).findtext(".//h1")
    assert "Not yet measured" in text(edition)


@pytest.mark.parametrize("fact_id", sorted(FACTS))
def test_a_missing_fact_breaks_nothing(fact_id):
    edition = editions.full_edition(facts=editions.facts().filter(pl.col("fact_id") != fact_id))
    assert "None" not in text(edition) and "nan" not in text(edition).lower().split()


def test_columns_that_are_missing_null_or_of_another_type_become_dashes():
    marts = editions.marts()
    marts["hardware_league"] = (
        marts["hardware_league"].drop("energy_j_per_token").with_columns(pl.lit("broken").alias("rental_usd_per_hour"))
    )
    marts["decline_rates"] = marts["decline_rates"].with_columns(
        pl.lit(float("nan")).alias("decline_upper_factor_per_year")
    )
    marts["jevons"] = marts["jevons"].with_columns(pl.lit(float("inf")).alias("spend_usd_per_week"))
    assert "inf" not in text(editions.full_edition(marts=marts)).split()


def test_a_fact_twice_is_refused_with_what_to_do():
    with pytest.raises(InvalidEdition, match="one row per fact_id"):
        editions.full_edition(facts=pl.concat([editions.facts(), editions.facts().head(1)]))


def test_the_page_fits_and_asks_for_nothing(full_page):
    made, _book = full_page
    assert len(made.encode()) < 2_500_000
    tree = lxml_html.fromstring(made)
    assert not tree.xpath("//link[@rel='stylesheet'] | //script[@src] | //iframe | //object | //embed")
    assert all(
        u.startswith(("data:", "#"))
        for u in tree.xpath("//img/@src | //*/@xlink:href", namespaces={"xlink": "http://www.w3.org/1999/xlink"})
    )
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy and "unsafe-eval" not in policy and "script-src 'sha256-" in policy
    assert "@import" not in made.split("</style>")[0] and "url(http" not in made.split("</style>")[0]


def test_the_page_can_be_read_without_eyes_and_without_scripts(full_page):
    tree = lxml_html.fromstring(full_page[0])
    assert len(tree.findall(".//h1")) == 1 and tree.get("lang") == "en"
    levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3", "h4")]
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
    figures = tree.xpath("//figure[@data-chart]")
    assert len(figures) == len(charts.ALL)
    for figure in figures:
        svg = figure.find(".//svg")
        assert svg is not None and svg.get("role") == "img" and len(svg.get("aria-label")) > 30
        assert figure.xpath(".//a[@download][starts-with(@href,'data:text/csv')]")
    assert all(
        t.find("caption") is not None or t.get("id") == "prices" or t.getparent().get("aria-label")
        for t in tree.iter("table")
    )
    assert all(th.get("scope") for th in tree.iter("th"))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))


def _contrast(a: str, b: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", [0, 1], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_their_ground(full_page, ground):
    blocks = re.findall(r":root\{([^}]*)\}", full_page[0].split("</style>")[0])
    colours = dict(re.findall(r"(--[a-z-]+):(#[0-9a-f]{6})", blocks[ground]))
    for name in ("--text", "--muted", "--link", "--warn"):
        assert _contrast(colours[name], colours["--bg"]) >= 4.5, name
    for name in (n for n in colours if n.startswith("--k-") and n != "--k-grid"):
        assert _contrast(colours[name], colours["--bg"]) >= 3.0, name


def test_names_with_markup_scripts_and_length_are_text(hostile_page):
    made, _book = hostile_page
    tree = lxml_html.fromstring(made)
    scripts = tree.xpath("//script[not(@type='application/json')]")
    assert len(scripts) == 2 and all("alert(" not in (s.text or "")[-5000:] for s in scripts)
    assert not tree.xpath("//*[@onerror or @onmouseover or @onload or @onclick]")
    assert not [u for u in tree.xpath("//@href") if u.lower().startswith(("javascript:", "vbscript:"))]
    assert len(tree.findall(".//h1")) == 1 and len(tree.findall(".//body")) == 1
    words = "".join(tree.xpath("//body//text()[not(ancestor::script)]"))
    assert "x" * 330 not in words and "{{ 7*7 }}" in words
    assert "\u202e" not in made and "\x00" not in made
    raw = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', made, flags=re.S)
    assert len(raw) == len(charts.ALL) + 1 and all("<" not in r for r in raw)


def test_the_text_of_a_hostile_edition_has_no_control_signs(hostile):
    assert all(c == "\n" or c.isprintable() or c == "\u202f" for c in text(hostile))


def test_an_edition_survives_storage(full, hostile):
    for edition in (full, hostile, Edition(editions.AS_OF, "v")):
        again = Edition.from_json(edition.to_json())
        assert again.to_json() == edition.to_json() and again.edition_id == edition.edition_id


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b'{"format": 99}', b"\xff\xfe", b'{"format": 1, "as_of": "x"}'])
def test_a_damaged_stored_edition_is_a_sentence(raw):
    with pytest.raises(InvalidEdition, match="stored edition"):
        Edition.from_json(raw)


def test_rows_in_another_order_are_the_same_edition(full):
    shuffled = {k: v.reverse() for k, v in editions.marts().items()}
    assert editions.full_edition(marts=shuffled, facts=editions.facts()).edition_id == full.edition_id


def test_a_year_of_daily_forecasts_still_fits_the_page():
    past = editions.marts()["past_forecasts"].head(60)
    many = pl.concat(
        [
            past.with_columns(pl.col("cutoff").dt.offset_by(f"-{k}d"), pl.lit(q).alias("quantile"))
            for k in range(365)
            for q in (0.25, 0.5)
        ]
    )
    edition = editions.full_edition(marts=editions.marts() | {"past_forecasts": many})
    drawn = charts.ALL["fan"](FactBook(edition)).data.filter(pl.col("layer") == "Earlier forecasts")
    assert 12 <= drawn["detail"].n_unique() <= charts.fan.EARLIER_SHOWN
    assert edition.mart("past_forecasts")["quantile"].unique().to_list() == [0.5]
