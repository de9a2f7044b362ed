"""The day that content says of itself: a fresh answer may carry old prices, and only the content can tell.

Where a contract says how (``stated_by``), the rows of a body were seen on no later day than its own.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sources.contract import Contract
from sources.pages.page import Page
from sources.pages.quote import PageChanged

_READ_BYTES = 4096


def stated_day(contract: Contract, body: bytes) -> date | None:
    """The day a body says of itself, None where it says none; a ``header`` is not in the body (``modified_day``)."""
    how, _, where = contract.stated_by.partition(" ")
    try:
        if how == "json":
            return day_of(_member(Page(body).json(), where))
        if how == "zip":
            with zipfile.ZipFile(io.BytesIO(Page(body).raw)) as archive, archive.open(where) as member:
                return day_of(member.read(_READ_BYTES).decode("utf-8", errors="replace"))
        if how == "text":
            match = re.search(where, Page(body).text)
            return day_of(match[1]) if match else None
    except (PageChanged, zipfile.BadZipFile, KeyError, OSError, ValueError):
        return None
    return None


def modified_day(contract: Contract, last_modified: str) -> date | None:
    """The day of the answer's ``Last-Modified``, where the contract says that it is the content's."""
    if contract.stated_by != "header" or not last_modified:
        return None
    try:
        return parsedate_to_datetime(last_modified).date()
    except (ValueError, TypeError):
        return None


def day_of(value: Any) -> date | None:
    """A day from what content writes: an ISO date or time, ``20260818`` at the beginning, or seconds since 1970."""
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC).date() if 1e9 < value < 1e10 else None
    match = re.match(r"\s*(\d{4})-?(\d{2})-?(\d{2})(?!\d)", str(value or ""))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _member(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
