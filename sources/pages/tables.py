"""Tables of a page, HTML or Markdown, as rectangular grids with merged cells filled in.

The one table reader of all parsers. Merged cells (``rowspan``/``colspan``) are repeated into every place
they cover and marked ``spanned``; struck text (``<del>``, ``<s>``, ``~~x~~``) is kept apart from the text
in force; footnote marks (``<sup>``) are dropped from the text and kept in ``notes``. What a table means
belongs to the parser.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from units.quantity import plain

MAX_CELLS = 400_000
MAX_SPAN = 1000


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a grid: ``text`` in force, ``lines`` (the text cut at <br>), ``struck`` and ``notes``."""

    text: str = ""
    lines: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    spanned: bool = False
    header: bool = False
    missing: bool = False
    """True where the row was shorter than the table: there is no cell here, not even an empty one."""
    link: str = ""
    """The words of a link the cell begins with and says more behind (``[Llama 3](..)llama-3-8b``); empty else."""
    printed: str = ""
    """``text`` with the page's own character widths (``（0, 512k]``); ``text`` is width-normalised for reading."""


@dataclass(slots=True)
class Grid:
    """A table: ``rows`` of equal length, the ``heading`` path above it (outermost first), its ordinal."""

    rows: list[list[Cell]]
    heading: tuple[str, ...] = ()
    index: int = 0
    caption: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    before: str = ""
    """The prose lines between the last heading or table and this one: units, tiers and scopes are said there."""

    @property
    def width(self) -> int:
        """Cells of the first row; 0 for an empty grid."""
        return len(self.rows[0]) if self.rows else 0

    def texts(self) -> list[list[str]]:
        """The text of every cell, row by row."""
        return [[cell.text for cell in row] for row in self.rows]

    def header(self) -> list[str]:
        """The text of the first row."""
        return [cell.text for cell in self.rows[0]] if self.rows else []

    def locator(self, row: int, column: int) -> str:
        """Where a cell stands, for the quote."""
        return f"table {self.index + 1}, row {row + 1}, column {column + 1}"


