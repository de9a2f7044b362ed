"""Makers' pages of deprecations: which model ends on which day and what replaces it, from tables, notices and dated lists.

A column of ends (retirement, shutdown, removal, end of life) wins over one of deprecations; a day that is only a bound (``not
sooner than``, ``or later``) is no end. In text, a sentence counts that names models in code or bold, says that they end, and
tells the day or stands under one. What a retired name means for a price is for ``belief``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sources.pages.dates import iso_date
from sources.pages.page import Page
from sources.pages.quote import PageChanged, RetirementQuote
from sources.pages.tables import Grid, html_grids, markdown_grids, node_cell
from units.quantity import plain

_END = r"retire\w*|retiring|shut(?:ting)?[ -]?down|shutoff|remov(?:al|ed|ing)|sunset\w*|discontinu\w*|offline|end[ -]of[ -]life|\beol\b|turned off|no longer (?:be )?available|deprecated from|下线"
_DEPRECATE = r"deprecat\w*|legacy"
_BOUND = re.compile(r"not (?:sooner|earlier|before)|no (?:sooner|earlier)|or later|earliest|at least|tentative(?!.*date$)", re.I)
_EARLIEST = re.compile(r"earliest possible date", re.I)
_NAMES = (
    (r"^api\b|\bids?\b|identifier|model code", 0),
    (r"deprecated model|retire\w* model|being retired", 1),
    (r"^models?\b|snapshot|system|model name|endpoint|模型", 2),
)
_REPLACES = re.compile(r"replac|alternativ|recommend|redirect|substitut|successor|migrat|upgrade|替代", re.I)
_INSTEAD = re.compile(
    r"\b(?:use|using|migrat\w*|replac\w*|redirect\w*|point(?:s|ing)? to|switch\w*|recommend\w*|upgrade|instead|serve[ds]? by|with)\b", re.I
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DATES = re.compile(
    rf"\b(?:(?P<iso>\d{{4}}[-./年]\d{{1,2}}[-./月]\d{{1,2}})日?|(?P<named>{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
    rf"|(?P<other>\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}\.?,? \d{{4}})|(?P<us>\d{{1,2}}/\d{{1,2}}/(?:\d{{4}}|\d{{2}})))(?![\w/])"
)
_CODE = re.compile(r"`([^`\s][^`]{0,80})`")
_STRONG = re.compile(r"\*\*\[?([^*\[\]]{2,60}?)\]?(?:\([^()]*\))?\*\*")
_NO_MODEL = re.compile(
    r"\b(?:parameters?|fields?|endpoints?|tools?|headers?|options?|apps?|fine-?tun\w*|capabilit\w*)\b|^/|[=\s(){}]", re.I
)
_LABEL = re.compile(r'<Update\b[^>]*\blabel="([^"]+)"', re.I)


def read_retirements(page: Page) -> list[RetirementQuote]:
    """Every statement of an end on a page, once each, in page order; raises ``PageChanged`` where there is none."""
    grids = [*(html_grids(page.tree) if "<table" in page.text else []), *markdown_grids(page.text)]
    found = [quote for grid in grids for quote in _of_table(grid)]
    found += _of_text(page)
    if _EARLIEST.search(page.text):
        found = [_as_earliest(quote) for quote in found]
    best: dict[str, RetirementQuote] = {}
    for quote in found:
        known = best.setdefault(quote.model_label, quote)
        if not known.retired_on and quote.retired_on:
            best[quote.model_label] = quote
    if not best:
        raise PageChanged("expected models that are deprecated or retired, found none")
    return list(best.values())


def dates_in(text: str) -> list[tuple[str, int]]:
    """Every whole date of a text as ISO 8601, with its place; numeric dates with slashes are month first."""
    found = []
    for match in _DATES.finditer(text):
        said = (match["named"] or match["other"] or "").replace(".", "")
        if match["iso"]:
            said = "-".join(f"{int(p):02d}" for p in re.split(r"[-./年月]", match["iso"])[:3])
        elif match["us"]:
            month, day, year = match["us"].split("/")
            said = f"{int(year) + 2000 * (len(year) == 2)}-{int(month):02d}-{int(day):02d}"
        try:
            found.append((iso_date(said), match.start()))
        except PageChanged:
            continue
    return found


def _as_earliest(quote: RetirementQuote) -> RetirementQuote:
    from dataclasses import replace

    return replace(quote, status="earliest") if quote.status == "announced" else quote


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a table says what: the model, its end, its deprecation, its state, and what replaces it."""

    name: int
    end: int | None
    deprecated: int | None
    state: int | None
    replacement: int | None


