"""What a request at one moment is charged by each offer of a table of statements, and why nothing is where nothing is.

One row per offer and tier (``COLUMNS``): the believed price, or empty figures with the reason. What is stale, held or
no evidence follows with its status and date and is never the answer. The hour and the prompt's length choose among the
prices of a schedule exactly as ``deflation price`` does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from belief.judgement.events import events
from belief.judgement.evidence import Belief
from belief.judgement.statements import KEY, PRICES, RANKS, with_offer
from belief.judgement.weighing import LIFE_DAYS
from belief.names.aliases import bare, normalise
from belief.names.conditions import parse
from belief.request_cost import Request, charged
from belief.witness_table import MAKER, as_day, makers, successor

COLUMNS = (
    "model",
    "tier",
    "condition",
    "input",
    "output",
    "cached",
    "status",
    "valid_from",
    "valid_to",
    "changed_after",
    "changed_before",
    "source",
    "why",
)
EVENT_COLUMNS = ("model", "tier", "condition", "component", "event", "before", "after", "day", "status", "why")
DEFAULT_INPUT_TOKENS = 1000
_RETIRED = re.compile(r"retir|deprecat|discontinu|sunset|shut ?down|end of life", re.I)
_SHOWN = {"input": PRICES["input"], "output": PRICES["output"], "cached": PRICES["cached_input"]}

Row = dict[str, Any]


def answers(
    belief: Belief, unread: pl.DataFrame, at: datetime, input_tokens: int = DEFAULT_INPUT_TOKENS, output_tokens: int | None = None
) -> pl.DataFrame:
    """The price each offer charges at ``at`` for a prompt of ``input_tokens``, then what is not believed.

    ``output_tokens``: the answer's length; without it an offer with steps by the answer's length has a row per step.
    """
    names = _names(belief, at)
    live = belief.intervals.filter((pl.col("valid_from") <= at) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > at)))
    live = live.with_columns(pl.int_range(pl.len()).cast(pl.String).str.zfill(9).alias("interval_id"))
    offers: dict[tuple[str, ...], list[Row]] = {key: [] for key in _offers(belief)}
    for row in live.iter_rows(named=True):
        offers.setdefault((row["provider"], row["model"], row["service"], row["place"]), []).append(row)
    later, follows = _stretches_at(belief, at), _successors(belief, names, at)
    beside, spoken = _not_believed(belief, unread, names, at), _still_open(belief, at)
    rows: list[Row] = []
    for key in sorted(offers):
        provider, model = key[0], key[1]
        name = names.get((provider, model), model)
        charged_now = _each_step(key, offers[key], name, at, input_tokens, output_tokens)
        rows += (
            charged_now
            or _after_sale(name, later.get(key), spoken, at)
            or [_nothing(key, name, later.get(key), follows.get((provider, model)), beside.get(key, []))]
        )
        rows += _stale(name, later.get(key), spoken, at) if rows[-1]["input"] is None and rows[-1]["output"] is None else []
        rows += beside.pop(key, [])
    rows += [row for key in sorted(beside) for row in beside[key]]
    return pl.DataFrame(
        [[r.get(c) for c in COLUMNS] for r in rows],
        schema=dict.fromkeys(COLUMNS, pl.String) | dict.fromkeys(_SHOWN, pl.Float64),
        orient="row",
    )


def moves(belief: Belief, since: datetime, at: datetime) -> pl.DataFrame:
    """The events between two moments under the names ``deflation believe`` prints."""
    names = _names(belief, at)
    rows = [
        {**r, "model": names.get((r["provider"], r["model"]), r["model"]), "day": as_day(r["day"])}
        for r in events(belief, since, at).iter_rows(named=True)
    ]
    return pl.DataFrame(
        [[r[c] for c in EVENT_COLUMNS] for r in rows],
        schema=dict.fromkeys(EVENT_COLUMNS, pl.String) | {"before": pl.Float64, "after": pl.Float64},
        orient="row",
    )


def _names(belief: Belief, at: datetime) -> dict[tuple[str, str], str]:
    """The plainest printed name of each model, with its seller where a table has several sellers of it.

    A name that moved from one model to another belongs to the one it means at ``at``; the other gets its canonical name.
    """
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    meant: dict[tuple[str, str], str] = {}
    for frame in (belief.terms, belief.refused):
        rows = frame.select("provider", "model", "model_label", pl.coalesce("valid_from", "observed_at").alias("day"))
        for provider, model, label, day in rows.unique().sort("day", nulls_last=False).rows():
            found[provider, model].add(bare(label))
            if day is not None and (day <= at or (provider, bare(label)) not in meant):
                meant[provider, bare(label)] = model
    for (provider, model), labels in found.items():
        labels -= {n for n in labels if meant.get((provider, n), model) != model}
        labels |= set() if labels else {model}
    sellers: dict[str, set[str]] = defaultdict(set)
    for provider, model in found:
        sellers[model].add(provider)
    plain = {key: min(labels, key=lambda n: (" " in n, normalise(n) != key[1], len(n), n)) for key, labels in found.items()}
    own = makers()
    return {(p, m): n if p.startswith(MAKER) or p in own or len(sellers[m]) == 1 else f"{p}/{n}" for (p, m), n in plain.items()}


def _offers(belief: Belief) -> list[tuple[str, ...]]:
    refused = (
        with_offer(belief.refused.drop("place", "above", "clocked", "weekly", "service", "own_name", strict=False))
        if belief.refused.height
        else belief.terms.head(0)
    )
    columns = ["provider", "model", "service", "place"]
    return pl.concat([belief.terms.select(columns), refused.select(columns)]).unique().sort(columns).rows()


def _each_step(key: tuple[str, ...], rows: list[Row], name: str, at: datetime, input_tokens: int, output_tokens: int | None) -> list[Row]:
    """What a request pays; where the answer's length decides and nobody said it, one row per step of it."""
    steps = sorted({parse(row["condition"]).answer_above or 0 for row in rows})
    asked = [s + 1 for s in steps] if output_tokens is None else [output_tokens]
    found = [_charged(key, rows, name, at, input_tokens, tokens) for tokens in asked]
    return [row for row in found if row is not None]


