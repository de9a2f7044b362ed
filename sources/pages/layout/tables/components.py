"""Tables in the source of documentation pages: ``<DocTable columns={[..]} rows={[..]} />`` as grids.

The properties are read as text: strings, figures, fragments (``<>{"$"}0.16</>``) and calls around one string. Nothing is run. Rows
without heads (``rows`` alone) make one grid for each run of rows of one width, whose heads the provider's layout declares.
"""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import Any

from sources.pages.tables import Cell, Grid, markdown_cell

_ROWS = re.compile(r"<([A-Z]\w*)((?:(?!<[A-Z]\w*\s|/>).){0,20000}?)\brows=\{", re.S)
_NESTED = re.compile(r"(?:\b(?:model|title|name|label|heading|group)\s*:\s*[\"']([^\"'\n]{1,60})[\"'],\s*)?\brows\s*:\s*(?=\[\s*\[)")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`[^`]*`')
_FRAGMENT = re.compile(r"<>(.*?)</>", re.S)
_CALL = re.compile(r"\b[a-zA-Z_]\w*\(\s*((?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`))\s*,?\s*\)", re.S)
_PROPERTY = re.compile(r'\b([a-z]\w*)=(?:"([^"]{1,60})"|\'([^\']{1,60})\')')


def component_grids(text: str) -> list[Grid]:
    """The tables of all components that are given ``rows``, in page order."""
    grids: list[Grid] = []
    for match in sorted([*_ROWS.finditer(text), *_NESTED.finditer(text)], key=lambda m: m.start()):
        rows = _array(text, match.end())
        if not isinstance(rows, list):
            continue
        nested = match.re is _NESTED
        heads = [] if nested else _heads(match[2])
        properties = {} if nested else {m[1]: m[2] or m[3] for m in _PROPERTY.finditer(match[2])}
        said = match[1] or "" if nested else "\n".join(properties.values())
        cells = [[_cell(c) for c in row] for row in rows if isinstance(row, list) and row]
        before = f"{_before(text, match.start())}\n{said}"
        for _, run in groupby(cells, key=len):
            body = list(run)
            top = [[Cell(h, (h,), header=True, printed=h) for h in heads]] if len(heads) == len(body[0]) else []
            grids.append(Grid([*top, *body], _headings(text[: match.start()]), len(grids), attributes=properties, before=before))
    return grids


_OBJECT = re.compile(r"(?:\bexport default|\b(?:const|let|var) \w+(?::[^=\n]{1,60})? =|\bmodule\.exports =)\s*(?=[{\[])")


def literals(text: str) -> list[Any]:
    """The object and array literals that a page of source code assigns or exports, as JSON values."""
    found = [_array(text, match.end()) for match in _OBJECT.finditer(text)]
    return [value for value in found if isinstance(value, dict | list)]


def _heads(properties: str) -> list[str]:
    at = re.search(r"\bcolumns=\{", properties)
    columns = _array(properties, at.end()) if at else None
    if not isinstance(columns, list):
        return []
    titles = [
        c if isinstance(c, str) else next((c[k] for k in ("title", "label", "header", "name") if isinstance(c.get(k), str)), "")
        for c in columns
        if isinstance(c, str | dict)
    ]
    return [str(t) for t in titles]


def _before(text: str, end: int) -> str:
    """The last statements of a unit in front of a component, and the name of the pane it stands in."""
    piece = text[max(0, end - 6000) : end]
    units = re.findall(r"[Pp]rices? per [^.<\n]{2,40}", piece)
    panes = re.findall(r'data-value="([^"]{1,40})"|class(?:Name)?="hidden">([^<]{1,40})<', piece)
    return "\n".join([*units[-1:], *(a or b for a, b in panes[-1:])])


def _headings(text: str) -> tuple[str, ...]:
    path: dict[int, str] = {}
    for match in re.finditer(r"^(#{1,6})\s+(.+?)\s*$", text, re.M):
        path = {k: v for k, v in path.items() if k < len(match[1])}
        path[len(match[1])] = markdown_cell(match[2]).text
    return tuple(path[k] for k in sorted(path))


def _cell(value: Any) -> Cell:
    if value is None:
        return Cell()
    return markdown_cell(str(getattr(value, "text", value)).replace("|", "\\|"))


def _array(text: str, start: int) -> Any:
    """The array literal that begins at ``start`` as JSON; None where it is no plain array."""
    source = text[start : start + 200_000]
    kept: list[str] = []

    def keep(value: str) -> str:
        kept.append(value)
        return f"\x00{len(kept) - 1}\x01"

    source = _CALL.sub(lambda m: keep(_unquoted(m[1])), source)
    source = _FRAGMENT.sub(
        lambda m: keep(re.sub(r"\{\s*\"([^\"]*)\"\s*\}|\x00(\d+)\x01", lambda n: n[1] if n[2] is None else kept[int(n[2])], m[1])), source
    )
    source = _STRING.sub(lambda m: keep(_unquoted(m[0])), source)
    depth, end = 0, 0
    for n, sign in enumerate(source):
        depth += (sign in "[{") - (sign in "]}")
        if depth == 0 and n:
            end = n + 1
            break
    bare = re.sub(r"(?m)(?<![:\x01])//[^\n]*$|/\*.*?\*/", "", source[:end], flags=re.S) if "/" in source[:end] else source[:end]
    literal = re.sub(r"([{,]\s*)([A-Za-z_]\w*)\s*:", r'\1"\2":', bare)
    literal = re.sub(r",(\s*[\]}])", r"\1", literal)
    literal = re.sub(r"\x00(\d+)\x01", lambda m: json.dumps(kept[int(m[1])]), literal)
    try:
        return json.loads(literal, parse_float=_Figure, parse_int=_Figure)
    except (json.JSONDecodeError, RecursionError):
        return None


class _Figure(str):
    """A figure of an array literal, in its own characters."""


def _unquoted(literal: str) -> str:
    inner = literal[1:-1]
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": " "}.get(m[1], m[1]), inner)
