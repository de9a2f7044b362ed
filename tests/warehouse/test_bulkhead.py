"""Whatever one source raises, at whatever seam, is its own failed row: the others are read and nothing stops."""

from __future__ import annotations

import builtins
import csv
import dataclasses
import decimal
import json
import logging
import shutil
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import polars as pl
import pytest

import assets.collected
import sources.captures
import warehouse.bulkhead
from assets.job import Job
from sources.catalogue import source
from sources.fetching.archive import COPY, Archive
from sources.fetching.collect import fetch_all
from sources.fetching.fetch import Fetcher
from sources.health import capture_frame
from sources.reading.parsed import in_process
from tests.warehouse.conftest import READING
from warehouse.bulkhead import read_source, without_culprits
from warehouse.schema.tables import raw_name
from warehouse.store import Store, WarehouseUnusable

NOW, DAY = datetime(2026, 11, 27, 6, tzinfo=UTC), date(2026, 11, 28)
EVIL, GOOD = source("prices/minimax"), source("hardware/apple")


class Unheard(Exception):
    """An error that no list of types can hold, with a text of several lines."""

    def __str__(self) -> str:
        return "first line\nsecond line"


def kinds() -> list[Exception]:
    """One of every exception the interpreter has and some of the libraries', 50 in all or more."""
    made: list[Exception] = [
        Unheard(),
        zlib.error("x"),
        csv.Error("what it said"),
        json.JSONDecodeError("x", "y", 0),
        decimal.InvalidOperation("x"),
        pl.exceptions.ComputeError("x"),
        duckdb.ConversionException("x"),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
        ExceptionGroup("many", [ValueError("x")]),
    ]
    for kind in vars(builtins).values():
        if isinstance(kind, type) and issubclass(kind, Exception) and kind not in (type(e) for e in made):
            try:
                made.append(kind("what it said"))
            except TypeError:
                continue
    return made


KINDS = kinds()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    archive = Archive(tmp_path / "archive")
    for known in (EVIL, GOOD):
        page = max((p.read_bytes() for p in (known.folder / "specimens").iterdir() if p.suffix != ".csv"), key=len)
        archive.put(known.key, known.contract.urls[0], page, NOW, status=200 if known is EVIL else COPY)
    return tmp_path


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("store") / "build.duckdb")
    store.prepare((raw_name(EVIL.key), raw_name(GOOD.key)))
    return store


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


