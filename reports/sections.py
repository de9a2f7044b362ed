"""The report's sections, once, for page, text and mail: sentences, one chart, tables, data, and how to check.

Belongs here: which facts and columns a section shows and what it says when they are missing. Not here: how
a figure is written (``numbers``), a sentence chosen (``narrative``), a table or chart drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reports import narrative
from reports.charts import bands_of
from reports.contract import MARTS
from reports.facts import FactBook, Row, Sentence, join, say
from reports.tables import EMPTY, Cell, Column, Link, Table, table


@dataclass(frozen=True)
class Section:
    """One section. ``missing``: why there is nothing; ``marts``: what its data links and SQL refer to."""

    key: str
    title: str
    question: str
    said: tuple[Sentence, ...] = ()
    charts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    marts: tuple[str, ...] = ()
    notes: tuple[Sentence, ...] = field(default_factory=tuple)
    legend: tuple[Sentence, ...] = ()
    """What the charts' marks mean: for those who see them."""
    missing: Sentence = EMPTY


def sections(book: FactBook) -> list[Section]:
    """All sections in reading order; none is left out, an empty one says why."""
    return [build(book) for build in (
        outlook, why_changed, price_events, indices, per_task, decline, decomposition, levers, hardware, self_hosting,
        viability, jevons, margins, expectations, claims, track_record, data_health, not_known,
    )]  # fmt: skip


def outlook(book: FactBook) -> Section:
    pairs = bands_of(book.edition.mart("forecasts")["quantile"].to_list())
    gap = book.rows("floor_gap")
    rows: list[list[Cell]] = [[
        r.show("series"), r.show("model"), r.show("accelerator"), r.show("price_usd_per_mtok"), r.show("gpu_hour_floor_usd_per_mtok"),
        r.show("energy_floor_usd_per_mtok"), r.show("price_to_gpu_hour_floor_ratio"), r.show("price_to_energy_floor_ratio"),
    ] for r in gap]  # fmt: skip
    made = table(
        "Price and floors by quality, USD per million tokens",
        [Column("Quality"), Column("Open model that reaches it"), Column("Accelerator"), Column("Price", True), Column("GPU-hour floor", True),
         Column("Energy floor", True), Column("Price / GPU-hour", True), Column("Price / energy", True)],
        rows,
    )  # fmt: skip
    return _section(
        book, "outlook", "Where the price is going", "What does a fixed quality cost, where is it going, and how far can it still fall?",
        [join([narrative.frontier(book), narrative.since(book, "headline.frontier_price")]), narrative.forecast(book), narrative.floors(book)], ("fan", "ladder"), [made],
        ("forecasts", "past_forecasts", "frontier", "floors", "floor_gap"), legend=[narrative.bands(pairs)], need=("frontier", "forecasts"),
    )  # fmt: skip


def why_changed(book: FactBook) -> Section:
    rows: list[list[Cell]] = [[r.show("cause"), r.show("change_log"), r.show("change_usd_per_mtok"), r.long("detail") if r.has("detail") else EMPTY] for r in book.rows("revision")]
    if rows and book.has("revision.total_log"):
        rows.append([say("All causes"), book.value("revision.total_log"), EMPTY, EMPTY])
    made = table("Causes of the revision since the previous vintage", [Column("Cause"), Column("Change, log", True), Column("Change, USD", True), Column("Detail")], rows, {len(rows) - 1} if rows and book.has("revision.total_log") else None)
    return _section(book, "changed", "Why it changed since last time", "Which part of the revision is new data, and which is the model?", [narrative.revision(book)], (), [made], ("revision",), need=("revision",))


def price_events(book: FactBook) -> Section:
    recent = sorted(book.rows("price_events"), key=lambda r: (r.raw("event_date") or book.edition.as_of, r.index), reverse=True)[:40]
    rows: list[list[Cell]] = [[
        r.show("event_date"), r.show("provider"), Link(r.show("model"), r.url()), r.show("kind"), r.show("token_class"),
        r.show("price_before_usd_per_mtok"), r.show("price_after_usd_per_mtok"), r.show("change_share"), r.long("evidence") if r.has("evidence") else EMPTY,
    ] for r in recent]  # fmt: skip
    made = table(
        "Price events, newest first, USD per million tokens",
        [Column("Day"), Column("Provider"), Column("Model"), Column("Event"), Column("Tokens"), Column("Before", True), Column("After", True), Column("Change", True), Column("The words on the page")],
        rows,
    )  # fmt: skip
    return _section(book, "events", "Price events", "Who moved, by how much, and who says so?", [narrative.events(book)], (), [made], ("price_events",), need=("price_events",))