def _charged(key: tuple[str, ...], rows: list[Row], name: str, at: datetime, input_tokens: int, output_tokens: int) -> Row | None:
    if not rows:
        return None
    cost = charged([(row, parse(row["condition"])) for row in rows], Request(input_tokens, output_tokens, tier=key[2], at=at))
    if cost is None or all(line.usd_per_mtok is None for line in cost.lines if line.tokens):
        return None
    row = cost.interval
    sure = (
        f"{row['families']} independent famil{'ies say' if row['families'] > 1 else 'y says'} so, last seen {as_day(row['confirmed_at'])}"
    )
    sale = f"a sale price until {as_day(row['valid_to']) or 'a day nobody stated'}" if row["price_kind"] == "sale" else ""
    why = "; ".join(w for w in (sure, sale, *cost.notes) if w)
    stated = row["changed_before"] is None or row["rank"] <= 1
    return _row(name, row["tier"], row["condition"], row, row["status"], why) | {
        "valid_from": as_day(row["valid_from"]) if stated else "",
        "changed_after": as_day(row["changed_after"]),
        "changed_before": as_day(row["changed_before"]),
    }


def _row(name: str, tier: str, condition: str, figures: Row, status: str, why: str) -> Row:
    return {
        "model": name,
        "tier": tier,
        "condition": condition,
        **{c: figures.get(p) for c, p in _SHOWN.items()},
        "status": status,
        "why": why,
        "valid_from": as_day(figures.get("valid_from")),
        "valid_to": as_day(figures.get("valid_to")),
        "source": figures.get("source") or "",
    }


def _stretches_at(belief: Belief, at: datetime) -> dict[tuple[str, ...], Row]:
    """For each offer the stretch of days that holds ``at`` (or none), with why nothing is believed there."""
    offers = belief.terms.select("offer", "provider", "model", "service", "place").unique()
    now = belief.stretches.filter((pl.col("day") <= at) & (pl.col("day_to").is_null() | (pl.col("day_to") > at))).join(offers, on="offer")
    return {(r["provider"], r["model"], r["service"], r["place"]): r for r in now.iter_rows(named=True)}


def _successors(belief: Belief, names: dict[tuple[str, str], str], at: datetime) -> dict[tuple[str, str], tuple[str, datetime]]:
    """What answers to a name that was given up, through any number of renamings, with the first day; a circle is named as one."""
    ended = belief.terms.filter(pl.col("valid_to").is_not_null() & (pl.col("valid_to") <= at) & (pl.col("end_reason") != ""))
    step: dict[str, tuple[str, datetime]] = {}
    for _, model, reason, day in ended.sort("valid_to").select("provider", "model", "end_reason", "valid_to").rows():
        if successor(reason):
            step[model] = (successor(reason), day)
    return {key: (_followed(key[1], step), step[key[1]][1]) for key in names if key[1] in step}


