"""Sections on what the engine and measurements say of each lever: gains, quality, software, speed of one user.

One function per section; which columns it shows and what it says.
"""

from __future__ import annotations

from reports.facts import FactBook
from reports.sections.section import Section, make
from reports.tables import EMPTY, Column, table
from reports.writing.shown import say

SHOWN = "Llama-3.1-70B"
"""The model of which most hosts publish a speed."""


def measured(book: FactBook) -> Section:
    """Levers beside the essay's claims."""
    ours = ("measured_factor", "measured_low_factor", "measured_high_factor")
    engine = ("engine_factor", "engine_low_factor", "engine_high_factor")
    levers = table(
        "Each lever: what is claimed, what was measured, what the engine says of the same cases",
        [Column("Lever"), Column("Technique"), Column("Setting"), Column("Claimed"), Column("Measured", True), Column("Range", True),
         Column("n", True), Column("Engine", True), Column("Measured by")],
        [[r.show("lever"), r.show("technique"), r.show("setting"), r.show("claimed_value"), r.show(*ours),
          r.interval(*ours) if r.raw("observations_count") and r.raw("observations_count") > 1 else EMPTY, r.show("observations_count"),
          r.show(*engine), r.show("source")] for r in book.rows("lever_evidence")],
    )  # fmt: skip
    quality = table(
        "What fewer bits cost in quality, as published: the ratio of perplexities, or the accuracy lost in per cent",
        [Column("Model"), Column("Format"), Column("Against"), Column("Metric"), Column("Value", True), Column("Interval", True), Column("Source")],
        [[r.show("model"), r.show("precision"), r.show("baseline_precision"), r.show("metric"), r.show("value", "low", "high"),
          r.interval("value", "low", "high"), r.show("source")] for r in book.rows("quantization_quality")], folded=True,
    )  # fmt: skip
    return make(
        book, "levers-measured", "Levers, claimed and measured", "Do the essay's factors hold, and at what load?",
        [say("Below one a lever slows the server down: speculation does at high load. The engine does not know software releases, so it has no range for them.")],
        (), [levers, quality], ("lever_evidence", "quantization_quality"), need=("lever_evidence",),
    )  # fmt: skip


def speed(book: FactBook) -> Section:
    """Speed of one user."""
    user = ("user_tok_per_s", "user_lower_tok_per_s", "user_upper_tok_per_s")
    rows = sorted(book.rows("latency_league", lambda r: r["model"] == SHOWN), key=lambda r: -(r.raw("user_tok_per_s") or 0.0))
    published = [r for r in rows if r.raw("evidence") == "published"]
    engine = [r for r in rows if r.raw("evidence") == "engine"]
    made = table(
        "Tokens a second that one user gets alone, and what they cost",
        [Column("Model"), Column("Accelerator"), Column("Said by"), Column("Precision"), Column("Speed", True), Column("Interval", True),
         Column("Chips", True), Column("USD / Mtok", True), Column("As of")],
        [[r.show("model"), r.show("accelerator") if r.has("accelerator") else EMPTY, r.show("provider") if r.has("provider") else r.show("evidence"), r.show("precision"), r.show(*user), r.interval(*user), r.show("accelerators"),
          r.show("cost_usd_per_mtok"), r.show("observed_at")] for r in [*published, *engine]],
    )  # fmt: skip
    return make(
        book, "speed", "Speed for one user", "Who is fast, and what does speed cost?",
        [say("Published speeds are those of hosts, beside their list price of that day. The engine's cost is that of a machine that serves one user alone: the price of speed without a batch.")],
        ("ceiling",), [made], ("latency_league", "bandwidth_ceiling"), need=("latency_league",),
    )  # fmt: skip


def life(book: FactBook) -> Section:
    """Software gains and useful life."""
    gain = ("gain_factor_per_year", "gain_low_factor_per_year", "gain_high_factor_per_year")
    software = table(
        "What releases of serving software alone gained in a year on the same accelerator",
        [Column("Accelerator"), Column("Software"), Column("Gain", True), Column("Range", True), Column("Workloads", True), Column("From"), Column("To"), Column("Source")],
        [[r.show("accelerator"), r.show("software"), r.show(*gain), r.interval(*gain), r.show("observations_count"), r.show("first_date"), r.show("last_date"),
          r.show("source")] for r in book.rows("software_gain")],
    )  # fmt: skip
    lives = table(
        "Years until an accelerator's rent no longer pays its power and overhead",
        [Column("Accelerator"), Column("Prices fall like"), Column("A year", True), Column("Rent", True), Column("Running cost", True),
         Column("Years", True), Column("With software gains", True), Column("Gain from")],
        [[r.show("accelerator"), r.show("price_scenario"), r.show("price_factor_per_year"), r.show("rental_usd_per_hour"), r.show("running_usd_per_hour"),
          *(r.show(c, unit="years") if r.has(c) else say("decades") for c in ("useful_life_years", "useful_life_with_software_years")), r.show("inputs")]
         for r in book.rows("useful_life")],
    )  # fmt: skip
    return make(
        book, "useful-life", "Software on old chips", "What did software alone gain, and how long does a chip pay?",
        [say("A chip earns what its tokens earn: its rent falls with their price, and software that makes more tokens slows that. The rate of the fall decides more than the chip.")],
        (), [software, lives], ("software_gain", "useful_life"), need=("software_gain", "useful_life"),
    )  # fmt: skip
