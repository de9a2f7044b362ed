"""What a price series must look like, and one sentence for every way in which it does not.

Belongs here: reading ``unique_id,ds,y[,floor]``, cutting at the vintage, repairing what can be repaired and
saying so. Not here: what is then done with a series.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

STALE_DAYS = 180
"""A series last seen longer ago than this, while others go on, is said to have ended."""


class BadSeries(ValueError):
    """The file as a whole cannot be read: a column is missing or nothing is left to forecast."""


@dataclass(frozen=True)
class PriceSeries:
    """One series in logs: ``day`` (ordinals, increasing), ``log_price`` (natural log, any one unit), ``log_floor`` or None."""

    unique_id: str
    day: np.ndarray
    log_price: np.ndarray
    log_floor: float | None = None

    @property
    def last(self) -> float:
        """The last log price."""
        return float(self.log_price[-1])


@dataclass(frozen=True)
class Panel:
    """All usable series at one cutoff, with a sentence per series that needed one."""

    series: tuple[PriceSeries, ...]
    cutoff: date
    messages: tuple[str, ...]


def log_floors(series: Sequence[PriceSeries]) -> np.ndarray:
    """Log floor of each series, -inf where it has none."""
    return np.array([-np.inf if s.log_floor is None else s.log_floor for s in series])


def without_floor(panel: Panel) -> list[str]:
    """One sentence on the series that no floor bounds, none where all have one."""
    names = [s.unique_id for s in panel.series if s.log_floor is None]
    if not names:
        return []
    some = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return [
        f"no floor: {len(names)} of {len(panel.series)} series ({some}); nothing bounds their forecasts from below "
        "but what prices of this file have done."
    ]


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [c for c in ("unique_id", "ds", "y") if c not in frame.columns]
    if missing:
        raise BadSeries(f"the input has no column {', '.join(missing)}; expected unique_id,ds,y[,floor], found {','.join(frame.columns)}")
    day = pl.col("ds")
    if frame.schema["ds"] == pl.String:
        day = day.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    else:
        day = day.cast(pl.Date)
    floor = pl.col("floor").cast(pl.Float64, strict=False) if "floor" in frame.columns else pl.lit(None, pl.Float64)
    return frame.select(
        pl.col("unique_id").cast(pl.String),
        day.alias("ds"),
        pl.col("y").cast(pl.Float64, strict=False),
        floor.alias("floor"),
    )


def prepare(frame: pl.DataFrame, as_of: date | None = None, today: date | None = None) -> Panel:
    """Turn a long frame into a :class:`Panel` cut at ``as_of``.

    ``frame``: unique_id, ds (date or ISO text), y and optional floor (any one unit). Rows after
    ``as_of`` are dropped before anything else is looked at, so they cannot matter. Without ``as_of`` the cutoff
    is the last day in the file, at most ``today``. Raises :class:`BadSeries` if no series is usable.
    """
    rows = _typed(frame)
    messages: list[str] = []
    undated = rows.filter(pl.col("ds").is_null())
    for name, n in undated.drop_nulls("unique_id").group_by("unique_id").len().sort("unique_id").rows():
        messages.append(f"{name}: {n} rows have no readable date (expected YYYY-MM-DD) and were left out.")
    unnamed = rows.filter(pl.col("unique_id").is_null()).height
    if unnamed:
        messages.append(f"{unnamed} rows have no unique_id and were left out.")
    rows = rows.filter(pl.col("ds").is_not_null(), pl.col("unique_id").is_not_null())
    if as_of is not None:
        early = rows.filter(pl.col("ds") <= as_of)
        for name in sorted(set(rows["unique_id"]) - set(early["unique_id"])):
            messages.append(f"{name}: no price on or before {as_of}; nothing can be said at that date.")
        rows = early
    elif today is not None:
        for name, n in rows.filter(pl.col("ds") > today).group_by("unique_id").len().sort("unique_id").rows():
            messages.append(f"{name}: {n} rows lie in the future (after {today}) and were left out.")
        rows = rows.filter(pl.col("ds") <= today)
    cutoff = as_of or max(rows["ds"].to_list(), default=date.min)
    found = []
    for (name,), group in rows.sort("unique_id", "ds", maintain_order=True).group_by(["unique_id"], maintain_order=True):
        one, said = _one(str(name), group, cutoff)
        messages += said
        if one is not None:
            found.append(one)
    if not found:
        raise BadSeries(" ".join(["no series can be forecast:", *messages]) if messages else "the input has no rows")
    return Panel(tuple(found), cutoff, tuple(messages))


def _one(name: str, group: pl.DataFrame, cutoff: date) -> tuple[PriceSeries | None, list[str]]:
    said = []
    good = group.filter(pl.col("y").is_finite() & (pl.col("y") > 0))
    if good.height < group.height:
        said.append(
            f"{name}: {group.height - good.height} prices are zero, negative or not a number and were left out "
            "(a free tier is not a price of the same service)."
        )
    if good.is_empty():
        said.append(f"{name}: no positive price is left, so there is no forecast for it.")
        return None, said
    daily = good.group_by("ds", maintain_order=True).agg(
        pl.col("y").last(), pl.col("floor").last(), pl.len(), pl.col("y").n_unique().alias("values")
    )
    clashing = daily.filter(pl.col("values") > 1).height
    if clashing:
        said.append(f"{name}: {clashing} days have several different prices; the last one in the file was kept.")
    day = np.array([d.toordinal() for d in daily["ds"]], dtype=np.int64)
    log_price = np.log(daily["y"].to_numpy())
    said += _remarks(name, day, log_price, cutoff)
    floors = daily["floor"].drop_nulls().to_list()
    log_floor = None
    if floors:
        price = float(daily["y"][-1])
        if not floors[-1] > 0:
            said.append(f"{name}: the floor {floors[-1]:g} is not positive and was ignored.")
        elif floors[-1] >= price:
            said.append(
                f"{name}: the floor {floors[-1]:g} is not below the last price {price:g}; such a price "
                "is below cost or the floor is wrong, so the floor was ignored."
            )
        else:
            log_floor = float(np.log(floors[-1]))
    return PriceSeries(name, day, log_price, log_floor), said


def _remarks(name: str, day: np.ndarray, log_price: np.ndarray, cutoff: date) -> list[str]:
    said = []
    if len(day) <= 2:
        said.append(f"{name}: only {len(day)} price(s); its forecast rests on the other series and the prior.")
    elif np.ptp(log_price) == 0:
        said.append(f"{name}: the price never changed; its forecast rests on the other series and the prior.")
    if len(day) > 2 and np.diff(day).max() > 365:
        said.append(f"{name}: a gap of {int(np.diff(day).max())} days without a price; nothing was filled in.")
    stale = cutoff.toordinal() - int(day[-1])
    if stale > STALE_DAYS:
        said.append(
            f"{name}: ends on {date.fromordinal(int(day[-1]))}, {stale} days before the cutoff {cutoff}; its last price is carried forward."
        )
    return said


def series_from_frontier(frontier_price: pl.DataFrame) -> pl.DataFrame:
    """unique_id, ds, y of the frontier (all tiers): every change of price, every month end, the last day."""
    kept = frontier_price.filter(pl.col("provider_tier") == "all", pl.col("price_usd_per_mtok").is_not_null()).sort("series_id", "day")
    changed = pl.col("price_usd_per_mtok") != pl.col("price_usd_per_mtok").shift(1).over("series_id")
    last = pl.col("day") == pl.col("day").max().over("series_id")
    month_end = pl.col("day") == pl.col("day").dt.month_end()
    return kept.filter(changed.fill_null(True) | last | month_end).select(
        pl.col("series_id").alias("unique_id"), pl.col("day").alias("ds"), pl.col("price_usd_per_mtok").alias("y")
    )
