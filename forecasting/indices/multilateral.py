"""Multilateral indices: every pair of periods of a window speaks, so that chaining cannot drift inside it.

GEKS-Tornqvist (Gini, Elteto-Koves-Szulc; Ivancic, Diewert & Fox 2011): the levels whose differences are closest to all
bilateral Tornqvist indices in least squares. Time-product dummy (Rao 2005; de Haan & Krsinich 2018): log price on
item and period effects, weighted by shares of expenditure. Longer panels take a rolling window and are spliced on the
published series by the geometric mean over the overlap (ONS 2020, mean splice). Belongs here: windows and splices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from forecasting.indices.item_panel import ItemPanel, leave_one_out

ITEM_BLOCK = 2048
"""Items laid out as dense columns at a time: bounds the memory of a panel with many short-lived items."""

Levels = Callable[[ItemPanel, int, int], np.ndarray]


def spliced(panel: ItemPanel, window: int, levels: Levels, width: int | None = None) -> np.ndarray:
    """Ln index by replicate and period, 0 in the first period; NaN where the window does not reach the first period.

    ``levels(panel, first, last)`` gives ln levels by replicate of the periods first..last-1. The first window is
    published as it is; each later period is the mean over the overlap of published level plus change in its window.
    ``width``: periods to fill, all by default.
    """
    width = len(panel.days) if width is None else width
    head = levels(panel, 0, min(window, width))
    out = np.full((head.shape[0], width), np.nan)
    out[:, : head.shape[1]] = head - head[:, :1]
    for last in range(window + 1, width + 1):
        level = levels(panel, last - window, last)
        change = level[:, -1:] - level[:, :-1]
        joined = out[:, last - window : last - 1] + change
        known = np.isfinite(joined)
        with np.errstate(invalid="ignore"):
            out[:, last - 1] = np.where(known, joined, 0).sum(axis=1) / np.where(known.any(axis=1), known.sum(axis=1), np.nan)
    return out


def geks(panel: ItemPanel, first: int, last: int) -> np.ndarray:
    """Ln GEKS-Tornqvist levels by replicate of one window: (1 + groups, last - first)."""
    return np.stack([_closest_levels(pair) for pair in _tornqvist(panel, first, last)])


def geks_in_spans(window: int) -> Levels:
    """:func:`geks` for windows that move on by one: all pairs of two windows' length are computed once, then cut."""
    held: dict[str, tuple[int, int, np.ndarray]] = {}

    def levels(panel: ItemPanel, first: int, last: int) -> np.ndarray:
        start, end, pairs = held.get("span", (0, -1, np.empty(0)))
        if first < start or last > end:
            start, end = first, min(first + 2 * window, len(panel.days))
            pairs = _tornqvist(panel, start, end)
            held["span"] = start, end, pairs
        cut = slice(first - start, last - start)
        return np.stack([_closest_levels(pair[cut, cut].copy()) for pair in pairs])

    return levels


def _tornqvist(panel: ItemPanel, first: int, last: int) -> np.ndarray:
    """Ln bilateral Tornqvist of every pair of periods by replicate: [r, s, t] is the change from s to t; NaN if unmatched."""
    width = last - first
    own, log_own, log_other = np.zeros((3, panel.group_count, width, width))
    for group, spend, price in _blocks(panel, first, last):
        on_sale = (price > 0).astype(float)
        log_price = np.log(np.where(price > 0, price, 1.0))
        spend = spend * on_sale
        own[group] += spend @ on_sale.T
        log_own[group] += (spend * log_price) @ on_sale.T
        log_other[group] += spend @ log_price.T
    own, log_own, log_other = (leave_one_out(part) for part in (own, log_own, log_other))
    with np.errstate(divide="ignore", invalid="ignore"):
        forward = (log_other - log_own) / own
    return 0.5 * (forward - forward.transpose(0, 2, 1))


