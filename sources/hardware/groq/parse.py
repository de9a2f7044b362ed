"""Groq LPU: figures in prose. Memory is on-die SRAM of megabytes: far smaller than a model, and right."""

from __future__ import annotations

import re

from sources.pages.page import Page
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.prose import Pattern, read

_N = r"[\d.,]+ ?"
_C = r"(?:TOPS|TeraFLOPS|TFLOPS|PFLOPS)"
PATTERNS = (
    Pattern("memory", rf"(?P<f>{_N}[MG]B)(?: capacity)?(?: of)?(?: local| on-chip| on-die)? SRAM"),
    Pattern("bandwidth", rf"(?P<f>{_N}TB/s)(?: of)?(?: \w+-?\w*)? bandwidth"),
    Pattern("compute", rf"(?P<f>{_N}{_C}) (?:at|of|in|\()? ?FP16", "bf16"),
    Pattern("compute", rf"(?P<f>{_N}{_C}) (?:at|of|in|\()? ?INT8", "int8"),
)


def parse(page: Page) -> list[SpecQuote]:
    """SRAM, bandwidth, FP16 and INT8 of the LPU; a chip without a number is the first generation."""
    text = page.text
    name = re.search(r"Groq (?:LPU|Language Processing Unit)(?: ?(?:v|version )?(\d))?\b", text)
    if name is None:
        raise PageChanged("expected the Groq LPU on the page, found none")
    return read(text, f"Groq LPU v{name[1] or 1}", PATTERNS, ("memory", "bandwidth", "compute"))
