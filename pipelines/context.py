"""Makes what the assets are given from the settings: the job, the warehouse, the fetcher. Reads the clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.settings import Settings, load_settings

if TYPE_CHECKING:
    from assets.job import Job
    from sources.fetching.collect import Progress
    from sources.fetching.fetch import Fetcher
    from sources.fetching.fetched import Limits
    from sources.reading.parsed import Reader

ROOT = Path(__file__).resolve().parent.parent
CODE = ("units", "reference", "sources", "belief", "throughput", "forecasting", "warehouse", "reports", "assets", "pipelines")
COMPUTES_WITH = ("duckdb", "narwhals", "numpy", "polars", "scipy", "statsmodels")
CODE_SUFFIXES = {".py", ".sql", ".toml", ".j2", ".css", ".js"}
"""Not the packaged facts: a fact of a later day must not change the id of an earlier vintage."""


def now(settings: Settings | None = None) -> datetime:
    """The current moment in UTC: the system's, or ``DEFLATION_NOW``. The only clock of the product."""
    return (settings or load_settings()).now or datetime.now(UTC)


def today(settings: Settings | None = None) -> date:
    """The current day in UTC."""
    return now(settings).date()


@lru_cache(maxsize=1)
def code_version() -> str:
    """A content hash of the code: the same facts and the same code give the same numbers."""
    digest = hashlib.sha256()
    for package in CODE:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in CODE_SUFFIXES and "__pycache__" not in path.parts and "specimens" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def data_version() -> str:
    """A content hash of the code, of every file packaged with it but specimens, and of the versions of what it computes with."""
    digest = hashlib.sha256(code_version().encode())
    for package in CODE:
        for path in sorted((ROOT / package).rglob("*")):
            if path.is_file() and path.suffix not in CODE_SUFFIXES and not {"__pycache__", "specimens"} & set(path.parts):
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    digest.update(" ".join(f"{name} {metadata.version(name)}" for name in COMPUTES_WITH).encode())
    return digest.hexdigest()[:16]


def make_fetcher(settings: Settings, limits: Limits | None = None) -> Fetcher:
    """The one polite session, with the keys and the mirror of the settings."""
    from sources.fetching.fetch import Fetcher

    return Fetcher(
        settings.contact,
        clock=lambda: now(settings),
        mirror=settings.mirror,
        limits=limits,
        keys={
            "api.eia.gov": ("api_key", settings.eia_api_key.get_secret_value()),
            "openrouter.ai": ("Authorization", settings.openrouter_api_key.get_secret_value()),
        },
    )


def make_job(
    settings: Settings,
    as_of: date | None = None,
    *,
    offline: bool = False,
    progress: Progress | None = None,
    on_step: Callable[[str], None] | None = None,
    deliver: Callable[[], dict[str, int]] | None = None,
    read: Reader | None = None,
) -> Job:
    """The job of one day. A past ``as_of`` never fetches: what is read today was not known then."""
    from assets.job import Job
    from sources.reading.parsed import in_process

    day, this_day = as_of or today(settings), today(settings)
    fetcher = None
    if not offline and day >= this_day:
        fetcher = make_fetcher(settings)
    return Job(
        as_of=day,
        home=settings.home,
        published=settings.published,
        code_version=code_version(),
        data_version=data_version(),
        fetcher=fetcher,
        progress=progress,
        base_url=settings.base_url,
        on_step=on_step,
        deliver=deliver,
        issues=day >= this_day,
        force=bool(settings.mirror),
        read=read or in_process,
        clock=f"DEFLATION_NOW {settings.now.isoformat()}" if settings.now else "system",
    )
