"""Sections on the price: where it is going, why it changed, events, indices, tasks, rate of decline.

One function per section; which facts and columns it shows and what it says.
"""

from __future__ import annotations

from reports import narrative
from reports.charts import bands_of
from reports.facts import FactBook
from reports.questions import changed
from reports.questions import floors as floors_said
from reports.questions import outlook as outlook_said
from reports.sections.section import Section, make
from reports.tables import EMPTY, Cell, Column, Link, table
from reports.writing.shown import join, say
from warehouse.schema.enumerations import OF


def outlook(book: FactBook) -> Section:
    """Outlook."""
    pairs = bands_of(book.edition.mart("champion_forecasts")["quantile"].to_list())
    gap = book.rows("series_floor_gap")
    rows: list[list[Cell]] = [[
        r.show("series"), r.show("model"), r.show("accelerator"), r.show("price_usd_per_mtok"),
        *(floors_said.cell(r, c) for c in ("gpu_hour_floor", "energy_floor", "price_to_gpu_hour_floor", "price_to_energy_floor")),
    ] for r in gap]  # fmt: skip
    made = table(
        "Price and floors by quality, USD per million tokens",
        [Column("Quality"), Column("Open model that reaches it"), Column("Accelerator"), Column("Price", True), Column("GPU-hour floor", True),
         Column("Energy floor", True), Column("Price / GPU-hour", True), Column("Price / energy", True)],
        rows,
    )  # fmt: skip
    return make(
        book, "outlook", "Where the price is going", "What does a fixed quality cost, where is it going, and how far can it still fall?",
        [join([outlook_said.price(book), narrative.since(book, "headline.frontier_price")]), outlook_said.forecast(book), floors_said.against_cost(book)], ("fan", "ladder"), [made],
        ("champion_forecasts", "past_forecasts", "frontier", "floors", "series_floor_gap", "floor_assumptions"), legend=[narrative.bands(pairs)], need=("frontier", "champion_forecasts"),
        notes=[narrative.floor_assumptions(book)],
    )  # fmt: skip


def why_changed(book: FactBook) -> Section:
    """Why changed."""
    meanings = OF["marts.revision.cause"]
    rows: list[list[Cell]] = [
        [say(meanings[r.raw("cause")]) if r.raw("cause") in meanings else r.show("cause"), r.show("change_log")]
        for r in book.rows("revision")
    ]
    if rows and book.has("revision.total_log"):
        rows.append([say("All causes"), book.value("revision.total_log")])
    made = table(
        "Causes of the revision since the previous vintage",
        [Column("Cause"), Column("Change of the logarithm", True)],
        rows,
        {len(rows) - 1} if rows and book.has("revision.total_log") else None,
    )
    return make(
        book,
        "changed",
        "Why it changed since last time",
        "Which part of the revision is new data, and which is the model?",
        [narrative.revision(book)],
        (),
        [made],
        ("revision",),
        need=("revision",),
    )


def price_events(book: FactBook) -> Section:
    """Price events."""
    recent = sorted(book.rows("price_events"), key=changed.newest_first)
    rows: list[list[Cell]] = [[
        changed.day_of(r), r.show("provider"), Link(r.show("model"), r.url()), r.show("kind"), r.show("token_class"),
        r.show("price_before_usd_per_mtok"), r.show("price_after_usd_per_mtok"), r.show("change_share", unit="change"), r.show("status"), r.long("evidence") if r.has("evidence") else EMPTY,
    ] for r in recent]  # fmt: skip
    made = table(
        "Price events, newest first, USD per million tokens",
        [Column("Day"), Column("Provider"), Column("Model"), Column("Event"), Column("Tokens"), Column("Before", True), Column("After", True), Column("Change", True), Column("Status"), Column("The words on the page")],
        rows,
    )  # fmt: skip
    return make(
        book,
        "events",
        "Price events",
        "Who moved, by how much, and who says so?",
        [changed.counted(book)],
        (),
        [made],
        ("price_events",),
        need=("price_events",),
    )


def indices(book: FactBook) -> Section:
    """Indices."""
    latest = {r.raw("index_name"): r for r in book.rows("indices")}
    value = ("index_value", "index_lower", "index_upper")
    rows: list[list[Cell]] = [
        [r.show("index_name"), r.show("obs_date"), r.show(*value), r.interval(*value), r.show("n")] for r in latest.values()
    ]
    made = table(
        "Latest value of each index, common base",
        [Column("Index"), Column("Day"), Column("Value", True), Column("Interval", True), Column("n", True)],
        rows,
    )
    return make(book, "indices", "Price indices", "Does the answer depend on how prices are measured?", [], ("indices",), [made], ("indices",), need=("indices",),
        notes=[say("The buyer frontier follows the cheapest offer at a quality; the hedonic index holds quality constant by regression; matched models compare each model with itself.")])  # fmt: skip


