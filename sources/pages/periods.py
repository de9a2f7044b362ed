"""From when and until when a price holds, in the words pages print: ``through August 31, 2026``, ``starting 16:00 UTC on ..``, ``2026年9月1日起``.

A day without its year is read as no day; a moment is kept where the page names the hour in UTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sources.pages.dates import iso_date
from sources.pages.quote import PageChanged

_CLOCK = r"(?P<early>\d{1,2}:\d{2}) ?\(?UTC\)?,? (?:time )?(?:on )?"
_DAY = (
    r"(?P<day>[A-Za-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4}[-/]\d{2}[-/]\d{2}|\d{1,2}(?:st|nd|rd|th)? [A-Za-z]{3,9}\.? \d{4}"
    r"|\d{4} ?年 ?\d{1,2} ?月 ?\d{1,2} ?日)"
)
_MOMENT = rf"(?:{_CLOCK})?{_DAY}(?:,? (?:at )?(?P<late>\d{{1,2}}:\d{{2}}) ?\(?UTC\)?)?"
_UNTIL = re.compile(
    rf"[\s,(]*(?:\b(?:through|until|till|up to and including|ending|ends|valid to|before)(?: on)?|截至|有效期至|至)\s*{_MOMENT}[).]*", re.I
)
_SINCE = re.compile(
    rf"[\s,(]*(?:(?:\b(?:starting|effective|from|beginning|as of|since|takes? effect)(?: on| from| at)?|自|从)\s*{_MOMENT}(?: ?起)?|{_DAY.replace('P<day>', 'P<from>')} ?起)[).]*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Period:
    """ISO days or moments (``2026-08-16T16:00Z``); empty where the text names none."""

    since: str = ""
    until: str = ""


def period_in(text: str) -> tuple[str, Period]:
    """(the text without what names a day, the period it names)."""
    if not re.search(r"\d{4}", text):
        return text, Period()
    until, since = _UNTIL.search(text), _SINCE.search(text)
    period = Period(_moment(since), _moment(until))
    if since and period.since:
        text = text.replace(since[0], " ")
    if until and period.until:
        text = text.replace(until[0], " ")
    return text, period


def _moment(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    named = match.groupdict()
    try:
        day = iso_date(re.sub(r"\s", "", named["day"]) if "年" in (named["day"] or "") else named["day"] or named.get("from") or "")
    except PageChanged:
        return ""
    hour = named.get("early") or named.get("late")
    return f"{day}T{hour:0>5}Z" if hour else day
