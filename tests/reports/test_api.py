"""The site's data files and feeds: valid against their own schema, the same rows as the marts, safe names, links that resolve."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import editions
import jsonschema
import polars as pl
import pytest
from lxml import etree

from reports.inputs import Edition
from reports.site import api, site
from reports.site.feeds import editions_feed, moves_feed

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def history() -> pl.DataFrame:
    names = [
        ("openai", "gpt-4o"),
        ("openai", "gpt-4o"),
        ("deepinfra", "atlas-70b"),
        ("../../etc", "passwd"),
        ("a/b", "<script>"),
        ("x" * 500, "模型"),
    ]
    return editions.declared("marts.price_history", [
        {"provider": p, "model": m, "tier": "standard", "price_input_usd_per_mtok": 2.5, "price_output_usd_per_mtok": 10.0,
         "valid_from": editions.AS_OF - timedelta(days=400 - i), "status": "confirmed", "interval_id": f"i{i}"} for i, (p, m) in enumerate(names)
    ])  # fmt: skip


def with_history(rows: pl.DataFrame, **more) -> Edition:
    return editions.full_edition(marts=editions.marts() | {"price_history": rows}, **more)


@pytest.fixture(scope="module")
def priced() -> Edition:
    return with_history(history())


@pytest.fixture(scope="module")
def files(priced) -> dict[str, bytes]:
    return dict(api.files(priced))


def test_every_document_is_valid_against_the_published_schema(files):
    schema = json.loads(files["v1/schema.json"])
    jsonschema.Draft202012Validator.check_schema(schema)
    for name in api.TABLES:
        validator = jsonschema.Draft202012Validator(schema | {"$ref": f"#/$defs/{name}"}, format_checker=jsonschema.FormatChecker())
        validator.validate(json.loads(files[f"v1/{name}.json"]))
    one = jsonschema.Draft202012Validator(schema | {"$ref": "#/$defs/history"})
    for row in json.loads(files["v1/history/index.json"])["rows"]:
        one.validate(json.loads(files[f"v1/{row['path']}"]))


def test_the_schema_refuses_a_row_that_lacks_a_column_or_has_another(files):
    validator = jsonschema.Draft202012Validator(json.loads(files["v1/schema.json"]) | {"$ref": "#/$defs/prices"})
    document = json.loads(files["v1/prices.json"])
    for spoil in (
        lambda row: row.pop("confirmed_at"),
        lambda row: row.update(colour="red"),
        lambda row: row.update(price_input_usd_per_mtok="1"),
    ):
        broken = json.loads(files["v1/prices.json"])
        spoil(broken["rows"][0])
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(broken)
    assert document["version"] == 1 and document["as_of"] == editions.AS_OF.isoformat()


@pytest.mark.parametrize("name", sorted(api.TABLES))
def test_json_and_parquet_hold_the_rows_of_the_mart(files, priced, name):
    frame = priced.facts if name == "facts" else priced.mart(api.TABLES[name].removeprefix("marts."))
    assert pl.read_parquet(io.BytesIO(files[f"v1/{name}.parquet"])).equals(frame)
    assert (
        len(json.loads(files[f"v1/{name}.json"])["rows"]) == frame.height == json.loads(files["v1/index.json"])["documents"][name]["rows"]
    )


def test_a_model_has_its_history_in_one_file_whatever_it_is_called(files):
    rows = json.loads(files["v1/history/index.json"])["rows"]
    assert {(r["provider"], r["model"]): r["rows"] for r in rows}[("openai", "gpt-4o")] == 2
    assert "v1/history/openai/gpt-4o.json" in files
    assert len({r["path"] for r in rows}) == len(rows) == 5
    assert all(".." not in name and len(name) < 200 and name.isascii() and not set(name) & set(" <>'\"") for name in files)


def test_the_badge_says_the_first_measure_and_the_day(files):
    tree = etree.fromstring(files["v1/badge.svg"])
    assert tree.get("aria-label") == "AI inference: fell 62\u202f% in a year (2026-11-22)"


def test_the_site_replaces_its_data_and_drops_what_is_gone(tmp_path):
    site.publish(tmp_path, with_history(history(), as_of=editions.AS_OF - timedelta(days=1)))
    assert (tmp_path / "v1/history/openai/gpt-4o.json").exists()
    newest = with_history(history().filter(pl.col("provider") != "openai"))
    site.publish(tmp_path, newest)
    assert not (tmp_path / "v1/history/openai/gpt-4o.json").exists()
    assert json.loads((tmp_path / "v1/index.json").read_bytes())["edition"] == newest.edition_id


def test_a_report_for_an_earlier_day_leaves_the_data_of_the_newest(tmp_path, priced):
    site.publish(tmp_path, priced)
    site.publish(tmp_path, with_history(history(), as_of=editions.AS_OF - timedelta(days=9)))
    assert json.loads((tmp_path / "v1/index.json").read_bytes())["as_of"] == editions.AS_OF.isoformat()


def valid_atom(raw: bytes) -> etree._Element:
    """RFC 4287, section 4.1: what a feed and an entry must have."""
    tree = etree.fromstring(raw)
    assert tree.tag == f"{{{ATOM['a']}}}feed"
    for owner in (tree, *tree.findall("a:entry", ATOM)):
        for must in ("id", "title", "updated"):
            assert len(owner.findall(f"a:{must}", ATOM)) == 1 and owner.findtext(f"a:{must}", namespaces=ATOM)
    assert tree.find("a:author", ATOM) is not None
    ids = [e.findtext("a:id", namespaces=ATOM) for e in tree.findall("a:entry", ATOM)]
    assert len(ids) == len(set(ids))
    for entry in tree.findall("a:entry", ATOM):
        assert (
            entry.find("a:content", ATOM) is not None
            or entry.find("a:link[@rel='alternate']", ATOM) is not None
            or entry.find("a:link", ATOM) is not None
        )
    return tree


@pytest.mark.parametrize("base", ["https://deflation.example", ""])
def test_both_feeds_are_atom_with_content_and_absolute_links_or_none(tmp_path, priced, base):
    site.publish(tmp_path, priced, base)
    for name in ("feed.xml", "prices.xml"):
        tree = valid_atom((tmp_path / name).read_bytes())
        entries = tree.findall("a:entry", ATOM)
        assert entries and all(e.findtext("a:content", namespaces=ATOM) for e in entries)
        assert all(link.get("href").startswith("https://") for link in tree.iter(f"{{{ATOM['a']}}}link"))
    assert "HOW FAST DOES THE PRICE MOVE" in (tmp_path / "feed.xml").read_text()


def test_the_price_feed_holds_confirmed_moves_alone(full):
    rows = editions.marts()["price_events"].with_columns(
        status=pl.when(pl.col("kind") == "rise").then(pl.lit("held")).otherwise(pl.lit("confirmed"))
    )
    tree = valid_atom(moves_feed(editions.full_edition(marts={"price_events": rows}), "https://deflation.example"))
    titles = [e.findtext("a:title", namespaces=ATOM) for e in tree.findall("a:entry", ATOM)]
    assert len(titles) == 5 and not any("raised" in t for t in titles) and any("withdrew" in t for t in titles)


def test_hostile_names_leave_the_feeds_well_formed(hostile):
    valid_atom(moves_feed(hostile, "https://deflation.example"))
    listed = site.Listed("2026-11-22-x", "2026-11-22", "v", "<b>&]]>", "", "c", "d", 1)
    valid_atom(editions_feed([listed], "", {}))
