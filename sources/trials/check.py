"""What each address gives when it is asked once: the first thing a person with a network wants to know.

Asks, reads and judges as the daily job does and keeps nothing: no archive, no warehouse. Belongs here: naming what
came of an address and what to do about it. How it is asked is ``fetching``'s, how it is read the source's.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

from sources.captures import names_of, rows_in
from sources.catalogue import UNTRUSTED, Source, sources
from sources.contract import foreign, live_breaches
from sources.fetching.fetch import Fetched, Fetcher, FetchFailed, KeyMissing
from sources.freshness import modified_day, stated_day
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, PriceQuote
from sources.reading.gate import judged
from sources.reading.parsed import framed

RECORD = Path(__file__).parent / "checked.csv"
"""What the check last saw of every address, kept with the project; ``docs/sources.md`` is made from it."""

HOSTS_AT_ONCE = 8
SCRIPT_ONLY_CHARACTERS = 1500
"""A page of scripts whose text without them is shorter than this shows nothing to who does not run them."""

OUTCOMES = {
    "answered": "gives its rows",
    "partial": "gives rows, and something on it was not understood",
    "stale": "answers with old content",
    "moved": "gives its rows from another address",
    "blocked": "is closed to us",
    "gone": "is not there any more",
    "script-only": "shows its prices to browsers alone",
    "layout unknown": "answers with a page that is not read",
    "contract broken": "is read, and breaks what its contract promises",
    "unreachable": "did not answer",
    "no key": "wants a key of your own (optional)",
    "not asked": "is never asked",
}
GOOD = frozenset({"answered", "partial", "no key", "not asked"})
"""Outcomes that want nothing done."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one address. ``rows`` it would give, ``left_out`` entries and blocks not understood, ``remedy`` what to do."""

    source: str
    url: str
    outcome: str
    rows: int = 0
    left_out: int = 0
    stated_on: str = ""
    found: str = ""
    remedy: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing is to be done about it."""
        return self.outcome in GOOD


def check(
    fetcher: Fetcher, chosen: Iterable[Source], today: date, *, tell: Callable[[Checked], None] | None = None, save: Path | None = None
) -> list[Checked]:
    """Ask every address of the chosen sources once, hosts side by side; sorted by source and address.

    ``tell`` is called with each result as it comes. ``save``: a folder to put the bodies into, by source.
    """
    work: dict[str, list[tuple[Source, str]]] = {}
    for source in chosen:
        for url in source.contract.urls or [""]:
            work.setdefault(urlsplit(url).netloc, []).append((source, url))

    def of_host(addresses: list[tuple[Source, str]]) -> list[Checked]:
        found = []
        for source, url in addresses:
            found.append(_checked(fetcher, source, url, today, save))
            if tell is not None:
                tell(found[-1])
        return found

    with ThreadPoolExecutor(max(1, min(HOSTS_AT_ONCE, len(work)))) as pool:
        results = [one for host in pool.map(of_host, work.values()) for one in host]
    return sorted(results, key=lambda c: (c.source, c.url))


def _checked(fetcher: Fetcher, source: Source, url: str, today: date, save: Path | None) -> Checked:
    contract = source.contract
    if not contract.live or not url:
        return Checked(source.key, url, "not asked", found=contract.not_readable or "only archived captures are read")
    try:
        fetched = fetcher.fetch(source, url=url)
    except KeyMissing as error:
        return Checked(source.key, url, "no key", found=error.found, remedy=error.remedy)
    except FetchFailed as error:
        return _not_fetched(source, url, error)
    if save is not None:
        saved = save / source.key / (re.sub(r"[^\w.-]+", "_", url)[-80:] or "body")
        saved.parent.mkdir(parents=True, exist_ok=True)
        saved.write_bytes(fetched.body)
    try:
        return read_as(source, url, fetched, today)
    except Exception as error:  # the bulkhead: one page costs its own line
        return Checked(source.key, url, "layout unknown", found=f"{type(error).__name__}: {error}", remedy=_look(source))


def _not_fetched(source: Source, url: str, error: FetchFailed) -> Checked:
    if error.status in (401, 403, 407, 429, 451) or "robots.txt forbids" in error.found:
        return Checked(
            source.key, url, "blocked", found=error.found, remedy=f"look for an official list; else live = false in {_contract(source)}"
        )
    if error.status in (404, 410):
        return Checked(
            source.key, url, "gone", found=error.found, remedy=f"find where the page went and correct urls in {_contract(source)}"
        )
    return Checked(source.key, url, "unreachable", found=error.found, remedy=error.remedy)


def read_as(source: Source, url: str, fetched: Fetched, today: date) -> Checked:
    """What one body gives: rows, or why it gives none."""
    owed = source.contract.at(url)
    try:
        parsed = judged(source.parsed(fetched.body))
    except UNTRUSTED as error:
        said = str(error).removeprefix(f"{source.key}: ")
        page = Page(fetched.body)
        if "challenge or denial" in said:
            return Checked(
                source.key, url, "blocked", found=said, remedy=f"look for an official list; else live = false in {_contract(source)}"
            )
        if is_script_only(page):
            return Checked(
                source.key,
                url,
                "script-only",
                found=said,
                remedy=f"find the list behind the page; else not_readable and live = false in {_contract(source)}",
            )
        kind = "layout unknown" if isinstance(error, PageChanged) else "contract broken"
        return Checked(source.key, url, kind, found=said, remedy=_look(source))
    frame = framed(source, parsed.quotes)
    rows, names = rows_in(source.kind, frame), names_of(source.kind, frame)
    out = [o for o in parsed.left_out if o.extent != "amount"]
    stated = stated_day(source.contract, fetched.body) or modified_day(source.contract, fetched.last_modified)
    told: dict[str, Any] = {"rows": rows, "left_out": len(out), "stated_on": stated.isoformat() if stated else ""}
    broken = live_breaches(owed, rows, names)
    if source.kind == "prices":
        broken += foreign(owed, [q.currency for q in parsed.quotes if isinstance(q, PriceQuote)], [q.evidence for q in parsed.quotes])
    if broken:
        return Checked(source.key, url, "contract broken", found="; ".join(broken), remedy=_look(source), **told)
    if stated is not None and (today - stated).days > source.contract.stated_days:
        return Checked(
            source.key,
            url,
            "stale",
            found=f"content of {stated}",
            remedy=f"see whether the feed has moved; correct urls in {_contract(source)}",
            **told,
        )
    if urldefrag(fetched.final_url)[0] != urldefrag(url)[0]:
        return Checked(
            source.key, url, "moved", found=f"answered by {fetched.final_url}", remedy=f"correct urls in {_contract(source)}", **told
        )
    return Checked(source.key, url, "partial" if out else "answered", found=_said(out), **told)


def _said(out: Sequence[LeftOut]) -> str:
    return f"{len(out)} not understood, for example {out[0].subject} ({out[0].reason})" if out else ""


def is_script_only(page: Page) -> bool:
    """Whether an HTML page is scripts with next to no text of its own."""
    if page.is_pdf or page.is_zip or not page.is_html or "<script" not in page.text:
        return False
    text = re.sub(r"(?is)<(script|style|noscript|template)\b.*?</\1\s*>|<[^>]+>", " ", page.text)
    return len(" ".join(text.split())) < SCRIPT_ONLY_CHARACTERS


def _look(source: Source) -> str:
    return f"save the body (deflation sources check {source.key} --save DIR) and read it: deflation parse {source.key} FILE"


def _contract(source: Source) -> str:
    return f"{source.folder.parent.parent.name}/{source.folder.parent.name}/{source.name}/contract.toml"


@dataclass(frozen=True, slots=True)
class Recorded(Checked):
    """A ``Checked`` with the day and through what it was seen (``internet``, or ``mirror``: archived bodies)."""

    checked_on: str = ""
    through: str = ""


def record(results: Iterable[Checked], day: date, through: str, path: Path = RECORD) -> None:
    """Keep what the check saw: these addresses are replaced, the others keep what was seen of them before."""
    known = {(r.source, r.url): r for r in recorded(path) if r.source in sources()}
    known |= {(c.source, c.url): Recorded(**asdict(c), checked_on=day.isoformat(), through=through) for c in results}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Recorded)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(known[key]) for key in sorted(known))


def recorded(path: Path = RECORD) -> list[Recorded]:
    """What the check last saw, in order; empty where it was never recorded."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [_recorded(row) for row in csv.DictReader(file)]


def _recorded(row: dict[str, str]) -> Recorded:
    texts = {name: text for name, text in row.items() if name not in ("rows", "left_out")}
    return Recorded(rows=int(row["rows"]), left_out=int(row["left_out"]), **texts)
