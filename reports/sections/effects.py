"""Sections on what follows from the price: viability, volume and spend, margins, expectations.

One function per section; which facts and columns it shows and what it says.
"""

from __future__ import annotations

from reports import narrative
from reports.facts import FactBook
from reports.sections.section import Section, make
from reports.tables import Cell, Column, table


def viability(book: FactBook) -> Section:
    """Viability."""
    rows: list[list[Cell]] = [[
        r.show("application"), r.show("cost_now_usd_per_unit"), r.show("needed_usd_per_unit"), r.show("unit_of_use"), r.show("viable_date"),
        r.interval("viable_date", "viable_lower_date", "viable_upper_date"), r.show("viable_within_year_probability"), r.show("verdict"),
    ] for r in book.rows("viability")]  # fmt: skip
    made = table(
        "Applications and the price they need",
        [
            Column("Application"),
            Column("Costs", True),
            Column("Needs", True),
            Column("Per"),
            Column("Affordable"),
            Column("Interval"),
            Column("Within a year", True),
            Column("Verdict"),
        ],
        rows,
    )
    return make(
        book,
        "viability",
        "Viability dates",
        "When do low-value, high-volume uses pay?",
        [],
        ("viability",),
        [made],
        ("viability",),
        need=("viability",),
    )


def jevons(book: FactBook) -> Section:
    """Jevons."""
    elasticity = ("elasticity", "elasticity_low", "elasticity_high")
    rows: list[list[Cell]] = [
        [r.show("subject"), r.show(*elasticity), r.interval(*elasticity), r.show("price_factor_per_year"), r.show("volume_factor_per_year"),
         r.show("spend_factor_per_year")]
        for r in book.rows("jevons")
    ]  # fmt: skip
    made = table(
        "What volume and spend would do while prices fall, by published elasticities",
        [Column("Demand"), Column("Elasticity", True), Column("Interval", True), Column("Price falls by", True), Column("Volume changes by", True),
         Column("Spend changes by", True)],
        rows,
    )  # fmt: skip
    return make(
        book,
        "jevons",
        "Volume and spend",
        "Does spending grow while prices fall?",
        [narrative.jevons(book)],
        (),
        [made],
        ("jevons",),
        need=("jevons",),
    )


def margins(book: FactBook) -> Section:
    """Margins."""
    rows: list[list[Cell]] = [
        [
            r.show("application"),
            r.show("price_usd_per_month"),
            r.show("model_cost_usd_per_month"),
            r.show("model_cost_share"),
            r.show("margin_share"),
            r.show("basis"),
        ]
        for r in book.rows("wrapper_margin")
    ]
    made = table(
        "What is left of an application's price",
        [
            Column("Application"),
            Column("Price a month", True),
            Column("Model cost a month", True),
            Column("Model's share", True),
            Column("Margin", True),
            Column("Basis"),
        ],
        rows,
    )
    return make(
        book,
        "margins",
        "Thin wrappers",
        "What is left between the price of an application and the price of its tokens?",
        [],
        (),
        [made],
        ("wrapper_margin",),
        need=("wrapper_margin",),
    )


def expectations(book: FactBook) -> Section:
    """Expectations."""
    latest = {r.raw("benchmark"): r for r in book.rows("expectations")}
    rows: list[list[Cell]] = [
        [
            r.show("benchmark"),
            r.show("obs_date"),
            r.show("tokens_per_task"),
            r.show("price_usd_per_mtok"),
            r.show("cost_usd_per_task"),
        ]
        for r in latest.values()
    ]
    made = table(
        "Tokens that a task takes, latest",
        [
            Column("Benchmark"),
            Column("Day"),
            Column("Tokens per task", True),
            Column("USD per Mtok", True),
            Column("USD per task", True),
        ],
        rows,
    )
    fact = "expectations.tokens_per_task_factor"
    said = [narrative.tokens_per_task(book)] if book.has(fact) else []
    return make(
        book,
        "expectations",
        "Rising expectations",
        "Do tasks take more tokens, so that spending per interaction does not fall?",
        said,
        (),
        [made],
        ("expectations",),
        need=("expectations",),
    )
