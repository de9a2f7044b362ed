"""From captures to stretches: a printed figure is one row for as long as the pages of its address show it unchanged.

What a capture adds are the rows that changed since the one before; the rows of a year of daily pages are those of
the first page and the changes. A row is one figure; figures of one wide row (an offer) begin and end together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

MOMENTS = ("quote_id", "snapshot_sha256", "source_url", "fetched_at", "observed_at", "confirmed_at", "gone_at")
"""Columns that come from the captures; the others come from the page."""
WHEREABOUTS = ("locator", "evidence", "wide_row")
"""Where on the page a figure stands and in which words: no change of the figure."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at one address: ``last_certain`` is the last day the page is certain to have been so.

    ``stated_on``: the day the content says of itself, where it does; it was seen no later, however fresh the answer.
    """

    sha256: str
    url: str
    fetched_at: datetime
    last_certain: date
    stated_on: date | None = None

    @property
    def observed_on(self) -> date:
        """The day the content was seen."""
        fetched = self.fetched_at.date()
        return fetched if self.stated_on is None else min(fetched, self.stated_on)

    @property
    def confirmed_on(self) -> date:
        """The last day the content is known to have held."""
        return min(self.last_certain, self.observed_on)


def seen_again(stretches: pl.DataFrame, look: Seen, besides: pl.Series | None = None) -> pl.DataFrame:
    """The stretches after the address gave the same body once more; those with a quote id of ``besides`` were not seen."""
    later = _open(look.url) & (pl.col("confirmed_at") < look.confirmed_on)
    later = later if besides is None or besides.is_empty() else later & ~pl.col("quote_id").is_in(besides.to_list())
    return stretches.with_columns(pl.when(later).then(pl.lit(look.confirmed_on)).otherwise("confirmed_at").alias("confirmed_at"))


def extended(stretches: pl.DataFrame, page: pl.DataFrame, look: Seen, unread: Collection[str] | None = ()) -> pl.DataFrame:
    """The stretches after one more page of its address, in the columns they came in.

    ``page``: the figures of the page without ``MOMENTS``. A figure or offer shown as before goes on; one the page no
    longer shows is gone from this look on; a new or changed one begins with it. ``unread``: names whose entries of this
    page were left out (None: blocks of it were, and nobody knows whose): their figures are neither gone nor seen again.
    """
    figures = [c for c in stretches.columns if c not in (*MOMENTS, *WHEREABOUTS)]
    before = _signed(stretches.filter(_open(look.url)), figures)
    now = _signed(page, figures)
    goes_on = before.select("signature").unique().join(now.select("signature").unique(), on="signature", how="semi")
    begun = now.join(goes_on, on="signature", how="anti", maintain_order="left")
    missing = before.join(goes_on, on="signature", how="anti")
    gone = missing.filter(~_unread(missing, unread)).select("quote_id", gone=pl.lit(True))
    unsaid = missing.filter(_unread(missing, unread))["quote_id"]
    marked = (
        stretches.join(gone, on="quote_id", how="left", maintain_order="left")
        .with_columns(pl.when("gone").then(pl.lit(look.fetched_at).dt.cast_time_unit("us")).otherwise("gone_at").alias("gone_at"))
        .drop("gone")
    )
    return pl.concat([seen_again(marked, look, unsaid), _stamped(begun, look, figures).select(stretches.columns)])


def _unread(rows: pl.DataFrame, unread: Collection[str] | None) -> pl.Series:
    """Whether what a row is about was on the page and not understood."""
    if unread is None:
        return pl.Series([True] * rows.height, dtype=pl.Boolean)
    names = [c for c in ("model_label", "accelerator", "sku", "subject") if c in rows.columns]
    said = [pl.col(c).is_in(list(unread)) for c in names]
    if "provider" in rows.columns:
        said += [pl.concat_str(pl.col("provider"), pl.lit("/"), pl.col(c)).is_in(list(unread)) for c in names]
    return rows.select(pl.any_horizontal(said).fill_null(False).alias("unread"))["unread"]


def _open(url: str) -> pl.Expr:
    """Whether a stretch still stood at the newest look at its address."""
    return pl.col("gone_at").is_null() & (pl.col("source_url") == url)


def _signed(rows: pl.DataFrame, figures: list[str]) -> pl.DataFrame:
    """Add ``signature``: what a figure (or its whole offer) says, and which of several that say the same it is."""
    begun = ["fetched_at"] if "fetched_at" in rows.columns else []
    placed = rows.with_row_index("place")
    offer = [*begun, "wide_row"] if "wide_row" in rows.columns else ["place"]
    alone = pl.col("wide_row").is_null() if "wide_row" in rows.columns else pl.lit(False)
    said = placed.with_columns(
        pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in figures], separator="\x1f").alias("said"),
        pl.when(alone)
        .then(pl.concat_str(pl.lit("alone"), pl.col("place").cast(pl.String)))
        .otherwise(pl.concat_str([pl.col(c).cast(pl.String) for c in offer], separator="\x1f"))
        .alias("offer"),
    )
    whole = said.group_by("offer").agg(pl.col("said").sort().str.join("\x1e").alias("whole"), pl.col("place").min().alias("first"))
    nth = whole.sort("first").with_columns(pl.int_range(pl.len()).over("whole").alias("nth"))
    signature = pl.concat_str("whole", pl.col("nth").cast(pl.String), separator="\x1d").alias("signature")
    return said.join(nth.select("offer", signature), on="offer", how="left", maintain_order="left").drop("place", "said", "offer")


def _stamped(begun: pl.DataFrame, look: Seen, figures: list[str]) -> pl.DataFrame:
    """Add the capture columns. The id of an observation is a hash of its moment, address, body, place and figure."""
    place = pl.concat_str(
        pl.lit(look.sha256),
        pl.lit(look.url),
        pl.lit(look.fetched_at.isoformat()),
        *(pl.col(c).cast(pl.String).fill_null("") for c in (*figures, *(c for c in WHEREABOUTS if c in begun.columns))),
        pl.int_range(pl.len()).cast(pl.String),
        separator="\x1f",
    )
    ids = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in begun.select(place.alias("place"))["place"]]
    return begun.with_columns(
        pl.Series("quote_id", ids, dtype=pl.String),
        pl.lit(look.sha256).alias("snapshot_sha256"),
        pl.lit(look.url).alias("source_url"),
        pl.lit(look.fetched_at).dt.cast_time_unit("us").alias("fetched_at"),
        pl.lit(look.observed_on).alias("observed_at"),
        pl.lit(look.confirmed_on).alias("confirmed_at"),
        pl.lit(None, dtype=pl.Datetime("us", "UTC")).alias("gone_at"),
    )
