"""Sections on what is behind the price: parts of its change, levers, accelerators, self-hosting.

One function per section; which facts and columns it shows and what it says.
"""

from __future__ import annotations

from reports import narrative
from reports.facts import FactBook
from reports.sections.section import Section, make
from reports.tables import EMPTY, Cell, Column, Table, table
from reports.writing.shown import say


def decomposition(book: FactBook) -> Section:
    """Decomposition."""
    rows: list[list[Cell]] = [
        [r.show("component"), r.show("change_factor"), EMPTY, r.show("change_share"), r.show("basis")] for r in book.rows("decomposition")
    ]
    total: set[int] = set()
    said = []
    if rows and book.has("decomposition.total_factor"):
        total = {len(rows)}
        rows.append(
            [
                say("Together"),
                book.value("decomposition.total_factor"),
                book.interval("decomposition.total_factor"),
                EMPTY,
                EMPTY,
            ]
        )
        said = [narrative.basket(book)]
    made = table(
        "Parts of the price change",
        [Column("Part"), Column("Times cheaper", True), Column("Interval", True), Column("Share", True), Column("Basis")],
        rows,
        total,
    )
    return make(
        book,
        "decomposition",
        "What moved the price",
        "How much of the change is rent, and how much what is charged above it?",
        said,
        ("decomposition",),
        [made],
        ("decomposition",),
        need=("decomposition",),
    )


def levers(book: FactBook) -> Section:
    """Levers."""
    stacks = book.rows("stack_shown")
    rows: list[list[Cell]] = [[
        r.show("scenario"), r.show("service_level_tok_s_per_user", unit="tok_per_s"), r.show("lever"), r.show("shapley_factor"),
        r.show("first_in_factor"), r.show("last_in_factor"), r.show("shapley_share"), r.show("total_factor"),
    ] for r in stacks]  # fmt: skip
    made = table(
        "Levers of the serving stack, by model size and service level",
        [Column("Scenario"), Column("Per user", True), Column("Lever"), Column("Shapley", True), Column("Alone", True), Column("Last", True),
         Column("Share", True), Column("All", True)],
        rows,
    )  # fmt: skip
    read = (
        [
            say(
                "Levers help or hinder one another: what one adds depends on what is there already. A Shapley factor is its mean over all orders; "
                "alone and added last are two of these orders, not bounds. All levers of the drawn stack make {total}.",
                total=book.value("stack.total_factor"),
            )
        ]
        if stacks and book.has("stack.total_factor")
        else []
    )
    return make(
        book,
        "stack",
        "The serving stack",
        "What is each technique worth, on its own and on top of the others?",
        read,
        ("stack",),
        [made],
        ("stack_shown",),
        need=("stack_shown",),
    )


def hardware(book: FactBook) -> Section:
    """Hardware."""
    ranked = book.rows("hardware_league", lambda r: r["cost_usd_per_mtok"] is not None or r["cost_on_demand_usd_per_mtok"] is not None)
    rows: list[list[Cell]] = [[
        r.show("model"), r.show("cost_rank"), r.show("accelerator"), r.show("cost_usd_per_mtok"), r.show("cost_lower_usd_per_mtok"),
        r.show("cost_upper_usd_per_mtok"), r.show("cost_reserved_usd_per_mtok"), r.show("cost_on_demand_usd_per_mtok"), r.show("energy_j_per_token"),
        r.show("throughput_tok_per_s"), r.show("measured_tok_per_s"), r.show("precision"), r.show("accelerators"), r.show("prefill_accelerators"),
        r.show("batch"), r.show("user_tok_per_s"), r.show("bound"),
    ] for r in ranked]  # fmt: skip
    league = table(
        "Accelerators for a million output tokens, model by model, cheapest first",
        [Column("Model"), Column("Rank", True), Column("Accelerator"), Column("USD / Mtok, owned", True), Column("from", True), Column("to", True),
         Column("reserved", True), Column("on demand", True), Column("Energy / token", True), Column("Tokens / s", True), Column("Measured", True),
         Column("Precision"), Column("Chips", True), Column("for prompts", True), Column("Requests", True), Column("Per user", True), Column("Bound by")],
        rows,
    )  # fmt: skip
    terms = [
        say(
            "Each accelerator carries as many requests as leave every user {level} or more, with {read} tokens in and {written} out; "
            "tokens / s are those of one chip, and who cannot reach that speed is not listed.",
            level=r.show("service_level_tok_s_per_user", unit="tok_per_s"),
            read=r.show("isl"),
            written=r.show("osl"),
        )
        for r in ranked[:1]
    ]
    checks: list[list[Cell]] = [
        [
            r.show("model"),
            r.show("accelerator"),
            r.show("precision"),
            r.show("batch"),
            r.show("throughput_tok_per_s"),
            r.show("measured_tok_per_s"),
            r.show("error_share"),
            r.show("source"),
        ]
        for r in book.rows("engine_check", lambda r: r["measured_tok_per_s"] is not None)
    ]
    engine = table(
        "The engine against measurements",
        [
            Column("Model"),
            Column("Accelerator"),
            Column("Precision"),
            Column("Batch", True),
            Column("Engine", True),
            Column("Measured", True),
            Column("Error", True),
            Column("Source"),
        ],
        checks,
        folded=True,
    )
    return make(
        book,
        "hardware",
        "Hardware league",
        "Which accelerator makes the cheapest token?",
        [
            *terms,
            say(
                "The rank is by the published cost of owning alone; accelerators whose costs the engine cannot tell apart share one. Reserved and on-demand costs stand beside it, and an accelerator whose cost of owning nobody publishes has no rank."
            ),
        ],
        ("hardware",),
        [league, engine, _energy(book)],
        ("hardware_league", "engine_check", "energy_check"),
        need=("hardware_league",),
    )


