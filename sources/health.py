"""How each source is: what asking and reading it gave, as rows. The operator's view, and the report's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from sources.captures import Reading
from sources.catalogue import Source
from sources.fetching.collect import Outcome
from sources.reading.parsed import parser_version
from warehouse.schema.frames import polars_schema

PLURAL = {"entry": "entries", "block": "blocks", "amount": "amounts"}


def capture_frame(outcomes: Iterable[Outcome]) -> pl.DataFrame:
    """One row per address asked in this run."""
    rows = [
        {
            "source": o.source,
            "source_url": o.url,
            "status": o.kind,
            "message": str(o.error) if o.error else o.missing,
            "sha256": o.snapshot.sha256 if o.snapshot else "",
            "fetched_at": o.snapshot.fetched_at if o.snapshot else None,
        }
        for o in outcomes
    ]
    return pl.DataFrame(rows, schema=polars_schema("raw.capture")).sort("source", "source_url")


def reading_frame(source: Source, reading: Reading, as_of: date, captures: pl.DataFrame) -> pl.DataFrame:
    """The one row that says how a source is on the vintage day.

    ``status``: ok, partial (read, but not every address answered, or entries or blocks were not understood, ``left_out_count``
    of them), stale (older than twice the cadence, or content that says so of itself), failed (the newest page could not be
    had or believed), absent (never read here). ``origin``: live when its address answered in this run, else archive or packaged.
    """
    asked = captures.filter(pl.col("source") == source.key)
    failed = asked.filter(pl.col("status") == "failed")
    observed = reading.observed_on
    age = (as_of - observed).days if observed else None
    live = asked.filter(pl.col("status").is_in(["fetched", "unchanged"])).height > 0 and not reading.failed
    answered = asked.filter(pl.col("status").is_in(["fetched", "unchanged", "not_due"])).height
    if reading.failed or (failed.height and not answered):
        status = "failed"
    elif observed is None:
        status = "absent"
    else:
        old = age is not None and age > (source.contract.stated_days if reading.stated_on else 2 * source.contract.cadence_days)
        status = "stale" if old else "partial" if reading.is_partial or failed.height else "ok"
    said = asked.filter(pl.col("message") != "")["message"].to_list()
    messages = [*said, *reading.problems[-1:]] if status == "failed" else [*said, *_stale(reading, status), *_partial(reading)]
    return pl.DataFrame(
        [
            {
                "source": source.key,
                "kind": source.kind,
                "status": status,
                "origin": "live" if live else "archive" if observed else "packaged",
                "observed_at": observed,
                "age_days": age,
                "rows": reading.quotes.filter(pl.col("gone_at").is_null() & (pl.col("source_url") == reading.last_good.url)).height
                if reading.last_good
                else 0,
                "left_out_count": reading.left_out.height,
                "message": " ".join(messages),
                "parser_version": parser_version(source),
            }
        ],
        schema=polars_schema("raw.reading"),
    )


def is_seen(cadence_days: int, age_days: int | None) -> bool:
    """Whether a source's page was seen within its cadence and two days: that a step ran is no sight of a page."""
    return age_days is not None and age_days <= cadence_days + 2


def _stale(reading: Reading, status: str) -> list[str]:
    """One sentence on a fresh answer with old content."""
    if status != "stale" or reading.stated_on is None or reading.last_good is None:
        return []
    return [
        f"its address answered on {reading.last_good.fetched_at:%Y-%m-%d} with content that says it is of {reading.stated_on}; see whether the feed has moved"
    ]


def _partial(reading: Reading) -> list[str]:
    """One sentence on what was not understood, naming the first."""
    out = reading.left_out.filter(pl.col("extent") != "amount")
    return (
        [
            f"{out.height} {PLURAL[out['extent'][0]] if out.height > 1 else out['extent'][0]} not understood and left out, for example {out['subject'][0]} ({out['reason'][0]})"
        ]
        if out.height
        else []
    )


def source_frame(known: Mapping[str, Source], readings: pl.DataFrame) -> pl.DataFrame:
    """One row per source: its contract beside its reading."""
    contracts = pl.DataFrame(
        [
            {
                "source": s.key,
                "title": s.contract.title,
                "publisher": s.contract.publisher,
                "source_rank": s.contract.rank,
                "cadence_days": s.contract.cadence_days,
                "terms": s.contract.terms,
                "witness": s.contract.witness or s.key,
                "url": s.contract.urls[0] if s.contract.urls else "",
                "is_unproven": s.is_unproven,
            }
            for s in known.values()
        ]
    )
    return contracts.join(readings, on="source", how="inner").sort("source")
