"""The family of token indices: what an average token costs, and price, profile, mix and entry behind its change.

Levels in USD per million tokens: ``tok.list`` (3:1 blend of list prices, free tokens included), ``tok.spend``
(effective: cached, fresh and completion tokens at their own prices), ``tok.spend.paid`` (without free tokens). Indices, 1
in the first period: ``tok.price`` and its rivals at a fixed token profile, ``tok.profile``, ``tok.mix``, ``tok.entry``,
``tok.quality``. Ratio of ``tok.spend.paid`` = price x profile x mix x entry, exactly. Belongs here: the definition of each
id over priced volumes. Not here: how a price or a profile is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import polars as pl

from forecasting.indices import family, item_panel
from forecasting.tokens import pricing, profiles
from reference import definitions
from units.constants import TOKENS_PER_MTOK

WINDOW = {"day": 25 * 7, "week": 25}
"""Periods of the rolling window of geks and tpd: 25 weeks."""
TRAILING_DAYS = 7
MAPPED_MINIMUM, OTHER_MAXIMUM = 0.85, 0.15
"""A period is valid when at least this share of tokens is mapped and priced or free, and at most this share unnamed."""
NOTHING_PRICED = "no token is of a model that a rule names and the warehouse prices on its day: only coverage can be said."
_COLUMNS = {"index": pl.String, "day": pl.Date, "value": pl.Float64, "lower": pl.Float64, "upper": pl.Float64}
SHOWN = {
    "price": "tok.price",
    "fisher": "tok.price.fisher",
    "laspeyres": "tok.price.laspeyres",
    "paasche": "tok.price.paasche",
    "geks": "tok.price.geks",
    "tpd": "tok.price.tpd",
    "mix": "tok.mix",
    "entry": "tok.entry",
}


def priced_volumes(
    volumes: pl.DataFrame, names: pl.DataFrame, prices: pl.DataFrame, models: pl.DataFrame, measurements: pl.DataFrame, router: str
) -> pl.DataFrame:
    """Each day's tokens with everything an index needs.

    ``volumes``: day, slug, tokens. ``names``: slug, model, kind (model, free, stealth, other). ``prices``, ``models``:
    as in ``pricing.priced``. ``measurements``: ``profiles.measured``. Returns day,
    slug, model, kind, tokens, list, own, fixed (USD per Mtok: blend, own-period and fixed profile; 0 for free and
    stealth; null where unknown), basis, near_days, cached_basis, profile_basis.
    """
    rows = volumes.join(names.select("slug", "model", "kind"), on="slug", how="left")
    use = rows.filter(pl.col("kind") == "model").drop_nulls("model").select("model", "day").unique()
    found = pricing.priced(use, prices, models, router)
    shares = profiles.profile(use, measurements, models)
    own, fixed = _effective(found, shares, "own"), _effective(found, profiles.fixed(shares), "fixed")
    table = (
        found.with_columns(_list_price().alias("list"))
        .join(own.select("model", "day", "own", "profile_basis"), on=["model", "day"])
        .join(fixed.select("model", "day", "fixed"), on=["model", "day"])
    )
    priced = rows.join(table, on=["model", "day"], how="left")
    free = pl.col("kind").is_in(["free", "stealth"])
    return priced.with_columns(pl.when(free).then(0.0).when(pl.col("kind") == "model").then(c).alias(c) for c in ("list", "own", "fixed"))


def _effective(found: pl.DataFrame, shares: pl.DataFrame, name: str) -> pl.DataFrame:
    joined = found.join(shares, on=["model", "day"])
    price = (
        pl.col("fresh_share") * pl.col("price_input")
        + pl.col("cached_share") * pl.col("price_cached")
        + pl.col("completion_share") * pl.col("price_output")
    )
    return joined.with_columns(pl.coalesce(price, _list_price()).alias(name))


def _list_price() -> pl.Expr:
    """The blend of list prices in which such prices are usually quoted."""
    return definitions.blended(pl.col("price_input"), pl.col("price_output"))


def periods(priced: pl.DataFrame, by: str) -> pl.DataFrame:
    """``priced`` with ``day`` replaced by its period: the week's Monday, or every day that looks back ``TRAILING_DAYS``."""
    if by == "week":
        return priced.with_columns(pl.col("day").dt.truncate("1w"))
    days = priced.select("day").unique().sort("day").rename({"day": "period"})
    spans = days.join_where(priced, pl.col("day") <= pl.col("period"), pl.col("day") > pl.col("period").dt.offset_by(f"-{TRAILING_DAYS}d"))
    return spans.drop("day").rename({"period": "day"})


