"""When DeepSeek's prices hold: moments in UTC, peak hours and time-of-day blocks, as its pages word them.

English pages name UTC, Chinese pages name Beijing time (UTC+8 all year). A moment without its zone or year is
not read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from sources.pages.quote import PageChanged
from units.quantity import plain

BEIJING = timezone(timedelta(hours=8))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE = r"\(?(?P<zone>UTC|Beijing time)(?:\)|\b)(?: time)?"
_CLOCK = r"(?P<h>\d{1,2}):(?P<m>\d{2})"
_NAMED = r"(?P<month>[A-Z][a-z]{2,8})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})"
_DIGITS = r"(?P<y>\d{4})\s?[-/年]\s?(?P<month>\d{1,2})\s?[-/月]\s?(?P<d>\d{1,2})\s?日?"
_FORMS = [
    re.compile(form, re.I)
    for form in (
        rf"{_CLOCK} {_ZONE} on (?:[A-Z]\w+day, )?{_NAMED}",
        rf"{_NAMED},? at {_CLOCK} {_ZONE}",
        rf"{_NAMED},? {_CLOCK} {_ZONE}",
        rf"{_DIGITS},? {_CLOCK} {_ZONE}",
        rf"(?P<zone>北京时间)\s?(?:[^\d\s]{{0,4}})\s?{_DIGITS}\s?(?:\(?周.\)?)?\s?(?:凌晨)?\s?{_CLOCK}",
        rf"{_DIGITS}\s?(?:\(?周.\)?)?\s?(?:凌晨)?\s?{_CLOCK}\s?\((?P<zone>北京时间)\)",
    )
]
_UNTIL = re.compile(r"(?:until|through|up to|before|截至|截止|至)[\s:(]*$", re.I)
_SINCE = re.compile(r"starting|effective|take[s]? effect|from\b|begin|起|生效|自\b", re.I)
_PRICES = re.compile(r"pric|rates?\b|bill|discount|价|折|优惠", re.I)
_OTHER_MATTER = re.compile(r"deprecat|retire|route|launch price|弃用|下线|首发价|search|fetch|搜索|抓取", re.I)
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s?[-–~]\s?(\d{1,2}):(\d{2})")


def moments(sentence: str) -> list[tuple[int, str]]:
    """Every moment named in a sentence as (place, ``2025-02-08T16:00Z``); ``24:00`` is the next day's start."""
    found: dict[int, str] = {}
    for form in _FORMS:
        for m in form.finditer(sentence):
            month = m["month"]
            number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1 if month[:3].lower() in _MONTHS else 0
            zone = UTC if m["zone"].upper() == "UTC" else BEIJING
            try:
                day = datetime(int(m["y"]), number, int(m["d"]), tzinfo=zone)
                moment = day + timedelta(hours=int(m["h"]), minutes=int(m["m"]))
            except ValueError as error:
                raise PageChanged(f"expected a moment, found {m[0]!r} ({error})") from error
            found.setdefault(m.start(), moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"))
    return sorted(found.items())


def period(prose: str) -> tuple[str, str]:
    """From when and until when prices hold, by the sentences about prices in ``prose``; empty where not said.

    Raises ``PageChanged`` when they name two different beginnings or ends.
    """
    since: set[str] = set()
    until: set[str] = set()
    for sentence in re.split(r"(?<=[.。;；])\s|\n", prose):
        if not _PRICES.search(sentence) or _OTHER_MATTER.search(sentence):
            continue
        for place, moment in moments(plain(sentence)):
            before = plain(sentence)[:place]
            if _UNTIL.search(before):
                until.add(moment)
            elif _SINCE.search(sentence):
                since.add(moment)
    if len(since) > 1 or len(until) > 1:
        raise PageChanged(f"expected one period of a price list, found beginnings {sorted(since)} and ends {sorted(until)}")
    return (since.pop() if since else ""), (until.pop() if until else "")


def announces(lead: str) -> bool:
    """Whether the words above a table say that it is a price list to come."""
    return any(
        re.search(r"take[s]? effect|as follows|following price list|new pric|如下|生效|新价格", sentence, re.I)
        and _PRICES.search(sentence)
        and not _OTHER_MATTER.search(sentence)
        for sentence in re.split(r"(?<=[.。;；])\s|\n", lead)
    )


def announcements(prose: str) -> set[str]:
    """The moments from which the page says that another price list follows (``as follows``, ``如下``)."""
    found = set()
    for sentence in re.split(r"(?<=[.。;；])\s|\n", prose):
        said = plain(sentence)
        if (
            re.search(r"as follows|following price list|如下|以下价格", said, re.I)
            and _PRICES.search(said)
            and not _OTHER_MATTER.search(said)
        ):
            found |= {moment for place, moment in moments(said) if not _UNTIL.search(said[:place])}
    return found


def peak_hours(prose: str) -> str:
    """The peak hours the page defines (``peak 01:00-04:00 and 06:00-10:00 UTC``); raises where it defines none."""
    said = set()
    for sentence in re.split(r"(?<=[.。;；])\s?|\n|【|】", plain(prose)):
        times = [f"{int(a):02d}:{b}-{int(c):02d}:{d}" for a, b, c, d in _TIMES.findall(sentence)]
        if not times or not re.search(r"peak hours are|高峰时段", sentence, re.I):
            continue
        zone = "Beijing time" if re.search("北京时间|beijing", sentence, re.I) else "UTC" if "UTC" in sentence else ""
        if not zone:
            raise PageChanged(f"expected a time zone with the peak hours, found {sentence!r}")
        days = ", Monday through Friday" if re.search(r"monday (?:through|to) friday|周一至周五", sentence, re.I) else ""
        days += (
            ", excluding Chinese public holidays"
            if re.search(r"excluding chinese public holidays|不含中国法定节假日", sentence, re.I)
            else ""
        )
        said.add(f"peak {' and '.join(times)} {zone}{days}")
    if len(said) != 1:
        raise PageChanged(f"expected one definition of the peak hours, found {sorted(said) or 'none'}")
    return said.pop()


def day_block(label: str) -> str:
    """The time of day in a label (``STANDARD PRICE (UTC 00:30-16:30)``) as ``UTC 00:30-16:30``; empty without one."""
    times = [f"{int(a):02d}:{b}-{int(c):02d}:{d}" for a, b, c, d in _TIMES.findall(plain(label))]
    if not times:
        return ""
    zone = "Beijing time" if re.search("北京时间|beijing", label, re.I) else "UTC" if "UTC" in label else ""
    if len(times) != 1 or not zone:
        raise PageChanged(f"expected one time of day with its zone, found {label!r}")
    return f"{zone} {times[0]}"
