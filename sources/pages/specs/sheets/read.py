"""A maker's page to its figures: every sheet on it read by the words all sheets share and the maker's declaration."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference.specs import basis
from reference.specs.basis import without_comments
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, SpecQuote
from sources.pages.specs.figures import clean
from sources.pages.specs.rows import SPARSE_FIRST, SpecRows
from sources.pages.specs.sheets.declaration import SheetWords
from sources.pages.specs.sheets.reading import Reading
from sources.pages.specs.sheets.sentences import read_sentences
from sources.pages.specs.sheets.shape import page_text, sheets_of
from sources.pages.specs.sheets.sheet import COUNTED, Sheet


def read_sheets(page: Page, words: SheetWords, rank: str = "official") -> Sequence[SpecQuote | LeftOut]:
    """Figures of every accelerator the page is a sheet of; raises ``PageChanged`` where it is none.

    ``rank``: whose word the source is, where the page does not say that it is a copy.
    """
    text = page_text(page)
    out = SpecRows(rank if page.is_pdf else basis.of_text(page.text, rank), words.order)
    sheets = _of_the_maker(sheets_of(page, words), words)
    for sheet in sheets:
        Reading(out, sheet, words, page_product(sheet.title, text, words)).read()
    names = {q.accelerator for q in out.read()}
    if len(names) < 2 and not out.left_out and not any(q.field.startswith("memory_bandwidth") for q in out.read()):
        for name in names or page_products("", text, words) or [""]:
            read_sentences(out, text, name, words, rates=not names)
    quotes = _in_order(out.quotes(newest_first=words.newest_first), words)
    _complete(quotes, is_table=bool(names))
    return [*quotes, *out.left_out]


def _of_the_maker(sheets: list[Sheet], words: SheetWords) -> list[Sheet]:
    """The sheets of parts the declaration names, where there are any: others beside them are of parts outside the project."""
    declared = [s for s in sheets if any(map(words.products, s.heads))]
    return (
        [s for s in sheets if not s.heads or s in declared or any(COUNTED.search(line.label) for line in s.lines)] if declared else sheets
    )


def page_product(heading: str, text: str, words: SheetWords) -> str:
    """The part a sheet without heads is of, the first where a title names two; empty where none is named."""
    return next(iter(page_products(heading, text, words)), "")


def page_products(heading: str, text: str, words: SheetWords) -> list[str]:
    """The parts that a sheet's heading names, else the page's title or address, else the first one that the text names."""
    titles = [line for line in text.splitlines() if re.match(r"#+ ", line) and "http" not in line]
    titles += re.findall(r"^(\S.*)\n[=#-]{4,}$", text, re.MULTILINE)
    address = [_spaced(part) for url in re.findall(r"\S+\.\S+/\S+", text[:3000]) for part in reversed(url.split("/"))]
    for said in [heading, *titles, *address, without_comments(text), text[:3000]]:
        found = words.products(clean(said)) or words.products(said.upper())
        if found:
            both = len(found) > 1 and clean(said)[found[0].end : found[1].start].strip() == "/"
            return [p.name for p in found[: 2 if both else 1]]
    return [p.name for said in (heading, *titles, *address) for p in words.parts(clean(said)[:120])[:1]][:1]


def _spaced(address: str) -> str:
    """The words of an address as a title prints them: names in capitals, words with a capital."""
    words = re.sub(r"[-_.]", " ", address).split(" ")
    return " ".join(
        w.capitalize() if re.search(r"[a-z]{5}", w) and not w[:1].isdigit() else w.upper() if re.fullmatch(r"[a-z0-9]+", w) else w
        for w in words
    )


def _in_order(quotes: list[SpecQuote], words: SheetWords) -> list[SpecQuote]:
    """Rows of a part for which half a sparse rate is no dense one: what is printed in front of what is derived."""
    if not words.no_half or len({q.accelerator for q in quotes}) != 1 or not re.search(words.no_half, quotes[0].accelerator):
        return quotes
    return sorted(quotes, key=lambda q: SPARSE_FIRST.index(q.field))


def _complete(quotes: Sequence[SpecQuote], *, is_table: bool) -> None:
    """A sheet tells of a part its memory and a figure more, or of several parts their memory; less is a page cut short or no sheet."""
    fields = {q.field for q in quotes}
    if not any(f.startswith("memory") for f in fields) or (len(fields) < 2 and not is_table):
        raise PageChanged(f"expected memory and rates of an accelerator, found {sorted(fields)}: is the page cut short?")
