"""The catalogue of sources: every folder of a kind with a ``contract.toml`` and a declaration or a ``parse.py``. No list to edit.

``layout.toml`` declares what a provider's words mean to the reader of all pages (``sources.pages.layout``); ``parse.py`` is code
for a page that is no list of prices. Where both stand, the code leaves to the declaration what it was not written for.
``list.toml`` declares a machine-readable list of models (``sources.pages.lists``), whatever else stands beside it. ``sheet.toml``
declares how a maker names its accelerators and what its rates mean, to the reader of all spec sheets (``sources.pages.specs.sheets``).

A source is named ``KIND/NAME`` (``prices/anthropic``); KIND ``prices`` covers providers and aggregators,
``retirements`` makers' pages of deprecations.
``Source.read`` is the only way rows enter: page -> parser -> contract, or one of ``UNTRUSTED``.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import ModuleType

from sources.contract import ROUGH_USD, Contract, ContractBroken, breaches, kept_entries, read_contract
from sources.pages.layout.declaration import DEFAULTS, Layout, read_layout
from sources.pages.layout.read import read_page
from sources.pages.lifecycle import read_retirements
from sources.pages.lists import read_declaration, read_list
from sources.pages.page import Page
from sources.pages.quote import LeftOut, OtherLayout, PageChanged, Parsed, PriceQuote, Quote, RetirementQuote
from sources.pages.rentals.read import read_offers
from sources.pages.specs.sheets.declaration import SHARED, SheetWords, read_words
from sources.pages.specs.sheets.read import read_sheets
from units.quantity import TOKEN_UNITS, UnreadableQuantity

ROOT = Path(__file__).parent
FOLDERS = {
    "prices": ("providers", "aggregators"),
    "hardware": ("hardware",),
    "rentals": ("rentals",),
    "energy": ("energy",),
    "scores": ("scores",),
    "volumes": ("volumes",),
    "retirements": ("retirements",),
}
WITHOUT_CODE = {"retirements": read_retirements}
"""Kinds whose pages are all read in one way: their sources are a contract and specimens."""
DECLARED = ("parse.py", "layout.toml", "list.toml", "sheet.toml")
"""What makes a folder with a contract a source."""
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

    @cached_property
    def layout(self) -> Layout:
        """The source's ``layout.toml``, in the one currency of its contract where it names none; the shared words alone without a file."""
        path = self.folder / "layout.toml"
        layout = read_layout(path) if path.exists() else DEFAULTS
        only = self.contract.currencies[0] if len(self.contract.currencies) == 1 else ""
        return layout if layout.currency or not only else layout.model_copy(update={"currency": only})

    @cached_property
    def sheet(self) -> SheetWords:
        """The source's ``sheet.toml``; the shared words alone without a file."""
        path = self.folder / "sheet.toml"
        return read_words(path) if path.exists() else SHARED

    def _told(self, page: Page) -> Sequence[Quote | LeftOut]:
        """What the source's code reads on the page, else what its declaration does."""
        if self.kind in WITHOUT_CODE:
            return WITHOUT_CODE[self.kind](page)
        declared = self.folder / "list.toml"
        if declared.exists() and page.text.lstrip()[:1] in ("{", "["):
            return read_list(page, read_declaration(declared))
        if (self.folder / "parse.py").exists():
            try:
                return self.parser.parse(page)
            except OtherLayout:
                if not any((self.folder / name).exists() for name in ("layout.toml", "sheet.toml")):
                    raise
        if self.kind == "hardware":
            return read_sheets(page, self.sheet, self.contract.rank)
        return read_page(page, self.layout, self.contract.judge)

    @property
    def is_unproven(self) -> bool:
        """Whether a source that is asked has no body of its real shape held against it."""
        return self.contract.live and not self.contract.canary

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
            told = self._told(page)
            quotes = [q for q in told if not isinstance(q, LeftOut)]
            left_out = [q for q in told if isinstance(q, LeftOut)]
            if self._is_list(page):
                quotes, left_out = kept_entries(self.contract, quotes, left_out)
            broken = breaches(self.contract, quotes, left_out)
        except UNTRUSTED as error:
            raise type(error)(f"{self.key}: {error}") from error
        except Exception as error:  # a list of types is no bulkhead: csv, zlib and others raise their own
            raise PageChanged(
                f"{self.key}: expected a known layout, found one the parser cannot follow ({type(error).__name__}: {error})"
            ) from error
        if broken:
            raise ContractBroken(f"{self.key}: " + "; ".join(broken[:5]) + (f"; and {len(broken) - 5} more" * (len(broken) > 5)))
        return Parsed(tuple(map(self._named, quotes)), tuple(left_out))

    def _is_list(self, page: Page) -> bool:
        """Whether a body is a list of entries, not an archived page of a source that has become one."""
        return self.contract.is_list and (page.is_zip or self.contract.format == "csv" or page.text.lstrip()[:1] in ("{", "["))

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
                if kind in WITHOUT_CODE or any((contract.parent / name).exists() for name in DECLARED):
                    found[f"{kind}/{contract.parent.name}"] = Source(kind, contract.parent)
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Stranger(Source):
    """A provider, maker or cloud nobody has declared: its pages are read by the shared words, against what holds of any."""

    @cached_property
    def contract(self) -> Contract:
        """What is owed by a page of anybody."""
        prices = self.kind == "prices"
        return Contract(
            title=self.name,
            publisher=self.name,
            rank="secondary" if self.kind == "hardware" else "host",
            urls=[],
            format="html",
            robots="",
            terms="",
            live=False,
            currencies=list(ROUGH_USD) if prices else ["USD"],
            units=list(TOKEN_UNITS) if prices else [],
        )

    @cached_property
    def layout(self) -> Layout:
        """The shared words alone: no currency but the one printed."""
        return DEFAULTS

    def _told(self, page: Page) -> Sequence[Quote | LeftOut]:
        return read_offers(page, self.name) if self.kind == "rentals" else super()._told(page)


STRANGERS = ("prices", "hardware", "rentals")
"""Kinds whose pages are read in one way whoever wrote them."""


def stranger(name: str, kind: str = "prices") -> Source:
    """A source for the pages of a provider, maker of accelerators or cloud without a folder; ``kind`` is one of ``STRANGERS``."""
    return Stranger(kind, ROOT / FOLDERS[kind][0] / name)


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
