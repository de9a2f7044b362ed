"""A panel of items with price and quantity in each period, and one sentence for everything that was wrong with it.

Belongs here: reading ``item,day,price,quantity[,quality]``, and the arrays every index formula works on. Not here: a
formula. The order of items comes from their figures and never from their names, so renaming items or reordering rows
changes no byte of any index.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

GROUPS = 20
"""Groups of the delete-a-group jackknife; with fewer items each item is its own group."""
COLUMNS = ("item", "day", "price", "quantity")
SMALLEST, LARGEST = 1e-75, 1e75
"""Bounds of a positive price or quantity: beyond them the products of an index overflow."""
LONG_GAP = 1.5
"""A distance between two days of more than this many times the usual one is said to be a gap."""


class BadPanel(ValueError):
    """Nothing can be computed: a column is missing or no row is left; the message says which."""


@dataclass(frozen=True)
class ItemPanel:
    """Rows sorted by item, then period. ``price`` in the panel's unit, ``quality`` NaN where unknown.

    ``days``: the T days that have rows, in order; ``period``: position of each row's day; ``item`` and ``group``:
    codes of item and jackknife group; ``group_count``: groups; ``messages``: what was left out or joined, and why.
    """

    days: tuple[date, ...]
    period: np.ndarray
    item: np.ndarray
    group: np.ndarray
    price: np.ndarray
    quantity: np.ndarray
    quality: np.ndarray
    group_count: int
    messages: tuple[str, ...] = ()

    @cached_property
    def spend(self) -> np.ndarray:
        """Price x quantity of each row."""
        return self.price * self.quantity

    def replicated(self, values: np.ndarray, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Sum of ``values`` by period: shape (1 + groups, T); row 0 is everything, row g + 1 leaves group g out."""
        width = len(self.days)
        cell = self.group[rows] * width + self.period[rows]
        parts = np.bincount(cell, values, self.group_count * width).reshape(self.group_count, width)
        return leave_one_out(parts)


def leave_one_out(parts: np.ndarray) -> np.ndarray:
    """Sums over axis 0: first all parts, then all but each; added, never subtracted, so nothing cancels."""
    groups = len(parts)
    keep = np.vstack([np.ones((1, groups)), 1.0 - np.eye(groups)])
    return (keep @ parts.reshape(groups, -1)).reshape(groups + 1, *parts.shape[1:])


def read(frame: pl.DataFrame) -> ItemPanel:
    """The panel of a frame with columns item, day, price, quantity and optionally quality, of text or numbers.

    Rows that cannot be read or have a negative price or quantity are left out; equal rows of an item and day count
    once, different ones are lots (quantities added, price = unit value); days on which nothing was sold are left
    out. Each of these is said in ``messages``. Raises :class:`BadPanel` when a column or every row is missing.
    """
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing:
        raise BadPanel(
            f"the panel has no column {', '.join(missing)}; expected item,day,price,quantity[,quality], "
            f"found {','.join(frame.columns) or 'nothing'}"
        )
    said: list[str] = []
    rows = _lots(_clean(_typed(frame), said), said)
    sold = rows.group_by("day").agg(pl.col("quantity").sum()).filter(pl.col("quantity") <= 0)["day"].sort()
    if len(sold):
        said.append(f"{_list(sold)}: no quantity at all on {_days(len(sold))}, so no weights; left out.")
        rows = rows.filter(~pl.col("day").is_in(sold.implode()))
    if rows.is_empty():
        raise BadPanel(" ".join(["no row of the panel can be used:", *said]) if said else "the panel has no rows")
    _remarks(rows, said)
    return _arrays(rows, tuple(said))


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    day = pl.col("day")
    if frame.schema["day"] == pl.String:
        day = day.str.strip_chars().str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    elif frame.schema["day"] != pl.Date:
        day = day.cast(pl.Date) if frame.schema["day"].is_temporal() else pl.lit(None, pl.Date)
    quality = "quality" if "quality" in frame.columns else None

    def number(name: str) -> pl.Expr:
        column = pl.col(name).str.strip_chars() if frame.schema[name] == pl.String else pl.col(name)
        return column.cast(pl.Float64, strict=False)

    return frame.select(
        pl.col("item").cast(pl.String).str.strip_chars(),
        day.alias("day"),
        number("price"),
        number("quantity"),
        number(quality) if quality else pl.lit(None, pl.Float64).alias("quality"),
    )


def _clean(rows: pl.DataFrame, said: list[str]) -> pl.DataFrame:
    faults = {
        "name no item": pl.col("item").is_null() | (pl.col("item") == ""),
        "have no readable day (expected YYYY-MM-DD)": pl.col("day").is_null(),
        "have no readable price, so their quantity is in no index": ~_finite("price"),
        "have no readable quantity, so their price has no weight": ~_finite("quantity"),
        "have a negative price": pl.col("price") < 0,
        "have a negative quantity": pl.col("quantity") < 0,
        f"have a price or quantity outside {SMALLEST:g} to {LARGEST:g}, whose products no number holds": _outside("price")
        | _outside("quantity"),
    }
    for words, fault in faults.items():
        bad = rows.filter(fault.fill_null(False))
        if bad.height:
            example = bad.row(0, named=True)
            where = f"item {example['item']!r}" + (f" on {example['day']}" if example["day"] else "")
            said.append(f"{bad.height} of {rows.height} rows {words} (first: {where}); left out.")
            rows = rows.filter(~fault.fill_null(False))
    return rows.with_columns(pl.when(_finite("quality")).then("quality").alias("quality"))


