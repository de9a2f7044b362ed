"""Cohere's prices: the pricing page's cards and answers, release notes in prose, and Model Vault's hourly rates.

Token prices stand in words ("input tokens are priced at $2.50/M"), not in tables. Every amount per tokens on
the page must belong to a model that was read, or the page is refused. Vault rates per instance and searches
are kept in the long form: a page with nothing else gives no token price.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import body, distinct
from sources.pages.page import Page
from sources.pages.quote import OtherLayout, PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_cell, markdown_grids
from units.quantity import one_amount, plain, token_unit

_PER = r"\s*(?:/|per)\s*"
_TOKENS = (
    r"(?:(?:1 ?)?(?:M|million|K|thousand) ?(?:input |output )?tok(?:en)?s?\b|[\d,]+ (?:input |output )?tokens?\b|"
    r"1?M\b(?! ?(?:search|image|page|char|request|class|doc|hour)))"
)
"""Units per tokens; a bare ``M`` stands for a million tokens in Cohere's release notes."""
_SAID = re.compile(
    rf"(?P<a>input|output)(?: tokens?)?(?: pricing| price| cost)?(?: is| are)?(?: priced| billed| charged)?"
    rf"(?: at)?\s*:?\s*(?P<x>\$[\d.,]*\d){_PER}(?P<u>{_TOKENS})|"
    rf"(?P<y>\$[\d.,]*\d){_PER}(?P<v>{_TOKENS})\s*(?:for |of |\()?\s*(?P<b>input|output)?",
    re.I,
)
_PRICED = re.compile(rf"\$[\d.,]*\d{_PER}{_TOKENS}", re.I)
_SEARCHES = re.compile(rf"(\$[\d.,]*\d){_PER}((?:1K|1,?000|thousand) searches)", re.I)
_ID = re.compile(r"`([a-z][\w.\-]+)`")
_NAME = re.compile(
    r"\b((?:Command|Aya|Embed|Rerank|North|Classify|Tiny Aya|c4ai)(?:[ \-](?:[A-Z][\w.+\-]*|[RA]\+|\d[\w.\-]*|\(?\d\d-20\d\d\)?))*\+?)"
)
_RATES = {r"hourly rate": "", r"xl hourly rate": "XL", r"monthly rate": "monthly", r"annual rate": "annual"}


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a price per tokens that belongs to no model read."""
    if "__next_f.push" in page.text:
        raise OtherLayout("expected cards or release notes, found a page whose prices stand in its data")
    rows = PriceRows()
    grids = html_grids(page.tree) if page.is_html else markdown_grids(page.text)
    rated = sum(_rates(grid, rows) for grid in distinct(grids))
    lines = list(_leaves(page.tree.body)) if page.is_html else _paragraphs(page.text)
    read = _cards(lines, rows) + _sentences(lines, rows)
    stated = sum(len(_PRICED.findall(line)) for line in lines)
    joined = len(_PRICED.findall(" ".join(lines)))
    if read != max(stated, joined):
        raise PageChanged(f"expected {max(stated, joined)} prices per tokens to belong to models, found {read} that do")
    if not rows.quotes and not rated:
        raise PageChanged("expected prices per tokens or rates per instance, found neither")
    return rows.quotes


def _paragraphs(text: str) -> list[str]:
    """The paragraphs and list items of a Markdown text, tables aside."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("|")]
    parts = re.split(r"\n\s*\n|\n(?=\s*[-*+] )", "\n".join(lines))
    return [code for part in parts if (code := plain(_keep_code(part)))]


def _keep_code(source: str) -> str:
    """Markdown without emphasis and links but with its code spans, which mark model ids."""
    kept = re.sub(r"`([^`]+)`", lambda m: f"\u00abcode\u00bb{m[1]}\u00ab/code\u00bb", source)
    return re.sub("\u00abcode\u00bb(.*?)\u00ab/code\u00bb", r"`\1`", markdown_cell(kept.replace("\n", " ")).text)


def _leaves(node: Any) -> Iterator[str]:
    """The texts of an HTML tree's blocks in order, inline markup joined, scripts and tables left out."""
    parts: list[str] = []
    child = node.child if node is not None else None
    while child is not None:
        if child.tag == "-text":
            parts.append(child.text_content or "")
        elif child.tag in ("b", "strong", "em", "i", "a", "code", "sub"):
            text = child.text(deep=True)
            parts.append(f"`{text}`" if child.tag == "code" else text)
        elif child.tag in ("del", "s", "strike", "sup", "script", "style", "template", "noscript", "svg", "table", "-comment"):
            pass
        else:
            if text := plain("".join(parts)):
                yield text
            parts = []
            yield from _leaves(child)
        child = child.next
    if text := plain("".join(parts)):
        yield text


