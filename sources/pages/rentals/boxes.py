"""Tables that are no ``<table>``: rows of boxes, lists of lists in a page's scripts, and values beside their labels.

Only the shape is read here; which box is a price of what is for ``read``. The grids are those of ``sources.pages.tables``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sources.pages.page import Page
from sources.pages.tables import Cell, Grid, heading_over, html_grids, markdown_cell, markdown_grids, node_cell
from units.quantity import amounts, plain

_CELL_CHARACTERS = 120
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_PUSHED = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')
_LISTS = re.compile(r'\[\s*\[\s*"')
_TITLE = re.compile(r'"(?:title|caption|heading)"\s*:\s*("(?:[^"\\]|\\.){1,200}")')


def page_grids(page: Page) -> list[Grid]:
    """Every grid of a page: tables, tables whose cells carry their labels, rows of boxes, and lists of lists in scripts."""
    if not page.is_html:
        return markdown_grids(page.text)
    return [*map(_labelled, html_grids(page.tree), _innermost(page.tree)), *box_grids(page.tree), *script_grids(page.tree)]


def _innermost(tree: Any) -> list[Any]:
    return [
        t
        for t in tree.css("table")
        if t.css_first("table table") is None and len(t.css("table")) == 1 and t.css_first("tr td, tr th") is not None
    ]


def _labelled(grid: Grid, table: Any) -> Grid:
    """A table without a row of heads whose cells name their own column (``data-label``, for small screens) gets that row."""
    first = table.css_first("tr")
    labels = [plain(c.attributes.get("data-label") or "") for c in first.css("th,td")] if first is not None else []
    if table.css_first("thead") is not None or not any(labels) or len(labels) != grid.width:
        return grid
    return Grid(
        [[Cell(label, (label,), header=True) for label in labels], *grid.rows],
        grid.heading,
        grid.index,
        grid.caption,
        grid.attributes,
        grid.before,
    )


def box_grids(tree: Any) -> list[Grid]:
    """Runs of elements that hold the same number (three or more) of short boxes each, under the heading they stand below."""
    grids: list[Grid] = []
    heading: dict[int, str] = {}
    width = 0
    for node in tree.css(",".join((*_HEADINGS, "div", "li", "ul", "section", "a", "article"))):
        if node.tag in _HEADINGS:
            if not _inside_row(node):
                level = int(node.tag[1])
                heading = {k: v for k, v in heading.items() if k < level} | {level: plain(node.text(deep=True, separator=" "))}
                width = 0
            continue
        cells = _boxes(node)
        if not cells:
            continue
        if len(cells) != width:
            grids.append(Grid([], tuple(heading[k] for k in sorted(heading)), len(grids)))
            width = len(cells)
        grids[-1].rows.append(cells)
    return [g for g in grids if len(g.rows) > 1]


def _boxes(node: Any) -> list[Cell]:
    """The boxes of a row; empty where the element is none (long texts, boxes in boxes, a table)."""
    children = elements(node)
    if len(children) < 3 or node.css_first("table, script, style") is not None:
        return []
    cells = [node_cell(child) for child in children]
    if any(len(c.text) > _CELL_CHARACTERS for c in cells) or sum(bool(c.text) for c in cells) < 2:
        return []
    return (
        []
        if any(
            len(elements(inner)) >= 3 and all(e.text(deep=True).strip() for e in elements(inner))
            for child in children
            for inner in (child, *child.css("div"))
        )
        else cells
    )


def elements(node: Any) -> list[Any]:
    """The elements right below one."""
    found, child = [], node.child
    while child is not None:
        if child.tag not in ("-text", "-comment", "br"):
            found.append(child)
        child = child.next
    return found


def _inside_row(node: Any) -> bool:
    parent = node.parent
    return any(n is not None and bool(_boxes(n)) for n in (parent, parent.parent if parent is not None else None))


def script_grids(tree: Any) -> list[Grid]:
    """Lists of equally long lists of texts in the data of a page's scripts, the first list as their heads."""
    found: list[Grid] = []
    for text in _scripts(tree):
        at = 0
        while match := _LISTS.search(text, at):
            at = match.end()
            try:
                rows, at = json.JSONDecoder().raw_decode(text, match.start())
            except (ValueError, RecursionError):
                continue
            if (
                len(rows) > 1
                and len({len(r) if isinstance(r, list) else 0 for r in rows}) == 1
                and all(isinstance(c, str) for r in rows for c in r)
            ):
                titles = _TITLE.findall(text, max(0, match.start() - 600), match.start())
                found.append(
                    Grid([[markdown_cell(c) for c in r] for r in rows], (plain(json.loads(titles[-1])),) if titles else (), len(found))
                )
    return found


def _scripts(tree: Any) -> Iterator[str]:
    """The data of a page's scripts: JSON as it is, and what a server pushes piece by piece joined and unescaped."""
    pushed = []
    for node in tree.css("script"):
        text = node.text(deep=True)
        if "json" in (node.attributes.get("type") or ""):
            yield text
        for piece in _PUSHED.findall(text):
            try:
                pushed.append(json.loads(piece))
            except ValueError:
                continue
    if pushed:
        yield "".join(pushed)


def labelled_values(tree: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Per heading of the page, the values that stand beside a label: ``GPU count: 8``, or a figure over its label."""
    headings = {plain(h.text(deep=True, separator=" ")) for h in tree.css(",".join(_HEADINGS))}
    name, lines = "", list[str]()
    for line in [*(node_cell(tree.body).lines if tree.body is not None else ()), None]:
        if line is None or line in headings:
            if name and lines:
                yield name, list(_pairs(lines))
            name, lines = line or "", []
        else:
            lines.append(line)


def defined_values(tree: Any) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The terms and what they are of every definition list, under the heading it stands below."""
    for node in tree.css("dl"):
        terms, told = node.css("dt"), node.css("dd")
        name = heading_over(node)
        if name and len(terms) == len(told) > 0:
            yield (
                name[0],
                [
                    (plain(a.text(deep=True, separator=" ")), plain(b.text(deep=True, separator=" ")))
                    for a, b in zip(terms, told, strict=True)
                ],
            )


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        alone = re.fullmatch(r"([\w(][^:$]{1,60}):\s*([^:]*)", line)
        said = [alone.groups()] if alone else re.findall(r"([A-Za-z][A-Za-z /()&-]*?)\s*:\s*([^:]*?)(?=[A-Z][A-Za-z /()&-]*:|$)", line)
        if said:
            yield from ((plain(label), plain(value)) for label, value in said)
        elif (
            re.fullmatch(r"[\d.,^]+", line)
            and re.search(r"[A-Za-z]", following)
            and not re.search(r"\d", following)
            and not amounts(following)
        ):
            yield following, line
