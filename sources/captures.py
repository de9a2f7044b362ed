"""From a source's captures to rows: every whole capture parsed, held against the contract, in order of time.

The result is a pure function of the captures known on a day and of the parser: a later capture never
changes what an earlier day saw. Parsed rows are cached by (capture, parser) hash, so a parser fix re-reads
exactly the captures of its own source. What prices mean over time belongs to ``history``.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta, timezone
from functools import cache as remembered
from pathlib import Path

import polars as pl
from polars.datatypes import DataTypeClass

from sources.catalogue import UNTRUSTED, Source
from sources.contract import live_breaches
from sources.fetching.archive import COPY, Archive, ArchiveUnusable, Snapshot, SnapshotCorrupt
from sources.pages.quote import LeftOut, Parsed, Quote
from sources.pages.wide import QUOTE_TYPES

FRAMEWORK = ("sources/pages/**/*.py", "sources/contract.py", "sources/catalogue.py", "units/quantity.py", "units/grammar.py")
"""What parsers share: a fix in one of these re-reads every capture, a fix in a source's folder only its own."""


RENTAL_NAMES = ("reference/specs/engine.py", "reference/accelerator_list.csv", "reference/accelerators.csv", "reference/rental_skus.csv")
SPEC_READERS = ("sources/pages/specs/*.py", "reference/specs/*.py")
"""By what rented parts are named and counted: a name mapped today is mapped in the captures of yesterday too."""


@dataclass(frozen=True)
class Reading:
    """What a source's captures say up to a day.

    ``quotes``: one row per printed figure of every good capture (columns of ``quote_schema``).
    ``last_good``: the newest capture that was believed. ``problems``: sentences, newest capture last.
    ``failed``: whether the newest capture was refused. ``left_out``: what the newest good capture of each address
    holds that was not understood (``LEFT_OUT_SCHEMA``).
    """

    source: str
    quotes: pl.DataFrame
    last_good: Snapshot | None = None
    problems: tuple[str, ...] = field(default=())
    failed: bool = False
    left_out: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LEFT_OUT_SCHEMA))

    @property
    def is_partial(self) -> bool:
        """Whether entries or blocks of the newest good captures were not understood."""
        return self.left_out.filter(pl.col("extent") != "amount").height > 0


_LEFT_OUT = {f.name: pl.String for f in fields(LeftOut)}
LEFT_OUT_SCHEMA: dict[str, DataTypeClass | pl.DataType] = {"source": pl.String, "source_url": pl.String, "snapshot_sha256": pl.String, "observed_at": pl.Date, **_LEFT_OUT}


def quote_schema(kind: str) -> dict[str, DataTypeClass | pl.DataType]:
    """Columns of the quotes of one kind, in order."""
    own = [f.name for f in fields(QUOTE_TYPES[kind]) if f.name not in ("source", "row", "value", "observed_at")]
    schema: dict[str, DataTypeClass | pl.DataType] = {
        "quote_id": pl.String, "source": pl.String, "snapshot_sha256": pl.String, "source_url": pl.String,
        "fetched_at": pl.Datetime("us", "UTC"), "observed_at": pl.Date, "confirmed_at": pl.Date,
    }
    schema |= {name: pl.String for name in own}
    schema |= {"value": pl.Float64}
    if kind == "prices":
        schema |= {"wide_row": pl.Int64}
    if kind == "rentals":
        schema |= {"accelerators_in_offer": pl.Int64}
    if kind == "volumes":
        schema |= {"period_days": pl.Int64}
    return schema


@remembered
def parser_version(source: Source) -> str:
    """A content hash of the parser, its contract, the reading framework and, for rentals, the names of parts and instances."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    more = {"hardware": SPEC_READERS, "rentals": RENTAL_NAMES}.get(source.kind, ())
    shared = [path for pattern in (*FRAMEWORK, *more) for path in sorted(root.glob(pattern))]
    for path in [*sorted(source.folder.glob("*.py")), source.folder / "contract.toml", *shared]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def read_captures(source: Source, archive: Archive, as_of: date, cache: Path | None = None) -> Reading:
    """Parse every capture of ``source`` fetched up to the end of ``as_of`` (UTC).

    A capture that is corrupt, cannot be trusted or breaks the contract is passed over with a sentence; the
    rows of the last good one stay. Captures of each address follow one another independently. A copy
    (status ``archive.COPY``) owes only what holds on a page of any date, and its refusal says nothing about
    how the source is now.
    """
    limit = datetime.combine(as_of + timedelta(days=1), time(), tzinfo=timezone.utc)
    try:
        captures = [c for c in archive.captures(source.key) if c.fetched_at < limit]
    except ArchiveUnusable as error:
        return Reading(source.key, _frame(source, []), problems=(str(error),), failed=True)
    good: list[tuple[pl.DataFrame, Snapshot]] = []
    out: dict[str, pl.DataFrame] = {}
    problems: list[str] = []
    names: dict[str, tuple[str, ...]] = {}
    rows: dict[str, int] = {}
    last: Snapshot | None = None
    failed = False
    seen: dict[str, str] = {}
    shown: dict[tuple[str, str, datetime], date] = {}
    begun: dict[str, tuple[str, str, datetime]] = {}
    for capture in captures:
        if seen.get(capture.url) == capture.sha256:
            shown[begun[capture.url]] = capture.fetched_at.date()
            last, failed = capture, False
            continue
        try:
            frame, left_out = _parsed(source, archive, capture, cache)
            broken = [] if capture.status == COPY else live_breaches(
                source.contract, _rows(source.kind, frame), _names(source.kind, frame), names.get(capture.url, ()), rows.get(capture.url, 0))
            if broken:
                raise UNTRUSTED[1](f"{source.key}: " + "; ".join(broken))
        except (*UNTRUSTED, SnapshotCorrupt) as error:
            problems.append(f"{capture.fetched_at:%Y-%m-%d} {capture.url}: {error}")
            failed = failed if capture.status == COPY else True
            continue
        if capture.status != COPY:
            names[capture.url], rows[capture.url] = _names(source.kind, frame), _rows(source.kind, frame)
        seen[capture.url], begun[capture.url] = capture.sha256, _place(capture)
        good.append((frame, capture))
        out[capture.url] = left_out.select(pl.lit(source.key).alias("source"), pl.lit(capture.url).alias("source_url"), pl.lit(capture.sha256).alias("snapshot_sha256"),
                                           pl.lit(capture.fetched_at.date()).alias("observed_at"), *_LEFT_OUT)
        last, failed = capture, False
    stamped = [_stamped(frame, c, shown.get(_place(c), _last_certain(c))) for frame, c in good]
    quotes = pl.concat(stamped) if stamped else _frame(source, [])
    return Reading(source.key, quotes, last, tuple(problems), failed, pl.concat([pl.DataFrame(schema=LEFT_OUT_SCHEMA), *out.values()]))


def _place(capture: Snapshot) -> tuple[str, str, datetime]:
    return capture.url, capture.sha256, capture.fetched_at


def _last_certain(capture: Snapshot) -> date:
    """The last day the page is certain to have been so: of a copy dated by a range, the range's first day."""
    first = capture.last_modified if capture.status == COPY else ""
    return date.fromisoformat(first) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", first) else capture.fetched_at.date()