def time_product_dummy(panel: ItemPanel, first: int, last: int) -> np.ndarray:
    """Ln time-product-dummy levels by replicate of one window: (1 + groups, last - first)."""
    width = last - first
    paid = panel.price > 0
    total = panel.replicated(panel.spend * paid)[0, first:last]
    between, weight, right = np.zeros((panel.group_count, width, width)), *np.zeros((2, panel.group_count, width))
    for group, spend, price in _blocks(panel, first, last):
        share = spend * (price > 0) / np.where(total > 0, total, 1.0)[:, None]
        log_price = np.log(np.where(price > 0, price, 1.0))
        item = share.sum(axis=0)
        used = item > 0
        share, log_price, item = share[:, used], log_price[:, used], item[used]
        mean = (share * log_price).sum(axis=0) / item
        between[group] += (share / item) @ share.T
        weight[group] += share.sum(axis=1)
        right[group] += (share * (log_price - mean)).sum(axis=1)
    between, weight, right = (leave_one_out(part) for part in (between, weight, right))
    laplacian = np.negative(between, out=between)
    laplacian[:, np.arange(width), np.arange(width)] += weight
    return np.stack([_solve(a, b) for a, b in zip(laplacian, right, strict=True)])


def _blocks(panel: ItemPanel, first: int, last: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """(group, spend, price) of up to ``ITEM_BLOCK`` items as dense (period, item) arrays; price 0 where absent."""
    inside = np.flatnonzero((panel.period >= first) & (panel.period < last))
    for group in range(panel.group_count):
        rows = inside[panel.group[inside] == group]
        codes, column = np.unique(panel.item[rows], return_inverse=True)
        often = np.bincount(column, minlength=len(codes)) > 1
        keep = often[column]
        rows, column = rows[keep], (np.cumsum(often) - 1)[column[keep]]
        for start in range(0, int(often.sum()), ITEM_BLOCK):
            mine = (column >= start) & (column < start + ITEM_BLOCK)
            spend, price = np.zeros((2, last - first, min(ITEM_BLOCK, int(often.sum()) - start)))
            cell = panel.period[rows[mine]] - first, column[mine] - start
            spend[cell], price[cell] = panel.spend[rows[mine]], panel.price[rows[mine]]
            yield group, spend, price


def _closest_levels(pair: np.ndarray) -> np.ndarray:
    """Levels y minimising sum (pair[s, t] - (y_t - y_s))^2 over the pairs that exist; the GEKS mean when all do."""
    known = np.isfinite(pair)
    np.fill_diagonal(known, True)
    if known.all():
        level = np.where(np.eye(len(pair), dtype=bool), 0.0, pair).mean(axis=0)
        return level - level[0]
    np.fill_diagonal(known, False)
    weight = known.astype(float)
    return _solve(np.diag(weight.sum(axis=0)) - weight, np.where(known, pair, 0.0).sum(axis=0))


def _solve(laplacian: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Levels of the graph's component of the first period, 0 there, NaN elsewhere."""
    from scipy.linalg import LinAlgError, solve
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    least = 1e-14 * np.abs(laplacian).max(initial=1e-300)
    mine = np.flatnonzero(np.abs(laplacian[0]) > least)
    if len(mine) < len(right):  # not everything touches the first period: follow the links
        _, component = connected_components(csr_array(np.abs(laplacian) > least), directed=False)
        mine = np.flatnonzero(component == component[0])
    level = np.full(len(right), np.nan)
    level[0] = 0.0
    rest = mine[mine > 0]
    if len(rest):
        inner = laplacian[1:, 1:] if len(rest) == len(right) - 1 else laplacian[np.ix_(rest, rest)]
        try:
            level[rest] = solve(inner, right[rest], assume_a="pos", check_finite=False)
        except LinAlgError:  # weights so small that rounding makes it indefinite
            level[rest] = np.linalg.solve(inner, right[rest])
    return level
