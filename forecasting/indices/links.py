"""Bilateral index numbers between neighbouring periods, chained: what the same items cost, and what else moved.

Formulae: ILO Consumer Price Index Manual (2020), chapters 2 and 8: Laspeyres, Paasche, Fisher, Tornqvist over the
items priced in both periods. The change of the unit value is split exactly into price (Tornqvist), mix among
continuing items, and entry of items that appear or leave. Belongs here: two-period formulae and their chain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.indices.item_panel import ItemPanel


@dataclass(frozen=True)
class Pairs:
    """Rows of items priced in a period and in the one before it: positions of the later and the earlier row."""

    later: np.ndarray
    earlier: np.ndarray


def matched(panel: ItemPanel) -> Pairs:
    """The pairs of every link; an item is matched when its price is above zero in both periods."""
    later = (
        np.flatnonzero(
            (panel.item[1:] == panel.item[:-1])
            & (panel.period[1:] - panel.period[:-1] == 1)
            & (panel.price[1:] > 0)
            & (panel.price[:-1] > 0)
        )
        + 1
    )
    return Pairs(later, later - 1)


def unit_value(panel: ItemPanel) -> np.ndarray:
    """Ln of spend over quantity by replicate and period, free items included; -inf where everything was free."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(panel.replicated(panel.spend) / panel.replicated(panel.quantity))


def chained(panel: ItemPanel) -> dict[str, np.ndarray]:
    """Ln of every index of ``LINKED`` by replicate and period, 0 in the first period, NaN from a missing link on."""
    links = log_links(panel)
    return {name: np.cumsum(np.concatenate([np.zeros((len(link), 1)), link[:, 1:]], axis=1), axis=1) for name, link in links.items()}


def log_links(panel: ItemPanel) -> dict[str, np.ndarray]:
    """Ln of each link by replicate and period: column t is the change from t - 1 to t, column 0 is NaN."""
    at = matched(panel)
    p0, p1, q0, q1 = (v[i] for v in (panel.price, panel.quantity) for i in (at.earlier, at.later))
    change = np.log(p1 / p0)

    def total(values: np.ndarray) -> np.ndarray:
        return panel.replicated(values, at.later)

    base, now = total(p0 * q0), total(p1 * q1)
    paid = panel.price > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        laspeyres, paasche = np.log(total(p1 * q0) / base), np.log(now / total(p0 * q1))
        tornqvist = 0.5 * (total(p0 * q0 * change) / base + total(p1 * q1 * change) / now)
        same = np.log(now / total(q1)) - np.log(base / total(q0))
        everything = np.log(panel.replicated(panel.spend * paid) / panel.replicated(panel.quantity * paid))
        whole = np.diff(everything, axis=1, prepend=np.nan)
        links = {
            "price": tornqvist,
            "fisher": 0.5 * (laspeyres + paasche),
            "laspeyres": laspeyres,
            "paasche": paasche,
            "mix": same - tornqvist,
            "entry": whole - same,
        }
    return {name: np.where(np.isfinite(link), link, np.nan) for name, link in links.items()}


def missing_links(panel: ItemPanel) -> list[int]:
    """Periods that share no item, priced in both and bought in both, with the period before them."""
    return [int(t) for t in np.flatnonzero(~np.isfinite(log_links(panel)["price"][0])) if t > 0]
