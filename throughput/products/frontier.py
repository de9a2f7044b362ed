"""Speed for one user against tokens per accelerator: the Pareto frontier and what a target speed costs.

Works on any frame of evaluated configurations; it does not evaluate any itself.
"""

from __future__ import annotations

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
