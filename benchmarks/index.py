"""How long ``deflation index`` takes on a million rows, and how often its 90 % interval holds the population's index.

Run: ``python -m benchmarks.index``. Prints one line per panel: items, days, window, seconds; then the coverage by number
of items. Nothing here is a test: times depend on the machine.
"""

from __future__ import annotations

import time
from datetime import date, timedelta

import numpy as np
import polars as pl

from forecasting.indices import family, item_panel

PANELS = ((2740, 365, 366), (1370, 730, 366), (2740, 365, 25))
POPULATION, DAYS, DRAWS = 4000, 4, 200
START = date(2025, 1, 1)


def panel(rng: np.random.Generator, items: int, days: int) -> pl.DataFrame:
    """Wandering log-normal prices and quantities, every item on every day."""
    price = np.exp(rng.normal(0, 1, (items, 1)) + np.cumsum(rng.normal(-0.03, 0.15, (items, days)), axis=1))
    quantity = np.exp(rng.normal(0, 1.2, (items, 1)) + rng.normal(0, 0.3, (items, days)))
    return pl.DataFrame(
        {
            "item": np.repeat(np.arange(items), days),
            "day": [START + timedelta(k) for k in range(days)] * items,
            "price": price.ravel(),
            "quantity": quantity.ravel(),
        }
    )


def last_day(frame: pl.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Index -> value, lower, upper on the last day."""
    table, _ = family.compute(item_panel.read(frame))
    return {r[0]: r[2:] for r in table.filter(pl.col("day") == table["day"].max()).rows()}


def coverage(rng: np.random.Generator, items: int) -> dict[str, float]:
    """Share of draws of ``items`` items whose interval holds the population's index."""
    population = panel(rng, POPULATION, DAYS)
    truth = {name: row[0] for name, row in last_day(population).items()}
    hits = dict.fromkeys(truth, 0)
    for _ in range(DRAWS):
        drawn = population.filter(pl.col("item").is_in(rng.choice(POPULATION, items, replace=False)))
        for name, (_, lower, upper) in last_day(drawn).items():
            hits[name] += lower <= truth[name] <= upper
    return {name: n / DRAWS for name, n in hits.items() if name != "entry"}


def main() -> None:
    """Print times, then coverage."""
    rng = np.random.default_rng(5)
    for items, days, window in PANELS:
        frame = panel(rng, items, days)
        began = time.perf_counter()
        family.compute(item_panel.read(frame), window)
        print(f"{items} items x {days} days, window {window}: {time.perf_counter() - began:.1f} s")
    for items in (3, 5, 10, 20, 40, 100):
        print(f"{items} items: " + "  ".join(f"{k} {v:.2f}" for k, v in coverage(rng, items).items()))


if __name__ == "__main__":
    main()
