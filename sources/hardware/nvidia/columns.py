"""Product columns of an NVIDIA sheet: their names, and how many GPUs one column stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sources.pages.quote import PageChanged

_FAMILY = (
    r"(?:(?:HGX|DGX) )?(?:(?:GB|GH|GR|VR)\d{3}|[AHBVPR]\d{2,3}[A-Z]?|L4(?!\d)0?S?|L\d{1,2}S?|T4|RTX (?:PRO )?A?\d{4}"
    r"(?: Ti| SUPER| Ada| D)?)"
)
_START = re.compile(rf"(?<![\w-]){_FAMILY}(?:NVL)?")
_ONE = re.compile(rf"{_START.pattern}(?: NVL\d+)?")


@dataclass(frozen=True, slots=True)
class Column:
    """One product column; ``per`` GPUs stand in it, ``kind`` is board, rack, superchip or gpu."""

    name: str
    kind: str = "gpu"
    per: int = 1

    def of(self, count: int) -> Column:
        """The column once the sheet's GPU count is known; the printed name carries the divisor."""
        if self.kind == "gpu":
            return replace(self, per=1)
        if self.kind == "pair":
            return replace(self, name=f"{self.name} (pair, /2)", per=2)
        if count <= 1:
            raise PageChanged(f"expected the number of GPUs in a column of {self.name}, found none")
        if self.kind == "board":
            return replace(self, name=f"{self.name} (HGX, /{count})", per=count)
        label = "Superchip" if self.kind == "superchip" else self.kind
        return replace(self, name=f"{self.name} ({label} column, /{count})", per=count)


def columns_in(header: str, notes: dict[str, str]) -> list[Column]:
    """The product columns named in header words, in order; glued or raised footnote marks are dropped."""
    text = re.sub(r"\s*\^\d+\s*", " ", header)
    for mark in sorted(notes, reverse=True):
        if mark.isdigit():
            text = re.sub(rf"((?:HGX|DGX) [AHB]\d{{3}}|\b(?:GB|GH|[AHB])\d{{3}}|SXM|NVL|PCIe|Specs){mark}(?!\d)", r"\1", text)
            text = re.sub(rf"(?:(?<=\s)|^){mark}(?=\s|$)", " ", text)
    if re.search(r"\b(?:HGX |DGX )?[AHB]\d{4,}\b", text):
        raise PageChanged(f"expected product names of three digits, found {text[:80]!r} with no footnote for the fourth")
    title = re.match(r".*\bSpec(?:ification)?s\b", text)
    text = text[title.end() :] if title and _START.search(text[title.end() :]) else text
    starts = list(_START.finditer(text))
    found = (
        [text[a.start() : b.start() if b else len(text)].strip(" |") for a, b in zip(starts, [*starts[1:], None], strict=True)]
        if starts
        else []
    )
    return [_column(name) for name in found]


def product_in(text: str) -> Column:
    """The first product named in a title, an address or running text; raises ``PageChanged`` where none is."""
    words = re.sub(r"[-_/]", " ", text)
    found = _ONE.search(words) or _ONE.search(words.upper())
    if found is None:
        raise PageChanged("expected a product name in the header or title of the sheet, found none")
    return _column(found[0].replace("TI", "Ti"))


def _column(name: str) -> Column:
    words = re.sub(r"\b(?:NVIDIA|Tensor Core|GPU|Data ?Center|Datasheet)\b.*$", "", name).strip(" ,|")
    rack = re.search(r"\bNVL(\d+)\b", words)
    family = _START.match(words)
    base = family[0] if family else words
    if base.startswith(("HGX ", "DGX ")):
        return Column(base.split(" ", 1)[1], "board")
    if rack and base.startswith(("GB", "GH", "VR", "GR")):
        return Column(base, f"NVL{rack[1]}")
    if re.search(r"superchip", name, re.IGNORECASE):
        return Column(base, "superchip")
    return Column(re.sub(r"\s+", " ", words))


def paired(rows: list[tuple[str, str, list[str]]], columns: list[Column]) -> list[Column]:
    """Columns that stand for two bridged cards: their power is printed as ``2x 350-400W``."""
    for name, _, cells in rows:
        if name == "tdp" and re.search(r"\b2x\s+\d", " ".join(cells)):
            powers = re.findall(r"(2x\s+)?(?:\d+ ?- ?)?\d+ ?W\b", " ".join(cells))
            if len(powers) == len(columns):
                return [replace(c, kind="pair") if twice else c for c, twice in zip(columns, powers, strict=True)]
    return columns


def gpu_counts(rows: list[tuple[str, str, list[str]]], n: int) -> list[int]:
    """GPUs per column, from the row that states the configuration (``72 Blackwell GPUs``, ``8x NVIDIA ...``)."""
    for name, label, cells in rows:
        if name not in ("config", "form", "other"):
            continue
        text = " | ".join(cells)
        found = re.findall(r"(\d+)\s+(?:NVIDIA )?(?:Blackwell|Hopper|Rubin|Ampere)?\s*(?:Ultra )?GPUs?\b", text) or re.findall(
            r"(\d+)x\s+NVIDIA", text
        )
        if len(found) == n and (name != "other" or "configuration" in label.lower()):
            return [int(x) for x in found]
    return [1] * n
