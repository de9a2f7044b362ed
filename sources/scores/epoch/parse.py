"""Epoch AI's hub: a zip with one CSV per benchmark, a row per run, named by the file (``gpqa_diamond.csv``).

Read are the tables of Epoch's own runs: those with the columns ``Model version``, ``mean_score`` and ``Started at``. Tables
named ``_external`` belong to others and are left alone. A trailing ``_vN`` of the file is the version; the effort is the
part of a model's version after its last underscore. Scores are shares.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal

from sources.pages.page import MAX_BYTES, Page
from sources.pages.quote import LeftOut, PageChanged, ScoreQuote

_COLUMNS = {"Model version", "mean_score", "Started at"}


def parse(page: Page) -> list[ScoreQuote | LeftOut]:
    """One score per run; raises ``PageChanged`` for another body or an archive without a table of runs."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(page.raw))
        members = sorted(archive.infolist(), key=lambda i: i.filename)
        if sum(m.file_size for m in members) > MAX_BYTES:
            raise PageChanged(f"expected at most {MAX_BYTES} bytes in the archive, found more")
        tables = {
            m.filename: archive.read(m).decode("utf-8-sig", errors="replace")
            for m in members
            if m.filename.endswith(".csv") and not m.filename.endswith("_external.csv")
        }
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise PageChanged(f"expected a zip archive, found another body ({error})") from error
    out = [quote for name, text in tables.items() for quote in _table(name, text)]
    if not any(isinstance(q, ScoreQuote) for q in out):
        raise PageChanged(f"expected a table of runs with the columns {sorted(_COLUMNS)}, found {len(tables)} other tables")
    return out


def _table(name: str, text: str) -> Iterator[ScoreQuote | LeftOut]:
    rows = csv.DictReader(io.StringIO(text))
    if not set(rows.fieldnames or ()) >= _COLUMNS:
        return
    stem = name.rsplit("/", 1)[-1].removesuffix(".csv")
    version = re.search(r"_v(\d+)$", stem)
    benchmark = stem[: version.start()] if version else stem
    for i, row in enumerate(rows):
        locator, label = f"{name}, row {i + 2}", row["Model version"] or ""
        if not row["mean_score"] or not label:
            continue
        if not re.fullmatch(r"\d*\.?\d+(e-?\d+)?", row["mean_score"]) or not 0 <= float(row["mean_score"]) <= 1:
            yield LeftOut(subject=label, reason=f"a mean score of {row['mean_score'][:20]!r}, not a share", locator=locator)
            continue
        yield ScoreQuote(
            model_label=label,
            benchmark=benchmark,
            benchmark_version=f"v{version[1]}" if version else "",
            measurer="Epoch AI",
            value=Decimal(row["mean_score"]),
            value_text=row["mean_score"],
            unit="share",
            measured_on=(row["Started at"] or "")[:10],
            evidence=f"{label}: {row['mean_score']} ({row['Started at']})",
            locator=locator,
        )
