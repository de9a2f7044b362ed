"""What one request costs at one moment, from believed price intervals, and which of them it paid.

Here belong the choice among an offer's tiers, hours and prompt lengths, and the arithmetic with what is
missing said. Which intervals are believed is ``history``'s; printing is the verb's. Nothing is guessed: a
component without a price makes the total unknown, and an offer under a condition nobody asked for is not
chosen while the plain one exists.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from belief.names.aliases import normalise, resolve
from belief.names.conditions import Condition, parse

DAY_TIERS = ("standard", "peak", "off-peak")
"""Tiers that are one offer at different hours: without ``--tier`` the clock chooses among them."""
PRICES = {"input": "price_input_usd_per_mtok", "cached input": "price_cached_input_usd_per_mtok", "output": "price_output_usd_per_mtok"}
MILLION = Decimal(1_000_000)
Offer = tuple[dict[str, Any], Condition]
"""A believed interval and the meaning of its condition."""
_MARGINAL = re.compile(r"(?:tokens|portion|part) (?:above|beyond|over|in excess)|only the tokens (?:above|beyond|over)|超出部分", re.I)
_WHOLE = re.compile(r"(?:entire|whole|full) (?:request|session|prompt)|all (?:the )?tokens|整个请求", re.I)


class NoPrice(Exception):
    """No price answers the question; the message says what there is instead."""


@dataclass(frozen=True, slots=True)
class Request:
    """``cached_tokens`` are the part of ``input_tokens`` read from the cache; ``at`` knows its zone."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    tier: str = "standard"
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    condition: str = ""
    """What must be said besides length and hours, as printed (``region eu``, ``thinking``)."""

    def __post_init__(self) -> None:
        if min(self.input_tokens, self.output_tokens, self.cached_tokens) < 0:
            raise ValueError("tokens cannot be negative")
        if self.cached_tokens > self.input_tokens:
            raise ValueError(f"the {self.cached_tokens} cached tokens are part of the input, which has only {self.input_tokens}")
        if self.at.tzinfo is None:
            raise ValueError("the moment of the request needs its time zone")


@dataclass(frozen=True, slots=True)
class Line:
    """One component: so many tokens at a price per million; None where no price is known."""

    component: str
    tokens: int
    usd_per_mtok: Decimal | None

    @property
    def usd(self) -> Decimal | None:
        """The component's cost; 0 tokens cost nothing at any price."""
        if not self.tokens:
            return Decimal(0)
        return None if self.usd_per_mtok is None else self.usd_per_mtok * self.tokens / MILLION


@dataclass(frozen=True, slots=True)
class Cost:
    """What an offer asks for the request: the interval it was read from, its lines, and remarks in sentences."""

    interval: dict[str, Any]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def usd(self) -> Decimal | None:
        """The total, or None where a component has no known price."""
        parts = [line.usd for line in self.lines]
        return None if None in parts else sum((p for p in parts if p is not None), Decimal(0))

    @property
    def missing(self) -> tuple[str, ...]:
        """The components without a known price."""
        return tuple(line.component for line in self.lines if line.usd is None)


def canonical_models(name: str, providers: Iterable[str], day: date, aliases: pl.DataFrame) -> dict[str, str]:
    """The canonical model ``name`` means at each provider on a day; providers where it means nothing are left out."""
    frame = pl.DataFrame({"provider": sorted({*providers, "*"})}).with_columns(
        pl.lit(name).alias("model_label"), pl.lit(day).alias("valid_from")
    )
    return {p: m for p, m in resolve(frame, aliases).select("provider", "model").rows() if m}


def near_names(name: str, models: Iterable[str], count: int = 6) -> list[str]:
    """Models a mistyped name may mean, most alike first: for a message, never for a join."""
    form, known = normalise(name), sorted(set(models))
    starts = [m for m in known if form and (m.startswith(form) or form in m)]
    return list(
        dict.fromkeys([*sorted(starts, key=lambda m: (len(m), m))[:count], *difflib.get_close_matches(form, known, n=count, cutoff=0.6)])
    )[:count]