def _columns(heads: list[str]) -> _Columns | None:
    places = sorted((rank, i) for i, h in enumerate(heads) for p, rank in _NAMES if re.search(p, h, re.I) and not _REPLACES.search(h))
    dated = [
        i
        for i, h in enumerate(heads)
        if re.search(r"date|time|day|eol|deprecat|retire|shut|remov|sunset", h, re.I)
        and i not in {p for _, p in places if re.search("model", heads[p], re.I)}
        and not _REPLACES.search(h)
        and not re.search(r"release|launch|state|status|price", h, re.I)
    ]
    end = next((i for i in dated if re.search(_END, heads[i], re.I)), None)
    deprecated = next((i for i in dated if i != end and re.search(_DEPRECATE, heads[i], re.I)), None)
    if end is None and deprecated is not None and len(dated) == 1:
        end, deprecated = deprecated, None
    state = next((i for i, h in enumerate(heads) if re.search(r"stat(?:e|us)$|stage", h, re.I)), None)
    name = next((i for _, i in places if i not in (end, deprecated, state)), None)
    if name is None or (end is None and deprecated is None):
        return None
    instead = (
        i
        for i, h in enumerate(heads)
        if _REPLACES.search(h) and i not in (end, deprecated) and not re.search(r"\b(?:time|date|impact)\b", h, re.I)
    )
    return _Columns(name, end, deprecated, state, next(instead, None))


def _of_table(grid: Grid) -> Iterator[RetirementQuote]:
    columns = _columns([plain(h) for h in grid.header()])
    if columns is None:
        return
    for r, row in enumerate(grid.rows[1:], 1):
        text = [plain(c.text) for c in row]
        said = text[columns.end] if columns.end is not None else ""
        ends = [] if _BOUND.search(said) else dates_in(said)
        announced = dates_in(text[columns.deprecated] if columns.deprecated is not None else " ".join(grid.heading[-1:]))
        state = text[columns.state].lower() if columns.state is not None else ""
        status = "retired" if re.search(_END, state) and "soon" not in state else "announced" if ends else "deprecated"
        if not ends and status != "retired" and (columns.deprecated is None or not announced):
            continue
        words = " | ".join(t for t in text if t)
        for name in _names_of(text[columns.name]):
            said_on = announced[0][0] if announced and (not ends or announced[0][0] < ends[-1][0]) else ""
            yield RetirementQuote(
                model_label=name,
                retired_on=ends[-1][0] if ends else "",
                announced_on=said_on,
                replacement=_first(text[columns.replacement]) if columns.replacement is not None else "",
                status=status,
                value_text=said if ends else "",
                evidence=words[:300],
                locator=grid.locator(r, columns.name),
            )


def _names_of(cell: str) -> list[str]:
    """The models a cell names: identifiers apart by commas or bars, else the cell as it is."""
    parts = [p.strip(" `*↗") for p in re.split(r"\s*(?:\\?\||,|;|\s/\s|\s+and\s+)\s*", cell)]
    parts = [p for p in parts if p]
    found = parts if all(re.fullmatch(r"[\w.:/@-]+", p) for p in parts) else [re.sub(r"\s*↗|\s*\(.*?\)$", "", cell).strip()]
    return [name for name in found if name and not name.startswith("/")]


def _first(cell: str) -> str:
    """The first replacement a cell names, without what it says of it; empty where it names none."""
    bare = re.sub(r"^(?:n/?a|none|tbd)$", "", cell.strip(" -–—`"), flags=re.I)
    first = re.split(r"\s+(?:or|and|with|,)\s+|[,;(]", bare)[0].strip(" `")
    return first.split()[0] if first and all("-" in w for w in first.split()) else first