def indices(book: FactBook) -> Section:
    latest = {r.raw("index_name"): r for r in book.rows("indices")}
    value = ("index_value", "index_lower", "index_upper")
    rows: list[list[Cell]] = [[r.show("index_name"), r.show("obs_date"), r.show(*value), r.interval(*value), r.show("n")] for r in latest.values()]
    made = table("Latest value of each index, common base", [Column("Index"), Column("Day"), Column("Value", True), Column("Interval", True), Column("n", True)], rows)
    return _section(book, "indices", "Three indices", "Does the answer depend on how the fall is measured?", [], ("indices",), [made], ("indices",), need=("indices",),
        notes=[say("The buyer frontier follows the cheapest offer at a quality; the hedonic index holds quality constant by regression; matched models compare each model with itself.")])  # fmt: skip


def per_task(book: FactBook) -> Section:
    latest = {r.raw("benchmark"): r for r in book.rows("cost_per_task")}
    rows: list[list[Cell]] = [[r.show("benchmark"), r.show("obs_date"), r.show("model"), r.show("cost_usd_per_task"), r.show("tokens_per_task", unit=""), r.show("price_usd_per_mtok"), r.show("n")] for r in latest.values()]
    made = table("Latest cost per benchmark task", [Column("Benchmark"), Column("Day"), Column("Model"), Column("USD per task", True), Column("Tokens per task", True), Column("USD per Mtok", True), Column("n", True)], rows)
    return _section(book, "tasks", "Cost per task", "A token is not a task: what does a finished task cost?", [narrative.per_task(book)], ("task",), [made], ("cost_per_task",), need=("cost_per_task",))


def decline(book: FactBook) -> Section:
    rate = ("decline_factor_per_year", "decline_lower_factor_per_year", "decline_upper_factor_per_year")
    rows: list[list[Cell]] = [[r.show("series"), r.show("window_label"), r.show(*rate), r.interval(*rate), r.show("interval_level", unit="share"), r.show("n"), r.long("method")] for r in book.rows("decline_rates")]
    made = table("Times cheaper per year, by window", [Column("Prices"), Column("Window"), Column("Times cheaper a year", True), Column("Interval", True), Column("Level", True), Column("n", True), Column("Method")], rows, folded=True)
    tests: list[list[Cell]] = [[r.show("test"), r.show("quality_scale"), r.show("statistic"), r.show("p_value"), r.show("n"), r.show("verdict")] for r in book.rows("acceleration")]
    tested = table("Tests for acceleration", [Column("Test"), Column("Quality scale"), Column("Statistic", True), Column("p", True), Column("n", True), Column("Verdict")], tests, folded=True)
    return _section(book, "decline", "Rate of decline by window", "Is the fall speeding up or slowing down?", [narrative.acceleration(book)], ("decline",), [made, tested], ("decline_rates", "acceleration"), need=("decline_rates",))


def decomposition(book: FactBook) -> Section:
    factor = ("change_factor", "change_lower_factor", "change_upper_factor")
    rows: list[list[Cell]] = [[r.show("component"), r.show(*factor), r.interval(*factor), r.show("change_share"), r.show("basis")] for r in book.rows("decomposition")]
    total: set[int] = set()
    said = []
    if rows and book.has("decomposition.total_factor"):
        total = {len(rows)}
        rows.append([say("Together"), book.value("decomposition.total_factor"), book.interval("decomposition.total_factor"), EMPTY, EMPTY])
        said = [say("Prices fell by a factor of {x} ({w}); the parts multiply to it.", x=book.value("decomposition.total_factor"), w=book.field("decomposition.total_factor", "text_value"))]
    made = table("Parts of the price change", [Column("Part"), Column("Cheaper by", True), Column("Interval", True), Column("Share", True), Column("Basis")], rows, total)
    return _section(book, "decomposition", "What made it fall", "How much is hardware, software, smaller models, utilisation, margin?", said, ("decomposition",), [made], ("decomposition",), need=("decomposition",))