def build(
    priced: pl.DataFrame, by: str = "day", quality: pl.DataFrame | None = None, window: int | None = None
) -> tuple[pl.DataFrame, list[str]]:
    """The family of a priced volume table: index, day, value, lower, upper, and sentences.

    ``by``: day (trailing seven days) or week (Monday to Sunday). ``quality``: model, quality, for ``tok.quality``.
    ``window``: periods of geks and tpd, 25 weeks if None.
    """
    window = window or WINDOW[by]
    rows = periods(priced, by)
    said: list[str] = []
    blocks = [_coverage(rows)]
    for name, column, paid in (
        ("tok.list", "list", False),
        ("tok.list.paid", "list", True),
        ("tok.spend", "own", False),
        ("tok.spend.paid", "own", True),
    ):
        table, _ = _family(rows, column, window, paid=paid, only=("spend",))
        blocks.append(table.with_columns(pl.lit(name).alias("index")))
    pure, told = _family(rows, "fixed", window, paid=True, quality=quality)
    said += told
    blocks.append(pure.filter(pl.col("index").is_in(list(SHOWN))).with_columns(pl.col("index").replace(SHOWN)))
    if "quality" in pure["index"]:
        blocks.append(pure.filter(pl.col("index") == "quality").with_columns(pl.lit("tok.quality").alias("index")))
    blocks.append(_profile(blocks[4], pure))
    table = pl.concat([b.select("index", "day", "value", "lower", "upper") for b in blocks])
    return table, said


def _family(
    rows: pl.DataFrame, column: str, window: int, *, paid: bool, quality: pl.DataFrame | None = None, only: Iterable[str] = family.IDS
) -> tuple[pl.DataFrame, list[str]]:
    known = rows.drop_nulls(column).filter(pl.col("tokens") > 0)
    if paid:
        known = known.filter(pl.col(column) > 0)
    item = pl.coalesce("model", "slug") if paid else pl.coalesce("slug", "model")
    spend = (pl.col(column) * pl.col("tokens")).sum()
    lots = known.group_by(item.alias("item"), "day").agg(
        (spend / pl.col("tokens").sum()).alias("price"), (pl.col("tokens").sum() / TOKENS_PER_MTOK).alias("quantity")
    )
    if quality is not None:
        lots = lots.join(quality.select(pl.col("model").alias("item"), "quality"), on="item", how="left")
    if lots.is_empty():
        return pl.DataFrame(schema=_COLUMNS), [NOTHING_PRICED]
    panel = item_panel.read(lots)
    table, said = family.compute(panel, window, tuple(only))
    return table, list(said)


def _profile(paid: pl.DataFrame, pure: pl.DataFrame) -> pl.DataFrame:
    """Own over fixed profile at the same weights, 1 in the first period; it has no interval of its own."""
    base = pure.filter(pl.col("index") == "spend").select("day", fixed="value")
    both = paid.select("day", own="value").join(base, on="day").sort("day")
    if both.is_empty():
        return pl.DataFrame(schema=_COLUMNS)
    ratio = both["own"] / both["fixed"]
    return pl.DataFrame(
        {
            "index": ["tok.profile"] * both.height,
            "day": both["day"],
            "value": (ratio / ratio[0]).round_sig_figs(family.SIGNIFICANT_DIGITS),
            "lower": [None] * both.height,
            "upper": [None] * both.height,
        },
        schema=_COLUMNS,
    )


