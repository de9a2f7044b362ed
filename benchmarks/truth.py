"""How true the believed prices are: random prices compared with a family of sources that was not used for them.

    python -m benchmarks.truth [--draws 200] [--seed 20261127] [--as-of 2026-11-27]

For each family of sources the whole belief is made again without it; a drawn price counts as right where the family left
out, seen within its life, states the same offer at the same price (within 1 %). Statuses are those that the belief without
the family gives: a ``confirmed`` price here rests on two other families. What no family left out states cannot be judged, nor can a
family judge that states as standard what others list as the model's fast or batch tier, or was last seen before the price began.
Also printed: flips within 30 days in the believed history, beside those of the best single source, and how long belief takes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from datetime import date
from typing import Any

import polars as pl

from belief import prices
from belief.judgement import evidence
from belief.judgement.statements import KEY, PRICES, same_price
from belief.judgement.weighing import LIFE_DAYS, RESOLD_LIFE_DAYS, resellers
from sources.captures import quote_schema
from sources.catalogue import sources
from warehouse.schema import frames

INPUT, OUTPUT = PRICES["input"], PRICES["output"]


def in_force(intervals: pl.DataFrame, day: date) -> pl.DataFrame:
    """The believed prices of a day."""
    return intervals.filter((pl.col("valid_from") <= day) & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day)))


def said(witnesses: pl.DataFrame, family: str, day: date) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """What one family says of each offer on a day, of its statements still alive; offers on which it contradicts itself are left out.

    A statement lives as long as in the belief: a reseller's shorter than others.
    """
    life = pl.when(pl.col("provider").is_in(resellers())).then(pl.lit(f"{RESOLD_LIFE_DAYS}d")).otherwise(pl.lit(f"{LIFE_DAYS}d"))
    alive = witnesses.filter(
        (pl.col("witness") == family)
        & (pl.col("valid_from") <= day)
        & (pl.col("valid_to").is_null() | (pl.col("valid_to") > day))
        & (pl.col("confirmed_at").dt.offset_by(life) > day)
    )
    once = alive.group_by(KEY).agg(
        pl.struct(pl.col(INPUT).round(6), pl.col(OUTPUT).round(6)).n_unique().alias("prices"),
        pl.col(INPUT).first(),
        pl.col(OUTPUT).first(),
        pl.col("confirmed_at").max(),
    )
    return {row[:4]: row[4:] for row in once.filter(pl.col("prices") == 1).select(*KEY, INPUT, OUTPUT, "confirmed_at").rows()}


def same(left: tuple[float | None, float | None], right: tuple[float | None, float | None]) -> bool:
    """Whether two pairs of prices agree where both state one, to the digits printed and the rate of conversion (``same_price``)."""
    pair = pl.DataFrame([[*left, *right]], schema=dict.fromkeys(("a", "b", "c", "d"), pl.Float64), orient="row")
    return bool(pair.select(same_price([("a", "c"), ("b", "d")])).item())


def judged(witnesses: pl.DataFrame, day: date, draws: int, seed: int) -> list[dict[str, object]]:
    """One row per drawn price: its offer, status and verdict (agrees, disagrees, cannot be judged)."""
    whole = evidence.weigh(witnesses, day)
    drawn = in_force(whole.intervals, day).sort(KEY).select(*KEY, "status")
    tiers = whole.schedules.filter(pl.col("of_tier").is_not_null()).select("term_ids").explode("term_ids")
    other_tier = whole.terms.join(tiers, left_on="term", right_on="term_ids", how="semi").select(*KEY, "witness").unique()
    rng = random.Random(seed)
    sample = rng.sample(drawn.rows(), min(draws, drawn.height))
    families = {
        f: said(witnesses.join(other_tier, on=[*KEY, "witness"], how="anti"), f, day)
        for f in witnesses["witness"].unique().sort().to_list()
    }
    judges = {row[:4]: sorted(f for f, stated in families.items() if row[:4] in stated) for row in sample}
    chosen = {key: rng.choice(known) if known else "" for key, known in judges.items()}
    without = {
        f: {
            r[:4]: r[4:]
            for r in in_force(evidence.weigh(witnesses.filter(pl.col("witness") != f), day).intervals, day)
            .select(*KEY, INPUT, OUTPUT, "status", "source", "valid_from")
            .rows()
        }
        for f in sorted(set(chosen.values()) - {""})
    }
    rows: list[dict[str, object]] = []
    for row in sample:
        key, judge = row[:4], chosen[row[:4]]
        held = without.get(judge, {}).get(key)
        if held is not None and families[judge][key][2] <= held[4]:
            held = None  # the judge was last seen before, or on the day, the price began: it cannot know
        verdict = "cannot be judged" if held is None else "agrees" if same(held[:2], families[judge][key][:2]) else "disagrees"
        rows.append(
            {
                "offer": "|".join(key),
                "status": held[2] if held else row[4],
                "verdict": verdict,
                "judge": judge,
                "ours": held and (*held[:2], held[3]),
                "theirs": families[judge][key] if held else None,
            }
        )
    return rows


def flips(stated: pl.DataFrame, keys: list[str]) -> int:
    """How often a price was back at its old pair within 30 days."""
    rows = stated.sort(*keys, "valid_from").with_columns(
        *(pl.col(p).shift(-n).over(keys).alias(f"{p}_{n}") for p in (INPUT, OUTPUT) for n in (1, 2)),
        *(pl.col("valid_from").shift(-n).over(keys).alias(f"start_{n}") for n in (1, 2)),
    )
    back = pl.all_horizontal(pl.col(p) == pl.col(f"{p}_2") for p in (INPUT, OUTPUT)) & pl.any_horizontal(
        pl.col(p) != pl.col(f"{p}_1") for p in (INPUT, OUTPUT)
    )
    return rows.filter(back & ((pl.col("start_2") - pl.col("start_1")).dt.total_days() <= 30)).height


def main() -> None:
    """Draw, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 11, 27))
    args = parser.parse_args()
    built = prices.build(pl.DataFrame(schema=quote_schema("prices")), frames.empty("raw.reading"), sources(), args.as_of)
    witnesses = built["core.price_witness"].drop("interval_id")
    began = time.perf_counter()
    evidence.weigh(witnesses, args.as_of)
    print(f"belief of {witnesses.height:,} packaged statements: {time.perf_counter() - began:.1f} s")
    rows = judged(witnesses, args.as_of, args.draws, args.seed)
    table = Counter((r["status"], r["verdict"]) for r in rows)
    print(f"{'status':<12} {'agrees':>7} {'disagrees':>10} {'cannot be judged':>17}")
    for status in ("first_party", "confirmed", "single"):
        print(f"{status:<12} {table[status, 'agrees']:>7} {table[status, 'disagrees']:>10} {table[status, 'cannot be judged']:>17}")
    known = [r for r in rows if r["verdict"] != "cannot be judged"]
    wrong = [r for r in known if r["verdict"] == "disagrees"]
    print(f"of {len(rows)} drawn, {len(known)} can be judged, {len(wrong)} disagree ({len(wrong) / max(1, len(known)):.1%})")
    for r in wrong:
        print(f"  {r['offer']}: believed {r['ours']}, {r['judge']} says {r['theirs']} ({r['status']})")
    single = sum(flips(part, [*KEY, "model_label"]) for _, part in witnesses.group_by("source"))
    print(
        f"flips within 30 days: {flips(built['core.price_interval'], KEY)} in the believed history, {single} in all sources taken one by one"
    )


if __name__ == "__main__":
    main()