def _energy(book: FactBook) -> Table | None:
    """How far the engine's joules are from measured ones."""
    rows: list[list[Cell]] = [[
        r.show("source"), r.show("boundary"), r.show("answered_count"), r.show("runs_count"), r.show("median_error_share"), r.show("bias_share"), r.show("coverage_share"),
    ] for r in book.rows("energy_check")]  # fmt: skip
    return table(
        "Joules per output token: the engine against measurements, by source and boundary",
        [Column("Source"), Column("Boundary"), Column("Runs answered", True), Column("Runs published", True), Column("Median error", True), Column("Bias", True),
         Column("Inside the interval", True)],
        rows, folded=True,
    )  # fmt: skip


def rentals(book: FactBook) -> Section:
    """Rentals and hardware trends."""
    price = ("median_usd_per_hour", "low_usd_per_hour", "high_usd_per_hour")
    current = book.rows("rental_summary", lambda r: r["status"] == "current" or r["change_share"] is not None)
    rented = table(
        "Renting an accelerator by the hour; the index follows the same offers from month to month",
        [Column("Accelerator"), Column("Term"), Column("Median", True), Column("Low to high", True), Column("Providers", True), Column("Seen"),
         Column("Index", True), Column("Change in a year", True), Column("Offers followed", True), Column("Breaks in a year", True)],
        [[r.show("accelerator"), r.show("term"), r.show("median_usd_per_hour"), r.interval(*price) if r.raw(price[1]) != r.raw(price[2]) else EMPTY, r.show("providers_count"), r.show("observed_at"),
          r.show("index_ratio"), r.show("change_share"), r.show("series_count"), r.show("breaks_count")] for r in current],
    )  # fmt: skip
    growth = ("growth_per_year", "growth_low_per_year", "growth_high_per_year")
    trends = table(
        "How fast accelerators improve, a year, and what others published",
        [Column("Parts"), Column("Metric"), Column("Growth", True), Column("Interval", True), Column("n", True), Column("Published", True),
         Column("By"), Column("Inside our interval")],
        [[r.show("window_label"), r.show("metric"), r.show(*growth, unit="share"), r.interval(*growth, unit="share"), r.show("parts_count"),
          r.show("published_growth_per_year", unit="share"), r.show("published_source") if r.has("published_source") else EMPTY, r.show("published_agrees")]
         for r in book.rows("hardware_trends")], folded=True,
    )  # fmt: skip
    return make(
        book, "rentals", "Renting hardware, and how fast it improves", "Does the accelerator-hour get cheaper, and what does each new chip add?",
        [], (), [rented, trends], ("rental_summary", "hardware_trends"), need=("rental_summary", "hardware_trends"),
    )  # fmt: skip


def self_hosting(book: FactBook) -> Section:
    """Self hosting."""
    volume = ("break_even_mtok_per_month", "break_even_lower_mtok_per_month", "break_even_upper_mtok_per_month")
    rows: list[list[Cell]] = [[
        r.show("model"), r.show("accelerator"), r.show("api_usd_per_mtok"), r.show("self_host_usd_per_mtok"), r.show("utilisation_share"),
        r.show(volume[0]) if r.has(volume[0]) else say("never"), r.interval(*volume), r.show("verdict"),
    ] for r in book.rows("break_even")]  # fmt: skip
    made = table(
        "Self-hosting against the API, USD per million tokens",
        [
            Column("Model"),
            Column("Accelerator"),
            Column("API", True),
            Column("Self-hosted", True),
            Column("Utilisation", True),
            Column("Break-even tokens a month", True),
            Column("Interval", True),
            Column("Verdict"),
        ],
        rows,
    )
    return make(
        book,
        "self-hosting",
        "Self-hosting break-even",
        "From which volume on is an own accelerator cheaper than the API?",
        [],
        (),
        [made],
        ("break_even",),
        need=("break_even",),
    )
