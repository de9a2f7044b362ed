"""reStructuredText tables: list-tables, grid tables and MyST ``{list-table}`` blocks, as plain rows of cells.

Docutils would run directives and load files; a spec page needs only the cells. Roles (``:ref:`text <target>```)
are reduced to their text. A cell's own bullet lines are kept, joined by newlines.
"""

from __future__ import annotations

import re
import textwrap

_ROLE = re.compile(r":[\w:+-]+:`([^`<]*?)\s*(?:<[^`>]*>)?`")
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]+>`_{1,2}")
_GRID_RULE = re.compile(r"^\s*\+(?:[-=]+\+)+\s*$")


def plain_roles(text: str) -> str:
    """Text with roles and links reduced to their words, also where a role is broken over lines."""
    return re.sub(r"\*\*(.+?)\*\*", r"\1", _LINK.sub(r"\1", _ROLE.sub(r"\1", text)))


def tables(text: str) -> list[list[list[str]]]:
    """Every list-table and grid table of a page as rows of cell texts, in order."""
    return [rows for _, rows in titled_tables(text)]


def titled_tables(text: str) -> list[tuple[str, list[list[str]]]]:
    """``tables`` with the title of each (of a grid table none)."""
    lines = text.splitlines()
    found: list[tuple[str, list[list[str]]]] = []
    i = 0
    while i < len(lines):
        if re.search(r"list-table", lines[i]):
            end, rows = _list_table(lines, i + 1)
            found.append((re.sub(r"^.*list-table\W*", "", lines[i]), rows))
            i = end
        elif _GRID_RULE.match(lines[i]):
            end, rows = _grid_table(lines, i)
            found.append(("", rows))
            i = end
        else:
            i += 1
    return [(title, rows) for title, rows in found if rows]


def _list_table(lines: list[str], start: int) -> tuple[int, list[list[str]]]:
    """Rows start with ``*``, cells with ``-``; deeper lines belong to the cell."""
    rows: list[list[str]] = []
    row_indent: int | None = None
    cell_indent: int | None = None
    i = start
    while i < len(lines):
        line = lines[i]
        indent = len(line) - len(line.lstrip())
        if line.strip() == "```" or (line.strip() and row_indent is not None and indent < row_indent):
            break
        m = re.match(r"^(\s*)\*(\s+-(?:\s|$)|\s*$)(.*)$", line)
        if m and (row_indent is None or len(m[1]) == row_indent):
            row_indent = len(m[1])
            rows.append([])
            cell_indent = None
            if m[2].strip() == "-":
                cell_indent = line.index("-", len(m[1]))
                rows[-1].append(m[3])
        elif rows and (c := re.match(r"^(\s*)-(\s.*|)$", line)) and (cell_indent in (None, len(c[1]))) and len(c[1]) > (row_indent or 0):
            cell_indent = len(c[1])
            rows[-1].append(c[2])
        elif rows and rows[-1]:
            rows[-1][-1] += "\n" + line
        i += 1
    return i, [[_cell(c) for c in row] for row in rows if row]


def _grid_table(lines: list[str], start: int) -> tuple[int, list[list[str]]]:
    """A grid table without merged cells: columns stand where the first rule has its plus signs."""
    edges = [k for k, ch in enumerate(lines[start]) if ch == "+"]
    rows: list[list[str]] = []
    current = [""] * (len(edges) - 1)
    i = start + 1
    while i < len(lines) and re.match(r"^\s*[+|]", lines[i]):
        if _GRID_RULE.match(lines[i]):
            rows.append([_cell(c) for c in current])
            current = [""] * (len(edges) - 1)
        else:
            parts = _bars(lines[i], edges)
            current = [f"{a}\n{b}" for a, b in zip(current, parts, strict=True)]
        i += 1
    return i, rows


def _bars(line: str, edges: list[int]) -> list[str]:
    """Cut at the column edges; a line whose last bar has slipped is cut at its own bars."""
    own = [k for k, ch in enumerate(line) if ch == "|"]
    cuts = own if len(own) == len(edges) else edges
    return [line[a + 1 : b].strip() for a, b in zip(cuts[:-1], cuts[1:], strict=True)]


def _cell(text: str) -> str:
    body = textwrap.dedent(text).strip()
    return plain_roles(re.sub(r"(?<!\n)\n(?![\s*\n])", " ", body)).strip()
