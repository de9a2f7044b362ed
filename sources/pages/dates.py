"""Dates as pages print them in English and Chinese, as ISO 8601.

Only complete dates are read; a day or a month without its year is refused, never completed.
"""

from __future__ import annotations

import re
from datetime import date

from sources.pages.quote import PageChanged
from units.quantity import plain

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def iso_date(text: str) -> str:
    """``August 31, 2026``, ``31 August 2026``, ``2026-08-31`` or ``2026年8月31日`` -> ``2026-08-31``.

    Raises ``PageChanged`` for anything else, and for a day that does not exist.
    """
    t = plain(text)
    numbers = re.fullmatch(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?", t)
    named = re.fullmatch(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", t)
    other = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})\.?,? (\d{4})", t)
    try:
        if numbers:
            return date(int(numbers[1]), int(numbers[2]), int(numbers[3])).isoformat()
        if named:
            return date(int(named[3]), _MONTHS.index(named[1][:3].lower()) + 1, int(named[2])).isoformat()
        if other:
            return date(int(other[3]), _MONTHS.index(other[2][:3].lower()) + 1, int(other[1])).isoformat()
    except ValueError as error:
        raise PageChanged(f"expected a date, found {text!r} ({error})") from error
    raise PageChanged(f"expected a whole date with its year, found {text!r}")
