"""The data a Next.js page carries in its scripts (``self.__next_f.push``), as text and as JSON lists.

Scripts are read as text, never run. What the fields mean belongs to ``parse``.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from sources.pages.quote import PageChanged

_PUSH = re.compile(r'self\.__next_f\.push\(\[1,("(?:[^"\\]|\\.)*")\]\)')


def payload(text: str) -> str:
    """All pushed pieces of the page, joined; raises ``PageChanged`` when a piece is damaged or none is there."""
    pieces = _PUSH.findall(text)
    if not pieces or len(pieces) != len(re.findall(r"self\.__next_f\.push\(\[1,", text)):
        raise PageChanged("expected the page's embedded data whole, found it cut or missing")
    try:
        return "".join(json.loads(piece) for piece in pieces)
    except json.JSONDecodeError as error:
        raise PageChanged(f"expected the page's embedded data whole, found it damaged ({error})") from error


def lists(text: str, name: str) -> list[list[dict[str, Any]]]:
    """Every JSON list of objects under the key ``name``; raises ``PageChanged`` for one that cannot be read."""
    found = []
    for start in re.finditer(rf'"{name}":\s*(?=\[)', text):
        try:
            value, _ = json.JSONDecoder(parse_float=Decimal).raw_decode(text, start.end())
        except (json.JSONDecodeError, RecursionError) as error:
            raise PageChanged(f"expected a whole list {name!r}, found a damaged one ({error})") from error
        found.append([v for v in value if isinstance(v, dict)])
    return found
