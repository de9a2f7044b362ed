"""What every asset is given besides the warehouse: the vintage day, the archive, and how to reach the net.

Made by ``pipelines``; holds no result and computes none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sources.fetching.archive import Archive
from sources.fetching.collect import Progress
from sources.fetching.fetch import Fetcher
from sources.reading.cache import Cache
from sources.reading.parsed import Reader, in_process
from sources.reading.set_aside import SetAside
from warehouse.memo import Memo
from warehouse.opened import Published


@dataclass(frozen=True)
class Job:
    """One daily job. ``fetcher`` is None offline and for a past day."""

    as_of: date
    """The day of the run; what is measured ends with the last look at a price (``core.edition_day``)."""
    home: Path
    published: Published
    """What readers open; replaced whole when a run has passed its checks."""
    code_version: str
    data_version: str = ""
    """A hash of the code and of the packaged data."""
    fetcher: Fetcher | None = None
    progress: Progress | None = None
    on_step: Callable[[str], None] | None = None
    base_url: str = ""
    deliver: Callable[[], dict[str, int]] | None = None
    """Sends the edition when delivery is configured; returns counts by outcome."""
    issues: bool = True
    """Whether this run issues forecasts: a run for a past day is hindsight and issues none."""
    force: bool = False
    """Ask sources again even if they were asked today (a mirror is ours, politeness does not apply)."""

    clock: str = "system"
    """Whose word ``as_of`` is: the system's clock or ``DEFLATION_NOW``."""
    read: Reader = in_process
    """How a body is read: in a sandbox, unless somebody debugs a parser."""

    @property
    def archive(self) -> Archive:
        """Every capture as it came."""
        return Archive(self.home / "archive")

    @property
    def parsed_cache(self) -> Path:
        """Parsed rows by (capture, parser); may be deleted at any time."""
        return self.home / "cache" / "parsed"

    @property
    def memo(self) -> Memo:
        """What steps made of the same inputs, by this code and these packaged data."""
        return Memo(Cache(self.home / "cache" / "made"), self.data_version)

    @property
    def set_aside(self) -> dict[str, str]:
        """Body hash -> reason of the captures a person set aside."""
        return SetAside(self.home / "set_aside.jsonl").reasons()

    @property
    def issued_path(self) -> Path:
        """The forecasts and facts issued by each vintage, never rewritten."""
        return self.home / "issued"

    @property
    def site_path(self) -> Path:
        """The rendered pages and the feed."""
        return self.home / "site"
