"""Tables as files for other tools, opened by those tools' own readers."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from reports.site import release
from warehouse.schema.tables import TABLES

DAY = date(2026, 11, 22)


def frames(edition) -> dict[str, pl.DataFrame]:
    made = {name: edition.facts if name == "facts.fact" else edition.mart(name.removeprefix("marts.")) for name in release.DEFAULT}
    return {name: keyed(frame, TABLES[name].key) for name, frame in made.items()}


def keyed(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """The rows with a key of their own where the test edition leaves it empty."""
    return frame.with_columns(pl.coalesce(c, pl.int_range(pl.len()).cast(frame.schema[c])).alias(c) for c in key).unique(
        key or None, keep="first", maintain_order=True
    )


@pytest.mark.parametrize("which", ["full", "hostile"])
def test_the_workbook_holds_every_row_and_no_formula(request, which):
    given = frames(request.getfixturevalue(which))
    book = openpyxl.load_workbook(io.BytesIO(release.workbook(given)))
    assert book.sheetnames == [n.rpartition(".")[2][:31] for n in given] + ["columns"]
    for name, frame in given.items():
        sheet = book[name.rpartition(".")[2][:31]]
        assert sheet.max_row == frame.height + 1 and [c.value for c in sheet[1]] == frame.columns
        assert all(cell.data_type != "f" and cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert book["columns"].max_row == 1 + sum(f.width for f in given.values())


def test_the_workbook_keeps_numbers_and_days(full):
    sheet = openpyxl.load_workbook(io.BytesIO(release.workbook({"marts.price_now": full.mart("price_now")})))["price_now"]
    head = [c.value for c in sheet[1]]
    first = dict(zip(head, [c.value for c in sheet[2]], strict=True))
    want = full.mart("price_now").row(0, named=True)
    assert first["price_output_usd_per_mtok"] == want["price_output_usd_per_mtok"] and first["valid_from"].date() == want["valid_from"]


def test_a_table_that_fits_no_sheet_is_refused_with_what_to_do(monkeypatch, full):
    monkeypatch.setattr(release, "EXCEL_ROWS", 10)
    with pytest.raises(ValueError, match="parquet or csv"):
        release.workbook({"marts.price_now": full.mart("price_now")})


@pytest.mark.parametrize("which", ["full", "hostile"])
def test_the_data_package_is_valid_by_the_standards_own_library(request, tmp_path: Path, which):
    from frictionless import Package

    for name, raw in release.files(frames(request.getfixturevalue(which)), "datapackage", DAY, "build").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    report = Package(str(tmp_path / "datapackage.json")).validate()
    faults = report.flatten(["title", "fieldName", "type", "note"])
    assert faults == []
    assert (tmp_path / "CITATION.cff").read_text().startswith("cff-version: 1.2.0\n")


def test_parquet_is_the_frame_itself(full):
    made = release.files({"marts.price_now": full.mart("price_now")}, "parquet", DAY, "b")
    assert pl.read_parquet(io.BytesIO(made["marts.price_now.parquet"])).equals(full.mart("price_now"))