def _rows(kind: str, frame: pl.DataFrame) -> int:
    """Rows of a reading: wide-form rows of a price page (all its quotes where it has none), else figures that are used."""
    return (frame["wide_row"].drop_nulls().n_unique() or frame.height) if kind == "prices" else _used(kind, frame).height


def _names(kind: str, frame: pl.DataFrame) -> tuple[str, ...]:
    column = "accelerator" if kind in ("hardware", "rentals") else "subject" if kind == "energy" else "model_label"
    return tuple(_used(kind, frame)[column].unique(maintain_order=True))


def _used(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Without the offers that were left out with a reason: they keep no promise of a contract."""
    return frame.filter(pl.col("left_out") == "") if kind == "rentals" else frame


def _parsed(source: Source, archive: Archive, capture: Snapshot, cache: Path | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The quotes of one capture without their capture columns, and what was left out, from the cache or the parser."""
    name = f"{capture.sha256[:24]}-{parser_version(source)}.parquet"
    kept = (cache / name, cache / "left_out" / name) if cache else ()
    if kept and all(k.exists() for k in kept):
        try:
            return pl.read_parquet(kept[0]), pl.read_parquet(kept[1])
        except (pl.exceptions.PolarsError, OSError):
            kept[0].unlink(missing_ok=True)
    parsed = source.parsed(archive.read(capture.sha256))
    frames = (_frame(source, list(parsed.quotes)), _left_out_frame(parsed))
    for path, frame in zip(kept, frames, strict=False):
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(draft)
        draft.replace(path)
    return frames


def _left_out_frame(parsed: Parsed) -> pl.DataFrame:
    return pl.DataFrame({name: [getattr(o, name) for o in parsed.left_out] for name in _LEFT_OUT}, schema=_LEFT_OUT)


def _frame(source: Source, quotes: list[Quote]) -> pl.DataFrame:
    schema = quote_schema(source.kind)
    columns: dict[str, list[object]] = {}
    for name in schema:
        attribute = "row" if name == "wide_row" else name
        if name in ("quote_id", "snapshot_sha256", "source_url", "fetched_at", "observed_at", "confirmed_at"):
            columns[name] = [None] * len(quotes)
        else:
            values = [getattr(q, attribute) for q in quotes]
            columns[name] = [float(v) for v in values] if schema[name] == pl.Float64 else values
    return pl.DataFrame(columns, schema=schema)


def _stamped(frame: pl.DataFrame, capture: Snapshot, confirmed_at: date) -> pl.DataFrame:
    """Add the capture columns; the quote's id is a hash of capture, place, component and figure.

    ``confirmed_at`` is the last day the address gave the same body again.
    """
    place = pl.concat_str(
        pl.lit(capture.sha256), pl.lit(capture.url), *(pl.col(c).cast(pl.String).fill_null("") for c in ("locator", "value_text")),
        *(pl.col(c).cast(pl.String).fill_null("") for c in ("component", "model_label", "field", "accelerator", "tier",
          "condition", "wide_row", "status") if c in frame.columns),
        pl.int_range(pl.len()).cast(pl.String), separator="\x1f",
    )
    ids = frame.select(place.alias("place"))["place"].to_list()
    return frame.with_columns(
        pl.Series("quote_id", [hashlib.sha256(i.encode()).hexdigest()[:24] for i in ids], dtype=pl.String),
        pl.lit(capture.sha256).alias("snapshot_sha256"), pl.lit(capture.url).alias("source_url"),
        pl.lit(capture.fetched_at).dt.cast_time_unit("us").alias("fetched_at"),
        pl.lit(capture.fetched_at.date()).alias("observed_at"), pl.lit(confirmed_at).alias("confirmed_at"),
    )
