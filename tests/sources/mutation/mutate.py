"""What pages do overnight, as general mutators of their text: the drift a parser must survive or refuse.

Each mutator knows pipe tables, HTML tables or JSON, never a provider. ``mutations`` yields every mutated
page with what was done to it. What is wrong with the rows read from one is told by ``mutation_faults``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

FIGURES = ("input", "output", "cached", "cache_write_5m", "cache_write_1h", "value")
_PRICE = re.compile(r"(?<![\w$])\\?(?:US)?[$€¥￥]\s?(\d[\d,]*\.?\d*|\.\d+)(?![\d,.]*\d)|(?<![\w.,])(\d[\d,]*\.?\d*)\s?(?:元|€|\$)(?!\d)")
_UNITS = (
    (r"(?i)(?<![\w.])1 ?M(?=\b[^|<\n]{0,25}\btok)", "1K"),
    (r"(?i)\b(1 ?)?million(?=[^|<\n]{0,25}\btok)", lambda m: f"{m[1] or ''}thousand"),
    (r"(?<=[/ (])M(?= ?[Tt][Oo][Kk])", "K"),
    (r"(?i)(?<=\$/)1 ?M(?=\))", "1K"),
    (r"\bMTok\b", "KTok"),
    (r"1,000,000(?= tokens)", "1,000"),
    (r"百万", "千"),
    (r"100 ?万", "千"),
)
"""What a page says when its unit changes, in the ways pages write units."""


@dataclass(frozen=True)
class Mutation:
    """One mutated page: the ``kind`` of change, ``where`` in words, the new ``text``, and what was ``lost`` of it."""

    kind: str
    where: str
    text: str
    lost: str = ""


@dataclass(frozen=True)
class Table:
    """A table in a page's text: its span, and per row the spans of its cells (the first row is the header)."""

    start: int
    end: int
    rows: tuple[tuple[tuple[int, int], ...], ...]
    lines: tuple[tuple[int, int], ...]
    merged: bool = False


def tables(text: str) -> list[Table]:
    """Every pipe table and every HTML table without a table inside, in order of appearance."""
    found = [*_pipe_tables(text), *_html_tables(text)]
    return sorted(found, key=lambda t: t.start)


def _pipe_tables(text: str) -> Iterator[Table]:
    rule = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$", re.M)
    for match in rule.finditer(text):
        head = text.rfind("\n", 0, max(match.start() - 1, 0)) + 1
        if match.start() == 0 or "|" not in text[head : match.start()] or "-" not in match[0]:
            continue
        lines = [(head, match.start() - 1)]
        at = match.end() + 1
        while at < len(text):
            stop = text.find("\n", at)
            stop = len(text) if stop == -1 else stop
            if "|" not in text[at:stop]:
                break
            lines.append((at, stop))
            at = stop + 1
        yield Table(head, lines[-1][1], tuple(_pipe_cells(text, *line) for line in lines), tuple(lines))


