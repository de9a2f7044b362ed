"""Sections on how far to trust the rest: claims, track record, data health, what is not known.

One function per section; which facts and columns it shows and what it says.
"""

from __future__ import annotations

from reports import narrative
from reports.facts import FactBook, Row
from reports.sections.section import Section, make
from reports.tables import EMPTY, Cell, Column, table
from reports.writing.shown import join, say


def claims(book: FactBook) -> Section:
    """Claims."""
    rows: list[list[Cell]] = [
        [
            r.show("claim_id"),
            r.long("claim"),
            r.long("claimed_text") if r.has("claimed_text") else EMPTY,
            _measured(r),
            r.show("verdict"),
            r.long("basis") if r.has("basis") else EMPTY,
        ]
        for r in sorted(book.rows("claims"), key=lambda r: int("".join(c for c in str(r.raw("claim_id")) if c.isdigit()) or 0))
    ]
    made = table(
        "The essay's claims and what is measured",
        [Column("Id"), Column("Claim"), Column("Claimed"), Column("Measured"), Column("Verdict"), Column("Basis")],
        rows,
    )
    verdicts = [
        v for v in ("supported", "partly", "contradicted", "not measurable") if v in book.edition.mart("claims")["verdict"].to_list()
    ]
    counted = [say("{n} " + v, n=book.count("claims", verdict=v)) for v in verdicts]
    said = [say("Of the essay's claims: {list}.", list=join(counted, ", "))] if counted else []
    return make(
        book,
        "claims",
        "The essay's claims",
        "What did the essay say, and what do the measurements say?",
        said,
        (),
        [made],
        ("claims",),
        need=("claims",),
    )


def track_record(book: FactBook) -> Section:
    """Track record."""
    rows: list[list[Cell]] = [[
        r.show("horizon_days"), r.show("model"), r.show("mae_log"), r.show("crps_log"), r.show("crps_ratio"), r.show("coverage_50_share"), r.show("coverage_80_share"),
        r.show("coverage_90_share"), r.show("p_value"), r.show("n"), r.show("label"),
    ] for r in book.rows("track_record")]  # fmt: skip
    leading = {i for i, r in enumerate(book.rows("track_record")) if r.raw("is_champion")}
    made = table(
        "Resolved forecasts by horizon and model; the model in charge in bold",
        [Column("Days", True), Column("Model"), Column("MAE, log", True), Column("CRPS, log", True), Column("CRPS / last price", True), Column("Inside half", True), Column("Inside four fifths", True),
         Column("Inside nine tenths", True), Column("p", True), Column("Origins", True), Column("Label")],
        rows, leading, folded=True,
    )  # fmt: skip
    return make(
        book,
        "record",
        "Track record",
        "Were earlier forecasts better than repeating the last price?",
        [],
        ("record", "pit"),
        [made],
        ("track_record", "pit"),
        need=("track_record",),
    )


def data_health(book: FactBook) -> Section:
    """Data health."""
    made = table("Sources", [Column("Source"), Column("Kind"), Column("Read"), Column("Status"), Column("Observed"), Column("Age, days", True), Column("Rows", True), Column("Message")],
        [[r.show("source"), r.show("kind"), r.show("origin"), r.show("status"), r.show("observed_at"), r.show("age_days"), r.show("rows"), r.long("message") if r.has("message") else EMPTY] for r in _worst_first(book)])  # fmt: skip
    held = table("Prices in quarantine: not believed, the old price stays", [Column("Provider"), Column("Model"), Column("Tokens"), Column("Kept", True), Column("Refused", True), Column("Reason"), Column("Seen"), Column("Source")],
        [[r.show("provider"), r.show("model"), r.show("token_class"), r.show("price_kept_usd_per_mtok"), r.show("price_refused_usd_per_mtok"), r.long("reason"), r.show("observed_at"), r.show("source")] for r in book.rows("quarantine")], folded=True)  # fmt: skip
    split = table("Sources that disagree, and which is believed", [Column("Provider"), Column("Model"), Column("Tokens"), Column("Believed"), Column("Price", True), Column("Other"), Column("Price", True), Column("Difference", True)],
        [[r.show("provider"), r.show("model"), r.show("token_class"), r.show("believed_source"), r.show("believed_usd_per_mtok"), r.show("other_source"), r.show("other_usd_per_mtok"), r.show("difference_share")] for r in book.rows("disagreements")], folded=True)  # fmt: skip
    return make(
        book,
        "health",
        "Data health",
        "What does this edition rest on?",
        [narrative.health(book)],
        (),
        [made, held, split],
        ("data_health", "quarantine", "disagreements"),
        need=("data_health",),
    )


def not_known(book: FactBook) -> Section:
    """Not known."""
    made = table(
        "What is not known",
        [Column("Question"), Column("Why"), Column("What would tell")],
        [
            [r.long("topic"), r.long("why"), r.long("what_would_tell") if r.has("what_would_tell") else EMPTY]
            for r in book.rows("not_known")
        ],
    )
    return make(
        book,
        "unknown",
        "What is not known",
        "What would you need to know before you act on this?",
        [],
        (),
        [made],
        ("not_known",),
        need=("not_known",),
    )


def _measured(row: Row) -> Cell:
    unit = str(row.raw("measured_unit") or "")
    if row.raw("measured_value") is None:
        return EMPTY
    columns = ("measured_value", "measured_lower", "measured_upper")
    if row.raw(columns[1]) is None or row.raw(columns[2]) is None:
        return say("{x}", x=row.show(columns[0], unit=unit))
    return say("{x} ({i})", x=row.show(*columns, unit=unit), i=row.interval(*columns, unit=unit))


def _worst_first(book: FactBook) -> list[Row]:
    rank = {"failed": 0, "stale": 1, "partial": 2}
    return sorted(book.rows("data_health"), key=lambda r: (rank.get(r.raw("status"), 3), r.index))
