"""One body to rows: read by the source's parser, judged row by row, framed. This is what runs in the sandbox.

``in_process`` and ``Confined`` give the same of the same body; a run uses the second, where a parser that hangs,
eats memory or aborts costs a child process and becomes its source's failure.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cache as remembered
from pathlib import Path

import polars as pl
from polars.datatypes import DataTypeClass

from sources.catalogue import UNTRUSTED, Source
from sources.freshness import stated_day
from sources.pages.quote import LeftOut, PageChanged, Quote
from sources.pages.wide import QUOTE_TYPES
from sources.reading.gate import judged
from sources.reading.sandbox import Crashed, Sandbox
from sources.reading.stretches import MOMENTS

log = logging.getLogger(__name__)

FRAMEWORK = (
    "sources/pages/**/*.py",
    "sources/pages/**/*.toml",
    "sources/contract.py",
    "sources/catalogue.py",
    "sources/reading/gate.py",
    "sources/reading/parsed.py",
    "sources/freshness.py",
    "units/quantity.py",
    "units/grammar.py",
)
"""What parsers share: a fix in one of these re-reads every capture, a fix in a source's folder only its own."""
RENTAL_NAMES = ("reference/specs/engine.py", "reference/accelerator_list.csv", "reference/accelerators.csv", "reference/rental_skus.csv")
"""By what rented parts are named and counted: a name mapped today is mapped in the captures of yesterday too."""
SPEC_READERS = ("sources/pages/specs/*.py", "reference/specs/*.py")

Schema = dict[str, DataTypeClass | pl.DataType]
LEFT_OUT: Schema = {f.name: pl.String for f in fields(LeftOut)}
"""What was on the page and is not among its rows, and why."""


@dataclass(frozen=True)
class Frames:
    """What one body says: ``rows`` in the columns of ``quote_schema`` that come from the page, ``left_out`` in those of ``LEFT_OUT``."""

    rows: pl.DataFrame
    left_out: pl.DataFrame
    stated_on: date | None = None
    """The day the body says of itself."""


Reader = Callable[[Source, bytes], bytes]
"""Source and body to the bytes that ``unpacked`` reads."""


def quote_schema(kind: str) -> Schema:
    """Columns of the quotes of one kind, in order."""
    own = [f.name for f in fields(QUOTE_TYPES[kind]) if f.name not in ("source", "row", "value", "observed_at")]
    moment = pl.Datetime("us", "UTC")
    schema: Schema = {
        "quote_id": pl.String,
        "source": pl.String,
        "snapshot_sha256": pl.String,
        "source_url": pl.String,
        "fetched_at": moment,
        "observed_at": pl.Date,
        "confirmed_at": pl.Date,
        "gone_at": moment,
    }
    schema |= {name: pl.String for name in own}
    schema |= {"value": pl.Float64} if kind != "retirements" else {}
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
    for path in [*sorted(source.folder.glob("*.py")), *sorted(source.folder.glob("*.toml")), *shared]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def in_process(source: Source, body: bytes) -> bytes:
    """Read a body here and now; whatever its parser raises is the answer's refusal, never an error of the caller."""
    return read_body(body, source.kind, str(source.folder))


class Confined:
    """Reads bodies in a sandbox. Close it when the reading is done."""

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        self.sandbox = sandbox or Sandbox(f"{__name__}:read_body")

    def __call__(self, source: Source, body: bytes) -> bytes:
        """As ``in_process``; a child that dies is a refusal too."""
        try:
            return self.sandbox(body, source.kind, str(source.folder))
        except Crashed as error:
            return _refusal(
                f"{source.key}: expected a page its parser can read, found one that stops it ({error})", error.log, passing=error.passing
            )

    def close(self) -> None:
        """End the child process."""
        self.sandbox.close()


def read_body(body: bytes, kind: str, folder: str) -> bytes:
    """A body's rows, or the sentence why it gives none, as bytes for ``unpacked``."""
    source = Source(kind, Path(folder))
    try:
        parsed = judged(source.parsed(body))
        rows = framed(source, parsed.quotes)
    except UNTRUSTED as error:
        cause = error.__cause__
        return _refusal(str(error), "" if cause is None or isinstance(cause, UNTRUSTED) else traceback.format_exc())
    except Exception as error:  # the bulkhead: what a stranger's page makes a reader raise is that page's refusal
        return _refusal(
            f"{source.key}: expected a page its parser can read, found one that stops it ({type(error).__name__}: {error})",
            traceback.format_exc(),
        )
    stated = stated_day(source.contract, body)
    head = {"left_out": list(map(asdict, parsed.left_out)), "stated_on": stated.isoformat() if stated else ""}
    return json.dumps(head).encode() + b"\n" + packed_frame(rows)


def unpacked(packed: bytes, *, told: str = "") -> Frames:
    """What ``read_body`` packed; raises ``PageChanged`` with its sentence. ``told``: the source for whom to log what it left for the log."""
    head, _, rest = packed.partition(b"\n")
    said = json.loads(head)
    if "refused" in said:
        if told and said["log"]:
            log.error("%s\n%s", said["refused"], said["log"], extra={"source": told})
        raise PageChanged(said["refused"])
    stated = said.get("stated_on", "")
    return Frames(
        pl.read_parquet(io.BytesIO(rest)), pl.DataFrame(said["left_out"], schema=LEFT_OUT), date.fromisoformat(stated) if stated else None
    )


def packed_frame(frame: pl.DataFrame) -> bytes:
    """A frame as Parquet bytes."""
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def framed(source: Source, quotes: Sequence[Quote]) -> pl.DataFrame:
    """Quotes as rows in the columns that come from the page."""
    schema = {name: kind for name, kind in quote_schema(source.kind).items() if name not in MOMENTS}
    columns: dict[str, list[object]] = {}
    for name, kind in schema.items():
        values = [getattr(q, "row" if name == "wide_row" else name) for q in quotes]
        columns[name] = [float(v) for v in values] if kind == pl.Float64 else values
    return pl.DataFrame(columns, schema=schema)


def is_passing(packed: bytes) -> bool:
    """Whether what ``read_body`` packed is a refusal that another try may undo."""
    return bool(json.loads(packed.partition(b"\n")[0]).get("passing"))


def _refusal(sentence: str, words: str, *, passing: bool = False) -> bytes:
    return json.dumps({"refused": " ".join(sentence.split())[:2000], "log": words, "passing": passing}).encode() + b"\n"