def levers(book: FactBook) -> Section:
    rows: list[list[Cell]] = [[r.show("lever"), r.show("shapley_factor"), r.show("first_in_factor"), r.show("last_in_factor"), r.show("shapley_share"), r.show("scenario")] for r in book.rows("deflation_stack")]
    total: set[int] = set()
    if rows and book.has("stack.total_factor"):
        total = {len(rows)}
        rows.append([say("All levers"), book.value("stack.total_factor"), EMPTY, EMPTY, EMPTY, EMPTY])
    made = table("Levers of the serving stack", [Column("Lever"), Column("Shapley", True), Column("Alone", True), Column("Added last", True), Column("Share", True), Column("Scenario")], rows, total)
    return _section(book, "stack", "The serving stack", "What is each technique worth, on its own and on top of the others?", [], ("stack",), [made], ("deflation_stack",), need=("deflation_stack",))


def hardware(book: FactBook) -> Section:
    rows: list[list[Cell]] = [[
        r.show("accelerator"), r.show("vendor"), r.show("model"), r.show("precision"), r.show("memory_gb"), r.show("bandwidth_gb_per_s"), r.show("rental_usd_per_hour"),
        r.show("throughput_tok_per_s"), r.show("cost_usd_per_mtok"), r.show("energy_j_per_token"), r.show("basis"),
    ] for r in book.rows("hardware_league")[:40]]  # fmt: skip
    league = table(
        "Accelerators by the cost of a million output tokens",
        [Column("Accelerator"), Column("Vendor"), Column("Model"), Column("Precision"), Column("Memory", True), Column("Bandwidth", True), Column("Rent / hour", True),
         Column("Tokens / s", True), Column("USD / Mtok", True), Column("Energy / token", True), Column("Basis")],
        rows,
    )  # fmt: skip
    checks: list[list[Cell]] = [[r.show("model"), r.show("accelerator"), r.show("precision"), r.show("batch"), r.show("throughput_tok_per_s"), r.show("measured_tok_per_s"), r.show("error_share"), r.show("source")] for r in book.rows("throughput", lambda r: r["measured_tok_per_s"] is not None)[:25]]
    engine = table("The engine against measurements", [Column("Model"), Column("Accelerator"), Column("Precision"), Column("Batch", True), Column("Engine", True), Column("Measured", True), Column("Error", True), Column("Source")], checks, folded=True)
    return _section(book, "hardware", "Hardware league", "Which accelerator makes the cheapest token?", [], ("hardware",), [league, engine], ("hardware_league", "throughput"), need=("hardware_league",))


def self_hosting(book: FactBook) -> Section:
    volume = ("break_even_mtok_per_month", "break_even_lower_mtok_per_month", "break_even_upper_mtok_per_month")
    rows: list[list[Cell]] = [[
        r.show("model"), r.show("accelerator"), r.show("api_usd_per_mtok"), r.show("self_host_usd_per_mtok"), r.show("utilisation_share"),
        r.show(volume[0]) if r.has(volume[0]) else say("never"), r.interval(*volume), r.show("verdict"),
    ] for r in book.rows("break_even")[:30]]  # fmt: skip
    made = table("Self-hosting against the API, USD per million tokens", [Column("Model"), Column("Accelerator"), Column("API", True), Column("Self-hosted", True), Column("Utilisation", True), Column("Break-even tokens a month", True), Column("Interval", True), Column("Verdict")], rows)
    return _section(book, "self-hosting", "Self-hosting break-even", "From which volume on is an own accelerator cheaper than the API?", [], (), [made], ("break_even",), need=("break_even",))


def viability(book: FactBook) -> Section:
    rows: list[list[Cell]] = [[
        r.show("application"), r.show("cost_now_usd_per_unit"), r.show("needed_usd_per_unit"), r.show("unit_of_use"), r.show("viable_date"),
        r.interval("viable_date", "viable_lower_date", "viable_upper_date"), r.show("viable_within_year_probability"), r.show("verdict"),
    ] for r in book.rows("viability")]  # fmt: skip
    made = table("Applications and the price they need", [Column("Application"), Column("Costs now", True), Column("Needs", True), Column("Per"), Column("Affordable"), Column("Interval"), Column("Within a year", True), Column("Verdict")], rows)
    return _section(book, "viability", "Viability dates", "When do low-value, high-volume uses pay?", [], ("viability",), [made], ("viability",), need=("viability",))


