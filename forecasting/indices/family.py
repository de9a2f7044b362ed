"""The whole family of indices of one panel, each with the interval that sampling of items leaves.

Belongs here: which indices there are, the interval, the sentences about what could not be computed. Interval: the
delete-a-group jackknife over items (Kott 2001) in logs: the index is computed again without each of up to 20 groups
of items, and 90 % limits are value x exp(-+ t se) with t of Student's distribution with groups - 1 degrees of freedom.
Measured on items drawn from a population of 4,000 (``benchmarks/index.py``), the limits hold the population's price index
80 to 90 % of the time from 3 to 100 items, and its unit value 78 to 86 %: a few large items rule a unit value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.stats import t as student

from forecasting.indices import links, multilateral, quality_adjusted
from forecasting.indices.item_panel import ItemPanel

WINDOW = 366
"""Periods of the rolling window of geks, tpd and quality: a year of days; a shorter panel is one window."""
CONFIDENCE = 0.90
SIGNIFICANT_DIGITS = 13
MINIMUM_GROUPS = 3
"""Two items differ by something, but say nothing about how much a third would."""
IDS = ("spend", "price", "fisher", "laspeyres", "paasche", "geks", "tpd", "mix", "entry", "quality")


def compute(panel: ItemPanel, window: int = WINDOW, only: Sequence[str] = IDS) -> tuple[pl.DataFrame, list[str]]:
    """The indices of ``only`` in the order of ``IDS``: columns index, day, value, lower, upper, and sentences.

    ``spend`` is in the panel's unit; all others are 1 on the first day. A value that cannot be computed is null.
    ``window``: periods, at least 2, else ``ValueError``.
    """
    if window < 2:
        raise ValueError(f"a window has at least two periods; found {window}")
    logs = {"spend": links.unit_value(panel)} | links.chained(panel)
    for name, levels in (("geks", multilateral.geks_in_spans(window)), ("tpd", multilateral.time_product_dummy)):
        if name in only:
            logs[name] = multilateral.spliced(panel, window, levels)
    if "quality" in only and np.isfinite(panel.quality).any():
        logs["quality"] = _from_first_known(panel, window)
    said = _broken(panel, logs, "quality" in only)
    if panel.group_count < MINIMUM_GROUPS:
        said.append(f"under {MINIMUM_GROUPS} items: lower and upper are empty, for nothing is known about other items.")
    blocks = [_table(name, panel, logs[name]) for name in IDS if name in only and name in logs]
    return pl.concat(blocks), said


def _from_first_known(panel: ItemPanel, window: int) -> np.ndarray:
    known = np.flatnonzero(np.isfinite(quality_adjusted.levels(panel, 0, len(panel.days))[0]))
    out = np.full((panel.group_count + 1, len(panel.days)), np.nan)
    if len(known):
        start = int(known[0])

        def levels(_: ItemPanel, first: int, last: int) -> np.ndarray:
            return quality_adjusted.levels(panel, first + start, last + start)

        out[:, start:] = multilateral.spliced(panel, window, levels, len(panel.days) - start)
    return out


def interval(log_index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """90 % limits in logs from replicates (row 0: everything, others: one group left out); NaN under ``MINIMUM_GROUPS``."""
    value, rest = log_index[0], log_index[1:]
    groups = len(rest)
    if groups < MINIMUM_GROUPS:
        return np.full_like(value, np.nan), np.full_like(value, np.nan)
    with np.errstate(invalid="ignore"):
        variance = (groups - 1) / groups * ((rest - rest.mean(axis=0)) ** 2).sum(axis=0)
    reach = student.ppf(0.5 + CONFIDENCE / 2, groups - 1) * np.sqrt(variance)
    return value - reach, value + reach


def _table(name: str, panel: ItemPanel, log_index: np.ndarray) -> pl.DataFrame:
    lower, upper = interval(log_index)

    def column(logs: np.ndarray) -> pl.Series:
        with np.errstate(over="ignore"):
            value = np.exp(logs)
        return pl.Series(np.where(np.isfinite(value), value, np.nan)).fill_nan(None).round_sig_figs(SIGNIFICANT_DIGITS)

    return pl.DataFrame(
        {
            "index": [name] * len(panel.days),
            "day": list(panel.days),
            "value": column(log_index[0]),
            "lower": column(lower),
            "upper": column(upper),
        }
    )


def _broken(panel: ItemPanel, logs: dict[str, np.ndarray], wants_quality: bool) -> list[str]:
    said = []
    missing = links.missing_links(panel)
    if missing:
        day = panel.days[missing[0]]
        said.append(
            f"link missing on {day}: no item was priced and bought both then and on {panel.days[missing[0] - 1]}, "
            f"so price, fisher, laspeyres, paasche, mix and entry are empty from {day} on rather than 'no "
            "change'; run the later days as a panel of their own."
        )
    for name in sorted({"geks", "tpd"} & set(logs)):
        empty = int((~np.isfinite(logs[name][0])).sum())
        if empty:
            said.append(f"{name} is empty on {empty} days that no chain of common items links to the first day.")
    if "quality" in logs:
        said += _quality_said(panel, logs["quality"][0])
    elif wants_quality:
        said.append("no item has a quality, so there is no quality index (column quality: any number that grows with ability).")
    return said


def _quality_said(panel: ItemPanel, log_index: np.ndarray) -> list[str]:
    share = quality_adjusted.coverage(panel)
    short = np.flatnonzero(~(share >= quality_adjusted.MINIMUM_COVERAGE))
    said = []
    if len(short):
        said.append(
            f"quality is empty on {len(short)} of {len(share)} days (first {panel.days[short[0]]}): under "
            f"{quality_adjusted.MINIMUM_COVERAGE:.0%} of spend has a quality."
        )
    finite = np.flatnonzero(np.isfinite(log_index))
    if not len(finite) and len(short) < len(share):
        said.append("quality never differs between items of one day, so it cannot be told from time: no quality index.")
    elif len(finite) and finite[0] > 0:
        said.append(f"quality starts at 1 on {panel.days[finite[0]]}, its first day with enough scores.")
    return said