def per_task(book: FactBook) -> Section:
    """Per task."""
    latest = {r.raw("benchmark"): r for r in book.rows("cost_per_task")}
    rows: list[list[Cell]] = [
        [
            r.show("benchmark"),
            r.show("obs_date"),
            r.show("model"),
            r.show("cost_usd_per_task"),
            r.show("tokens_per_task", unit=""),
            r.show("price_usd_per_mtok"),
            r.show("n"),
        ]
        for r in latest.values()
    ]
    made = table(
        "Latest cost per benchmark task",
        [
            Column("Benchmark"),
            Column("Day"),
            Column("Model"),
            Column("USD per task", True),
            Column("Tokens per task", True),
            Column("USD per Mtok", True),
            Column("n", True),
        ],
        rows,
    )
    return make(
        book,
        "tasks",
        "Cost per task",
        "A token is not a task: what does a finished task cost?",
        [narrative.per_task(book)],
        ("task",),
        [made],
        ("cost_per_task",),
        need=("cost_per_task",),
    )


def decline(book: FactBook) -> Section:
    """Decline."""
    rate = ("decline_factor_per_year", "decline_lower_factor_per_year", "decline_upper_factor_per_year")
    rows: list[list[Cell]] = [
        [
            r.show("series"),
            r.show("window_label"),
            r.show(*rate),
            r.interval(*rate),
            r.show("interval_level", unit="share"),
            r.show("n"),
            r.long("method"),
        ]
        for r in book.rows("hedonic_rates")
    ]
    made = table(
        "Times cheaper per year, by window",
        [
            Column("Prices"),
            Column("Window"),
            Column("Times cheaper a year", True),
            Column("Interval", True),
            Column("Level", True),
            Column("n", True),
            Column("Method"),
        ],
        rows,
        folded=True,
    )
    every = ("factor_per_year", "factor_low_per_year", "factor_high_per_year")
    methods = table(
        "Every defensible way to measure the year; the ranked three lead the edition",
        [Column("Question"), Column("Rank", True), Column("Method"), Column("Times cheaper a year", True), Column("Interval", True), Column("From"), Column("To"),
         Column("n", True), Column("Status"), Column("Why")],
        [[r.long("question"), r.show("headline_rank") if r.has("headline_rank") else EMPTY, r.show("method_id"), r.show(*every), r.interval(*every), r.show("window_from"),
          r.show("window_to"), r.show("observations_count"), r.show("status"), r.long("why")]
         for r in sorted(book.rows("headline_methods"), key=lambda r: (r.raw("headline_rank") or 9, r.index))],
    )  # fmt: skip
    revised = table(
        "What earlier vintages said first, and what is said of the same year since",
        [Column("Vintage"), Column("First", True), Column("Latest", True), Column("Revision, log", True)],
        [[r.show("vintage_day"), r.show("first_factor_per_year"), r.show("latest_factor_per_year"), r.show("revision_log")] for r in book.rows("headline_revision")],
        folded=True,
    )  # fmt: skip
    covered = table(
        "How many of the models that were new on a day have a score",
        [Column("Day"), Column("New models", True), Column("Scored", True), Column("Share", True)],
        [[r.show("day"), r.show("entrants_count"), r.show("scored_count"), r.show("scored_share")] for r in book.rows("score_coverage")],
        folded=True,
    )  # fmt: skip
    tests: list[list[Cell]] = [
        [
            r.show("test"),
            r.show("quality_scale"),
            r.show("statistic"),
            r.show("p_value"),
            r.show("verdict"),
        ]
        for r in book.rows("acceleration")
    ]
    tested = table(
        "Tests for acceleration",
        [
            Column("Test"),
            Column("Quality scale"),
            Column("Statistic", True),
            Column("p", True),
            Column("Verdict"),
        ],
        tests,
        folded=True,
    )
    return make(
        book,
        "decline",
        "Rate of change by window",
        "Does the pace of prices change?",
        [narrative.acceleration(book)],
        ("decline",),
        [methods, revised, covered, made, tested],
        ("headline_methods", "headline_revision", "score_coverage", "hedonic_rates", "acceleration"),
        need=("hedonic_rates",),
    )
