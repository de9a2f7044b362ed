"""Lists that a tracker carries converted: figures that are odd in dollars and all round at one rate of another currency.

A maker's list in yuan and its list in dollars are two lists for two kinds of customers, no disagreement about one price.
Trackers print both as dollars. A list gives itself away: at one exchange rate every figure of it is a multiple of a tenth, to
the digits printed, which by chance happens to none of so many figures.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from belief.judgement.statements import FIGURES, RANKS

LISTED = ("listed_input_per_mtok", "listed_output_per_mtok")
CHANCE = 1e-3
"""So rarely may figures that are no conversion look like one: over all rates tried."""
STEP = 0.1
"""Lists in yuan print tenths."""
FEWEST = 3
_DIGITS = 9
Figures = npt.NDArray[np.float64]


def with_currency(witnesses: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """The statements with the ``currency`` and the listed figures of lists that a tracker converted; prices stay in its USD.

    ``rates``: currency, units_per_usd (reference ``exchange_rates``): a converted list was converted at a rate of that range.
    Only currencies worth less than a dollar are told apart: a tenth of a euro is no coarse figure.
    """
    spans = rates.group_by("currency").agg(pl.col("units_per_usd").min().alias("low"), pl.col("units_per_usd").max().alias("high"))
    known = {
        c: (low * 0.98, high * 1.02) for c, low, high in spans.filter((pl.col("low") > 2) & (pl.col("low") < 20)).sort("currency").rows()
    }
    stated = witnesses.filter((pl.col("rank") == RANKS["feed"]) & (pl.col("currency") == "USD"))
    found = []
    for (source, provider), rows in stated.partition_by("source", "provider", as_dict=True).items():
        named = _currency_of(np.unique(np.concatenate([rows[f].drop_nulls().to_numpy() for f in FIGURES])), known)
        if named:
            found.append((source, provider, *named))
    schema = dict.fromkeys(("source", "provider", "listed"), pl.String) | {"rate": pl.Float64}
    joined = witnesses.join(pl.DataFrame(found, schema=schema, orient="row"), on=["source", "provider"], how="left", maintain_order="left")
    tenths = [(pl.col(f) * pl.col("rate") / STEP).round() * STEP for f in FIGURES]
    return joined.with_columns(
        pl.coalesce("listed", "currency").alias("currency"),
        *(pl.coalesce(t.round(6), name).alias(name) for t, name in zip(tenths, LISTED, strict=True)),
    ).drop("listed", "rate")


def _currency_of(figures: Figures, known: dict[str, tuple[float, float]]) -> tuple[str, float] | None:
    """The currency in which all figures are round at one rate, with that rate, or nothing."""
    figures = figures[figures > 0.01]
    digits = _decimals(figures)
    odd = digits > 2
    if odd.sum() < FEWEST:
        return None
    for currency, (low, high) in known.items():
        rates = (np.arange(round(low * 1000), round(high * 1000)) / 1000)[:, None]
        tolerance = 0.55 * 10.0 ** -np.maximum(digits, 3) * rates
        listed = figures[None, :] * rates
        off = np.abs(listed / STEP - np.round(listed / STEP)) * STEP
        by_chance = np.prod(np.minimum(1.0, 2 * tolerance[:, odd] / STEP), axis=1) * len(rates)
        fits = np.all(off <= tolerance, axis=1) & (by_chance <= CHANCE)
        if fits.any():
            return currency, float(rates[np.flatnonzero(fits)[fits.sum() // 2], 0])
    return None


def _decimals(figures: Figures) -> npt.NDArray[np.int64]:
    """How many decimals each figure is printed with."""
    return np.array([next((d for d in range(_DIGITS) if abs(f - round(f, d)) < 1e-9), _DIGITS) for f in figures], dtype=np.int64)
