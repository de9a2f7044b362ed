"""Streamed elements (``["$", "div", null, {"children": ..}]``) as the HTML that a browser would make of them, read like any other."""

from __future__ import annotations

import html
import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from sources.pages.layout.data.payload import MAX_NODES, nodes
from sources.pages.page import MAX_DEPTH

_REFERENCE = re.compile(r"\$L?([0-9a-f]{1,6})")
_INLINE = frozenset("span b strong em a i code small sup del s strike br".split())
_SHOWN = _INLINE | frozenset("p div ul ol li dl dt dd section article table thead tbody tr th td h1 h2 h3 h4 h5 h6 caption button".split())
_KEPT = {"rowSpan": "rowspan", "colSpan": "colspan", "rowspan": "rowspan", "colspan": "colspan"}


def streamed_tree(found: dict[str, Any]) -> LexborHTMLParser | None:
    """The elements of all streamed values that no other refers to, in the order of the stream; None where there are none."""
    referred = {
        m[1]
        for value in found.values()
        for node in nodes(value)
        if isinstance(node, list)
        for item in node
        if isinstance(item, str) and (m := _REFERENCE.fullmatch(item))
    }
    writer = _Writer(found)
    for name, value in found.items():
        if name not in referred and isinstance(value, list):
            writer.parts.append("<div>")
            writer.write(value, 0)
            writer.parts.append("</div>")
    return LexborHTMLParser("".join(writer.parts)) if writer.has_elements else None


class _Writer:
    """Writes streamed element trees as HTML: known tags as themselves, components as boxes, text escaped, each reference once on a path."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        self.parts: list[str] = []
        self.has_elements = False
        self._left = MAX_NODES
        self._open: set[str] = set()

    def write(self, node: Any, depth: int) -> None:
        self._left -= 1
        if depth > MAX_DEPTH // 10 or self._left < 0:
            return
        if isinstance(node, str):
            self._text(node, depth)
        elif isinstance(node, list) and node[:1] == ["$"] and len(node) > 3 and isinstance(node[3], dict):
            self._element(str(node[3].get("as") or node[1]), node[3], depth)
        elif isinstance(node, list):
            for item in node:
                self.write(item, depth + 1)
        elif isinstance(node, int | float) and not isinstance(node, bool):
            self.parts.append(str(node))

    def _element(self, tag: str, props: dict[str, Any], depth: int) -> None:
        self.has_elements = True
        shown = tag if tag in _SHOWN else "div"
        told = "".join(f' {_KEPT[k]}="{int(v)}"' for k, v in props.items() if k in _KEPT and str(v).isdigit())
        struck = ' style="text-decoration:line-through"' if "line-through" in f"{props.get('className')} {props.get('style')}" else ""
        self.parts.append(f"<{shown}{told}{struck}>")
        self.write(props.get("children"), depth + 1)
        self.parts.append(f"</{shown}>" if shown != "br" else "")

    def _text(self, text: str, depth: int) -> None:
        reference = _REFERENCE.fullmatch(text)
        if reference is None:
            self.parts.append(
                "" if text.startswith("$undefined") else html.escape(text.removeprefix("$") if text.startswith("$$") else text)
            )
        elif reference[1] in self.found and reference[1] not in self._open:
            self._open.add(reference[1])
            self.write(self.found[reference[1]], depth + 1)
            self._open.discard(reference[1])