def _coverage(rows: pl.DataFrame) -> pl.DataFrame:
    """``coverage``, ``other`` and ``free``: shares of all tokens by period."""
    tokens = pl.col("tokens")
    shares = rows.group_by("day").agg(
        (tokens.filter(pl.col("own").is_not_null()).sum() / tokens.sum()).alias("coverage"),
        (tokens.filter(pl.col("kind") == "other").sum() / tokens.sum()).alias("coverage.other"),
        (tokens.filter(pl.col("kind").is_in(["free", "stealth"])).sum() / tokens.sum()).alias("coverage.free"),
    )
    return (
        shares.unpivot(index="day", variable_name="index", value_name="value")
        .sort("index", "day")
        .with_columns(
            pl.col("value").round_sig_figs(family.SIGNIFICANT_DIGITS), lower=pl.lit(None, pl.Float64), upper=pl.lit(None, pl.Float64)
        )
    )


def provisional(table: pl.DataFrame) -> list[date]:
    """Periods that miss the publication rule: too little mapped and priced, or too much unnamed."""
    wide = table.filter(pl.col("index").is_in(["coverage", "coverage.other"])).pivot(on="index", index="day", values="value")
    return wide.filter((pl.col("coverage") < MAPPED_MINIMUM) | (pl.col("coverage.other") > OTHER_MAXIMUM))["day"].sort().to_list()


def remarks(priced: pl.DataFrame, table: pl.DataFrame, by: str = "day") -> list[str]:
    """Sentences about tokens without a name or price, estimated prices and profiles, and provisional periods."""
    said, tokens = [], float(priced["tokens"].sum())

    def share(rows: pl.DataFrame) -> str:
        return f"{float(rows['tokens'].sum()) / tokens:.1%} of the tokens"

    named = priced.filter(pl.col("kind") == "model")
    for words, rows in (
        ("are of slugs that no rule maps to a model", named.filter(pl.col("model").is_null())),
        ("are of models without a price on the day", named.drop_nulls("model").filter(pl.col("own").is_null())),
    ):
        if rows.height:
            first = rows.group_by("slug").agg(pl.col("tokens").sum()).sort("tokens", "slug", descending=[True, False])["slug"][:3]
            said.append(f"{share(rows)} {words} ({', '.join(first)}{', ...' if rows['slug'].n_unique() > 3 else ''}); left out.")
    paid = named.drop_nulls("own")
    for words, rows in (
        (f"take a price in force within {pricing.NEAR_DAYS} days, not on the day", paid.filter(pl.col("near_days") > 0)),
        ("have no stated cached price (the model's or its maker's ratio stands in)", paid.filter(pl.col("cached_basis") != "stated")),
        ("have no measured token profile of their own", paid.filter(pl.col("profile_basis") != "measured")),
    ):
        if rows.height:
            said.append(f"{share(rows)} {words}.")
    short = (
        periods(priced.select("day", pl.col("day").alias("held")), by)
        .group_by("day")
        .agg(pl.col("held").n_unique())
        .filter(pl.col("held") < TRAILING_DAYS)["day"]
        .sort()
    )
    if len(short):
        said.append(
            f"{len(short)} periods hold fewer than {TRAILING_DAYS} days of volumes (first {short[0]}): they compare badly with whole ones."
        )
    late = provisional(table)
    if late:
        said.append(
            f"{len(late)} periods are provisional (first {late[0]}): under {MAPPED_MINIMUM:.0%} of tokens mapped and priced or "
            f"free, or over {OTHER_MAXIMUM:.0%} unnamed."
        )
    return said


def split_error(table: pl.DataFrame) -> float:
    """Largest departure of price x profile x mix x entry from the ratio of ``tok.spend.paid``, in relative terms."""
    wide = table.pivot(on="index", index="day", values="value").sort("day")
    product = wide["tok.price"] * wide["tok.profile"] * wide["tok.mix"] * wide["tok.entry"]
    ratio = wide["tok.spend.paid"] / wide["tok.spend.paid"][0]
    return float(np.nanmax(np.abs((product / ratio - 1).to_numpy())))
