"""``sheet.toml``: what a maker's sheets mean where the words that all sheets share do not say it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sources.pages.specs.labels import Meaning, meaning
from sources.pages.specs.rows import DENSE_FIRST, PAIRED

_STRAY_WORDS = re.compile(
    r"\b(?:gpus?|accelerators?|tensor|core|product|data ?sheet|specifications?|"
    r"specs?|technical|key|values?|columns?|model|system|chip|details?|features?|parameters?|the)\b|[\d^¹²³*.:|()]",
    re.IGNORECASE,
)


_HEAD_CHARACTERS = 120
_DESIGNATION = re.compile(
    r"(?<![\w.-])(?:[A-Z]{3} \d{4}(?: (?:Ti|SUPER|XTX?|Ada))*|[A-Z]{1,4}-?\d{1,4}[A-Za-z]{0,2}|[A-Z][a-z]{3,} ?\d{1,3}[A-Za-z]?|[A-Z]{2,4} ?v\d[a-z]?)(?![\w.-])"
    r"(?: \d{2,3} ?GB)?(?: (?:SXM\d?|PCIe|NVL(?!\d)))?(?! (?:series|Series))"
)
"""What the designation of a part looks like: capital letters or a capitalised word with a number, and its variant."""
_NO_PART = re.compile(
    r"(?:[A-Z]{2,4} )?(?:b?FP|BF|TF|INT|UINT|HBM|GDDR|LPDDR|DDR|PCIE?|GEN|SXM|NVL|CC|CUDA|Q|FY|ISO|USB|HDMI|H26|AV|E[345]M|TSMC|Version|Page|Table|Figure|Chapter"
    r"|Part|Step|Note|January|February|March|April|June|July|August|September|October|November|December|Generation)-? ?\d",
    re.IGNORECASE,
)
"""Designations of other things: formats, memories, buses, dates, parts of a document."""


@dataclass(frozen=True, slots=True)
class Product:
    """One accelerator of a sheet: its name, and where in the text it is named. ``name`` holds ``{n}`` where a column is of n of them."""

    name: str
    start: int
    end: int


class SheetWords(BaseModel):
    """A maker's declaration: how its parts are named, and what its rates mean where nothing is said."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    names: dict[str, str] = {}
    """Pattern -> name of the accelerator, with the pattern's groups."""
    words: dict[str, str] = {}
    """Pattern of a label -> what it means (``memory``, ``bandwidth``, ``tdp``, ``link``, ``ignored``), stronger than the shared words."""
    silent: bool = False
    """Whether sheets of this maker that say nothing of sparsity print sparse rates too: such rates are left out (else they are dense)."""
    dense_only: str = ""
    """Pattern of names of parts that know no sparsity: their rates are dense."""
    half: bool = False
    """Whether the dense rate is half the sparse one where only that is printed."""
    no_half: str = ""
    """Pattern of names of parts for which half of a sparse rate is not the dense rate that inference gets (FP4 apart)."""
    fp16_apart: str = ""
    """Pattern of names of parts without BF16; on all others FP16 and BF16 run at one rate, kept as BF16."""
    sparse_kept: list[str] = ["bf16", "fp16", "fp8", "fp4"]
    """Precisions whose sparse rate is kept."""
    echoed: bool = False
    """Whether a sparse rate that equals a dense one of the sheet is that rate told twice."""
    converted: bool = False
    """Whether a bandwidth in binary units is told in decimal ones beside."""
    dense_first: bool = False
    """Whether rows come out with all dense rates in front of all sparse ones."""
    newest_first: bool = False
    """Whether the last column is the newest part and comes first."""

    @cached_property
    def _names(self) -> list[tuple[re.Pattern[str], str]]:
        return [(re.compile(rf"(?<![\w-]){p}(?!\w)"), name) for p, name in self.names.items()]

    @property
    def order(self) -> tuple[str, ...]:
        """The order of a part's fields."""
        return DENSE_FIRST if self.dense_first else PAIRED

    def products(self, text: str) -> list[Product]:
        """Every accelerator that a text names, in its order; where two patterns meet, the one that begins first and is longer stands."""
        found = [Product(_expanded(m, name), m.start(), m.end()) for p, name in self._names for m in p.finditer(text)]
        kept: list[Product] = []
        for product in sorted(found, key=lambda f: (f.start, f.start - f.end)):
            if not kept or product.start >= kept[-1].end:
                kept.append(product)
        return [_of_system(product, text) for product in kept]

    def parts(self, text: str) -> list[Product]:
        """As ``products``; where no pattern knows one, what is printed like a part's designation (``X200 SXM``) in a head or title."""
        known = self.products(text)
        if known or len(text) > _HEAD_CHARACTERS:
            return known
        found = [m for m in _DESIGNATION.finditer(text) if not _NO_PART.match(m[0])]
        for word in _families(found):
            found += list(re.finditer(rf"\b{word}\b(?! ?\d)", text))
        return [
            _of_system(Product(re.sub(r"\s+", " ", m[0]).strip(), m.start(), m.end()), text) for m in sorted(found, key=lambda m: m.start())
        ]

    def columns(self, heads: Sequence[str]) -> list[str]:
        """The part that each head of a sheet names; empty for one that names none, or several. Designations no pattern knows count where none is known."""
        known = any(map(self.products, heads))
        found = [self.products(head) if known else self.parts(head) for head in heads]
        families = _families([m for head in heads for m in _DESIGNATION.finditer(head)])
        names = [
            p[0].name if p and (len({q.name for q in p}) == 1 or not unnamed(head[: p[0].start])) else ""
            for p, head in zip(found, heads, strict=True)
        ]
        return [n or (head.strip() if not known and head.strip() in families else "") for n, head in zip(names, heads, strict=True)]

    def meaning(self, label: str) -> Meaning:
        """What a label means: by the maker's own words, else by the shared ones."""
        own = next((kind for pattern, kind in self.words.items() if re.search(pattern, label, re.IGNORECASE)), "")
        return Meaning(own) if own else meaning(label)