def _followed(model: str, step: dict[str, tuple[str, datetime]]) -> str:
    seen, chain = {model}, [step[model][0]]
    while normalise(chain[-1]) in step and normalise(chain[-1]) not in seen:
        seen.add(normalise(chain[-1]))
        chain.append(step[normalise(chain[-1])][0])
    return " then ".join(chain) + (" (the renamings go in a circle)" if normalise(chain[-1]) in seen else "")


def _nothing(key: tuple[str, ...], name: str, stretch: Row | None, follows: tuple[str, datetime] | None, beside: list[Row]) -> Row:
    """The answer where no price is in force: empty figures, a status, the reason."""
    why = (
        (stretch or {}).get("why")
        or "; ".join(dict.fromkeys(r["why"] for r in beside))
        or "no price is known for this moment, prompt length and hour"
    )
    status = "retired" if _RETIRED.search(why) or "removed" in why else "none"
    day = stretch["day"] if stretch and stretch["line"] is None else None
    if follows:
        status, why, day = "superseded", f"the name is answered by {follows[0]} since {as_day(follows[1])}; {why}", follows[1]
    return _row(name, key[2], key[3], {}, status, why) | {"valid_to": as_day(day)}


def _still_open(belief: Belief, at: datetime) -> dict[int, list[Row]]:
    """What nobody has ended by ``at``, and sales that ended as they had announced, by offer."""
    unended = (
        pl.col("valid_to").is_null() | (pl.col("valid_to") > at) | ((pl.col("price_kind") == "sale") & (pl.col("end_reason") == "ended"))
    )
    rows = belief.terms.filter((pl.col("valid_from") <= at) & unended).sort(*KEY, "source", "valid_from")
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        found[row["offer"]].append(row)
    return found


def _after_sale(name: str, stretch: Row | None, spoken: dict[int, list[Row]], at: datetime) -> list[Row]:
    """The list price that its own source states beside a sale whose announced end has passed."""
    if stretch is None or stretch["line"] is not None:
        return []
    told = spoken.get(stretch["offer"], [])
    over = {r["source"]: r["valid_to"] for r in told if r["price_kind"] == "sale" and r["valid_to"] is not None and r["valid_to"] <= at}
    back = [
        r
        for r in told
        if r["source"] in over and r["price_kind"] != "sale" and r["seen_to"] + timedelta(days=LIFE_DAYS) > at and not r["above"]
        if r["valid_to"] is None or r["valid_to"] > at
    ]
    best = min(back, key=lambda r: (r["rank"], -r["seen_to"].timestamp(), r["term"]), default=None)
    if best is None:
        return []
    said = (
        f"the list price after the sale's announced end on {as_day(over[best['source']])}; last seen {as_day(best['seen_to'])}, before it"
    )
    return [_row(name, best["tier"], best["condition"], best, "first_party" if best["rank"] <= RANKS["host"] else "single", said)]


def _stale(name: str, stretch: Row | None, spoken: dict[int, list[Row]], at: datetime) -> list[Row]:
    """The last prices of an offer that nobody has shown again, with their last sighting; never the answer."""
    if stretch is None or stretch["line"] is not None:
        return []
    return [
        _row(name, r["tier"], r["condition"], r, "stale", f"stated by {r['source']}, last seen {as_day(r['seen_to'])}")
        for r in spoken.get(stretch["offer"], [])
        if r["valid_to"] is None or r["valid_to"] > at
    ]


def _not_believed(
    belief: Belief, unread: pl.DataFrame, names: dict[tuple[str, str], str], at: datetime
) -> dict[tuple[str, ...], list[Row]]:
    """What waits or is no evidence, by offer: held for a second family, contradicting itself, unreadable."""
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    waiting = belief.held.filter((pl.col("valid_from") <= at) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > at)))
    refused = (
        with_offer(belief.refused.drop("place", "above", "clocked", "weekly", "service", "own_name", strict=False))
        if belief.refused.height
        else belief.refused
    )
    for row in _rows(waiting, refused):
        key = (row["provider"], row["model"], row["service"], row["place"])
        found[key].append(
            _row(
                str(names.get((row["provider"], row["model"]), row["model"])),
                row["tier"],
                row["condition"],
                row,
                "held",
                f"{row['source']}: {row['reason']}",
            )
        )
    for row in unread.iter_rows(named=True):
        found["~", row["model_label"], row["tier"] or "standard", row["condition"]].append(
            _row(
                row["model_label"],
                row["tier"] or "standard",
                row["condition"],
                {"source": row["source"]},
                "held",
                f"the row cannot be read: {row['reason']}",
            )
        )
    return found


def _rows(*frames: pl.DataFrame) -> Iterable[Row]:
    for frame in frames:
        if frame.height:
            yield from frame.sort(*KEY, "source", "valid_from", nulls_last=True).iter_rows(named=True)
