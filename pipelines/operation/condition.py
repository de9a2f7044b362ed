"""How the installation is: findings of ``status`` (is all well, since when not, what to do) and of ``doctor`` (can it run here).

A finding is one line. Belongs here: looking. Not here: mending, and telling anybody (``pipelines.operation.notices``).
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import NamedTuple

from pipelines.context import now
from pipelines.settings import PREFIX, Settings

LATE_HOURS = 30
FREE_BYTES = 1_000_000_000
"""A day writes some ten megabytes; a gigabyte is room to notice in time."""


class Finding(NamedTuple):
    """One line: what was looked at, whether it is well, what was found, and what to do when it is not."""

    topic: str
    well: bool
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{'ok ' if self.well else 'NOT'} {self.topic:<12} {self.found}" + (
            f"\n    {'':<12} -> {self.remedy}" if self.remedy and not self.well else ""
        )


def status(settings: Settings) -> list[Finding]:
    """Whether the product does its daily work: last run, publication, sources, quarantine, mail, disk; at most ten lines."""
    return [*_publication(settings), *_runs(settings), *_inputs(settings), *_mail(settings), disk(settings)]


def doctor(settings: Settings, environ: dict[str, str]) -> list[Finding]:
    """Whether it can work here: configuration, versions, disk, permissions, clock, mail server, browser, writer lock."""
    return [
        *_configuration(environ),
        _versions(),
        disk(settings),
        *_permissions(settings),
        _clock(settings),
        _network(settings),
        _mail_server(settings),
        _browser(settings),
        _writer(settings),
        _instance(settings),
    ]


def _publication(settings: Settings) -> Iterator[Finding]:
    from warehouse.publish import published_at
    from warehouse.store import WarehouseUnusable, query

    try:
        written = published_at(settings.published)
        if written is None:
            yield Finding("published", False, "nothing is published yet", "deflation run")
            return
        day: date = query(settings.published, "select as_of from core.vintage").item()
    except (WarehouseUnusable, ValueError) as error:
        yield Finding("published", False, str(error), "deflation run makes it anew")
        return
    age = (now(settings).date() - day).days
    yield Finding(
        "published",
        age <= 1,
        f"vintage {day}, {age} days old, written {written.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        "look at the last run below; `deflation run` publishes now",
    )


def _runs(settings: Settings) -> Iterator[Finding]:
    if not (settings.home / "dagster").is_dir():
        yield Finding("last run", False, "no run has been recorded", "deflation run")
        return
    import dagster as dg

    from pipelines.instance import open_instance

    with open_instance(settings) as instance:
        records = instance.get_run_records(limit=20)
    if not records:
        yield Finding("last run", False, "no run has been recorded", "deflation run")
        return
    newest = records[0]
    well = newest.dagster_run.status in (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.STARTED)
    good = next((r for r in records if r.dagster_run.status is dg.DagsterRunStatus.SUCCESS), None)
    since = f"; the last good one began {good.create_timestamp:%Y-%m-%d %H:%M} UTC" if good and good is not newest else ""
    yield Finding(
        "last run",
        well,
        f"{newest.dagster_run.status.value} {newest.create_timestamp:%Y-%m-%d %H:%M} UTC, "
        f"by the {newest.dagster_run.tags.get('deflation/started_by', 'schedule')}{since}",
        "deflation run says the reason; `deflation serve` shows the log of each step",
    )
    late = now(settings) - newest.create_timestamp > timedelta(hours=LATE_HOURS)
    if late:
        yield Finding(
            "schedule", False, f"no run for more than {LATE_HOURS} hours", "is the timer, the container or `deflation serve` running?"
        )


def _inputs(settings: Settings) -> Iterator[Finding]:
    from warehouse.store import WarehouseUnusable, query

    try:
        rows = query(
            settings.published, "select status, count(*) as n, max(age_days) as oldest from marts.data_health group by status"
        ).to_dicts()
        seen = query(settings.published, "select max(confirmed_at) as day from marts.price_now").item()
        held = query(settings.published, "select count(*) from marts.quarantine").item()
    except (WarehouseUnusable, ValueError):
        return
    count = {r["status"]: r["n"] for r in rows}
    bad = count.get("failed", 0) + count.get("stale", 0)
    told = ", ".join(f"{n} {name}" for name, n in sorted(count.items()))
    yield Finding("sources", bad == 0, told, "deflation sources --broken says since when and what to do")
    age = (now(settings).date() - seen).days if seen else None
    yield Finding(
        "prices",
        age is not None and age <= 3,
        f"last confirmed {seen}, {age} days ago" if seen else "none was ever confirmed",
        "no source was read lately: deflation sources check",
    )
    yield Finding("quarantine", True, f"{held} prices wait for a second witness")


def _mail(settings: Settings) -> Iterator[Finding]:
    from pipelines.delivery import ledger_path, subscribers_path
    from reports.mail.ledger import Ledger, LedgerUnusable
    from reports.mail.subscribers import Store, SubscribersUnusable

    if not settings.smtp_host:
        yield Finding("mail", True, "not configured (DEFLATION_SMTP_HOST): reports are read on the site alone")
        return
    if not ledger_path(settings).exists():
        yield Finding("mail", True, "no edition has been mailed yet")
        return
    try:
        people = len(Store(subscribers_path(settings)).active())
        open_now = Ledger(ledger_path(settings)).unserved()
    except (LedgerUnusable, SubscribersUnusable) as error:
        yield Finding("mail", False, str(error))
        return
    yield Finding(
        "mail",
        not open_now,
        f"{people} active subscribers; {len(open_now)} deliveries of the newest edition are open",
        "deflation send names each and says how to go on",
    )


def disk(settings: Settings) -> Finding:
    """Whether there is room where the state lives."""
    place = settings.home if settings.home.exists() else settings.home.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Finding(
            "disk",
            False,
            f"{place} cannot be looked at ({error.strerror})",
            "set DEFLATION_HOME to a folder that exists and may be written",
        )
    return Finding("disk", free >= FREE_BYTES, f"{free / 1e9:.1f} GB free at {settings.home}", "free some, or `deflation prune --dry-run`")


def _configuration(environ: dict[str, str]) -> Iterator[Finding]:
    known = {PREFIX + field.upper() + end for field in Settings.model_fields for end in ("", "_FILE")}
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    yield Finding(
        "settings",
        not strange,
        f"{sum(1 for n in known if environ.get(n))} set" + (f"; unknown: {', '.join(strange)}" if strange else ""),
        "a name nobody reads does nothing; docs/operations.md lists them",
    )
    if environ.get(PREFIX + "NOW"):
        yield Finding(
            "clock", False, f"DEFLATION_NOW is set to {environ[PREFIX + 'NOW']}: every run believes that", "unset it outside simulations"
        )


def _versions() -> Finding:
    from importlib.metadata import version

    python = sys.version_info[:2]
    told = f"Python {python[0]}.{python[1]}, " + ", ".join(
        f"{name} {version(name)}" for name in ("deflation", "dagster", "duckdb", "polars")
    )
    return Finding("versions", (3, 11) <= python < (3, 14), told, "deflation needs Python 3.11 to 3.13")


def _permissions(settings: Settings) -> Iterator[Finding]:
    place = settings.home if settings.home.exists() else settings.home.parent
    yield Finding(
        "state",
        os.access(place, os.W_OK),
        f"{settings.home} {'may be written' if os.access(place, os.W_OK) else 'is read only'}",
        "give this user the folder, or set DEFLATION_HOME",
    )
    secret = [
        p.name
        for p in (settings.home / "ledger.sqlite", settings.home / "subscribers.sqlite", settings.home / "dagster" / "serve.token")
        if p.exists() and p.stat().st_mode & 0o077
    ]
    yield Finding(
        "private",
        not secret,
        "addresses and token are readable by this user alone" if not secret else f"readable by others: {', '.join(secret)}",
        "chmod 600 them",
    )


def _clock(settings: Settings) -> Finding:
    newest = max((p.stat().st_mtime for p in settings.home.glob("archive/**/*") if p.is_file()), default=0.0)
    ahead = newest - now(settings).timestamp()
    return Finding(
        "clock",
        ahead < 86400,
        f"{now(settings):%Y-%m-%d %H:%M} UTC" + (f"; the archive holds a capture {ahead / 86400:.0f} days later" if ahead >= 86400 else ""),
        "one of the two clocks is wrong: set the machine's time; `deflation verify` names captures from the future",
    )


def _network(settings: Settings) -> Finding:
    if settings.mirror:
        return Finding("network", True, f"a mirror stands in: {settings.mirror}")
    try:
        socket.getaddrinfo("openrouter.ai", 443)
    except OSError as error:
        return Finding(
            "network",
            False,
            f"names are not resolved ({error.strerror or error})",
            "without a network runs rest on the archive and packaged facts; deflation sources check asks every address once",
        )
    return Finding("network", True, "names are resolved; deflation sources check asks every address once")


def _mail_server(settings: Settings) -> Finding:
    if not settings.smtp_host:
        return Finding("mail", True, "not configured (DEFLATION_SMTP_HOST)")
    port = settings.smtp_port or {"tls": 465, "starttls": 587, "none": 25}[settings.smtp_tls]
    try:
        with socket.create_connection((settings.smtp_host, port), timeout=5):
            return Finding(
                "mail",
                bool(settings.mail_from),
                f"{settings.smtp_host}:{port} answers" + ("" if settings.mail_from else "; no sender is set"),
                "set DEFLATION_MAIL_FROM",
            )
    except OSError as error:
        return Finding(
            "mail",
            False,
            f"{settings.smtp_host}:{port} does not answer ({error.strerror or error})",
            "check DEFLATION_SMTP_HOST, _PORT and the firewall",
        )


def _browser(settings: Settings) -> Finding:
    there = Path(settings.chromium).exists()
    return Finding("browser", True, f"{settings.chromium} {'is there' if there else 'is not there'} (only the tests of the page use one)")


def _instance(settings: Settings) -> Finding:
    from pipelines.instance import unheeded

    parts = unheeded(settings)
    return Finding(
        "dagster",
        not parts,
        f"dagster.yaml was edited and does not say what the settings say of: {', '.join(parts)}"
        if parts
        else "dagster.yaml follows the settings",
        "write it there, or delete the file: the next run writes it anew",
    )


def _writer(settings: Settings) -> Finding:
    from filelock import FileLock, Timeout

    lock = Path(f"{settings.warehouse_path}.lock")
    if not lock.exists():
        return Finding("writer", True, "no run is writing")
    try:
        with FileLock(lock).acquire(timeout=0):
            return Finding("writer", True, "no run is writing")
    except Timeout:
        return Finding("writer", True, "a run is writing now")
    except OSError as error:
        return Finding("writer", False, f"{lock.name} cannot be locked ({error.strerror})", "check permissions of the state folder")
