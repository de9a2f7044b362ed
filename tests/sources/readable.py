"""The pages every shared suite runs on: all specimens, and all captures where the study data are present."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sources.catalogue import UNTRUSTED, Source, sources
from sources.pages.quote import LeftOut, Quote
from sources.trials.exactness import rows_of

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DEFLATION_DATA", ROOT.parent / "shared" / "data"))


@dataclass(frozen=True)
class Reading:
    """A page with what its source makes of it: quotes and comparable rows, or the refusal's sentence."""

    source: Source
    path: Path
    quotes: tuple[Quote, ...]
    rows: tuple[dict[str, str], ...]
    refusal: str
    left_out: tuple[LeftOut, ...] = ()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")


def specimens(source: Source) -> list[Path]:
    """The specimen pages of a source (its golden rows apart)."""
    return sorted(p for p in (source.folder / "specimens").glob("*") if not p.name.endswith(".golden.csv"))


def captures(source: Source) -> list[Path]:
    """The real captures of a source; none where the study data are absent."""
    kind = "prices" if source.kind == "prices" else "hardware"
    return sorted(p for p in (DATA / kind / "captures" / source.name).glob("*") if p.is_file())


def pages(*, largest: int = 10_000_000, real: bool = True) -> list[tuple[str, Path]]:
    """``(source key, page)`` of every specimen and, with ``real``, every capture that is text up to ``largest`` bytes."""
    return [
        (key, path)
        for key, source in sources().items()
        for path in specimens(source) + (captures(source) if real else [])
        if path.stat().st_size <= largest and path.suffix not in (".gz", ".pdf", ".zip")
    ]


def name(page: tuple[str, Path]) -> str:
    """The test id of a page."""
    return f"{page[0]}:{page[1].name}"


@lru_cache(maxsize=512)
def reading(key: str, path: Path) -> Reading:
    """What the source makes of the page, read once for all suites."""
    return read(key, path, path.read_bytes())


def read(key: str, path: Path, body: bytes) -> Reading:
    """What the source makes of ``body``; anything but rows or a named refusal propagates and fails the test."""
    source = sources()[key]
    try:
        parsed = source.parsed(body)
    except UNTRUSTED as error:
        return Reading(source, path, (), (), str(error))
    return Reading(source, path, parsed.quotes, tuple(rows_of(source.kind, list(parsed.quotes))), "", parsed.left_out)
