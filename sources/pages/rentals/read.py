"""Price lists of clouds that rent accelerators, in any layout: a part a row or a block, prices by the hour.

The head of a price (or the caption, or the heading) must say that it is per GPU and hour; a price per hour of a machine is divided
by the number of GPUs that stands beside it, and without that number its block is left out. A column is known by its words; an
amount under other words is noted and never read. Tables of storage, networks or CPUs name no accelerator and are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain

from sources.pages.dates import iso_date
from sources.pages.page import Page
from sources.pages.quote import LeftOut, PageChanged, RentalQuote
from sources.pages.rentals.boxes import defined_values, labelled_values, page_grids
from sources.pages.rentals.names import accelerator_of, why_not
from sources.pages.rentals.offers import Offers
from sources.pages.tables import Cell, Grid
from units.quantity import amounts, plain

_NAME = re.compile(r"^(?:gpu(?: model| type| specs?)?|model|item|instance(?: type)?|plan|product|nvidia|accelerator)s?\b", re.I)
_COUNT = re.compile(r"^(?:#|no\.?|number)?\s*(?:of\s+)?gpus?(?:\s*(?:count|qty|quantity|#|per (?:node|instance)))?$", re.I)
_MEMORY = re.compile(r"vram|gpu mem|(?:memory|ram).*gpu|gpu.*(?:memory|ram)\b", re.I)
_PROCESSORS = re.compile(r"^v?cpus?\b", re.I)
_DURATION = re.compile(r"^(?:duration|commitment|term|contract)", re.I)
_PER_GPU = re.compile(r"(?:/|per)\s*gpu[\s/-]*(?:per\s*)?h(?:ou)?r|gpu[- ]hour|(?:/|per)\s*h(?:ou)?r\s*(?:/|per)\s*gpu|per gpu", re.I)
_HOUR = re.compile(r"hour|(?:/|per)\s*hr?\b", re.I)
_EFFECTIVE = re.compile(
    r"\(?\s*\beffective(?: from| as of)?\s*:?\s+([A-Za-z]+\.? \d{1,2},? \d{4}|\d{1,2} [A-Za-z]+ \d{4}|\d{4}-\d\d-\d\d)\s*\)?", re.I
)
_TERMS = (
    ("spot", r"spot|pre-?empt\w*|interruptible"),
    ("reserved_3yr", r"3[ -]?years?|36[ -]?months?|three[ -]years?"),
    ("reserved_1yr", r"1[ -]?year\+?|12[ -]?months?|one[ -]year"),
    ("reserved", r"reserv\w*|commit\w*"),
    ("on_demand", r"on[- ]?demand|pay[- ]as[- ]you[- ]go|payg"),
)
_PLAIN = re.compile(
    r"pric\w*|rates?|costs?|per|gpus?|accelerators?|hour\w*|hrs?|usd|us|nvidia|amd|instances?|models?|starting|from|at|with|a|of|the|[\W\d_]+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Price:
    """What the words over a price say: its term (empty: none they know), from which day, and whether it is per GPU."""

    term: str
    effective_from: str
    per_gpu: bool
    per_hour: bool


def read_offers(page: Page, provider: str) -> list[RentalQuote | LeftOut]:
    """Every offer of an accelerator by the hour on a page; raises ``PageChanged`` where there is none."""
    offers = Offers(provider)
    for grid in page_grids(page):
        _read_grid(offers, grid)
    if not offers.found and page.is_html:
        for name, values in chain(labelled_values(page.tree), defined_values(page.tree)):
            _read_block(offers, name, values)
    return offers.quotes()


def _words(head: str, around: str = "") -> _Price:
    """The meaning of a price's head under what stands ``around`` it (heading, caption)."""
    begins = _EFFECTIVE.search(head)
    said = _EFFECTIVE.sub(" ", head)
    term = next((t for t, p in _TERMS if re.search(p, said, re.I)), "") or next(
        (t for t, p in _TERMS if re.search(p, around, re.I)), "on_demand"
    )
    rest = _PLAIN.sub(" ", re.sub("|".join(p for _, p in _TERMS), " ", said, flags=re.I)).strip()
    return _Price("" if rest else term, iso_date(begins[1]) if begins else "", bool(_PER_GPU.search(said)), bool(_HOUR.search(said)))


def _read_grid(offers: Offers, grid: Grid) -> None:
    grid = _upright(grid)
    if any(_accelerator(c.text) for c in grid.rows[0]) and any(amounts(c.text) for c in grid.rows[0]):
        return  # no head says what its prices are of
    heads = [plain(h) for h in grid.header()]
    body = grid.rows[1:]
    heads = [f"{h} {_unit_of([r[i].text for r in body])}".strip() for i, h in enumerate(heads)]
    names = [i for i, h in enumerate(heads) if _NAME.match(h)] or [0]
    place = next((i for i in names if any(_accelerator(r[i].text) for r in body)), names[0])
    around = " ".join([*grid.heading[-1:], grid.caption])
    if not (any(_accelerator(r[place].text) for r in body) or re.search(r"\bgpus?\b|accelerator", f"{around} {heads[place]}", re.I)):
        return
    columns = {i: _words(h, around) for i, h in enumerate(heads) if i != place and any(amounts(r[i].text) for r in body)}
    count = next((i for i, h in enumerate(heads) if i != place and _COUNT.match(h)), None)
    told = " ".join([*heads, around])
    per_gpu = bool(_PER_GPU.search(told)) or (count is None and bool(re.search(r"per gpu|pric\w+ per hour", told, re.I)))
    prices = {i: p for i, p in columns.items() if p.term and (p.per_hour or p.per_gpu or _HOUR.search(around))}
    if not prices or not (per_gpu or count is not None):
        if columns and any(_accelerator(r[place].text) for r in body):
            offers.block(heads[place], f"expected a price per GPU and hour, found the columns {heads}", grid.locator(0, place))
        return
    for r, row in enumerate(body):
        _read_row(offers, grid, heads, row, r + 1, place, count, prices, per_gpu)
    for i in sorted(set(columns) - set(prices)):
        offers.note(heads[i], f"amounts under {heads[i]!r} are no price of an accelerator by the hour", grid.locator(0, i), around)