def jevons(book: FactBook) -> Section:
    rows: list[list[Cell]] = [[r.show("obs_date"), r.show("volume_mtok_per_week"), r.show("price_usd_per_mtok"), r.show("spend_usd_per_week")] for r in book.rows("jevons")[-1:]]
    made = table("Latest week", [Column("Week"), Column("Tokens served", True), Column("USD per Mtok", True), Column("Spent", True)], rows)
    return _section(book, "jevons", "Volume and spend", "Does spending grow while prices fall?", [narrative.jevons(book)], ("volume", "spend"), [made], ("jevons",), need=("jevons",))


def margins(book: FactBook) -> Section:
    rows: list[list[Cell]] = [[r.show("application"), r.show("price_usd_per_month"), r.show("model_cost_usd_per_month"), r.show("model_cost_share"), r.show("margin_share"), r.show("basis")] for r in book.rows("wrapper_margin")]
    made = table("What is left of an application's price", [Column("Application"), Column("Price a month", True), Column("Model cost a month", True), Column("Model's share", True), Column("Margin", True), Column("Basis")], rows)
    return _section(book, "margins", "Thin wrappers", "What is left between the price of an application and the price of its tokens?", [], (), [made], ("wrapper_margin",), need=("wrapper_margin",))


def expectations(book: FactBook) -> Section:
    latest = {r.raw("benchmark"): r for r in book.rows("expectations")}
    rows: list[list[Cell]] = [[r.show("benchmark"), r.show("obs_date"), r.show("tokens_per_task"), r.show("price_usd_per_mtok"), r.show("cost_usd_per_task")] for r in latest.values()]
    made = table("Tokens that a task takes, latest", [Column("Benchmark"), Column("Day"), Column("Tokens per task", True), Column("USD per Mtok", True), Column("USD per task", True)], rows)
    fact = "expectations.tokens_per_task_factor"
    said = [say("Tokens per task grow {x} a year.", x=book.value(fact))] if book.has(fact) else []
    return _section(book, "expectations", "Rising expectations", "Do tasks take more tokens, so that spending per interaction does not fall?", said, (), [made], ("expectations",), need=("expectations",))


def claims(book: FactBook) -> Section:
    rows: list[list[Cell]] = [[r.show("claim_id"), r.long("claim"), r.long("claimed_text") if r.has("claimed_text") else EMPTY, _measured(r), r.show("verdict"), r.long("basis") if r.has("basis") else EMPTY] for r in book.rows("claims")]
    made = table("The essay's claims and what is measured", [Column("Id"), Column("Claim"), Column("Claimed"), Column("Measured"), Column("Verdict"), Column("Basis")], rows)
    verdicts = [v for v in ("supported", "partly", "contradicted", "not measurable") if v in book.edition.mart("claims")["verdict"].to_list()]
    counted = [say("{n} " + v, n=book.count("claims", verdict=v)) for v in verdicts]
    said = [say("Of the essay's claims: {list}.", list=join(counted, ", "))] if counted else []
    return _section(book, "claims", "The essay's claims", "What did the essay say, and what do the measurements say?", said, (), [made], ("claims",), need=("claims",))


def track_record(book: FactBook) -> Section:
    rows: list[list[Cell]] = [[
        r.show("horizon_days"), r.show("model"), r.show("mae_log"), r.show("crps_log"), r.show("crps_ratio"), r.show("coverage_50_share"), r.show("coverage_80_share"),
        r.show("coverage_95_share"), r.show("p_value"), r.show("n"), r.show("label"),
    ] for r in book.rows("track_record")]  # fmt: skip
    leading = {i for i, r in enumerate(book.rows("track_record")) if r.raw("is_champion")}
    made = table(
        "Resolved forecasts by horizon and model; the model in charge in bold",
        [Column("Days", True), Column("Model"), Column("MAE, log", True), Column("CRPS, log", True), Column("CRPS / no change", True), Column("Inside half", True), Column("Inside four fifths", True),
         Column("Inside widest", True), Column("p", True), Column("Origins", True), Column("Label")],
        rows, leading, folded=True,
    )  # fmt: skip
    return _section(book, "record", "Track record", "Were earlier forecasts better than assuming no change?", [], ("record", "pit"), [made], ("track_record", "pit"), need=("track_record",))


