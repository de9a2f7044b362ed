"""DeepSeek's price tables in whatever shape they arrive: HTML, Markdown with or without merged cells, plain text.

A block is a table's rows with the words printed just above it. In text the merged cells of the page are lost
and rows shift; only HTML keeps columns in place (``aligned``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from sources.pages.page import Page
from sources.pages.quote import PageChanged
from sources.pages.tables import Cell, html_grids, markdown_cell
from units.quantity import plain

_START = re.compile(
    r"(?:models?|模型|上下文|最大|输出长度|输入|功能|价格|标准时段|优惠时段|空闲时段|高峰时段|百万|base url|"
    r"thinking|思考|context|max|features?|pricing|standard|discount|peak|off-peak|1[mk] (?:input|output)|"
    r"concurrency|并发|deepseek-|json|tool|function|chat prefix|fim|responses|anthropic|vision|图像|对话)",
    re.I,
)
_RULE = re.compile(r"^[\s|:\-]+$")
_SECTION = re.compile(r"(?:standard|discount) price|标准时段|优惠时段|pricing|价格|peak|off-peak", re.I)
_PROSE = re.compile(r"\s*(?:\(\d{1,2}\)|\d{1,2}\. ?\S|#|>|\*\*|-{3,}|deduction|扣费)|.{160}", re.I)


@dataclass(frozen=True)
class Block:
    """One table: ``rows`` of cells, the heading and the sentence just above it, whether its columns can be trusted, its ordinal."""

    rows: list[list[Cell]]
    lead: str
    aligned: bool
    index: int

    def locator(self, row: int) -> str:
        """Where row ``row`` (from 0) stands, in words."""
        return f"table {self.index + 1}, row {row + 1}"


def blocks(page: Page) -> tuple[list[Block], str]:
    """The page's tables in order, and all its words outside tables."""
    if page.is_html:
        grids = html_grids(page.tree)
        found = [Block(g.rows, "\n".join([*g.heading[-1:], *g.before.splitlines()[-1:]]), True, g.index) for g in grids]
        return found, _prose(page.text)
    last = next((line.strip() for line in reversed(page.text.splitlines()) if line.strip()), "")
    if len(last) > 60 and "|" not in last and "\t" not in last and re.match(r"[^.!?。!?)）:;*_>`\"'”]", last[-1]):
        raise PageChanged(f"expected a whole page, found a text that ends within a sentence: {last[-40:]!r}")
    return _text_blocks(page.text)


def _prose(text: str) -> str:
    """The words of an HTML page outside its tables, one line for each block or line break."""
    tree = LexborHTMLParser(text)
    for node in tree.css("table,script,style,template,noscript,nav"):
        node.decompose()
    for node in tree.css("br"):
        node.replace_with("\n")
    for node in tree.css("p,li,h1,h2,h3,h4,div"):
        node.insert_after("\n")
    body = tree.body
    return "\n".join(line for line in (plain(x) for x in (body.text(deep=True) if body is not None else "").splitlines()) if line)


def _text_blocks(text: str) -> tuple[list[Block], str]:
    """Tables of a text: lines that begin with a bar or hold tabs, and the lines their cells run over."""
    found: list[Block] = []
    prose: list[str] = []
    lead: list[str] = []
    rows: list[str] = []
    ruled: list[str] = []

    def close() -> None:
        if len(rows) > 1 or ruled:
            found.append(Block([_cells(row) for row in rows], "\n".join(lead[-2:]), False, len(found)))
            lead.clear()
        else:
            lead.extend(rows)
            prose.extend(rows)
        rows.clear()
        ruled.clear()

    for line in text.splitlines():
        tabbed = bool(rows) and "\t" in rows[-1]
        if line.lstrip().startswith("|"):
            if tabbed:
                close()
            if _RULE.match(line) and "-" in line:
                ruled.append(line)
            else:
                rows.append(line)
        elif "\t" in line and (not tabbed or line.startswith("\t") or _START.match(line)):
            rows.append(line)
        elif rows and line.strip() and not _PROSE.match(line):
            if tabbed and _SECTION.match(line.strip()):
                rows.append(line.strip() + "\n")
            else:
                rows[-1] += "\n" + line.strip()
        else:
            close()
            if line.strip():
                prose.append(plain(markdown_cell(line).text))
                lead.append(prose[-1])
    close()
    return found, "\n".join(prose)


def _cells(row: str) -> list[Cell]:
    if row.lstrip().startswith("|"):
        body = row.strip()[1:]
        parts = re.split(r"(?<!\\)\|", body)
        if parts and not parts[-1].strip():
            parts = parts[:-1]
    else:
        parts = row.split("\t")
    return [markdown_cell(part.replace("&nbsp;", " ")) for part in parts]