def _pipe_cells(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    bars = [m.start() for m in re.finditer(r"(?<!\\)\|", text[start:end])]
    edges = [start + b for b in bars]
    if not text[start:end].lstrip().startswith("|"):
        edges = [start - 1, *edges]
    if not text[start:end].rstrip().endswith("|"):
        edges = [*edges, end]
    return tuple((a + 1, b) for a, b in zip(edges, edges[1:], strict=False))


def _html_tables(text: str) -> Iterator[Table]:
    for match in re.finditer(r"<table\b(?:(?!<table\b).)*?</table>", text, re.S | re.I):
        rows, lines = [], []
        for row in re.finditer(r"<tr\b.*?</tr>", match[0], re.S | re.I):
            cells = tuple(
                (match.start() + row.start() + c.start(1), match.start() + row.start() + c.end(1))
                for c in re.finditer(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", row[0], re.S | re.I)
            )
            if cells:
                rows.append(cells)
                lines.append((match.start() + row.start(), match.start() + row.end()))
        if len(rows) > 1:
            yield Table(match.start(), match.end(), tuple(rows), tuple(lines), bool(re.search(r"(row|col)span", match[0], re.I)))


def mutations(text: str, limit: int = 4) -> Iterator[Mutation]:
    """Every mutation of a page, at most ``limit`` tables of it (spread evenly), plus those of the whole text."""
    if text.lstrip()[:1] in "{[":
        yield from _json_mutations(text)
    else:
        found = [t for t in tables(text) if _PRICE.search(text[t.start : t.end])]
        step = max(1, len(found) // limit)
        for n, table in list(enumerate(found))[::step][:limit]:
            for mutate in (_drop_row, _swap_columns, _insert_column, _rename_headers, _duplicate, _empty):
                yield from mutate(text, table, f"table {n + 1}")
    yield from _text_mutations(text)


def _drop_row(text: str, table: Table, where: str) -> Iterator[Mutation]:
    for r in sorted({1, len(table.rows) // 2, len(table.rows) - 1} - {0}):
        start, end = table.lines[r]
        if not table.merged and len(table.rows) > 2:
            yield Mutation(
                "row dropped", f"{where}, row {r}", text[:start] + text[end + 1 if text[end : end + 1] == "\n" else end :], text[start:end]
            )


def _rewrite(text: str, table: Table, change: Callable[[int, list[str]], list[str]]) -> str:
    """The page with the cells of every row replaced by ``change(row number, cells)`` (same number of cells)."""
    out, at = [], 0
    for r, cells in enumerate(table.rows):
        for (start, end), new in zip(cells, change(r, [text[a:b] for a, b in cells]), strict=True):
            out += [text[at:start], new]
            at = end
    return "".join(out) + text[at:]


def _swap_columns(text: str, table: Table, where: str) -> Iterator[Mutation]:
    width = len(table.rows[0])
    if table.merged or width < 3 or any(len(r) != width for r in table.rows):
        return
    for a, b in {(1, width - 1), (0, 1)}:

        def swap(_: int, cells: list[str], a: int = a, b: int = b) -> list[str]:
            cells[a], cells[b] = cells[b], cells[a]
            return cells

        yield Mutation("columns swapped", f"{where}, columns {a + 1} and {b + 1}", _rewrite(text, table, swap))


def _insert_column(text: str, table: Table, where: str) -> Iterator[Mutation]:
    if table.merged or len({len(r) for r in table.rows}) != 1 or len(table.rows[0]) < 2:
        return
    bar = not text[table.start : table.end].lstrip().lower().startswith("<table")
    for column in (1, len(table.rows[0]) - 1):

        def insert(r: int, cells: list[str], column: int = column) -> list[str]:
            new = "Surcharge" if r == 0 else "$9.87"
            tag = "th" if r == 0 else "td"
            cells[column] = f" {new} |{cells[column]}" if bar else f"{new}</{tag}><{tag}>{cells[column]}"
            return cells

        mutated = _rewrite(text, table, insert)
        if bar:
            rule = mutated.index("\n", table.start) + 1
            mutated = mutated[:rule] + "|---" + ("" if mutated[rule:].lstrip().startswith("|") else "|") + mutated[rule:]
        yield Mutation("column inserted", f"{where}, before column {column + 1}", mutated)


def _rename_headers(text: str, table: Table, where: str) -> Iterator[Mutation]:
    for n, (start, end) in enumerate(table.rows[0]):
        if text[start:end].strip():
            yield Mutation("header renamed", f"{where}, column {n + 1}", text[:start] + " Qxz " + text[end:])


def _duplicate(text: str, table: Table, where: str) -> Iterator[Mutation]:
    piece = text[table.start : table.end]
    yield Mutation("table duplicated", where, text[: table.end] + "\n\n" + piece + "\n" + text[table.end :])


def _empty(text: str, table: Table, where: str) -> Iterator[Mutation]:
    start, end = table.lines[1][0], table.lines[-1][1]
    if not table.merged:
        yield Mutation("table emptied", where, text[:start] + text[end:], text[start:end])


def _text_mutations(text: str) -> Iterator[Mutation]:
    changed = text
    for old, new in _UNITS:
        changed = re.sub(old, new, changed)
    if changed != text:
        yield Mutation("unit 1M -> 1K", "everywhere", changed)
    changed = re.sub(r">\$<", ">€<", re.sub(r"\$(?=\s?[\d.])", "€", re.sub(r"\\\$(?=\d)", "$", text)))
    if changed != text:
        yield Mutation("currency changed", "everywhere", changed)
    prices = [m for m in _PRICE.finditer(text) if text[m.end() : m.end() + 1] not in "xX%" or not text[m.end() :]]
    for match in prices[:: max(1, len(prices) // 3)][:3]:
        for mark in ("(5)", "<sup>5</sup>", "⁵"):
            yield Mutation("footnote digit glued", f"{match[0]}{mark} at {match.start()}", text[: match.end()] + mark + text[match.end() :])
        for struck in (f"~~{match[0]}~~", f"<del>{match[0]}</del>"):
            yield Mutation(
                "price struck", f"{struck} at {match.start()}", text[: match.start()] + struck + text[match.end() :], match[1] or match[2]
            )
    for share in (35, 60, 85):
        cut = len(text) * share // 100
        yield Mutation("truncated", f"at {share} %", text[:cut], text[cut:])


def _json_mutations(text: str) -> Iterator[Mutation]:
    try:
        body = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        return
    lists = [p for p in _paths(body) if isinstance(_at(body, p), list) and len(_at(body, p)) > 1][:2]
    for path in lists:
        items = _at(body, path)
        yield Mutation("row dropped", f"{path}", _with(body, path, items[:1] + items[2:]), json.dumps(items[1]))
        yield Mutation("table emptied", f"{path}", _with(body, path, []), json.dumps(items))
        yield Mutation("table duplicated", f"{path}", _with(body, path, items + items))
    keys = {
        p[-1] for p in _paths(body) if isinstance(p[-1], str) and re.search(r"price|cost|prompt|completion|input|output|mtok", p[-1], re.I)
    }
    for key in sorted(keys)[:6]:
        yield Mutation("header renamed", f"key {key}", re.sub(rf'"{re.escape(key)}"(\s*:)', r'"qxz"\1', text))


def _paths(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of the first few members at each level, so that a large feed costs no more than a small one."""
    if at:
        yield at
    if len(at) < 6:
        members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for _, (key, member) in zip(range(12), members, strict=False):
            yield from _paths(member, (*at, key))


def _at(body: Any, path: Sequence[str | int]) -> Any:
    for key in path:
        body = body[key]
    return body


def _with(body: Any, path: Sequence[str | int], value: Any) -> str:
    copy = json.loads(json.dumps(body))
    inner = _at(copy, path[:-1])
    inner[path[-1]] = value
    return json.dumps(copy)
