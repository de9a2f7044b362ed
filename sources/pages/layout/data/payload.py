"""The data a page carries in its scripts, read as data and never run: JSON bodies, ``ld+json``, Next.js state and streams.

``values`` are the JSON documents; ``tables_in`` their rows of cells as grids; streamed elements are read in ``streamed``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from sources.pages.page import Page, Printed
from sources.pages.tables import Cell, Grid, heading_over, markdown_cell, panes_of

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.I | re.S)
_PUSH = re.compile(r'self\.__next_f\.push\(\[1,\s*("(?:[^"\\]|\\.)*")\]\)')
_CHUNK = re.compile(r"(?:^|\n)([0-9a-f]{1,6}):(?=[\[{])")
MAX_NODES = 600_000


def values(page: Page) -> dict[str, Any]:
    """The JSON documents of a page by their place; what is no whole document is left out."""
    text = page.text
    if text.lstrip()[:1] in ("{", "["):
        return {"body": page.json()}
    found: dict[str, Any] = {}
    pushed: list[str] = []
    for n, script in enumerate(_SCRIPT.finditer(text)):
        pieces = _PUSH.findall(script[2])
        pushed += [piece for piece in (_json(p) for p in pieces) if isinstance(piece, str)]
        if not pieces and re.search(r"json", script[1], re.I):
            found[f"script {n + 1}"] = _json(script[2])
    found |= _chunks("".join(pushed)) | (islands(page) if "<astro-island" in text else {})
    return {k: v for k, v in found.items() if isinstance(v, dict | list)}


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Printed)
    except (json.JSONDecodeError, RecursionError):
        return None


def _chunks(stream: str) -> dict[str, Any]:
    """The JSON values of a Next.js stream (``1a:{...}``), by their number."""
    found: dict[str, Any] = {}
    decoder = json.JSONDecoder(parse_float=Printed)
    starts = list(_CHUNK.finditer(stream))
    for match in starts:
        try:
            found[match[1]] = decoder.raw_decode(stream, match.end())[0]
        except (json.JSONDecodeError, RecursionError):
            continue
    if not starts and stream.lstrip()[:1] in ("{", "["):
        found["stream"] = _json(stream)
    return found


def nodes(value: Any) -> Iterator[Any]:
    """Every dict and list in a JSON value, outermost first; at most ``MAX_NODES``."""
    waiting, count = [value], 0
    while waiting and count < MAX_NODES:
        node = waiting.pop()
        count += 1
        yield node
        inner = node.values() if isinstance(node, dict) else node
        waiting += [v for v in reversed(list(inner)) if isinstance(v, dict | list)]


class Placed(dict[str, Any]):
    """The properties of a component, with the heading and the panes it stands below on the page."""

    heading: tuple[str, ...] = ()
    panes: str = ""


def tables_in(found: dict[str, Any]) -> list[Grid]:
    """Lists of rows of cells (``[[..], ..]`` or ``[{"cells": [..]}, ..]``) as grids, with what the objects around them say of them."""
    grids: list[Grid] = []
    for value in found.values():
        place = value if isinstance(value, Placed) else Placed()
        owners: dict[int, dict[str, Any]] = {}
        for node in nodes(value):
            _own(node, owners)
            rows = [_row(item) for item in node] if isinstance(node, list) and node else []
            if rows and all(r is not None for r in rows) and max(len(r or ()) for r in rows) > 1:
                around = owners.get(id(node), {})
                grids += _grids([r for r in rows if r], around, owners.get(id(around), {}), len(grids), place)
    return grids


def _own(node: Any, owners: dict[int, dict[str, Any]]) -> None:
    """Remember which object each list and object stands in, lists of objects looked through."""
    owner = node if isinstance(node, dict) else owners.get(id(node))
    if owner is not None:
        for inner in node.values() if isinstance(node, dict) else node:
            if isinstance(inner, dict | list):
                owners[id(inner)] = owner


def _heads(holder: dict[str, Any]) -> list[str]:
    """The column heads an object states."""
    stated: list[Any] = next((holder[k] for k in ("columns", "headings", "headers", "head") if isinstance(holder.get(k), list)), [])
    return [_words(h) for h in stated]


def _words(value: Any) -> str:
    """The text of a value: its own, or the one an object around it holds as text or label."""
    for _ in range(4):
        if not isinstance(value, dict):
            break
        value = next((value[k] for k in ("text", "label", "title", "name") if k in value), next(iter(value.values()), ""))
    return "" if value is None or isinstance(value, list | dict) else str(getattr(value, "text", value))


def _grids(rows: list[list[str]], holder: dict[str, Any], outer: dict[str, Any], first: int, place: Placed) -> list[Grid]:
    """A grid for each run of rows of one width; a group of rows stands below its name, with the heads of the whole."""
    before = "\n".join(v for v in holder.values() if isinstance(v, str) and len(v) < 80)
    name = next((holder[k] for k in ("model", "group", "title", "name") if isinstance(holder.get(k), str)), "") if outer else ""
    made: list[Grid] = []
    for width, run in groupby(rows, key=len):
        body = [[_cell(c) for c in row] for row in run]
        stated = next((h for h in (_heads(holder), _heads(outer)[1:]) if len(h) == width), [])
        top = [[_cell(h) for h in stated]] if stated else []
        grouped = (name,) if name and stated and not _heads(holder) else ()
        told = {"panes": place.panes} if place.panes else {}
        made.append(Grid([*top, *body], (*place.heading, *grouped), first + len(made), attributes=told, before=before))
    return made


def _row(item: Any) -> list[str] | None:
    cells = (
        next((v for k, v in item.items() if k in ("cells", "columns", "values", "row") and isinstance(v, list)), None)
        if isinstance(item, dict)
        else item
    )
    if not isinstance(cells, list) or not cells or (isinstance(item, list) and item[:1] == ["$"]):
        return None
    words = [_words(c) if isinstance(c, dict) else c for c in cells]
    if not all(w is None or (isinstance(w, str | int | float | Decimal) and not isinstance(w, bool)) for w in words):
        return None
    return ["" if w is None else str(getattr(w, "text", w)) for w in words]


def _cell(text: str) -> Cell:
    return markdown_cell(re.sub(r"<(?:br|/p|/div)\s*/?>", "<br>", text))


def islands(page: Page) -> dict[str, Any]:
    """The properties of Astro's components (``[0, value]`` and ``[1, [values]]`` stand for a value and a list), each with its place."""
    found = {}
    for n, node in enumerate(page.tree.css("astro-island[props]") if page.is_html else ()):
        value = _json(node.attributes.get("props") or "")
        if isinstance(value, dict):
            placed = Placed({k: _revived(v, 0) for k, v in value.items()})
            placed.heading, placed.panes = heading_over(node), panes_of(node, page.tree)
            found[f"component {n + 1}"] = placed
    return found


def _revived(value: Any, depth: int) -> Any:
    if depth > 40:
        return None
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], int):
        inner = value[1]
        if value[0] == 1 and isinstance(inner, list):
            return [_revived(v, depth + 1) for v in inner]
        return {k: _revived(v, depth + 1) for k, v in inner.items()} if isinstance(inner, dict) else inner
    return value