def _families(found: Sequence[re.Match[str]]) -> set[str]:
    """Words of which the first of a family is named without a number: Gaudi, Gaudi 2, Gaudi 3."""
    return {re.sub(r"[ \d].*", "", m[0]) for m in found if re.match(r"[A-Z][a-z]+ ?\d", m[0])}


def _expanded(m: re.Match[str], name: str) -> str:
    r"""A name with the pattern's groups in it; ``\2|1`` is the second group, or 1 where it is empty."""
    made = re.sub(r"\\(\d)(?:\|(\w+))?", lambda g: m[int(g[1])] or g[2] or "", name)
    return re.sub(r"\s+", " ", made).strip()


_BOARD = re.compile(r"\b(HGX|DGX|MGX)\s+$")
_EACH_ONE = re.compile(r"^[^|]{0,30}?\(?per (?:GPU|accelerator|chip)\b", re.IGNORECASE)
_RACK = re.compile(r"\s+(NVL\d+)\b|(?:\s+\w+){0,3}?\s+(Superchip|UltraServer|SuperPod)\b")
"""Words beside a part that make of it a machine of several: a board in front of its name, a package or rack behind it."""


def _of_system(product: Product, text: str) -> Product:
    """The part of a machine's name; its figures are then of ``{n}`` parts."""
    each = bool(_EACH_ONE.search(text[product.end :]))  # the figures of a machine's part, not of the machine
    board, rack = _BOARD.search(text[: product.start]), _RACK.match(text[product.end :])
    if board:
        return replace(product, name=f"{product.name} ({board[1]}, {'per GPU' if each else '/{n}'})", start=board.start(1))
    if rack:
        return replace(
            product, name=f"{product.name} ({rack[1] or rack[2]} column, {'per GPU' if each else '/{n}'})", end=product.end + rack.end()
        )
    return product


def unnamed(text: str) -> str:
    """What is left of a column's head without the words that name no part."""
    return _STRAY_WORDS.sub("", text).strip(" -/,")


SHARED = SheetWords()


def words_beside(module: str) -> SheetWords:
    """The ``sheet.toml`` beside a maker's code (``words_beside(__file__)``)."""
    return read_words(Path(module).with_name("sheet.toml"))


@lru_cache(maxsize=64)
def read_words(path: Path) -> SheetWords:
    """Read ``sheet.toml``; raises ``pydantic.ValidationError`` naming the file's wrong fields."""
    return SheetWords(**tomllib.loads(path.read_text(encoding="utf-8")))
