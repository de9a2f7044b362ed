"""Reading all archived captures again: drop the kept rows, read, and say what changed, source by source.

Parsed rows are kept by (capture, parser) hash, so nothing here is needed for a fix to take effect; it makes
the effect visible before it is published, and clears rows of parsers that are gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from sources.captures import folds_of, read_captures, rows_of
from sources.catalogue import Source
from sources.fetching.archive import Archive
from sources.pages.quote import PageChanged
from sources.reading.cache import Cache
from sources.reading.parsed import unpacked


@dataclass(frozen=True, slots=True)
class Change:
    """One source read again. ``rows_before`` counts the kept rows of its captures; ``differing`` captures read differently."""

    source: str
    captures: int
    rows_before: int
    rows_after: int
    differing: int
    problems: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether any capture reads differently than before."""
        return self.differing > 0

    def __str__(self) -> str:
        said = f"{self.source:<26}{self.captures:>4} captures {self.rows_before:>7} rows before {self.rows_after:>7} now"
        said += f"  {self.differing} captures read differently" if self.differing else ""
        return said + "".join(f"\n    refused: {p}" for p in self.problems)


def reparsed(sources: Iterable[Source], archive: Archive, cache: Path, as_of: date) -> list[Change]:
    """Drop the kept rows of each source's captures, read them again, and compare; sources without captures are left out."""
    changes, kept = [], Cache(cache)
    for source in sources:
        bodies = sorted({c.sha256 for c in archive.captures(source.key)})
        if not bodies:
            continue
        before = {sha: _kept(kept, sha) for sha in bodies}
        kept.drop(folds_of(source))
        for sha in bodies:
            kept.drop(rows_of(sha))
        reading = read_captures(source, archive, as_of, cache)
        after = {sha: _kept(kept, sha) for sha in bodies}
        differing = sum(not _equal(before[sha], after[sha]) for sha in bodies)
        changes.append(Change(source.key, len(bodies), _rows(before), _rows(after), differing, reading.problems))
    return changes


def _kept(cache: Cache, sha256: str) -> pl.DataFrame | None:
    """The rows kept last for a body; None where none are kept, or a refusal."""
    packed = cache.newest(rows_of(sha256))
    try:
        return None if packed is None else unpacked(packed).rows
    except PageChanged:
        return None


def _equal(before: pl.DataFrame | None, after: pl.DataFrame | None) -> bool:
    if before is None or after is None:
        return before is after
    return before.equals(after)


def _rows(frames: dict[str, pl.DataFrame | None]) -> int:
    return sum(f.height for f in frames.values() if f is not None)
