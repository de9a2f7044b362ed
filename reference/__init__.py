"""Hand-kept and packaged facts: tables of rows, each with its source, licence and the source's own date.

What belongs here: facts that a new machine needs before it has fetched anything, and facts nobody
publishes in a form a parser could read daily. What does not: parsers, pages, anything computed from
these facts. Where each table comes from and under which licence is in ``DATA.md`` at the repository's
root; the kept scripts that make the tables are in ``research/builders/``.

Read with ``load(name)``; ``tables()`` lists what is there. Every table below carries ``source``,
``source_ref`` (file@commit or package==version), ``source_url``, ``licence``, ``observed_at`` (the day
the source itself showed or recorded the fact, never the packaging day) and ``basis`` (quoted, derived,
assumed). **As of a day D use only rows with observed_at <= D, and treat valid_to as unknown (null) where
closed_observed_at is null or > D.** ``at(name, as_of)`` does both.

The tables (dtypes in ``schema.py``):

- ``price_history``: one row = what one witness (``source``) said an offer cost from ``valid_from`` until
  ``valid_to`` (exclusive, null = no end known). Offer key: provider, model_label, tier, condition.
  ``provider`` is the canonical slug of ``providers``; ``model_label`` the id printed by the source;
  ``tier`` standard | batch | flex | priority | fast | peak | off-peak | free; ``condition`` short text or "";
  prices are exact decimals in ``currency`` (USD) per million text tokens: ``price_input_usd_per_mtok``,
  ``price_output_usd_per_mtok``, ``price_cached_input_usd_per_mtok``, ``price_cache_write_usd_per_mtok``
  (5 minutes), ``price_cache_write_1h_usd_per_mtok``; ``valid_from_basis`` declared | observed | commit |
  launch | open; ``end_reason`` changed | removed | declared | "" ; ``witness`` = group of sources that copy
  one another (their agreement counts once); ``correction_id`` = row of ``corrections`` that changed it.
  Several witnesses may cover one offer at one time: rank by ``providers.tier`` / ``sources`` belief.
- ``price_pages``: one row = one figure of a seller's own price list (read by hand from a kept copy, or Azure's meters), with
  the page's address, the day it was shown (``confirmed_at``: the earliest day it can be of) and its place in the list.
- ``price_meters``: what is charged beside input, output and cached tokens (searches, requests, reasoning, audio): component, value, unit.
- ``retirements``: the day on which a seller ends a name, as its own page says (status retired, announced, earliest, deprecated), and its replacement.
- ``price_snapshots``: the days each source was looked at (source, observed_at, source_ref, rows): an open
  interval is "last confirmed" on the latest snapshot of its source.
- ``providers``: (source, source_provider) -> provider slug, ``provider_tier`` first_party | cloud | host |
  resale | gateway (resells under its own terms, not counted by the index), packaged or not, reason.
- ``models``: canonical models: model, developer, family, release_date, open_weights, total_params_b,
  active_params_b, kind, reason.
- ``model_aliases``: alias (normalised label, see ``belief.names.aliases.normalise``), provider scope ("*" = any),
  valid_from / valid_to, model, reason. At one time one alias means one model.
- ``quality_scores``: model, variant (reasoning effort or ""), benchmark, benchmark_version, score, unit,
  se, n_items, as_of (date of the leaderboard copy), first_seen, observed_at.
- ``task_tokens``: model, variant, benchmark, ``output_mtok_per_run`` (million output tokens) and
  ``usd_per_run`` (dollars) of one pass through all items of the benchmark.
- ``listed_index_quotes``: values of listed rental and token indices as quoted on public pages (second hand): quoted_on,
  listed_index, subject (accelerator, or tokens), term, quoted_value, unit, quote_precision.
- ``token_volumes``: gateway (openrouter, vercel), period_start, period_days, model_label as published, measure
  (total_tokens, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, requests, spend_share,
  token_share), value, unit. One router and one gateway, not the market: private endpoints are left out at
  the source; weeks hold the nine or ten largest models, days the 50 largest and ``other``.
- ``rental_prices``: provider, accelerator, region, term (on_demand | spot | reserved_1yr | reserved_3yr),
  usd_per_accelerator_hour, accelerators_in_offer, observed_at; thinned to change points.
- ``electricity`` (usd_per_kwh), ``pue``, ``energy_measured`` (energy_j_per_output_token with ``boundary``),
  ``ownership_cost`` (usd_per_accelerator_hour by owner kind), ``exchange_rates`` (units of currency per USD,
  monthly mean), ``benchmarks`` (n_items, guess rate, kind, whether index versions are comparable).
- ``corrections``: what the trackers had wrong: where, what was expected to be found, what is right, why.

Other tables of this folder (architectures, accelerators, ...) are described by their own owners' files.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from reference.schema import SCHEMAS

FOLDER = Path(__file__).resolve().parent
SUFFIXES = (".parquet", ".csv.gz", ".csv")


def tables() -> tuple[str, ...]:
    """Names of all tables in the folder, sorted."""
    found = {path.name.removesuffix(s) for path in FOLDER.iterdir() for s in SUFFIXES if path.name.endswith(s)}
    return tuple(sorted(found))


@cache
def load(name: str) -> pl.DataFrame:
    """One table with its declared dtypes (undeclared tables: inferred from the whole file).

    Raises FileNotFoundError naming the tables there are, and ValueError where a file's columns are not
    the declared ones. The frame is cached: treat it as read-only (polars frames are).
    """
    path = next((FOLDER / (name + s) for s in SUFFIXES if (FOLDER / (name + s)).exists()), None)
    if path is None:
        raise FileNotFoundError(f"no reference table {name!r} in reference; there are: {', '.join(tables())}")
    declared = SCHEMAS.get(name)
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
    elif declared is None:
        frame = pl.read_csv(path, infer_schema_length=None, try_parse_dates=True)
    else:
        text = [c for c, t in declared.items() if t == pl.String]
        frame = pl.read_csv(path, schema_overrides=declared)
        frame = frame.with_columns(pl.col(c).fill_null("") for c in text if c in frame.columns)
    if declared is not None and dict(frame.schema) != declared:
        raise ValueError(
            f"reference/{path.name}: expected columns {declared}, found {dict(frame.schema)}; "
            "rebuild the table with its script (see DATA.md) or correct reference/schema.py"
        )
    return frame


def at(name: str, as_of: date) -> pl.DataFrame:
    """The table as it was known on a day: later rows removed, ends that became known later opened again."""
    return as_known(load(name), as_of)


def as_known(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows of a reference table (or of rows shaped like one) as known at the end of a day.

    Rows with observed_at > as_of are gone; with intervals, an end whose closed_observed_at is later is open
    again and the intervals of one offer at one source are disjoint. ``as_known(as_known(f, b), a)`` equals
    ``as_known(f, a)`` for a <= b, so later knowledge never changes an earlier day.
    """
    frame = frame.filter(pl.col("observed_at") <= as_of)
    if "closed_observed_at" not in frame.columns:
        return frame
    unknown = pl.col("closed_observed_at").is_null() | (pl.col("closed_observed_at") > as_of)
    frame = frame.with_columns(
        pl.when(unknown).then(None).otherwise(pl.col("valid_to")).alias("valid_to"),
        pl.when(unknown).then(pl.lit("")).otherwise(pl.col("end_reason")).alias("end_reason"),
        pl.when(unknown).then(None).otherwise(pl.col("closed_observed_at")).alias("closed_observed_at"),
    )
    return _closed_by_next(frame)


def _closed_by_next(frame: pl.DataFrame) -> pl.DataFrame:
    """Intervals of one offer at one source made disjoint again: the later start ends the earlier interval."""
    offer = ["source", "provider", "model_label", "tier", "condition"]
    frame = frame.sort([*offer, "valid_from", "observed_at"]).with_columns(
        pl.col("valid_from").shift(-1).over(offer).alias("_next"),
        pl.col("observed_at").shift(-1).over(offer).alias("_seen"),
    )
    ended = pl.col("_next").is_not_null() & (pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("_next")))
    frame = frame.with_columns(
        pl.when(ended).then("_next").otherwise("valid_to").alias("valid_to"),
        pl.when(ended).then(pl.lit("changed")).otherwise("end_reason").alias("end_reason"),
        pl.when(ended).then(pl.max_horizontal("_seen", "observed_at")).otherwise("closed_observed_at").alias("closed_observed_at"),
    )
    return frame.drop("_next", "_seen").filter(pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_from")))
