"""How far can it fall? The price against the cost of rented hardware and of electricity."""

from __future__ import annotations

from reports.facts import FactBook, Row
from reports.questions.answer import Answer
from reports.series import headline_series
from reports.tables import Column, ranked
from reports.writing.shown import Sentence, Shown, join, say

RATIO, RENT, ENERGY = "headline.price_to_gpu_hour_floor", "headline.gpu_hour_floor", "headline.energy_floor"


def floors(book: FactBook) -> Answer:
    """How far can the price fall?"""
    made = ranked(
        book,
        "Price and cost, USD per million tokens",
        [Column("Quality"), Column("Open model"), Column("Price", True), Column("Rented hardware", True), Column("Price over cost", True)],
        [[r.show("series"), r.show("model"), r.show("price_usd_per_mtok"), cell(r, "gpu_hour_floor"), cell(r, "price_to_gpu_hour_floor")]
         for r in _hardest_first(book)],
        by="quality, hardest first", limit=3,
    )  # fmt: skip
    said = (join([against_cost(book), _then(book)]), _below(book))
    return Answer("floors", "How far can it fall?", tuple(filter(None, said)), table=made,
                  more=("stack", "hardware", "self-hosting"))  # fmt: skip


def against_cost(book: FactBook) -> Sentence:
    """The price against what serving costs, at the headline quality."""
    ratio, rent, energy = (book.raw(f) for f in (RATIO, RENT, ENERGY))
    if rent is None or ratio is None:
        return say("What serving a token costs is not known.")
    words = (
        "the price covers the cost of rented hardware ({f}) {r}"
        if ratio >= 1
        else "the price is below the cost of rented hardware: {r} of {f}"
    )
    said = say("At the headline quality " + words + ".", r=book.value(RATIO), f=book.value(RENT))
    return said if energy is None else join([said, say("Electricity alone costs {e}.", e=book.value(ENERGY))])


def cell(row: Row, name: str) -> Shown:
    """A column of ``marts.series_floor_gap`` (``gpu_hour_floor``, ``price_to_energy_floor``) to the digit that its interval allows."""
    unit = "ratio" if name.startswith("price_to") else "usd_per_mtok"
    return row.show(f"{name}_{unit}", f"{name}_lower_{unit}", f"{name}_upper_{unit}")


def _then(book: FactBook) -> Sentence:
    """What rented hardware will cost when the forecast comes due: a forecast may lie below what it costs on the edition's day."""
    series = headline_series(book.edition)
    rows = book.rows("floors", lambda r: r["series"] == series and r["floor_kind"] == "gpu_hour" and r["floor_usd_per_mtok"] is not None)
    if len(rows) < 2:
        return Sentence(())
    start, then = sorted(rows, key=lambda r: r.raw("obs_date"))[:2]
    change = then.raw("floor_usd_per_mtok") - start.raw("floor_usd_per_mtok")
    words = "fall to" if change < 0 else "rise to" if change > 0 else "stay at"
    ends = ("floor_usd_per_mtok", "floor_lower_usd_per_mtok", "floor_upper_usd_per_mtok")
    return say("Hardware is expected to " + words + " {x} ({i}) in a year.", x=then.show(*ends), i=then.interval(*ends))


def _below(book: FactBook) -> Sentence:
    """Why some prices lie below the cost of rented hardware, where any does."""
    rows = [r for r in _hardest_first(book) if (r.raw("price_to_gpu_hour_floor_ratio") or 1) < 1]
    if not rows:
        return Sentence(())
    return say("Some prices lie below that cost, because sellers own hardware, rent below list, or serve at a loss.")


def _hardest_first(book: FactBook) -> list[Row]:
    """Rows of the headline's scale, hardest threshold first; rows that say the same of the same model once."""
    scale = headline_series(book.edition).split(" at least ")[0]
    rows = book.rows("series_floor_gap", lambda r: str(r["series"]).split(" at least ")[0] == scale)
    kept: dict[tuple[object, ...], Row] = {}
    for row in sorted(rows, key=lambda r: _threshold(str(r.raw("series"))), reverse=True):
        kept.setdefault(tuple(row.raw(c) for c in ("model", "accelerator", "price_usd_per_mtok")), row)
    return list(kept.values())


def _threshold(series: str) -> float:
    words = series.rsplit(" at least ", 1)[-1].split()
    try:
        return float(words[0])
    except (ValueError, IndexError):
        return 0.0