_BLOCKS = {"p", "div", "li", "ul", "ol", "tr", "section", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt"}
_STRUCK = {"del", "s", "strike"}
_SKIP = {"script", "style", "template", "noscript", "svg"}


def node_cell(node: Any) -> Cell:
    """Read one HTML node as a cell: text in force, lines, struck text, footnote marks."""
    parts: list[str] = []
    struck: list[str] = []
    notes: list[str] = []

    def walk(current: Any) -> None:
        child = current.first_child if hasattr(current, "first_child") else current.child
        while child is not None:
            tag = child.tag
            if tag == "-text":
                parts.append(child.text_content or "")
            elif tag == "br":
                parts.append("\n")
            elif tag in _STRUCK or _is_struck(child):
                struck.append(plain(child.text(deep=True, separator=" ")))
                parts.append(" ")
            elif tag == "sup":
                notes.append(plain(child.text(deep=True, separator=" ")))
            elif tag in _SKIP or tag == "-comment":
                pass
            else:
                block = tag in _BLOCKS
                parts.append("\n" if block else "")
                walk(child)
                parts.append("\n" if block else "")
            child = child.next

    walk(node)
    cell = _cell("".join(parts), struck, notes, header=node.tag == "th")
    anchor = node.css_first("a") if node.tag in ("td", "th") else None
    return cell if anchor is None else _linked(cell, plain(anchor.text(deep=True, separator=" ")))


def _linked(cell: Cell, words: str) -> Cell:
    """The cell with the words of its link, where it begins with them and goes on."""
    return replace(cell, link=words) if words and cell.text != words and cell.text.startswith(words) else cell


def _is_struck(node: Any) -> bool:
    attributes = node.attributes
    marks = f"{attributes.get('style') or ''} {attributes.get('class') or ''}"
    return "line-through" in marks


def _cell(text: str, struck: list[str], notes: list[str], *, header: bool = False) -> Cell:
    if not (struck or notes) and "\n" not in text and text.isascii():  # most cells of most pages
        line = plain(text)
        return Cell(line, (line,) if line else (), header=header, printed=" ".join(text.split()))
    lines = tuple(line for line in (plain(part) for part in text.split("\n")) if line)
    printed = text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")
    return Cell(
        " ".join(lines),
        lines,
        tuple(s for s in struck if s),
        tuple(n for n in notes if n),
        header=header,
        printed=re.sub(r"\s+", " ", printed).strip(),
    )


_DRAWN_HEADING = re.compile(r"(?:^|\s)heading-h?([1-6])(?=\s|$)")


def heading_level(node: Any) -> int:
    """Which level of heading an element is, by its tag, its role or the class an editor gives its headings; 0 for none."""
    if re.fullmatch(r"h[1-6]", node.tag):
        return int(node.tag[1])
    attributes = node.attributes
    if attributes.get("role") == "heading":
        level = attributes.get("aria-level") or ""
        return int(level) if re.fullmatch(r"[1-6]", level) else 2
    drawn = _DRAWN_HEADING.search(attributes.get("class") or "")
    return int(drawn[1]) if drawn else 0


def html_grids(tree: Any) -> list[Grid]:
    """All innermost tables of an HTML tree in document order, each with the headings it stands under."""
    grids: list[Grid] = []
    path: dict[int, str] = {}
    codes: dict[int, list[str]] = {}
    prose: list[str] = []
    for node in tree.css("h1,h2,h3,h4,h5,h6,[role=heading],[class*=heading-],table,p,small,li,[data-as=p],code"):
        level = heading_level(node)
        if node.tag == "code":
            if path and not prose and not _within(node, "table", "h1", "h2", "h3", "h4", "h5", "h6"):
                codes.setdefault(max(path), []).append(plain(node.text()))
            continue
        if not level and (node.tag in ("p", "small", "li") or "data-as" in node.attributes):
            if not _within(node, "table") and not _is_code(node):
                prose.append(plain(node.text(deep=True, separator=" ")))
            continue
        if level:
            path = {k: v for k, v in path.items() if k < level}
            codes = {k: v for k, v in codes.items() if k < level}
            path[level] = plain(node.text(deep=True, separator=" "))
            prose = []
            continue
        if node.tag != "table":
            continue
        if node.css_first("table table") is not None or len(node.css("table")) > 1:
            continue
        rows = _fill(node)
        if rows:
            caption = node.css_first("caption")
            grids.append(
                Grid(
                    rows,
                    tuple(path[k] for k in sorted(path)),
                    len(grids),
                    node_cell(caption).text if caption is not None else "",
                    {k: v or "" for k, v in node.attributes.items()}
                    | _told("identifiers", _identifiers(codes))
                    | _told("panes", panes_of(node, tree)),
                    "\n".join(prose),
                )
            )
        prose = []
    return grids


_PANE = ("data-value", "data-tab", "data-tier", "data-plan", "value")
"""Attributes in which the panes of a page say which of its tabs they belong to."""


def panes_of(node: Any, tree: Any) -> str:
    """The words of the panes an element stands in, a line for each, innermost first: their own, or those of the tab that opens them."""
    found: list[str] = []
    parent = node.parent
    while parent is not None and parent.tag != "body":
        attributes = parent.attributes
        found += [attributes[k] or "" for k in _PANE if k in attributes]
        tab = attributes.get("aria-labelledby") or ""
        if attributes.get("role") == "tabpanel" and re.fullmatch(r"[\w:.«»-]{1,100}", tab):
            opens = tree.css_first(f'[id="{tab}"]')
            found.append(plain(opens.text(deep=True, separator=" ")) if opens is not None else "")
        parent = parent.parent
    return "\n".join(t for t in found if t and len(t) < 60)


_HEADINGS = "h1,h2,h3,h4,h5,h6"


def heading_over(node: Any) -> tuple[str, ...]:
    """The nearest heading in front of an element."""
    while node is not None and node.tag != "body":
        before = node.prev
        while before is not None:
            found = (
                [before] if before.tag in _HEADINGS.split(",") else before.css(_HEADINGS) if before.tag not in ("-text", "-comment") else []
            )
            if found:
                return (plain(found[-1].text(deep=True, separator=" ")),)
            before = before.prev
        node = node.parent
    return ()


def _told(key: str, words: str) -> dict[str, str]:
    return {key: words} if words else {}


def _within(node: Any, *tags: str) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in tags:
            return True
        parent = parent.parent
    return False


def _is_code(node: Any) -> bool:
    """Whether a line holds nothing but identifiers in code."""
    codes = [plain(code.text()) for code in node.css("code")]
    return bool(codes) and not re.sub(r"[\W_]|\band\b", "", re.sub("|".join(map(re.escape, codes)), " ", plain(node.text(deep=True))))


_IDENTIFIER = re.compile(r"[\w./:@-]*[\d-][\w./:@-]*")


def _identifiers(codes: dict[int, list[str]]) -> str:
    """What the thing of the innermost heading with code below it is called in the interface."""
    found = codes[max(codes)] if codes else []
    return " ".join(dict.fromkeys(found)) if all(map(_IDENTIFIER.fullmatch, found)) else ""


def _span(value: str | None) -> int:
    """A row or column span: ``0`` means to the end of the table (HTML) but pages print it on placeholders."""
    try:
        span = int(value) if value else 1
    except ValueError:
        return 1
    return max(0, min(span, MAX_SPAN)) if span else 0


def _fill(table: Any) -> list[list[Cell]]:
    """Expand merged cells into a rectangle; cells with rowspan=0 or colspan=0 are placeholders and skipped."""
    pending: dict[tuple[int, int], Cell] = {}
    rows: list[list[Cell]] = []
    trs = table.css("tr")
    total = 0
    for r, tr in enumerate(trs):
        row: dict[int, Cell] = {}
        column = 0
        child = tr.child if not hasattr(tr, "first_child") else tr.first_child
        while child is not None:
            if child.tag in ("td", "th"):
                down = _span(child.attributes.get("rowspan"))
                right = _span(child.attributes.get("colspan"))
                if down and right:
                    while (r, column) in pending:
                        column += 1
                    cell = node_cell(child)
                    twin = replace(cell, spanned=True)
                    for i in range(min(down, len(trs) - r)):
                        for j in range(right):
                            pending[(r + i, column + j)] = cell if i == j == 0 else twin
                            total += 1
                    column += right
            if total > MAX_CELLS:
                return []
            child = child.next
        row = {c: pending.pop((r, c)) for c in sorted(c for (rr, c) in list(pending) if rr == r)} if pending else {}
        rows.append([row.get(c, Cell(missing=True)) for c in range(max(row, default=-1) + 1)])
    return _rectangle([row for row in rows if row])


def _rectangle(rows: list[list[Cell]]) -> list[list[Cell]]:
    width = max((len(row) for row in rows), default=0)
    return [row + [Cell(missing=True)] * (width - len(row)) for row in rows]


def _shifted(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows moved one place right where the cell merged downwards in front of them was lost on the way to Markdown.

    A row is one when it lacks exactly its last cell, a whole row stands above it, and its cells, moved, are of the kinds (words,
    amounts) of those above them, while unmoved they are not.
    """
    for n in range(2, len(rows)):
        row, above = rows[n], rows[n - 1]
        lacks = [c for c, cell in enumerate(row) if cell.missing]
        if lacks != [len(row) - 1] or len(row) < 3 or any(cell.missing for cell in above):
            continue
        moved = [replace(above[0], spanned=True), *row[:-1]]
        if _kinds(moved) == _kinds(above) != _kinds(row):
            rows[n] = moved
    return rows


def _kinds(row: list[Cell]) -> list[bool]:
    """Of each cell whether it holds letters alone and no figure."""
    return [not re.search(r"[$€¥£\u2713\u2717]|^\d", cell.text) for cell in row[1:]]


_RULE = re.compile(r"^\s*\|?\s*:?-{1,}:?\s*(\|\s*:?-{1,}:?\s*)*\|?\s*$")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_LINK = re.compile(r"!?\[([^\[\]]{0,1000})\]\([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500})?\)")
_PICTURE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,2000}\)")
"""A picture: its description is not among the words a reader sees."""
_STRIKE = re.compile(r"~~(.{1,300}?)~~|<(del|s|strike)\b[^>]{0,300}>(.{0,300}?)</\2>", re.IGNORECASE | re.DOTALL)
_SUP = re.compile(r"<sup\b[^>]{0,300}>(.{0,300}?)</sup>", re.IGNORECASE | re.DOTALL)


_MARKUP = re.compile(r"[<~\[*_`\\&]")
"""What a cell must hold for any of the rules of Markdown to apply to it."""


def markdown_cell(source: str) -> Cell:
    """Read one Markdown cell: links and emphasis dropped, <br> cuts lines, ~~struck~~ text kept apart."""
    if not _MARKUP.search(source):
        return _cell(source, [], [])
    struck = [plain(_strip(m[1] or m[3])) for m in _STRIKE.finditer(source)]
    notes = [plain(_strip(m[1])) for m in _SUP.finditer(source)]
    source = _PICTURE.sub("", source)
    text = _SUP.sub("", _STRIKE.sub(" ", source))
    cell = _cell(_strip(re.sub(r"<br\s*/?>", "\n", text, flags=re.IGNORECASE)), struck, notes)
    first = _LINK.match(source.strip())
    return cell if first is None else _linked(cell, plain(_strip(first[1])))


def _strip(text: str) -> str:
    import html

    text = _LINK.sub(r"\1", _LINK.sub(r"\1", text))
    text = re.sub(r"</?[a-zA-Z][^>]{0,500}>", "", text)
    text = re.sub(r"(\*\*|__|`)", "", text)
    text = re.sub(r"(?<![\w*])\*(?=\S)(.{1,300}?)(?<=\S)\*(?![\w*])", r"\1", text)
    return html.unescape(re.sub(r"\\([\\`*_{}\[\]()#+.!|~$<>-])", r"\1", text))


_CODE_LINE = re.compile(r"[*_]{0,2}`[\w./:@-]+`(?:[,&]? (?:and |& )?`[\w./:@-]+`)*[*_]{0,2}|[*_][\w./:@-]*-[\w./:@-]+[*_]")
"""A line of nothing but identifiers in code below a heading: what the thing of that heading is called in the interface."""


_TABLE_OF_TAGS = re.compile(r"^\s*<table\b", re.I)


def _of_tags(lines: list[str], first: int) -> tuple[list[list[Cell]], int]:
    """The rows of a table of HTML tags that begins at a line, and the number of the line behind it."""
    last = next((n for n in range(first, len(lines)) if re.search(r"</table\s*>", lines[n], re.I)), first)
    node = LexborHTMLParser("\n".join(lines[first : last + 1])).css_first("table")
    nested = node is None or len(node.css("table")) > 1
    return ([] if nested else _fill(node)), last + 1


def markdown_grids(text: str) -> list[Grid]:
    """All tables of a Markdown text in order, of bars or of HTML tags, each with the headings it stands under."""
    grids: list[Grid] = []
    path: dict[int, str] = {}
    codes: dict[int, str] = {}
    prose: list[str] = []
    lines = text.splitlines()
    i = 0
    while i < len(lines):
        heading = _HEADING.match(lines[i])
        if heading:
            level = len(heading[1])
            path = {k: v for k, v in path.items() if k < level}
            codes = {k: v for k, v in codes.items() if k < level}
            path[level] = markdown_cell(heading[2]).text
            prose = []
        elif _TABLE_OF_TAGS.match(lines[i]):
            found, i = _of_tags(lines, i)
            if found:
                grids.append(Grid(found, tuple(path[k] for k in sorted(path)), len(grids), before="\n".join(prose)))
            prose = []
            continue
        elif "|" in lines[i] and i + 1 < len(lines) and "-" in lines[i + 1] and _RULE.match(lines[i + 1]):
            rows = [_split(lines[i])]
            i += 2
            while i < len(lines) and "|" in lines[i] and lines[i].strip():
                rows.append(_split(lines[i]))
                i += 1
            cells = [[markdown_cell(c) for c in row] for row in rows]
            cells[0] = [replace(c, header=True) for c in cells[0]]
            if i == len(lines) and _is_cut(lines[i - len(rows) - 1], lines[-1]) and not text.endswith("\n"):
                cells[-1][-1] = Cell(missing=True)
            grids.append(
                Grid(
                    _shifted(_rectangle(cells)),
                    tuple(path[k] for k in sorted(path)),
                    len(grids),
                    attributes={"identifiers": codes[max(codes)]} if codes else {},
                    before="\n".join(prose),
                )
            )
            prose = []
            continue
        elif lines[i].strip():
            if path and not prose and (code := _CODE_LINE.fullmatch(lines[i].strip())):
                codes[max(path)] = " ".join(re.findall(r"`([^`]+)`", code[0])) or code[0].strip("*_ ")
            prose.append(markdown_cell(lines[i]).text)
        i += 1
    return grids


def _is_cut(header: str, last: str) -> bool:
    """Whether the last line of a text is a row that lacks the closing bar its header has: its last cell is cut."""
    return header.rstrip().endswith("|") and not last.rstrip().endswith("|")


def _split(line: str) -> list[str]:
    """Cut a pipe-table line at its unescaped bars, outside code spans."""
    body = line.strip()
    body = body[1:] if body.startswith("|") else body
    body = body[:-1] if body.endswith("|") and not body.endswith("\\|") else body
    return [part.replace("\\|", "|") for part in re.split(r"(?<!\\)\|", body)]
