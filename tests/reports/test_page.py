"""The page and the text with missing and hostile data; self-containment; accessibility that can be counted."""

from __future__ import annotations

import re

import editions
import polars as pl
import pytest
from lxml import html as lxml_html

from reports import charts
from reports.facts import FactBook
from reports.inputs import SHOWN, Edition, InvalidEdition
from reports.page.render import page, pages
from reports.page.text import text
from reports.sections import sections
from reports.site import site


@pytest.mark.parametrize("missing", sorted(SHOWN))
def test_a_missing_mart_is_said_and_breaks_nothing(missing):
    kept = {k: v for k, v in editions.marts().items() if k != missing}
    edition = editions.full_edition(marts=kept)
    said = text(edition)
    alone = {s.key for s in sections(FactBook(edition)) if s.missing}
    whole = {s.key for s in sections(FactBook(editions.full_edition())) if s.missing}
    assert whole == set() and len(alone) <= 1
    assert ("Not known" in said) == bool(alone)


@pytest.mark.parametrize("missing", ["frontier", "champion_forecasts", "price_now", "fact_freshness"])
def test_a_page_without_a_mart_renders(missing):
    made = page(editions.full_edition(marts={k: v for k, v in editions.marts().items() if k != missing}))
    assert made.endswith("</html>") and "fell 62" in made


def test_an_empty_edition_says_that_nothing_is_known():
    edition = Edition(editions.AS_OF, "v")
    made = pages(edition)[0]
    assert "not known" in lxml_html.fromstring(made["index"]).findtext(".//h1")
    assert all("Not known" in made[s.key] for s in sections(FactBook(edition)))
    assert "Not known" in made["prices"] and "first edition" in made["index"]
    assert "Not known" in text(edition)


@pytest.mark.parametrize("fact_id", editions.facts()["fact_id"].to_list())
def test_a_missing_fact_breaks_nothing(fact_id):
    edition = editions.full_edition(facts=editions.facts().filter(pl.col("fact_id") != fact_id))
    assert "None" not in text(edition) and "nan" not in text(edition).lower().split()


def test_a_value_of_another_type_becomes_a_dash():
    marts = editions.marts()
    marts["hardware_league"] = marts["hardware_league"].with_columns(pl.lit("broken").alias("rental_usd_per_hour"))
    marts["jevons"] = marts["jevons"].with_columns(pl.lit(float("inf")).alias("spend_factor_per_year"))
    assert "inf" not in text(editions.full_edition(marts=marts)).split()


@pytest.mark.parametrize("mart", sorted(SHOWN))
def test_an_absent_column_is_refused_by_name(mart):
    column = editions.declared_columns(mart)[-1]
    frame = editions.declared(f"marts.{mart}", editions.marts()[mart].head(1).to_dicts()).drop(column)
    with pytest.raises(InvalidEdition, match=column):
        editions.full_edition(marts={mart: frame})


def test_a_download_called_x_has_the_columns_and_rows_of_the_mart(full):
    for name, frame in editions.marts().items():
        assert full.mart(name).columns == list(editions.declared_columns(name)) and full.mart(name).height == frame.height


def test_a_fact_twice_is_refused_with_what_to_do():
    with pytest.raises(InvalidEdition, match="one row per fact_id"):
        editions.full_edition(facts=pl.concat([editions.facts(), editions.facts().head(1)]))


def test_the_pages_fit_and_ask_for_nothing(full_pages):
    for name, made in full_pages[0].items():
        assert len(made.encode()) < 600_000, name
        tree = lxml_html.fromstring(made)
        assert not tree.xpath("//link[@rel='stylesheet'] | //script[@src] | //iframe | //object | //embed | //img")
        policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert "default-src 'none'" in policy and "unsafe-eval" not in policy
        assert "@import" not in made.split("</style>")[0] and "url(http" not in made.split("</style>")[0]


def test_the_edition_is_six_hundred_words_three_charts_and_two_tables(full_pages):
    tree = lxml_html.fromstring(full_pages[0]["index"])
    words = [w for e in tree.xpath("//body//text()[not(ancestor::svg) and not(ancestor::script)]") for w in e.split()]
    assert 250 < len(words) <= 600
    assert len(tree.xpath("//figure")) <= 3 and len(tree.xpath("//table")) <= 2
    assert not tree.xpath("//script")


def test_every_link_inside_the_edition_leads_to_a_file_of_it(full):
    files = site.edition_files(full)
    for name in (n for n in files if n.endswith(".html")):
        tree = lxml_html.fromstring(files[name].decode())
        for href in tree.xpath("//a/@href"):
            target, _, anchor = href.partition("#")
            if href.startswith(("http", "../..")):
                continue
            assert not target or target in files, f"{name} -> {href}"
            if anchor and target.endswith(".html"):
                assert lxml_html.fromstring(files[target].decode()).xpath(f"//*[@id='{anchor}']"), f"{name} -> {href}"


