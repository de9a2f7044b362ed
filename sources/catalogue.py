"""The catalogue of sources: every folder of a kind with a ``contract.toml`` and a ``parse.py``. No list to edit.

A source is named ``KIND/NAME`` (``prices/anthropic``); KIND ``prices`` covers providers and aggregators,
``retirements`` makers' pages of deprecations.
``Source.read`` is the only way rows enter: page -> parser -> contract, or one of ``UNTRUSTED``.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType

from sources.contract import Contract, ContractBroken, breaches, kept_entries, read_contract
from sources.pages.lifecycle import read_retirements
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, Parsed, PriceQuote, Quote, RetirementQuote
from units.quantity import UnreadableQuantity

ROOT = Path(__file__).parent
FOLDERS = {"prices": ("providers", "aggregators"), "hardware": ("hardware",), "rentals": ("rentals",),
           "energy": ("energy",), "retirements": ("retirements",)}
WITHOUT_CODE = {"retirements": read_retirements}
"""Kinds whose pages are all read in one way: their sources are a contract and specimens."""
UNTRUSTED = (PageChanged, ContractBroken, UnreadableQuantity)
"""The named errors of a page that gives no rows."""


@dataclass(frozen=True)
class Source:
    """One source folder: its contract, parser and specimens."""

    kind: str
    folder: Path

    @property
    def name(self) -> str:
        """The folder's name, unique within its kind."""
        return self.folder.name

    @property
    def key(self) -> str:
        """``KIND/NAME``, the name a user types and the id in every row."""
        return f"{self.kind}/{self.name}"

    @cached_property
    def contract(self) -> Contract:
        """The source's ``contract.toml``, read once."""
        return read_contract(self.folder / "contract.toml")

    @cached_property
    def parser(self) -> ModuleType:
        """The module ``parse.py`` of the folder; exposes ``parse(page: Page) -> list[Quote | LeftOut]``."""
        return importlib.import_module(f"sources.{self.folder.parent.name}.{self.name}.parse")

    def read(self, body: bytes) -> list[Quote]:
        """All quotes of a page, or one of ``UNTRUSTED`` whose message starts with the source's key."""
        return list(self.parsed(body).quotes)

    def parsed(self, body: bytes) -> Parsed:
        """What a page gives and what was left out of it, or one of ``UNTRUSTED`` naming the source.

        The page decides its layout; the file name, date and address are not known here. Of a list (JSON, CSV, ZIP) an
        entry that breaks the contract is left out like one that is not understood; a page is kept or refused whole.
        """
        page = Page(body)
        try:
            if self.contract.format in ("html", "markdown", "text", "rst") and len(page.raw) > self.contract.largest_page_bytes:
                raise PageChanged(f"expected a page of at most {self.contract.largest_page_bytes} bytes, found {len(page.raw)}")
            if page.is_blocked:
                raise PageChanged("expected content, found a challenge or denial page")
            if page.is_cut_short:
                raise PageChanged("expected a whole document, found one that ends before </html>; fetch it again")
            told = WITHOUT_CODE[self.kind](page) if self.kind in WITHOUT_CODE else self.parser.parse(page)
            quotes = [q for q in told if not isinstance(q, LeftOut)]
            left_out = [q for q in told if isinstance(q, LeftOut)]
            quotes, left_out = kept_entries(self.contract, quotes, left_out)
            broken = breaches(self.contract, quotes, left_out)
        except UNTRUSTED as error:
            raise type(error)(f"{self.key}: {error}") from error
        except Exception as error:  # a list of types is no bulkhead: csv, zlib and others raise their own
            raise PageChanged(
                f"{self.key}: expected a known layout, found one the parser cannot follow "
                f"({type(error).__name__}: {error})"
            ) from error
        if broken:
            raise ContractBroken(f"{self.key}: " + "; ".join(broken[:5]) + (f"; and {len(broken) - 5} more" * (len(broken) > 5)))
        return Parsed(tuple(map(self._named, quotes)), tuple(left_out))

    def _named(self, quote: Quote) -> Quote:
        if isinstance(quote, PriceQuote | RetirementQuote) and not quote.provider:
            return replace(quote, source=self.key, provider=self.name)
        return replace(quote, source=self.key)


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Every source by key, in sorted order."""
    found = {}
    for kind, folders in FOLDERS.items():
        for folder in folders:
            for contract in sorted((ROOT / folder).glob("*/contract.toml")):
                if kind in WITHOUT_CODE or (contract.parent / "parse.py").exists():
                    found[f"{kind}/{contract.parent.name}"] = Source(kind, contract.parent)
    return dict(sorted(found.items()))


def of_kinds(*kinds: str) -> tuple[str, ...]:
    """The keys of the sources of some kinds in sorted order; of all kinds when none is named."""
    return tuple(key for key, one in sources().items() if not kinds or one.kind in kinds)


def source(key: str) -> Source:
    """The source named ``KIND/NAME``; raises ``KeyError`` with the known names of that kind."""
    known = sources()
    if key not in known:
        kind = key.partition("/")[0]
        near = [k for k in known if k.startswith(f"{kind}/")] or sorted({k.partition("/")[0] for k in known})
        raise KeyError(f"there is no source {key!r}; known: {', '.join(near)}")
    return known[key]