def costs(intervals: pl.DataFrame, request: Request) -> list[Cost]:
    """What each provider in ``intervals`` (one model's rows of ``core.price_interval``) asks, cheapest first.

    Unknown totals come last. Raises ``NoPrice`` when no interval holds at the moment, or none in the tier.
    """
    day = request.at.astimezone(UTC).date()
    begun = (pl.col("valid_from").is_null()) | (pl.col("valid_from") <= day)
    held = intervals.filter(begun & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day)))
    if held.is_empty():
        raise NoPrice(_not_then(intervals, day))
    found: list[Cost] = []
    for provider in held["provider"].unique().sort():
        rows = held.filter(pl.col("provider") == provider).sort("tier", "condition", "interval_id").to_dicts()
        found += _of_provider(rows, request)
    if not found:
        tiers = ", ".join(sorted({str(t) for t in held["tier"]}))
        others = sorted({c.rest for c in map(parse, held["condition"]) if c.rest})
        said = f"; under conditions: {'; '.join(others)}" if others else ""
        raise NoPrice(
            f"no price in the tier {request.tier}{f' under {request.condition!r}' if request.condition else ''} on {day}; there is: {tiers}{said}"
        )
    return sorted(found, key=lambda c: (c.usd is None, c.usd or 0, c.interval["provider"], c.interval["condition"]))


def _not_then(intervals: pl.DataFrame, day: date) -> str:
    starts, ends = intervals["valid_from"].drop_nulls().to_list(), intervals["valid_to"].drop_nulls().to_list()
    first: date | None = min(starts, default=None)
    last: date | None = max(ends, default=None)
    if first is None or first > day:
        return f"no price is known on {day}; the first is of {first}"
    ended = intervals.filter(pl.col("valid_to") == last).row(0, named=True)
    seen = f", last seen {ended['confirmed_at']}" if ended.get("confirmed_at") else ""
    why = {"stale": "nobody has shown it again", "outweighed": "newer evidence of others outweighs it", "removed": "it was removed"}.get(
        ended.get("end_reason") or "", ""
    )
    return f"no price is in force on {day}; the last one known ended on {last}{seen}{f' ({why})' if why else ''}"


def _of_provider(rows: Sequence[dict[str, Any]], request: Request) -> list[Cost]:
    """One cost per way of buying that answers the request: the plain one, else each that carries a condition."""
    wanted = parse(request.condition).rest
    known = [(row, parse(row["condition"])) for row in rows]
    tiers = DAY_TIERS if request.tier == "standard" else (request.tier,)
    rests = sorted({c.rest for row, c in known if row["tier"] in tiers})
    chosen = [wanted] if request.condition else [""] if "" in rests else rests
    found = (charged([(row, c) for row, c in known if row["tier"] in tiers and c.rest == rest], request) for rest in chosen)
    return [cost for cost in found if cost is not None]


def charged(offers: Sequence[Offer], request: Request) -> Cost | None:
    """What one way of buying (one provider, model, service and place) charges: by the hour, then by the answer's and the prompt's length."""
    by_hour, notes = _by_hour(offers, request)
    by_answer, said = _by_answer(by_hour, request)
    return _by_length(by_answer, request, [*notes, *said]) if by_answer else None


def _by_answer(offers: Sequence[Offer], request: Request) -> tuple[list[Offer], list[str]]:
    """Of the steps by the length of the answer the highest that the request's answer is above, per prompt bound."""
    steps = sorted({c.answer_above for _, c in offers if c.answer_above})
    if not steps:
        return list(offers), []
    best: dict[int, Offer] = {}
    for row, condition in offers:
        bound, step = condition.above or 0, condition.answer_above or 0
        if condition.answers(request.output_tokens) and (bound not in best or step > (best[bound][1].answer_above or 0)):
            best[bound] = row, condition
    paid = max((c.answer_above or 0 for _, c in best.values()), default=0)
    said = [f"the answer is above {paid:,} tokens: the whole request is billed at this price"] if paid else []
    return list(best.values()), [*said, *(f"a longer answer than {s:,} tokens would pay another price" for s in steps if s > paid)]


def _by_hour(offers: Sequence[Offer], request: Request) -> tuple[list[Offer], list[str]]:
    """The offers that hold at the hour of the request, with what is to be said of the hours."""
    clocked = [(r, c) for r, c in offers if c.windows]
    if request.tier in ("peak", "off-peak"):
        outside = bool(clocked) and not any(c.in_hours(request.at) for _, c in clocked)
        return list(offers), ["the moment given is outside these hours; priced as asked by --tier"] if outside else []
    notes = ["these hours do not count on China's public holidays"] if any(w.not_on_holidays for _, c in clocked for w in c.windows) else []
    now = [(r, c) for r, c in clocked if c.in_hours(request.at)]
    if now:
        tier = sorted(now, key=lambda o: DAY_TIERS.index(o[0]["tier"]) if o[0]["tier"] in DAY_TIERS else 9)[0][0]["tier"]
        return [o for o in now if o[0]["tier"] == tier], notes
    plain = [(r, c) for r, c in offers if not c.windows]
    order = ("off-peak", "standard") if any(r["tier"] == "peak" for r, _ in clocked) else ("standard", "off-peak")
    for tier in (*order, request.tier):
        if any(r["tier"] == tier for r, _ in plain):
            return [o for o in plain if o[0]["tier"] == tier], notes
    return [], notes


