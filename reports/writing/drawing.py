"""How charts look and how they become pictures: palette, Vega configuration, SVG and PNG.

Belongs here: everything that is the same for all charts. Not here: what a chart shows (``charts``).
One palette serves light, dark and print: SVG refers to CSS variables, the mail's PNG is always light.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import polars as pl
from markupsafe import Markup

from reports.writing.shown import Sentence

PALETTE: dict[str, tuple[str, str, str]] = {
    # name: (CSS variable, light, dark). Text has a contrast of at least 4.5 on its ground, lines 3; the colours of
    # series keep an OKLab distance of 0.1 for deuteranopes, protanopes and tritanopes (tests/reports/test_palette.py)
    "ink": ("--k-ink", "#2b2a28", "#dedbd4"),
    "muted": ("--k-muted", "#65625c", "#a5a199"),
    "grid": ("--k-grid", "#e5e2db", "#34383d"),
    "blue": ("--k-blue", "#1f4e79", "#8ec1f2"),
    "rust": ("--k-rust", "#a8450c", "#e07b39"),
    "azure": ("--k-azure", "#2488e0", "#3a78b8"),
    "ochre": ("--k-ochre", "#c18000", "#e8c04a"),
    "grey": ("--k-grey", "#8f8b82", "#85827b"),
    "ground": ("--k-ground", "#fdfcf9", "#15181b"),
}
INK, MUTED, GRID, BLUE, RUST, AZURE, OCHRE, GREY, GROUND = (light for _css, light, _dark in PALETTE.values())
SERIES_COLOURS = [BLUE, RUST, AZURE, OCHRE, INK]
WIDE, NARROW = 760, 360
"""Widths in px in which a page carries each chart: for a desk and for a phone."""
MAIL_WIDTH = 460
FONT = "DejaVu Sans, Helvetica, Arial, sans-serif"

CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "labelFontSize": 11,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        "titlePadding": 8,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelColor": INK,
        "labelFontSize": 12,
        "symbolStrokeWidth": 3,
        "symbolSize": 140,
        "columnPadding": 18,
        "labelLimit": 260,
        "columns": 3,
        "padding": 0,
        "offset": 10,
    },
    "text": {"color": INK, "fontSize": 11},
    "line": {"strokeWidth": 2},
}


@dataclass(frozen=True, eq=False)
class Chart:
    """One chart: its Vega-Lite specification, the rows it draws, and what it says to those who cannot see it.

    ``data`` holds only values of ``sources``: column -> the (mart, column) pairs they were taken from.
    """

    name: str
    title: Sentence
    """The finding in a sentence, by the data's own sign."""
    alt: Sentence
    spec: dict[str, Any]
    data: pl.DataFrame
    sources: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@lru_cache(maxsize=64)
def _svg(spec: str) -> str:
    import vl_convert

    return vl_convert.vegalite_to_svg(spec)


def inline_svg(chart: Chart, width: int) -> Markup:
    """Inline SVG whose colours follow the page's light, dark or print style; ids are the chart's own."""
    svg = _bare(chart, width)
    svg = re.sub(r'\bid="', f'id="{chart.name}-{width}-', svg).replace("url(#", f"url(#{chart.name}-{width}-")
    label = Markup.escape(str(chart.alt))
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1))


def file_svg(chart: Chart) -> bytes:
    """A picture on its own ground with its own light and dark colours and its title, to be shown elsewhere."""
    svg = _bare(chart, WIDE)
    light, dark = ("".join(f"{css}:{pair[i]};" for css, *pair in PALETTE.values()) for i in (0, 1))
    style = f"<style>:root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    said = f"<title>{Markup.escape(str(chart.title))}</title><desc>{Markup.escape(str(chart.alt))}</desc>"
    ground = '<rect width="100%" height="100%" fill="var(--k-ground)"/>'
    return re.sub(r"(<svg [^>]*>)", lambda m: m[1] + said + style + ground, svg, count=1).encode()


def _bare(chart: Chart, width: int) -> str:
    svg = _svg(json.dumps(_sized(chart, width), sort_keys=True, default=str))
    for css, light, _dark in PALETTE.values():
        svg = svg.replace(f'"{light}"', f'"var({css},{light})"')
    return re.sub(r'\saria-(?:role|label)[a-z]*="[^"]*"|\srole="[^"]*"|\saria-roledescription="[^"]*"', "", svg)


def png(chart: Chart, width: int = MAIL_WIDTH, scale: float = 2.0) -> bytes:
    """PNG on white, for mails and for places that show no SVG: the same drawing, painted."""
    svg = _svg(json.dumps(_sized(chart, width), sort_keys=True, default=str))
    return _png(re.sub(r"(<svg [^>]*>)", r'\1<rect width="100%" height="100%" fill="#ffffff"/>', svg, count=1), scale)


@lru_cache(maxsize=64)
def _png(svg: str, scale: float) -> bytes:
    import vl_convert

    return _packed(vl_convert.svg_to_png(svg, scale=scale))


def _packed(raw: bytes) -> bytes:
    """The same picture with its data compressed in earnest: 2.5 times smaller than it comes."""
    chunks, position = [], 8
    while position < len(raw):
        (size,) = struct.unpack(">I", raw[position : position + 4])
        chunks.append((raw[position + 4 : position + 8], raw[position + 8 : position + 8 + size]))
        position += 12 + size
    pixels = zlib.compress(zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT")), 7)
    kept = [(kind, data) for kind, data in chunks if kind in (b"IHDR", b"pHYs")] + [(b"IDAT", pixels), (b"IEND", b"")]
    out = [raw[:8]]
    for kind, data in kept:
        out += [struct.pack(">I", len(data)), kind, data, struct.pack(">I", zlib.crc32(kind + data))]
    return b"".join(out)


def _sized(chart: Chart, width: int) -> dict[str, Any]:
    return chart.spec | {
        "width": width,
        "padding": {"left": 5, "top": 5, "right": 40 if width <= NARROW else 5, "bottom": 5},
        "config": CONFIG,
        "autosize": {"type": "fit-x", "contains": "padding"},
    }