def only(name: str, error: Exception, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Raise where the evil source is among the arguments."""

    def fail(*given: Any, **named: Any) -> Any:
        if any(getattr(g, "key", g) in (EVIL.key, raw_name(EVIL.key)) or getattr(g, "source", "") == EVIL.key for g in given):
            raise error
        return otherwise(*given, **named)

    return fail


SEAMS: dict[str, Callable[[pytest.MonkeyPatch, Exception], dict[str, Any]]] = {
    "decode, parse and frame": lambda patch, error: {"read": only("read", error, in_process)},
    "parser": lambda patch, error: patch.setattr(EVIL.parser, "parse", raising(error)) or {},
    "archive": lambda patch, error: (
        patch.setattr(
            Archive, "captures", lambda self, key, kept=Archive.captures: raising(error)() if key == EVIL.key else kept(self, key)
        )
        or {}
    ),
    "contract": lambda patch, error: (
        patch.setattr(sources.captures, "_last_certain", only("contract", error, sources.captures._last_certain)) or {}
    ),
    "stamp": lambda patch, error: (
        patch.setattr(
            sources.captures,
            "extended",
            lambda stretches, page, look, *more, kept=sources.captures.extended, **named: (
                raising(error)() if look.url == EVIL.contract.urls[0] else kept(stretches, page, look, *more, **named)
            ),
        )
        or {}
    ),
    "health": lambda patch, error: (
        patch.setattr(
            warehouse.bulkhead,
            "reading_frame",
            lambda said, reading, *rest, kept=warehouse.bulkhead.reading_frame: (
                raising(error)() if said.key == EVIL.key and not reading.failed else kept(said, reading, *rest)
            ),
        )
        or {}
    ),
    "write": lambda patch, error: (
        patch.setattr(
            Store,
            "_write",
            lambda self, name, shaped, which, kept=Store._write: (
                raising(error)() if name == raw_name(EVIL.key) and shaped.height else kept(self, name, shaped, which)
            ),
        )
        or {}
    ),
}


@pytest.mark.parametrize("seam", SEAMS)
def test_whatever_is_raised_at_a_seam_of_a_source_is_its_failed_row_and_the_next_source_is_read(
    seam: str, home: Path, laid_out: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    logging.disable(logging.CRITICAL)
    laid_out.write("raw.capture", capture_frame(()))
    assert len(KINDS) >= 50
    try:
        for error in KINDS[:14]:
            shutil.rmtree(home / "cache", ignore_errors=True)
            with monkeypatch.context() as patch:
                told = read_source(EVIL, Archive(home / "archive"), DAY, laid_out, cache=home / "cache", **SEAMS[seam](patch, error))
            assert told["status"] == "failed" and "\n" not in told["message"], (seam, type(error))
            assert type(error).__name__ in told["message"] or " ".join(str(error).split()) in told["message"], (seam, type(error), told)
        with monkeypatch.context() as patch:
            good = read_source(GOOD, Archive(home / "archive"), DAY, laid_out, **SEAMS[seam](patch, KINDS[0]))
        assert good["status"] == "ok" and laid_out.read(raw_name(GOOD.key)).height > 0
    finally:
        logging.disable(logging.NOTSET)


def test_whatever_asking_one_address_raises_costs_that_address(tmp_path: Path) -> None:
    page = max((p.read_bytes() for p in (GOOD.folder / "specimens").iterdir() if p.suffix != ".csv"), key=len)
    logging.disable(logging.CRITICAL)
    try:
        for n, error in enumerate(KINDS):
            fetcher = Fetcher("test", clock=lambda: NOW, mirror=str(tmp_path / "mirror"))
            whole = fetcher.fetch
            host = GOOD.contract.urls[0].split("://")[1]
            (tmp_path / "mirror" / host).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "mirror" / host).write_bytes(page)
            fetcher.fetch = lambda said, raised=error, kept=whole, **given: (
                raising(raised)() if said.key == EVIL.key else kept(said, **given)
            )  # type: ignore[method-assign]
            asked = fetch_all(fetcher, [EVIL, GOOD], Archive(tmp_path / f"archive{n}"))
            by = {o.source: o for o in asked}
            assert by[EVIL.key].kind == "failed" and type(error).__name__ in str(by[EVIL.key].error), type(error)
            assert by[GOOD.key].kind == "fetched"
    finally:
        logging.disable(logging.NOTSET)


def test_the_traceback_of_a_failed_source_is_in_the_log_and_one_sentence_in_its_row(
    home: Path, laid_out: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out.write("raw.capture", capture_frame(()))
    monkeypatch.setattr(EVIL.parser, "parse", raising(Unheard()))
    told = read_source(EVIL, Archive(home / "archive"), DAY, laid_out)
    assert "Traceback" in caplog.text and "Unheard" in caplog.text
    assert f"deflation parse {EVIL.key} " in told["message"]


def test_a_state_folder_that_cannot_be_written_is_nobodys_failed_row(home: Path, laid_out: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "_write", raising(WarehouseUnusable("the disk is full")))
    with pytest.raises(WarehouseUnusable, match="full"):
        read_source(EVIL, Archive(home / "archive"), DAY, laid_out)


def test_a_run_of_the_assets_goes_on_and_its_check_is_red(home: Path, laid_out: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EVIL.parser, "parse", raising(Unheard()))
    chosen = [assets.collected.capture, assets.collected.source_asset(EVIL), assets.collected.source_asset(GOOD)]
    done = dg.materialize(
        chosen,
        instance=dg.DagsterInstance.ephemeral(),
        raise_on_error=False,
        resources={
            "job": dg.ResourceDefinition.hardcoded_resource(Job(DAY, home, home / "published.duckdb", "v")),
            "warehouse": dg.ResourceDefinition.hardcoded_resource(laid_out),
        },
    )
    assert done.success
    passed = {e.asset_key.path[-1]: e.passed for e in done.get_asset_check_evaluations()}
    assert passed == {raw_name(EVIL.key).removeprefix("raw."): False, raw_name(GOOD.key).removeprefix("raw."): True}


def rows(*keys: str) -> dict[str, pl.DataFrame]:
    return {"prices": pl.DataFrame({"source": keys})}


def test_rows_that_stop_a_joint_step_are_left_out_with_their_source_and_the_step_is_done_without_them(laid_out: Store) -> None:
    reading = READING | {"source": "a"}
    laid_out.write("raw.reading", pl.DataFrame([reading, reading | {"source": "b"}], schema_overrides={"observed_at": pl.Date}))

    def make(quotes: Any) -> list[str]:
        assert "b" not in quotes["prices"]["source"], "b is too much"
        return quotes["prices"]["source"].to_list()

    assert without_culprits(make, rows("a", "b", "c"), laid_out) == ["a", "c"]
    said = dict(laid_out.read("select source, status || ' ' || message from raw.reading").rows())
    assert said["a"] == "ok " and said["b"].startswith("failed b: its rows stop the step") and "b is too much" in said["b"]


def test_an_error_that_is_ours_is_blamed_on_nobody(laid_out: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        without_culprits(raising(ZeroDivisionError()), rows("a", "b"), laid_out)


def test_a_job_reads_in_process_unless_it_is_given_a_sandbox() -> None:
    assert next(f.default for f in dataclasses.fields(Job) if f.name == "read") is in_process
