"""What a day costs after N days of state: python -m benchmarks.growth [--days 365] [--offers 800] [--changes 3]

A feed of ``--offers`` offers (two figures each) is archived daily with ``--changes`` changed offers, and a vintage of 11,552
forecast rows is issued daily. Printed for day 2 and the last day, in CPU seconds and MB of memory this step adds at most: reading
the feed's captures with the fold of the day before, writing its raw table, and reading and scoring the issued forecasts. No
parser is timed (one body a day, whatever the age of the state).
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from forecasting.track_record import scoring
from forecasting.track_record.scoring import QUANTILES
from sources.captures import read_captures
from sources.catalogue import Source, source
from sources.fetching.archive import Archive
from sources.reading.parsed import packed_frame, quote_schema
from sources.reading.stretches import MOMENTS
from warehouse.issued import due, issue, issued_before
from warehouse.schema.tables import raw_name
from warehouse.store import Store

KEY, START = "prices/openrouter", datetime(2026, 1, 1, 6, tzinfo=UTC)
SERIES, MODELS, HORIZONS = 19, 8, (30, 90, 180, 365)


def page(day: int, offers: int, changes: int) -> pl.DataFrame:
    """The feed's figures on a day: ``changes`` offers have moved since the day before."""
    schema = {c: t for c, t in quote_schema("prices").items() if c not in MOMENTS}
    moved = [(day + (offers - 1 - n) // max(changes, 1)) // max(offers // max(changes, 1), 1) for n in range(offers)]
    blank = {c: "" for c, t in schema.items() if t == pl.String}
    rows = [
        blank
        | {
            "model_label": f"maker/model-{n}",
            "component": c,
            "value": 1.0 + moved[n],
            "value_text": f"{1 + moved[n]}",
            "unit": "1M tokens",
            "currency": "USD",
            "tier": "standard",
            "status": "in_force",
            "wide_row": n,
            "locator": f"data[{n}]",
            "evidence": f"maker/model-{n} {c}",
            "provider": "maker",
            "source": KEY,
        }
        for n in range(offers)
        for c in ("input", "output")
    ]
    return pl.DataFrame(rows, schema=schema)


def vintage(day: date) -> pl.DataFrame:
    """One day's issued forecasts."""
    rows = [
        {
            "forecast_id": f"{day}/{s}/{m}/{h}",
            "vintage": day,
            "series_id": f"s{s}",
            "model": f"m{m}",
            "is_champion": m == 0,
            "horizon_days": h,
            "target_date": day + timedelta(days=h),
            "quantile": q,
            "value_usd_per_mtok": 1.0 + q,
        }
        for s in range(SERIES)
        for m in range(MODELS)
        for h in HORIZONS
        for q in QUANTILES
    ]
    return pl.DataFrame(rows)


def cost(step: Callable[[], Any]) -> tuple[float, float]:
    """CPU seconds, and by how many MB the process' peak of memory rose."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    step()
    return time.process_time() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    """Live the days, and print what the second and the last one cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("days", 365), ("offers", 800), ("changes", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    known = source(KEY)
    feed = Source(known.kind, known.folder)
    feed.__dict__["contract"] = known.contract.model_copy(update={"minimum_rows": 1, "must_see": []})
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        archive, store = Archive(home / "archive"), Store(home / "build.duckdb")
        store.prepare((raw_name(KEY),))
        print("day  raw rows  read CPU s  write CPU s  issued CPU s  peak MB")
        for n in range(asked.days):
            moment, today = START + timedelta(days=n), (START + timedelta(days=n)).date()
            archive.put(KEY, known.contract.urls[0], f"page of {n}".encode(), moment)

            def read(_: Source, __: bytes, n: int = n) -> bytes:
                return b'{"left_out": []}\n' + packed_frame(page(n, asked.offers, asked.changes))

            made: dict[str, Any] = {}
            reading = cost(lambda: made.update(r=read_captures(feed, archive, today, home / "cache", read=read)))  # noqa: B023
            issue(home / "issued", today, vintage(today), pl.DataFrame({"fact_id": ["f"]}))
            if n in (1, asked.days - 1):
                writing = cost(lambda: store.write(raw_name(KEY), made["r"].quotes))  # noqa: B023
                scoring_cost = cost(lambda: (issued_before(home / "issued", today), due(home / "issued", today, scoring.widened)))  # noqa: B023
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(
                    f"{n + 1:>3}  {made['r'].quotes.height:>8}  {reading[0]:>10.2f}  {writing[0]:>11.2f}  {scoring_cost[0]:>12.2f}  {peak:>7.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