def data_health(book: FactBook) -> Section:
    made = table("Sources", [Column("Source"), Column("Kind"), Column("Read"), Column("Status"), Column("Observed"), Column("Age, days", True), Column("Rows", True), Column("Message")],
        [[r.show("source"), r.show("kind"), r.show("origin"), r.show("status"), r.show("observed_at"), r.show("age_days"), r.show("rows"), r.long("message") if r.has("message") else EMPTY] for r in _worst_first(book)])  # fmt: skip
    held = table("Prices in quarantine: not believed, the old price stays", [Column("Provider"), Column("Model"), Column("Tokens"), Column("Kept", True), Column("Refused", True), Column("Reason"), Column("Seen"), Column("Source")],
        [[r.show("provider"), r.show("model"), r.show("token_class"), r.show("price_kept_usd_per_mtok"), r.show("price_refused_usd_per_mtok"), r.long("reason"), r.show("observed_at"), r.show("source")] for r in book.rows("quarantine")[:30]], folded=True)  # fmt: skip
    split = table("Sources that disagree, and which is believed", [Column("Provider"), Column("Model"), Column("Tokens"), Column("Believed"), Column("Price", True), Column("Other"), Column("Price", True), Column("Difference", True)],
        [[r.show("provider"), r.show("model"), r.show("token_class"), r.show("believed_source"), r.show("believed_usd_per_mtok"), r.show("other_source"), r.show("other_usd_per_mtok"), r.show("difference_share")] for r in book.rows("disagreements")[:30]], folded=True)  # fmt: skip
    return _section(book, "health", "Data health", "What does this edition rest on?", [narrative.health(book)], (), [made, held, split], ("data_health", "quarantine", "disagreements"), need=("data_health",))


def not_known(book: FactBook) -> Section:
    made = table("What is not known", [Column("Question"), Column("Why"), Column("What would tell")], [[r.long("topic"), r.long("why"), r.long("what_would_tell") if r.has("what_would_tell") else EMPTY] for r in book.rows("not_known")])
    return _section(book, "unknown", "What is not known", "What would you need to know before you act on this?", [], (), [made], ("not_known",), need=("not_known",))


def _section(
    book: FactBook, key: str, title: str, question: str, said: list[Sentence], charts: tuple[str, ...], tables: list[Table | None],
    marts: tuple[str, ...], need: tuple[str, ...], notes: list[Sentence] | None = None, legend: list[Sentence] | None = None,
) -> Section:  # fmt: skip
    """A section whose ``missing`` says why, where none of the marts that it needs has a row."""
    if all(book.edition.mart(name).is_empty() for name in need):
        reason = say("Not yet measured: " + MARTS[need[0]].why_missing + ".")
        return Section(key, title, question, tuple(s for s in said if s), marts=marts, missing=reason)
    kept = tuple(t for t in tables if t is not None)
    return Section(key, title, question, tuple(s for s in said if s), charts, kept, marts, tuple(n for n in notes or [] if n), tuple(n for n in legend or [] if n))


def _measured(row: Row) -> Cell:
    unit = str(row.raw("measured_unit") or "")
    if row.raw("measured_value") is None:
        return row.long("measured_text") if row.has("measured_text") else EMPTY
    columns = ("measured_value", "measured_lower", "measured_upper")
    if row.raw(columns[1]) is None or row.raw(columns[2]) is None:
        said = say("{x}", x=row.show(columns[0], unit=unit))
    else:
        said = say("{x} ({i})", x=row.show(*columns, unit=unit), i=row.interval(*columns, unit=unit))
    return say("{a}; {t}", a=said, t=row.long("measured_text")) if row.has("measured_text") else said


def _worst_first(book: FactBook) -> list[Row]:
    rank = {"failed": 0, "stale": 1}
    return sorted(book.rows("data_health"), key=lambda r: (rank.get(r.raw("status"), 2), r.index))
