"""NVIDIA: collections of quotes from data sheets, and comparison sites' text with the accumulator's width.

Every other page is a spec sheet and read as all are (``sheet.toml``).
"""

from __future__ import annotations

from collections.abc import Sequence

from reference.specs import basis
from sources.hardware.nvidia import comparison, quoted
from sources.pages.page import Page
from sources.pages.quote import LeftOut, OtherLayout, SpecQuote
from sources.pages.specs.sheets.declaration import words_beside
from sources.pages.specs.sheets.read import page_product


def parse(page: Page) -> Sequence[SpecQuote | LeftOut]:
    """Figures of the quotes or of the comparison; raises ``OtherLayout`` for a sheet."""
    if page.is_pdf or page.is_html:
        raise OtherLayout("a spec sheet")
    if quoted.is_quoted(page.text):
        return quoted.read(page.text, basis.of_text(page.text))
    if comparison.is_comparison(page.text):
        return comparison.read(page.text, page_product("", page.text, words_beside(__file__)), basis.of_text(page.text))
    raise OtherLayout("a spec sheet")
