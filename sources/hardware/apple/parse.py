"""Apple technical specifications: memory bandwidth and largest unified memory per M-series chip.

Apple prints no compute rate and no design power; what is not printed is missing. A Mac's memory is
configurable: the largest size offered with a chip is read, with that qualifier.
"""

from __future__ import annotations

import re

from reference.specs import basis
from sources.pages.page import Page
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.figures import clean, figures
from sources.pages.specs.rows import SpecRows

_CHIP = re.compile(r"(?:Apple )?\b(M\d(?: (?:Pro|Max|Ultra))?)(?: chip| \()?")
_CORES = re.compile(r"(\d{1,3})[- ]core GPU")


def parse(page: Page) -> list[SpecQuote]:
    """One accelerator per chip (and GPU core count where a chip has two bandwidths)."""
    text = page.text
    if page.is_html and page.tree.body is not None:
        text = page.tree.body.text(separator="\n")
    lines = [clean(line) for line in text.splitlines() if line.strip() and not line.startswith("<!--")]
    source_basis = basis.of_text(page.text)
    out, chip, cores = SpecRows(source_basis), "", ""
    for line in lines:
        named = _CHIP.search(line)
        if named:
            chip, cores = named[1], ""
        cores = m[1] if (m := _CORES.search(line)) else cores
        rate = [f for f in figures(line) if f.kind == "rate" and re.search(r"memory bandwidth", line)]
        if chip and len(rate) == 1:
            out.bandwidth(_name(chip, cores), rate[0], line, "Chip")
        sizes = re.search(r"(?:[Cc]onfigurable to|unified memory).*", line)
        if chip and sizes and "storage" not in line.lower() and "SSD" not in line:
            found = [f for f in figures(line) if f.kind == "size" and "GB" in f.unit]
            if found:
                largest = max(found, key=lambda f: f.value)
                out.memory(_name(chip, cores), largest, line, "Memory", qualifier="largest configuration")
    quotes = out.quotes()
    if not any(q.field == "memory_bandwidth_gb_s" for q in quotes):
        raise PageChanged("expected the memory bandwidth of an M-series chip, found none")
    return quotes


def _name(chip: str, cores: str) -> str:
    return f"{chip} ({cores}-core GPU)" if cores else chip