def _outside(name: str) -> pl.Expr:
    return (pl.col(name) > 0) & ~pl.col(name).is_between(SMALLEST, LARGEST)


def _finite(name: str) -> pl.Expr:
    return pl.col(name).is_finite().fill_null(False)


def _lots(rows: pl.DataFrame, said: list[str]) -> pl.DataFrame:
    once = rows.unique()
    if once.height < rows.height:
        said.append(f"{rows.height - once.height} rows repeat another row exactly; each was counted once.")
    if not once.select(pl.struct("item", "day").is_duplicated().any()).item():
        return once
    spend, quantity = (pl.col("price") * pl.col("quantity")).sum(), pl.col("quantity").sum()
    lots = once.group_by("item", "day").agg(
        pl.when(quantity > 0).then(spend / quantity).otherwise(pl.col("price").mean()).alias("price"),
        quantity.alias("quantity"),
        pl.col("quality").mean(),
        pl.len().alias("rows"),
    )
    several = lots.filter(pl.col("rows") > 1).sort("day", "item")
    example = several.row(0, named=True)
    said.append(
        f"{several.height} times an item has several different rows on one day (first: item "
        f"{example['item']!r} on {example['day']}); they were joined to one lot at its unit value."
    )
    return lots.drop("rows")


def _remarks(rows: pl.DataFrame, said: list[str]) -> None:
    items, days = rows["item"].n_unique(), rows["day"].unique().sort()
    free = rows.filter(pl.col("price") == 0)
    if free.height:
        share = float(free["quantity"].sum()) / float(rows["quantity"].sum())
        said.append(
            f"{free.height} rows have a price of zero ({share:.1%} of the quantity): they count in spend only, "
            "so price x mix x entry is the change of what the others cost."
        )
    unsold = rows.filter((pl.col("quantity") == 0) & (pl.col("price") > 0)).height
    if unsold:
        said.append(f"{unsold} rows have a price and a quantity of zero: on sale, with no weight on that day.")
    if items == 1:
        said.append("one item only: every price index is its price, and mix and entry are 1.")
    if len(days) == 1:
        said.append("one day only: every index is 1 on it.")
    steps = days.diff().drop_nulls().dt.total_days()
    if len(steps):
        usual = float(np.median(steps.to_numpy())) or 1.0
        wide = [i for i, s in enumerate(steps) if s > LONG_GAP * usual]
        if wide:
            spans = [f"{days[i]} to {days[i + 1]}" for i in wide[:3]]
            said.append(
                f"{_days(len(wide), 'gap')} without rows ({', '.join(spans)}{', ...' if len(wide) > 3 else ''}): "
                "the days on both sides are linked directly; nothing was filled in."
            )
    _churn(rows, days, said)


def _churn(rows: pl.DataFrame, days: pl.Series, said: list[str]) -> None:
    place = pl.DataFrame({"day": days, "place": np.arange(len(days))})
    spans = (
        rows.join(place, on="day").group_by("item").agg(pl.col("place").min().alias("first"), pl.col("place").max().alias("last"), pl.len())
    )
    new, gone = (spans["first"] > 0).sum(), (spans["last"] < len(days) - 1).sum()
    holes = spans.filter(pl.col("last") - pl.col("first") + 1 > pl.col("len")).height
    if new or gone:
        said.append(f"{new} items appear and {gone} vanish inside the panel: entry holds their effect, price never does.")
    if holes:
        said.append(
            f"{holes} items are missing on some day between their first and last: they leave and re-enter the "
            "matched set, and a change of price in between is seen by geks and tpd only."
        )


def _arrays(rows: pl.DataFrame, messages: tuple[str, ...]) -> ItemPanel:
    days = rows["day"].unique().sort()
    place = (pl.col("day") - days[0]).dt.total_days().cast(pl.Float64) + 1
    spend = pl.col("price") * pl.col("quantity")
    ordered = (
        rows.sort("item", "day")
        .group_by("item", maintain_order=True)
        .agg(
            spend.sum().alias("a"),
            (place * spend).sum().alias("b"),
            (place * pl.col("price")).sum().alias("c"),
            (place * pl.col("quantity")).sum().alias("d"),
            pl.col("quality").sum().alias("e"),
        )
        .sort("a", "b", "c", "d", "e", descending=True, maintain_order=True)
    )
    groups = min(GROUPS, ordered.height)
    codes = ordered.select("item", pl.int_range(pl.len()).alias("code"))
    table = rows.join(codes, on="item").with_columns(pl.col("day").rank("dense").alias("period") - 1).sort("code", "period")
    code = table["code"].to_numpy().astype(np.int64)
    return ItemPanel(
        tuple(days.to_list()),
        table["period"].to_numpy().astype(np.int64),
        code,
        code % groups,
        table["price"].to_numpy(),
        table["quantity"].to_numpy(),
        table["quality"].fill_null(float("nan")).to_numpy(),
        groups,
        messages,
    )


def _list(days: pl.Series) -> str:
    shown = ", ".join(str(d) for d in days[:3])
    return shown + (", ..." if len(days) > 3 else "")


def _days(count: int, word: str = "day") -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
