"""What a parser gives: a value AS WRITTEN, the unit as written, the words it was read from, and where.

Quotes are the only rows that leave ``sources``. Conversion to a common unit happens once, later, in
the warehouse. A quote never holds a figure that is not on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

COMPONENTS = frozenset(
    {
        "input",
        "output",
        "cached_input",
        "cache_write_5m",
        "cache_write_1h",
        "cache_storage_hour",
        "input_audio",
        "output_audio",
        "cached_input_audio",
        "input_image",
        "output_image",
        "cached_input_image",
        "input_video",
        "output_video",
        "input_text_for_image",
        "embedding",
        "rerank",
        "request",
        "search",
        "training",
        "image",
        "audio_minute",
        "audio_hour",
        "video_second",
        "character",
        "page",
        "hour",
        "multiplier",
        "other",
    }
)
"""What a price is for. ``input``/``output``/``cached_input``/``cache_write_*`` of text make the wide form."""

WIDE_COMPONENTS = {
    "input": "input",
    "output": "output",
    "cached_input": "cached",
    "cache_write_5m": "cache_write_5m",
    "cache_write_1h": "cache_write_1h",
}

TIERS = frozenset({"standard", "batch", "flex", "priority", "fast", "peak", "off-peak", "free"})
STATUSES = frozenset({"in_force", "announced", "promotional", "struck"})


SLIPS = (IndexError, KeyError, AttributeError, TypeError, ValueError, ArithmeticError, RecursionError)
"""What code that reads hostile input raises where it cannot follow; each becomes a named refusal."""


class PageChanged(Exception):
    """A page that cannot be trusted: blocked, moved, script-only, cut short, or of an unknown layout.

    The message is a sentence that says what was expected and what was found.
    """


class OtherLayout(PageChanged):
    """A page that the source's code leaves to its declaration: not a layout it was written for."""


class ImplausibleValue(PageChanged):
    """A figure that reads well and cannot be right (a TDP of 0, a bandwidth in bits, a price far out)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceQuote:
    """One price of one model, as printed.

    ``row`` is the ordinal of the wide-form row on the page (None: long form only). ``value`` is exact, in
    ``currency`` per ``unit``; ``value_text`` are the page's own characters. ``effective_*`` are ISO 8601
    dates or UTC timestamps (``2025-02-08T16:00Z``), empty when the page names none.
    """

    model_label: str
    component: str
    value: Decimal
    value_text: str
    unit: str
    currency: str
    evidence: str
    locator: str
    tier: str = "standard"
    condition: str = ""
    status: str = "in_force"
    effective_from: str = ""
    effective_to: str = ""
    region: str = ""
    model_id: str = ""
    provider: str = ""
    source: str = ""
    row: int | None = None

    def __post_init__(self) -> None:
        if self.component not in COMPONENTS:
            raise ValueError(f"component {self.component!r} of {self.model_label!r} is not one of COMPONENTS")
        if self.tier not in TIERS:
            raise ValueError(f"tier {self.tier!r} of {self.model_label!r} is not one of TIERS")
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r} of {self.model_label!r} is not one of STATUSES")
        if not self.value.is_finite() or self.value < 0:
            raise ValueError(f"price {self.value_text!r} of {self.model_label!r} is not a price")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecQuote:
    """One figure of one accelerator. ``unit`` carries the sense (``TFLOPS dense``); ``basis`` official/secondary."""

    accelerator: str
    field: str
    value: Decimal
    value_text: str
    unit: str
    evidence: str
    locator: str
    qualifier: str = ""
    basis: str = "official"
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RentalQuote:
    """One offer of accelerators by the hour: ``value`` in ``currency`` per accelerator-hour.

    ``left_out`` says why an offer that is on the page cannot be priced per accelerator; ``accelerator`` is then the
    name as printed, ``value`` the whole price and ``accelerators_in_offer`` 0. Such offers are counted and shown,
    never computed with. ``effective_from``: the day (ISO) an announced price begins; empty for one in force.
    """

    provider: str
    accelerator: str
    value: Decimal
    value_text: str
    evidence: str
    locator: str
    currency: str = "USD"
    term: str = "on_demand"
    sku: str = ""
    region: str = ""
    accelerators_in_offer: int = 1
    observed_at: str = ""
    effective_from: str = ""
    left_out: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyQuote:
    """One energy figure: electricity price, PUE or measured J/token, for a subject and a period."""

    quantity: str
    subject: str
    period: str
    value: Decimal
    value_text: str
    unit: str
    evidence: str
    locator: str
    qualifier: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreQuote:
    """One score of one model on one benchmark, as printed.

    Version, measurer and effort are part of the scale: two scores that differ in one of them are never one series.
    ``effort`` is printed beside the name or inside ``model_label``; ``unit`` is percent, share, elo or index.
    ``lower_text``, ``upper_text`` (95 %), ``count_text`` (votes or tasks) and ``cost_text`` (USD per task) are empty where not
    printed.
    """

    model_label: str
    benchmark: str
    value: Decimal
    value_text: str
    unit: str
    measurer: str
    evidence: str
    locator: str
    benchmark_version: str = ""
    effort: str = ""
    lower_text: str = ""
    upper_text: str = ""
    count_text: str = ""
    cost_text: str = ""
    measured_on: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.unit not in ("percent", "share", "elo", "index"):
            raise ValueError(f"unit {self.unit!r} of {self.model_label!r} is not percent, share, elo or index")
        if not self.value.is_finite():
            raise ValueError(f"score {self.value_text!r} of {self.model_label!r} is not a number")

    @property
    def subject(self) -> str:
        """What an entry is about."""
        return self.model_label


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeQuote:
    """One figure of what a gateway served: ``measure`` of a model in the ``period_days`` days from ``period``, an ISO date."""

    model_label: str
    measure: str
    period: str
    value: Decimal
    value_text: str
    unit: str
    evidence: str
    locator: str
    period_days: int = 1
    source: str = ""

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value < 0:
            raise ValueError(f"{self.measure} {self.value_text!r} of {self.model_label!r} is no quantity")

    @property
    def subject(self) -> str:
        """What an entry is about."""
        return self.model_label


@dataclass(frozen=True, slots=True, kw_only=True)
class RetirementQuote:
    """A maker's statement that a model ends, as printed; dates are ISO 8601, empty when the page names none.

    ``status``: ``announced`` (ends on ``retired_on``, past or to come), ``retired`` (the page says it is gone),
    ``earliest`` (``retired_on`` is the earliest day it may end), ``deprecated`` (no day of its end is named).
    ``value_text`` are the page's own characters of the day.
    """

    model_label: str
    retired_on: str
    evidence: str
    locator: str
    announced_on: str = ""
    replacement: str = ""
    status: str = "announced"
    value_text: str = ""
    provider: str = ""
    source: str = ""


Quote = PriceQuote | SpecQuote | RentalQuote | EnergyQuote | ScoreQuote | VolumeQuote | RetirementQuote


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What a page or feed prints and its parser does not understand: not read, but counted and named.

    ``extent``: one ``entry`` of a feed or list, one ``block`` of a page, or one ``amount`` (a note: a figure without a
    token unit). ``subject`` is the model, part or heading as printed, ``reason`` a sentence, ``evidence`` the words.
    """

    subject: str
    reason: str
    locator: str
    evidence: str = ""
    extent: Literal["entry", "block", "amount"] = "entry"


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one body gave: the quotes that keep the contract, and what was left out of it and why."""

    quotes: tuple[Quote, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether an entry or a block was not understood (an amount that is no token price is a note)."""
        return any(out.extent != "amount" for out in self.left_out)
