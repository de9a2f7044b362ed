"""Printed figures of spec sheets with their units: ``3.35 TB/s``, ``1,440 | 720 PFLOPS``, ``2 Tb/s``.

Upper and lower case decide between bytes and bits (``TB/s``, ``Tb/s``), so units are never case-folded. A
unit that could be either is refused. Nothing is assumed for a figure without a unit: callers decide from
the label or header that holds it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from units.quantity import UnreadableQuantity

COMPUTE = {"tera": Decimal(1), "peta": Decimal(1000), "giga": Decimal("0.001"), "exa": Decimal(1_000_000)}
_PREFIX = {"T": "tera", "P": "peta", "G": "giga", "E": "exa"}
_DECIMAL_BYTES = {"M": Decimal("0.001"), "G": Decimal(1), "T": Decimal(1000), "P": Decimal(1_000_000)}
_BINARY_BYTES = {"Mi": Decimal(1) / 1024, "Gi": Decimal(1), "Ti": Decimal(1024)}

GIB = Decimal(2**30) / Decimal(10**9)
"""Gigabytes in one gibibyte (IEC 80000-13)."""

NUMBER = r"\d(?:\.\d{1,12})?e\d{1,2}(?!\d)|(?:\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.\d{1,12})?(?![\d])|(?<![\d.])\.\d{1,12}"
COMMA_NUMBER = r"\d(?:\.\d{1,12})?e\d{1,2}(?!\d)|(?:\d{1,3}(?:\.\d{3})+(?![\d])|\d{1,12})(?:,\d{1,12})?"
_PER_S = r"(?:/\s?s(?:ec(?:ond)?)?\b|ps\b|\sper\ssecond\b)"
UNIT = (
    r"(?P<compute>(?:FLOP[sS]?/s|OP[sS]/s|[TPGE]FLOP(?:[sS]|/s)?|PLFOPS|(?:[Tt]era|[Pp]eta|[Ee]xa|[Gg]iga) ?(?:FLOP[sS]?|flop[s]?|[Oo]p[s])"
    r"|[TPGE]OP[sS]|TF|PF)(?:/s)?(?![A-Za-z]))"
    rf"|(?P<rate>(?:bytes|[MGTP]i?[Bb](?:its?|ytes?)?)\s?{_PER_S})"
    r"|(?P<power>k?W(?:atts?)?\b)"
    r"|(?P<size>[MGTP]i?B(?:ytes)?(?![A-Za-z/]))"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as printed: ``value``, its own characters, unit (``""``: none printed), kind of unit."""

    text: str
    value: Decimal
    unit: str
    kind: str
    start: int = 0
    end: int = 0


def clean(text: str) -> str:
    """Text with plain spaces and hyphens; raised digits become `` ^1`` so that none joins a figure."""
    text = re.sub("[¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: " ^" + unicodedata.normalize("NFKC", m[0]) + " ", text)
    text = unicodedata.normalize("NFKC", text.replace("™", "").replace("®", ""))
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", re.sub("[‐‑‒–−]", "-", text)).strip()


def number(text: str, *, comma_decimals: bool = False) -> Decimal:
    """A bare figure as exact decimal, in English or (``comma_decimals``) continental notation."""
    if comma_decimals:
        return Decimal(text.replace(".", "").replace(",", "."))
    return Decimal(text.replace(",", ""))


def figures(text: str, *, comma_decimals: bool = False) -> list[Figure]:
    """Every figure that has a unit of compute, rate, power or size directly behind it, in order."""
    pattern = COMMA_NUMBER if comma_decimals else NUMBER
    return [_figure(m, comma_decimals) for m in re.finditer(rf"(?<![\w.])(?P<n>{pattern})\s?(?:{UNIT})", text)]


def glued_figures(text: str) -> list[Figure]:
    """As ``figures`` for text whose words run together (``60 TFLOPs432 TFLOPs``)."""
    found = []
    for m in re.finditer(rf"(?P<n>{NUMBER})\s?(?:{UNIT.replace('(?![A-Za-z])', '').replace(chr(92) + 'b', '')})", text):
        found.append(_figure(m, False))
    return found


def _figure(m: re.Match[str], comma_decimals: bool) -> Figure:
    kind = next(k for k in ("compute", "rate", "power", "size") if m[k])
    return Figure(m["n"], number(m["n"], comma_decimals=comma_decimals), m[kind].strip(), kind, m.start(), m.end())


def in_tflops(value: Decimal, unit: str) -> Decimal:
    """Compute in TFLOPS or TOPS; ``PLFOPS`` is a misprint of PFLOPS seen on a data sheet."""
    name = unit.strip().removesuffix("/s")
    if name.upper() in ("FLOP", "FLOPS", "OPS"):
        return value / 10**12
    for word, factor in COMPUTE.items():
        if name.lower().startswith(word):
            return value * factor
    if name == "PLFOPS":
        return value * 1000
    if name[:1] in _PREFIX:
        return value * COMPUTE[_PREFIX[name[0]]]
    raise UnreadableQuantity(f"expected a unit of compute, found {unit!r}")


def in_watts(value: Decimal, unit: str) -> Decimal:
    """Power in W."""
    return value * 1000 if unit.startswith("k") else value


def memory(value: Decimal, unit: str) -> tuple[str, Decimal]:
    """Memory as ``(field, amount)``: ``memory_gb`` for decimal units, ``memory_gib`` for binary ones."""
    prefix = unit.split("B")[0]
    if prefix in _BINARY_BYTES:
        return "memory_gib", value * _BINARY_BYTES[prefix]
    if prefix in _DECIMAL_BYTES:
        return "memory_gb", value * _DECIMAL_BYTES[prefix]
    raise UnreadableQuantity(f"expected a unit of memory, found {unit!r}")


def is_bits(unit: str) -> bool:
    """Whether a rate is in bits: a small b (``Gb/s``, ``Gbps``) or the word ``bit``."""
    if re.match(r"[MGTP]i?(?:b|B)its?", unit):
        return True
    if re.match(r"[MGTP]i?(?:b|B)ytes?", unit):
        return False
    return bool(re.match(r"[MGTP]i?b", unit))


def bandwidth(value: Decimal, unit: str) -> tuple[str, Decimal]:
    """A rate in bytes as ``(suffix, amount)``: ``gb_s`` or ``gib_s``. Bits are divided by eight.

    Whether bits may stand there at all is the caller's knowledge: links are printed in bits, memory
    bandwidth never is.
    """
    if unit.startswith("bytes"):
        return "gb_s", value / 10**9
    binary = len(unit) > 1 and unit[1] == "i"
    scale = _BINARY_BYTES[unit[:2]] if binary else _DECIMAL_BYTES[unit[0]]
    amount = value * scale / 8 if is_bits(unit) else value * scale
    return ("gib_s" if binary else "gb_s"), amount


def tidy(value: Decimal) -> Decimal:
    """A derived figure to print: exact up to two decimals, else rounded to one (``186.1``, ``859.0``)."""
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return Decimal(f"{plain:f}")