def _sentences(lines: list[str], rows: PriceRows) -> int:
    """Prices said in one sentence about one model; returns how many were read."""
    read = 0
    for n, line in enumerate(lines):
        for sentence in re.split(r"(?<=[.;!?])\s+(?=[A-Z`\"-])", line):
            said = list(_SAID.finditer(sentence))
            if len(said) < 2:
                continue
            names = list(dict.fromkeys(_ID.findall(sentence) or [m.strip() for m in _NAME.findall(sentence)]))
            prices = {(m["a"] or m["b"] or "").lower(): (m["x"] or m["y"], m["u"] or m["v"]) for m in said}
            if len(names) != 1 or set(prices) != {"input", "output"} or len(said) != 2:
                raise PageChanged(f"expected one model with an input and an output price, found {sentence!r}")
            _add(names[0], prices, sentence, f"paragraph {n + 1}", rows)
            read += 2
    return read


def _cards(lines: list[str], rows: PriceRows) -> int:
    """Cards that print a name, then ``Input`` and ``Output`` with a price each in small blocks of text."""
    read, name = 0, ""
    open_card: dict[str, tuple[str, str]] = {}
    for n, line in enumerate(lines):
        if len(line) <= 48 and (found := _NAME.fullmatch(line)):
            if open_card:
                raise PageChanged(f"expected an input and an output price of {name}, found {sorted(open_card)}")
            name = found[1]
        label = re.fullmatch(r"(?:(?P<a>input|output|cost|text|image)s?(?: tokens?| cost| price)?\s*:?\s*)?(?P<rest>\$.*)?", line, re.I)
        if label is None or not (label["a"] or label["rest"]):
            continue
        nearby = " ".join(lines[n : n + 3])
        said = re.match(rf"(input|output|cost|text|image)s?(?: tokens?| cost| price)?\s*:?\s*(\$[\d.,]*\d){_PER}({_TOKENS})", nearby, re.I)
        searches = re.match(rf"(?:cost\s*:?\s*)?{_SEARCHES.pattern}", nearby, re.I)
        if searches and name and label["a"]:
            rows.extra(name, "search", one_amount(searches[1]), unit=searches[2], evidence=nearby, locator=f"block {n + 1}")
        if said is None:
            continue
        if not name:
            raise PageChanged(f"expected a model name above {nearby!r}, found none")
        read += 1
        kind = said[1].lower()
        if kind in ("cost", "text", "image"):
            component = "input_image" if kind == "image" else "input"
            if component == "input":
                rows.add(name, {"input": one_amount(said[2])}, unit=_unit(said[3]), evidence=nearby, locator=f"block {n + 1}")
            else:
                rows.extra(name, component, one_amount(said[2]), unit=_unit(said[3]), evidence=nearby, locator=f"block {n + 1}")
            continue
        open_card[kind] = (said[2], said[3])
        if set(open_card) == {"input", "output"}:
            _add(name, open_card, f"{name}: {open_card}", f"block {n + 1}", rows)
            open_card = {}
    if open_card:
        raise PageChanged(f"expected an input and an output price of {name}, found {sorted(open_card)}")
    return read


def _add(name: str, prices: dict[str, tuple[str, str]], evidence: str, locator: str, rows: PriceRows) -> None:
    units = {_unit(unit) for _, unit in prices.values()}
    if len(units) != 1:
        raise PageChanged(f"expected one unit for {name}, found {sorted(units)}")
    rows.add(name, {c: one_amount(x) for c, (x, _) in prices.items()}, unit=units.pop(), evidence=evidence, locator=locator)


def _unit(text: str) -> str:
    return token_unit(text if "tok" in text.lower() else f"{text} tokens")


def _rates(grid: Grid, rows: PriceRows) -> int:
    """Model Vault's rates per instance; returns how many. Other tables must hold no amount."""
    header = [t.lower() for t in grid.header()]
    priced = {n: rate for n, t in enumerate(header) for pattern, rate in _RATES.items() if re.fullmatch(pattern, t)}
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    if not priced:
        if any("$" in c.text for row in grid.rows for c in row):
            raise PageChanged(f"{where}: expected rates per instance, found {grid.header()}")
        return 0
    if header[0] != "model" or len(priced) + 1 + ("performance tier" in header) != len(header):
        raise PageChanged(f"{where}: expected model and rate columns, found {grid.header()}")
    count = 0
    for r, row in body(grid):
        size = row[header.index("performance tier")].text if "performance tier" in header else ""
        for n, rate in priced.items():
            if row[n].missing or row[n].struck:
                raise PageChanged(f"{where}, row {r + 1}: expected a rate, found {row_evidence(row)}")
            if is_empty(row[n].text) or row[n].text == "--":
                continue
            unit = {"monthly": "instance-month", "annual": "instance-year"}.get(rate, "instance-hour")
            rows.extra(
                row[0].text,
                "hour" if unit == "instance-hour" else "other",
                one_amount(row[n].text),
                unit=unit,
                condition=" ".join(filter(None, [size, rate if rate == "XL" else ""])),
                evidence=row_evidence(row),
                locator=grid.locator(r, n),
            )
            count += 1
    return count
