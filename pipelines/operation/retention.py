"""What may go: run logs, cached readings, written mails and rebuilt past vintages older than the retention setting.

Editions go only where the operator set an age for them. What cannot be made again is never touched: the archive, issued
forecasts, ledger and subscribers. Belongs here: choosing and removing. Not here: when (the operator's timer, or by hand).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from pipelines.context import now
from pipelines.settings import Settings


class Stale(NamedTuple):
    """One kind of thing that is older than the retention: how many, how large, and what they are."""

    kind: str
    things: int
    bytes: int


def prune(settings: Settings, days: int, *, dry_run: bool) -> list[Stale]:
    """Remove what is older than ``days`` (nothing with ``dry_run``); returns what it was, by kind."""
    before = now(settings) - timedelta(days=days)
    found = [_files(kind, paths, before, dry_run) for kind, paths in _removable(settings)]
    found.append(_editions(settings, dry_run))
    found.append(_runs(settings, before, dry_run))
    found.append(_snapshots(settings, before, dry_run))
    return [one for one in found if one.things]


def _removable(settings: Settings) -> Iterator[tuple[str, list[Path]]]:
    yield "cached readings and steps", [p for p in (settings.home / "cache").rglob("*") if p.is_file()]
    yield "mails written to the outbox", list(settings.outbox_path.glob("*.eml"))
    yield "past vintages (deflation run --as-of makes them anew)", list(settings.home.glob("published-????-??-??.duckdb"))


def _snapshots(settings: Settings, before: datetime, dry_run: bool) -> Stale:
    """Publications of a shared warehouse; those of a file are kept by their number."""
    from warehouse.lake import Lake
    from warehouse.publish import forget

    published = settings.published
    return Stale("earlier publications", forget(published, before, dry_run=dry_run) if isinstance(published, Lake) else 0, 0)


def _files(kind: str, paths: list[Path], before: datetime, dry_run: bool) -> Stale:
    old = [p for p in paths if p.stat().st_mtime < before.timestamp()]
    size = sum(p.stat().st_size for p in old)
    if not dry_run:
        for path in old:
            path.unlink(missing_ok=True)
    return Stale(kind, len(old), size)


def _editions(settings: Settings, dry_run: bool) -> Stale:
    from reports.site import shelf

    today = now(settings).date()
    old = shelf.removable(settings.site_path, today - timedelta(days=settings.edition_days)) if settings.edition_days else []
    size = sum(p.stat().st_size for e in old for p in shelf.folder_of(settings.site_path, e).rglob("*") if p.is_file())
    if old and not dry_run:
        shelf.take_down(settings.site_path, old, today, settings.base_url)
    return Stale(f"editions older than {settings.edition_days} days", len(old), size)


def _runs(settings: Settings, before: datetime, dry_run: bool) -> Stale:
    if not (settings.home / "dagster").is_dir():
        return Stale("run logs", 0, 0)
    import dagster as dg

    from pipelines.instance import open_instance

    with open_instance(settings) as instance:
        old = [r.dagster_run.run_id for r in instance.get_run_records(filters=dg.RunsFilter(created_before=before))]
        logs = [p for run in old for p in (settings.home / "dagster").rglob(f"{run}*") if p.is_file()]
        size = sum(p.stat().st_size for p in logs)
        if not dry_run:
            for run in old:
                instance.delete_run(run)
            for path in logs:
                path.unlink(missing_ok=True)
    return Stale("run logs", len(old), size)