def _by_length(offers: Sequence[Offer], request: Request, notes: list[str]) -> Cost:
    """The offer whose prompt length the request has, whole or by parts as the page says."""
    admitted = [o for o in offers if o[1].admits(request.input_tokens)]
    if not admitted:
        row, condition = min(offers, key=lambda o: (o[1].above or 0, o[0]["interval_id"]))
        unknown = tuple(
            Line(line.component, line.tokens, None)
            for line in _lines(row, request.input_tokens, request.cached_tokens, request.output_tokens)
        )
        return Cost(row, unknown, (*notes, f"only a price under {row['condition']!r} is known, which this prompt does not meet"))
    row, condition = max(admitted, key=lambda o: (o[1].above or 0, o[0]["interval_id"]))
    base = min(offers, key=lambda o: (o[1].above or 0, o[0]["interval_id"]))
    if condition.above and base[0] is not row and _MARGINAL.search(_words(row)):
        over = request.input_tokens - condition.above
        lines = _lines(base[0], condition.above, request.cached_tokens, 0) + _lines(row, over, 0, request.output_tokens)
        return Cost(row, lines, (*notes, f"only the {over:,} tokens above {condition.above:,} are billed at this price, as the page says"))
    if condition.above:
        said = "as the page says" if _WHOLE.search(_words(row)) else "the usual rule; the kept words do not say"
        notes = [
            *notes,
            f"the prompt is {'at or ' * condition.above_itself}above {condition.above:,} tokens: the whole request is billed at this price ({said})",
        ]
    elif len({c.above for _, c in offers}) > 1:
        first = min(c.above for _, c in offers if c.above)
        notes = [*notes, f"a longer prompt than {first:,} tokens would pay another price"]
    lines = _lines(row, request.input_tokens, request.cached_tokens, request.output_tokens)
    cost = Cost(row, lines, tuple(notes))
    if cost.missing == ("cached input",):
        undiscounted = Cost(row, _lines(row, request.input_tokens, 0, request.output_tokens)).usd
        return Cost(
            row,
            lines,
            (
                *notes,
                f"no price of cached input is known here; were it billed like other input, the request would cost {undiscounted:f} USD",
            ),
        )
    return cost


def _words(row: dict[str, Any]) -> str:
    return f"{row.get('evidence') or ''} {row.get('condition') or ''}"


def _lines(row: dict[str, Any], input_tokens: int, cached_tokens: int, output_tokens: int) -> tuple[Line, ...]:
    tokens = {"input": input_tokens - cached_tokens, "cached input": cached_tokens, "output": output_tokens}
    return tuple(
        Line(name, tokens[name], _decimal(row.get(column))) for name, column in PRICES.items() if tokens[name] or name != "cached input"
    )


def _decimal(price: float | None) -> Decimal | None:
    return None if price is None else Decimal(repr(round(price, 9)))


def announced(frame: pl.DataFrame, provider: str, model: str, aliases: pl.DataFrame, at: datetime, last_read: pl.DataFrame) -> list[str]:
    """Sentences on prices a page announced for this model that no page of its day has been read to confirm.

    ``last_read``: source, observed_at (``core.source``); an announcement is settled by a later page, which
    shows the prices in force. One sentence per announced list, tier and condition.
    """
    day = at.astimezone(UTC).date()
    open_ = (
        frame.filter((pl.col("provider") == provider) & (pl.col("observed_at") <= day))
        .join(last_read.select("source", pl.col("observed_at").alias("read")), on="source", how="left")
        .filter(pl.col("read").cast(pl.String).fill_null("") < pl.col("effective_from").str.slice(0, 10))
    )
    if open_.is_empty():
        return []
    named = (
        resolve(open_, aliases, on="observed_at")
        .filter(pl.col("model") == model)
        .unique(["effective_from", "tier", "condition", "component"], keep="first", maintain_order=True)
    )
    said = (
        named.sort("effective_from", "tier", "condition", "component")
        .group_by("observed_at", "effective_from", "tier", "condition", "currency", "unit", "source", maintain_order=True)
        .agg(
            pl.concat_str([pl.col("component").str.replace_all("_", " "), pl.lit(" "), pl.col("value").cast(pl.String)])
            .str.join(", ")
            .alias("prices")
        )
    )
    return [
        f"announced on {r['observed_at']} for {r['effective_from']}, not used because no page read since shows it: {r['tier']}"
        f"{' (' + r['condition'] + ')' if r['condition'] else ''} {r['prices']} {r['currency']} per {r['unit']} ({r['source']})"
        for r in said.iter_rows(named=True)
    ]
