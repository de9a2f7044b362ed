"""The data of OpenAI's pricing components: Astro island properties in HTML, JSX attributes in the MDX endpoint.

In 2026 most models stood only in this data, the rendered tables showing the first three. What the columns
mean is decided in ``parse``; here the text is only turned into rows.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from sources.pages.columns import distinct
from sources.pages.page import Page
from sources.pages.quote import PageChanged
from sources.pages.tables import Grid, html_grids

NAME = "TextTokenPricingTables"
TIERS = frozenset({"standard", "batch", "flex", "priority", "fast"})


@dataclass
class Component:
    """One component: its tier, its rows (label first) and the tables rendered inside it."""

    tier: str
    rows: list[list[Any]]
    grids: list[Grid] = field(default_factory=list)


def components(page: Page) -> list[Component]:
    """Every text-token component of the page in order, each once; empty where the page has none.

    Raises ``PageChanged`` for a component whose data cannot be read whole or whose tier is unknown.
    """
    found = _islands(page) if page.is_html and "astro-island" in page.text else _jsx(page.text)
    once: dict[str, Component] = {}
    for part in found:
        if part.tier not in TIERS:
            raise PageChanged(f"expected a component of a known tier, found {part.tier!r}")
        if not part.rows:
            raise PageChanged(f"expected rows in the {part.tier} component, found none")
        if part.rows != once.setdefault(part.tier, part).rows:
            raise PageChanged(f"expected one {part.tier} component, found two that differ")
    return list(once.values())


def _islands(page: Page) -> list[Component]:
    found = []
    for node in page.tree.css(f'astro-island[component-export="{NAME}"]'):
        try:
            properties = _revive(json.loads(node.attributes.get("props") or "", parse_float=Decimal))
        except (json.JSONDecodeError, RecursionError) as error:
            raise PageChanged(f"expected whole component data, found a damaged one ({error})") from error
        grids = distinct(html_grids(LexborHTMLParser(node.html or "")))
        found.append(Component(str(properties.get("tier")), properties.get("rows") or [], grids))
    return found


def _revive(value: Any) -> Any:
    """Undo Astro's encoding of properties: ``[0, value]`` is a value, ``[1, [...]]`` an array."""
    if isinstance(value, list) and len(value) == 2 and value[0] == 0:
        return _revive(value[1]) if isinstance(value[1], dict) else value[1]
    if isinstance(value, list) and len(value) == 2 and value[0] == 1:
        return [_revive(v) for v in value[1]]
    if isinstance(value, list) and len(value) == 1 and value[0] == 0:
        return None
    if isinstance(value, dict):
        return {k: _revive(v) for k, v in value.items()}
    raise PageChanged(f"expected encoded component data, found {str(value)[:60]!r}")


def _jsx(text: str) -> list[Component]:
    found = []
    for start in re.finditer(rf"<{NAME}\b", text):
        rows = re.compile(r"\brows=\{\s*(?=\[)").search(text, start.end())
        following = text.find(f"<{NAME}", start.end())
        if rows is None or (following != -1 and rows.start() > following):
            raise PageChanged("expected rows in a pricing component, found none")
        head = text[start.end() : rows.start()]
        tier = re.search(r'\btier="(\w+)"', head)
        pane = list(re.finditer(r'data-value="(\w+)"', text[: start.start()]))
        name = tier[1] if tier else pane[-1][1] if pane else ""
        if tier and pane and tier[1] != pane[-1][1]:
            raise PageChanged(f"expected the tier of the pane, {pane[-1][1]!r}, found {tier[1]!r}")
        found.append(Component(name, _rows(text, rows.end())))
    return found


def _rows(text: str, start: int) -> list[list[Any]]:
    """The JavaScript array that starts at ``start``, which must be whole: JSON but for trailing commas."""
    end = re.compile(r"\]\s*\}").search(text, start)
    if end is None:
        raise PageChanged("expected a whole array of rows, found its end missing")
    source = re.sub(r",(\s*\])", r"\1", text[start : end.start() + 1])
    try:
        rows = json.loads(source, parse_float=Decimal)
    except (json.JSONDecodeError, RecursionError) as error:
        raise PageChanged(f"expected an array of rows, found {source[:60]!r} ({error})") from error
    if not all(isinstance(row, list) and row for row in rows):
        raise PageChanged("expected rows of a label and values, found something else")
    return rows
