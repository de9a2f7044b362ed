"""Microsoft Maia: figures of an announcement. Rates are dense; the announcement speaks of no sparsity."""

from __future__ import annotations

import re

from sources.pages.page import Page
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.prose import Pattern, read

_N = r"[\d.,]+ ?"
PATTERNS = (
    Pattern("memory", rf"(?P<f>{_N}GB) (?:of )?HBM"),
    Pattern("bandwidth", rf"(?P<f>{_N}TB/s)(?: of)?(?: memory)? bandwidth"),
    Pattern("compute", rf"(?P<f>{_N}(?:PFLOPS|petaFLOPS)) ?(?:\(|in |at )FP8", "fp8"),
    Pattern("compute", rf"(?P<f>{_N}(?:PFLOPS|petaFLOPS)) ?(?:\(|in |at )FP4", "fp4"),
    Pattern("tdp", rf"(?P<f>{_N}W)(?: SoC)? TDP"),
)


def parse(page: Page) -> list[SpecQuote]:
    """Memory, bandwidth, FP8, FP4 and TDP of the Maia the page is about."""
    name = re.search(r"Maia ?(\d{3})", page.text)
    if name is None:
        raise PageChanged("expected a Maia chip on the page, found none")
    return read(page.text, f"Maia {name[1]}", PATTERNS, ("memory", "bandwidth", "compute"))