def _upright(grid: Grid) -> Grid:
    """A table with the parts across turned so that each is a row."""
    if sum(bool(_accelerator(plain(h))) for h in grid.header()[1:]) < 2 or any(_accelerator(r[0].text) for r in grid.rows[1:]):
        return grid
    return replace(grid, rows=[list(column) for column in zip(*grid.rows, strict=True)])


def _unit_of(cells: list[str]) -> str:
    """The unit that every price of a column carries beside it, in the words of a head; empty where one does not."""
    priced = [c for c in cells if amounts(c)]
    if priced and all(_PER_GPU.search(c) for c in priced):
        return "per GPU hour"
    return "/ hour" if priced and all(_HOUR.search(c) for c in priced) else ""


def _accelerator(text: str) -> str | None:
    return accelerator_of(text) if text else None


def _read_row(
    offers: Offers,
    grid: Grid,
    heads: list[str],
    row: list[Cell],
    r: int,
    place: int,
    count: int | None,
    prices: dict[int, _Price],
    per_gpu: bool,
) -> None:
    label, evidence = plain(row[place].text), " | ".join(c.text for c in row)
    memory = next((c.text for c, h in zip(row, heads, strict=True) if _MEMORY.search(h)), "")
    said = [(c.text, "vCPUs") for c, h in zip(row, heads, strict=True) if _PROCESSORS.match(h) and c.text]
    duration = next((c.text for c, h in zip(row, heads, strict=True) if _DURATION.match(h)), "")
    gpus = _figure(row[count].text) if count is not None else int((re.match(r"(\d+)\s?x\b", label, re.I) or ("", "1"))[1])
    said += [(duration, "")] * bool(duration) + ([(row[count].text, "GPUs")] if count is not None else [])
    sku = ", ".join([label, *(f"{text} {what}".strip() for text, what in said)])
    for i, price in prices.items():
        if not amounts(row[i].text):
            continue
        with offers.entry(sku, grid.locator(r, i)):
            _offer(
                offers,
                label,
                memory,
                row[i].text,
                gpus,
                per_gpu or price.per_gpu,
                evidence,
                grid.locator(r, i),
                _committed(duration) or price.term,
                sku,
                price.effective_from,
            )


def _figure(text: str) -> int:
    """A printed count: ``8``, ``256+``, ``4^1`` (with a footnote's mark); 0 where it is none."""
    match = re.match(r"(\d+)(?:\+|\^\d)?$", text.strip())
    return int(match[1]) if match else 0


def _committed(duration: str) -> str:
    """The term that a printed duration is; empty where none is printed."""
    if not duration or re.search(r"on[- ]?demand|none|no commit|hourly", duration, re.I):
        return ""
    lengths = {t for t, p in _TERMS[1:3] if re.search(p, duration, re.I)}
    return next(iter(lengths)) if len(lengths) == 1 and not re.search(r"week|day|(?<!12.)(?<!36.)month", duration, re.I) else "reserved"


def _offer(
    offers: Offers,
    label: str,
    memory: str,
    text: str,
    gpus: int,
    per_gpu: bool,
    evidence: str,
    locator: str,
    term: str,
    sku: str,
    effective_from: str,
) -> None:
    found = amounts(text)
    if len(found) != 1:
        raise PageChanged(f"expected one price in {text!r}, found {len(found)} ({locator})")
    if gpus < 1:
        raise PageChanged(f"expected the number of GPUs of {label!r}, found none: the price is per node ({locator})")
    accelerator, money = accelerator_of(label, memory), found[0]
    where = {"term": term, "sku": sku, "effective_from": effective_from}
    if accelerator is None:
        offers.leave_out(label, money.amount, money.text, why_not(label), evidence, locator, **where)
    else:
        offers.add(accelerator, money.amount * gpus if per_gpu else money.amount, money.text, gpus, evidence, locator, **where)


def _read_block(offers: Offers, name: str, values: list[tuple[str, str]]) -> None:
    """The prices of one block of labelled values; of a part nobody has mapped it is shown, of another heading passed over."""
    prices = [(label, value, _words(label)) for label, value in values if amounts(value)]
    gpus = next((_figure(v) for label, v in values if _COUNT.match(label)), 0)
    if not prices or not (gpus or _accelerator(name)):
        return
    memory = next((v for label, v in values if _MEMORY.search(label)), "")
    evidence = f"{name} | " + " | ".join(f"{label}: {value}" for label, value in values)
    for label, value, price in prices:
        if not price.term:
            offers.note(name, f"the amount of {label!r} is no price of an accelerator by the hour", f"block {name}", f"{label}: {value}")
            continue
        with offers.entry(name, f"block {name}"):
            each = price.per_gpu or bool(_PER_GPU.search(value))
            _offer(
                offers, name, memory, value, 1 if each else gpus, each, evidence, f"block {name}", price.term, name, price.effective_from
            )