def _of_text(page: Page) -> Iterator[RetirementQuote]:
    """Notices: sentences that end models by name, and the lists under a sentence that does."""
    under, awaiting = "", ("", "")
    whole = re.search(r"<html\b", page.text[:20000], re.I) and page.tree.body is not None
    lines = list(node_cell(page.tree.body).lines) if whole else page.text.splitlines()
    ids = _ids(lines)
    for n, line in enumerate(lines, 1):
        label = _LABEL.search(line)
        if label or line.startswith("#"):
            dates = dates_in(label[1] if label else line)
            under, awaiting = dates[0][0] if dates else "" if label else under if not re.match(r"#{1,3} ", line) else "", ("", "")
        item = re.match(r"\s*[*-]\s+(.*)", line)
        if item and awaiting[0]:
            if not (awaiting[1] or under):
                continue
            yield from (_notice(name, awaiting[1], under, item[1], n) for name in _CODE.findall(item[1])[:3] if not _NO_MODEL.search(name))
            continue
        if "|" in line or not line.strip():
            continue
        for sentence in re.split(r"(?<=[.!?:])\s+(?=[A-Z`*\[(])", line):
            yield from _sentence(sentence, under, n, ids.get(n, ""))
        awaiting = _opens(line) or (("", "") if not item else awaiting)


def _ids(lines: list[str]) -> dict[int, str]:
    """Line number -> the identifier that its section gives under ``Model ID`` (a section per model)."""
    found: dict[int, str] = {}
    start = 1
    for n, line in enumerate([*lines, "# end"], 1):
        if line.startswith("#"):
            said = lines[start - 1 : n - 1]
            at = next((i for i, text in enumerate(said) if re.fullmatch(r"\W*model id\W*", text, re.I)), None)
            code = _CODE.search(" ".join(said[at + 1 : at + 4])) if at is not None else None
            if code:
                found |= dict.fromkeys(range(start, n), code[1])
            start = n
    return found


def _opens(line: str) -> tuple[str, str] | None:
    """Whether a line opens a list of models that end (it says so and closes with a colon), with the day it tells."""
    text = line.strip().strip("*")
    if not text.endswith(":") or not re.search(rf"{_END}|{_DEPRECATE}", text, re.I) or not re.search(r"models?\b", text, re.I):
        return None
    dates = dates_in(text)
    return text, dates[0][0] if dates else ""


def _sentence(sentence: str, under: str, line: int, section: str) -> Iterator[RetirementQuote]:
    """The ends one sentence states. ``under``: the day of its section, ``section``: the model its section is about."""
    verb = re.search(_END, sentence, re.I) or re.search(r"(?:is|are|been|^\W*)\s*deprecat\w*", sentence, re.I)
    if (
        verb is None
        or re.search(r"\bif\b|\bnot\b|\bmay\b|\bmight\b|fine-?tun", sentence[: verb.start()], re.I)
        or re.match(r"\s*to (?:new|newly)\b", sentence[verb.end() :], re.I)
    ):
        return
    dates = dates_in(sentence)
    told_on = re.search(r"notif|announc", sentence, re.I)  # the day before such a verb is that of the message
    day = next((d for d, at in dates if at > verb.start()), dates[0][0] if dates and not told_on else "")
    ends = bool(re.search(_END, verb[0], re.I)) and bool(day or not told_on)
    turn = _INSTEAD.search(sentence, verb.end())
    told = sentence[: turn.start() if turn else len(sentence)]
    names = [(m[1], m.end()) for m in _CODE.finditer(told) if re.fullmatch(r"(?=.*[-\d])[A-Za-z0-9][A-Za-z0-9.:/@-]*", m[1])]
    names = names or [(m[1], m.end()) for m in _STRONG.finditer(told) if re.match(r"[A-Z].*\d", m[1]) and not dates_in(m[1])]
    if not names and section and day:
        names = [(section, verb.start())]
    stated = day or under or re.search(r"\b(?:been|was|were|now|is|are)\b", sentence[: verb.start()], re.I)
    of_something_else = any(_NO_MODEL.match(told[m.end() :].lstrip("* ")[:20]) for m in _CODE.finditer(told))
    for name, _ in names if stated and not of_something_else else ():
        after = _CODE.search(sentence, turn.end()) if turn else None
        yield _notice(
            name,
            day if ends else "",
            "" if ends and day else under,
            sentence,
            line,
            ends=ends,
            announced=day if not ends else "",
            replacement=after[1] if after else "",
        )


def _notice(
    name: str, day: str, under: str, words: str, line: int, *, ends: bool = True, announced: str = "", replacement: str = ""
) -> RetirementQuote:
    retired = day or (under if ends else "")
    return RetirementQuote(
        model_label=name.strip(),
        retired_on=retired,
        announced_on=announced or ("" if retired == under else under),
        replacement=replacement,
        status="announced" if retired else "retired" if ends else "deprecated",
        value_text=retired,
        evidence=plain(words)[:300],
        locator=f"line {line}",
    )
