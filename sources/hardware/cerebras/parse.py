"""Cerebras wafer-scale engines: ``label value`` phrases. The headline rate is sparse FP16."""

from __future__ import annotations

import re

from sources.pages.page import Page
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.prose import Pattern, read

_N = r"[\d.,]+ ?"
PATTERNS = (
    Pattern("memory", rf"SRAM:? (?P<f>{_N}GB)"),
    Pattern("memory", rf"(?P<f>{_N}GB)(?: of)? on-(?:die|chip) SRAM"),
    Pattern("bandwidth", rf"[Mm]emory bandwidth:? ~?(?P<f>{_N}PB/s)"),
    Pattern("bandwidth", rf"(?P<f>{_N}PB/s)(?: of)? memory bandwidth"),
    Pattern("compute", rf"[Ss]parse FP16 (?:throughput|compute|performance):? (?P<f>{_N}PFLOPS)", "bf16", "sparse"),
    Pattern("tdp", rf"(?:system power|TDP):? (?P<f>{_N}kW)"),
)


def parse(page: Page) -> list[SpecQuote]:
    """SRAM, bandwidth and sparse FP16 of the wafer the page is about (``WSE-3``)."""
    name = re.search(r"\bWSE-?(\d)\b", page.text, re.IGNORECASE)
    if name is None:
        raise PageChanged("expected a wafer-scale engine (WSE-n) on the page, found none")
    return read(page.text, f"WSE-{name[1]}", PATTERNS, ("memory", "bandwidth", "compute"))