def test_the_pages_can_be_read_without_eyes_and_without_scripts(full_pages):
    shown = 0
    for made in full_pages[0].values():
        tree = lxml_html.fromstring(made)
        assert len(tree.findall(".//h1")) == 1 and tree.get("lang") == "en"
        levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3", "h4")]
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))
        for figure in tree.xpath("//figure"):
            svg = figure.find(".//svg")
            assert svg is not None and svg.get("role") == "img" and len(svg.get("aria-label")) > 30
            assert len(figure.findtext("figcaption") or "") + len(figure.find("figcaption")) > 0
            shown += 1
        assert all(t.find("caption") is not None or t.get("id") == "prices" or t.getparent().get("aria-label") for t in tree.iter("table"))
        assert all(th.get("scope") for th in tree.iter("th"))
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
    assert shown >= len(charts.ALL)


def _contrast(a: str, b: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", [0, 1], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_their_ground(full_pages, ground):
    blocks = re.findall(r":root\{([^}]*)\}", full_pages[0]["index"].split("</style>")[0])
    colours = dict(re.findall(r"(--[a-z-]+):(#[0-9a-f]{6})", blocks[ground]))
    for name in ("--text", "--muted", "--link", "--warn"):
        assert _contrast(colours[name], colours["--bg"]) >= 4.5, name
    for name in (n for n in colours if n.startswith("--k-") and n not in ("--k-grid", "--k-ground")):
        assert _contrast(colours[name], colours["--bg"]) >= 3.0, name


def test_names_with_markup_scripts_and_length_are_text(hostile_pages):
    everything = ""
    for name, made in hostile_pages[0].items():
        tree = lxml_html.fromstring(made)
        assert all("alert(" not in (s.text or "") for s in tree.xpath("//script[not(@type='application/json')]"))
        assert all("<" not in s.text for s in tree.xpath("//script[@type='application/json']"))
        assert not tree.xpath("//*[@onerror or @onmouseover or @onload or @onclick]"), name
        assert not [u for u in tree.xpath("//@href") if u.lower().startswith(("javascript:", "vbscript:"))]
        assert len(tree.findall(".//h1")) == 1 and len(tree.findall(".//body")) == 1
        assert "\u202e" not in made and "\x00" not in made
        everything += "".join(tree.xpath("//body//text()[not(ancestor::script)]"))
    assert "x" * 330 not in everything and "{{ 7*7 }}" in everything


def test_the_text_of_a_hostile_edition_has_no_control_signs(hostile):
    assert all(c == "\n" or c.isprintable() or c == "\u202f" for c in text(hostile))


def test_an_edition_survives_storage(full, hostile):
    for edition in (full, hostile, Edition(editions.AS_OF, "v")):
        again = Edition.from_json(edition.to_json())
        assert again.to_json() == edition.to_json() and again.edition_id == edition.edition_id


def test_an_edition_issued_before_a_column_was_declared_can_still_be_read(full):
    import json

    stored = json.loads(full.to_json())
    gone = stored["marts"]["price_now"].pop("confirmed_at")
    stored["marts"]["a_mart_that_is_gone"] = {"x": [1]}
    again = Edition.from_json(json.dumps(stored).encode())
    assert gone and again.mart("price_now")["confirmed_at"].null_count() == full.mart("price_now").height
    assert page(again)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[1]", b'{"format": 99}', b"\xff\xfe", b'{"format": 1, "as_of": "x"}'])
def test_a_damaged_stored_edition_is_a_sentence(raw):
    with pytest.raises(InvalidEdition, match="stored edition"):
        Edition.from_json(raw)


def test_the_forecast_begins_where_the_measured_price_ends(full):
    drawn = charts.ALL["fan"](FactBook(full)).data
    measured, ahead = (drawn.filter(pl.col("layer") == name).sort("date") for name in ("Price", "Forecast"))
    assert ahead["date"][0] == measured["date"][-1] and ahead["value"][0] == measured["value"][-1]


def test_rows_in_time_are_in_order_and_the_cheapest_comes_first(full):
    for name, series in (("frontier", "series"), ("indices", "index_name"), ("cost_per_task", "benchmark")):
        for _key, rows in full.mart(name).group_by(series):
            assert rows["obs_date"].is_sorted()
    for _key, rows in full.mart("hardware_league").group_by("model"):
        assert rows["cost_usd_per_mtok"].is_sorted()


def test_rows_in_another_order_are_the_same_edition(full):
    shuffled = {k: v.reverse() for k, v in editions.marts().items()}
    assert editions.full_edition(marts=shuffled, facts=editions.facts()).edition_id == full.edition_id


def test_a_year_of_daily_forecasts_still_fits_the_page():
    past = editions.marts()["past_forecasts"].head(60)
    many = pl.concat(
        [past.with_columns(pl.col("cutoff").dt.offset_by(f"-{k}d"), pl.lit(q).alias("quantile")) for k in range(365) for q in (0.25, 0.5)]
    )
    edition = editions.full_edition(marts=editions.marts() | {"past_forecasts": many})
    drawn = charts.ALL["fan"](FactBook(edition)).data.filter(pl.col("layer") == "Earlier forecasts")
    assert 12 <= drawn["detail"].n_unique() <= charts.fan.EARLIER_SHOWN
