"""Speed for one user against tokens per accelerator: the Pareto frontier and what a target speed costs.

Works on any frame of evaluated configurations; it does not evaluate any itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl


def pareto(
    points: pl.DataFrame, x: str = "tok_s_per_user", y: str = "output_tok_s_per_accelerator", by: Sequence[str] = ()
) -> pl.DataFrame:
    """The rows no other row beats in both ``x`` and ``y`` (per group), in increasing ``x``.

    Equal points keep the first. An empty frame gives an empty frame.
    """
    keys = list(by)
    ordered = points.filter(pl.col(x).is_finite() & pl.col(y).is_finite()).sort(
        [*keys, x, y], descending=[*([False] * len(keys)), True, True], maintain_order=True
    )
    best_so_far = pl.col(y).cum_max().shift(1)
    best_so_far = best_so_far.over(keys) if keys else best_so_far
    kept = ordered.with_columns(_best=best_so_far).filter(pl.col("_best").is_null() | (pl.col(y) > pl.col("_best")))
    return kept.drop("_best").sort([*keys, x], maintain_order=True)


def throughput_at(
    frontier: pl.DataFrame, interactivity_tok_s_per_user: float, x: str = "tok_s_per_user", y: str = "output_tok_s_per_accelerator"
) -> float:
    """Tokens per accelerator-second reachable at an interactivity target, interpolated along one frontier.

    Linear in the logarithms between neighbours (monotone, as the frontier is); below the slowest point the
    frontier's best value, above the fastest nan: no configuration is that fast.
    """
    line = pareto(frontier, x, y)
    xs, ys = line[x].to_list(), line[y].to_list()
    if not xs or interactivity_tok_s_per_user > xs[-1]:
        return math.nan
    if interactivity_tok_s_per_user <= xs[0]:
        return float(ys[0])
    for (x0, y0), (x1, y1) in zip(zip(xs, ys, strict=True), zip(xs[1:], ys[1:], strict=True), strict=False):
        if interactivity_tok_s_per_user <= x1:
            share = math.log(interactivity_tok_s_per_user / x0) / math.log(x1 / x0)
            return float(math.exp(math.log(y0) * (1.0 - share) + math.log(y1) * share))
    return float(ys[-1])


def cost_curve(
    frontier: pl.DataFrame,
    usd_per_accelerator_hour: float,
    targets_tok_s_per_user: Sequence[float],
    x: str = "tok_s_per_user",
    y: str = "output_tok_s_per_accelerator",
) -> pl.DataFrame:
    """Dollars per million output tokens at each interactivity target (null where out of reach)."""
    rows = []
    for target in targets_tok_s_per_user:
        speed = throughput_at(frontier, target, x, y)
        cost = None if math.isnan(speed) else usd_per_accelerator_hour / 3600.0 / speed * 1e6
        rows.append({"service_level_tok_s_per_user": float(target), "cost_usd_per_mtok": cost})
    return pl.DataFrame(rows, schema={"service_level_tok_s_per_user": pl.Float64, "cost_usd_per_mtok": pl.Float64})
