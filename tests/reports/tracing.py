"""Finds every figure that a reader can see, and holds it against the row it claims to come from.

Independent of the fact book: sources are looked up in the edition's frames, printed numbers are parsed back.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl
from lxml import etree
from lxml import html as lxml_html

from reports.inputs import Edition

FIGURE = re.compile(r"[^\s]*\d[^\s]*")
SCALES = {"trillion": 1e6, "billion": 1e3, "million": 1.0}


_cache: dict[int, tuple[pl.DataFrame, list[dict[str, Any]]]] = {}


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    if id(frame) not in _cache:
        _cache[id(frame)] = (frame, frame.to_dicts())  # the frame is kept, so that its id stays its own
    return _cache[id(frame)][1]


def look_up(edition: Edition, source: str) -> Any:
    """The value behind a source string, straight from the frames."""
    kind, rest = source.split(":", 1)
    if kind == "fact":
        fact, column = rest.rsplit(".", 1)
        row = next(r for r in _rows(edition.facts) if r["fact_id"] == fact)
        return (row["lower"], row["upper"]) if column == "interval" else row[column]
    if kind == "mart":
        mart, index, column = rest.split(".")
        row = _rows(edition.mart(mart))[int(index)]
        upper = column.replace("_lower", "_upper")
        return (row[column], row[upper]) if upper != column and upper in row else row[column]
    if kind == "count":
        mart, terms = rest.split("?")
        wanted = dict(t.split("=") for t in terms.split("&") if t)
        return sum(all(str(row[k]) in v.split("|") for k, v in wanted.items()) for row in edition.mart(mart).iter_rows(named=True))
    if kind == "distinct":
        mart, column = rest.split(".")
        return edition.mart(mart)[column].drop_nulls().n_unique()
    if kind == "tally":
        return int(rest)
    if kind == "freshness":
        fact, column = rest.rsplit(".", 1)
        return next((r[column] for r in _rows(edition.mart("fact_freshness")) if r["fact_id"] == fact), None)
    if kind == "change":
        fact, end = rest.rsplit(".", 1)
        row = next(r for r in _rows(edition.facts) if r["fact_id"] == fact)
        factor = row["unit"].startswith("factor")
        ends = {"value": "value", "low": "upper" if factor else "lower", "high": "lower" if factor else "upper"}
        return abs(1 / row[ends[end]] - 1) if factor else abs(row[ends[end]])
    if kind == "edition":
        return getattr(edition, rest)
    fact, column = rest.rsplit(".", 1)
    return edition.changes.row(edition.changes["fact_id"].to_list().index(fact), named=True)[column]


def agrees(text: str, value: Any, unit: str = "") -> bool:
    """Whether a printed text is this value: numbers to the last digit printed, days and words literally."""
    if isinstance(value, tuple):
        parts = re.split(r"(?<=[\w%$×])–| to ", text)
        if len(parts) == 2 and not any(w in parts[0] for w in SCALES):
            parts[0] += "".join(" " + w for w in SCALES if w in parts[1])  # 5.6–11.8 billion
        return len(parts) == 2 and all(agrees(p, v, unit) for p, v in zip(parts, value, strict=True))
    if isinstance(value, date):
        return text == value.isoformat() or text == f"{value.day} {value:%B %Y}"
    if isinstance(value, str):
        plain = " ".join(value.split())
        return text == plain or (text.endswith("…") and plain.startswith(text[:-1].rstrip()))
    if text.startswith("<"):
        return value < float(text[1:])
    found = re.search(r"[−-]?\$?[\d,]+(\.\d+)?", text)
    if value is None or not found:
        return False
    digits = found.group().replace("−", "-").replace("$", "").replace(",", "")
    places = len(digits.split(".")[1]) if "." in digits else 0
    shown = float(digits)
    word = next((w for w in SCALES if w in text), "")
    scales = [1.0, 100.0] if not word else ([1 / SCALES[word]] if "mtok" in unit or not text.startswith(("$", "−$")) else [1e-6])
    # A whole number may have been rounded to tens or hundreds by its interval.
    zeros = len(digits) - len(digits.rstrip("0")) if places == 0 else 0
    return any(abs(value * scale - shown) <= 0.5001 * 10.0 ** (zeros - places) for scale in scales)


def page_figures(page: str) -> list[tuple[str, str | None]]:
    """(text, source) of everything with a digit on the page, attributes that are read aloud included.

    Axis labels of charts are scale marks, not figures; scripts and styles are not text.
    """
    tree = lxml_html.fromstring(page)
    etree.strip_tags(tree, "abbr")  # a term's explanation does not part the words it stands in
    found: list[tuple[str, str | None]] = []
    for element in tree.iter():
        if (
            not isinstance(element.tag, str)
            or element.tag in ("script", "style", "title", "textarea")
            or any(a.tag == "svg" for a in element.iterancestors())
            or element.tag == "svg"
        ):
            continue
        for owner, text in ((element, element.text), *((element, child.tail) for child in element)):
            if text and any(c.isdigit() for c in text):
                found.append((text.strip(), _source_of(owner)))
    return found


def spoken(page: str) -> list[str]:
    """Labels, descriptions and the title: text that carries no source of its own."""
    tree = lxml_html.fromstring(page)
    values = [
        e.get(a)
        for a in ("aria-label", "alt", "content", "placeholder", "title", "datetime")
        for e in tree.iter()
        if isinstance(e.tag, str) and e.get(a) and not (a == "content" and (e.get("name") == "viewport" or e.get("http-equiv")))
    ]
    return [*values, tree.findtext(".//title") or ""]


def _source_of(element: Any) -> str | None:
    for node in (element, *element.iterancestors()):
        if node.get("data-f"):
            return str(node.get("data-f"))
        if node.tag == "td":
            table = next(a for a in node.iterancestors() if a.tag == "table")
            if table.get("data-mart"):
                row = node.getparent()
                heads = table.findall(".//thead//th")
                rows = list(row.getparent().iterchildren("tr"))
                return f"mart:{table.get('data-mart')}.{rows.index(row)}.{heads[list(row).index(node)].get('data-col')}"
    return None
