"""What a condition text means: prompt lengths with their comparison, times of day with weekdays and zone.

Pages word one condition in many ways (``prompt > 200K input tokens``, ``≥ 200k prompt tokens``,
``Prompt length (128, 256]K``, ``context 512K - 1M``, ``输入长度 [32, 128)K``, ``peak 01:00-04:00 and
06:00-10:00 UTC, Monday through Friday``). Here it becomes a ``Condition``, and the one spelling under which
offers of different sources are the same offer (``canonical``). Which price a request pays is
``request_cost``'s business. Text that is not understood stays as it is, in ``rest``: it is never dropped.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

import holidays

BEIJING = timezone(timedelta(hours=8), "Beijing")
_SCALE = {"": 1, "k": 1_000, "m": 1_000_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORDS = r"(?:prompts?(?: length| tokens?)?|context(?: length)?|input(?: tokens?| length)?|输入长度|tokens?|length)"
_SIZE = r"(\d+(?:\.\d+)?)\s?([km]?)(?:\b|(?=输))"
_GLOBAL = re.compile(r"\b(?:global(?:[ -](?:standard|deployment))?|glbl|all regions)\b", re.I)
_PLAIN = re.compile(r"^(?:text(?: (?:tokens?|input|output|only))*|(?:list in )?usd)$")
"""What a list says of its plain offer beside those of other tokens or currencies."""
_ANSWER = r"(?:outputs?|completions?|answers?|responses?)(?:\s?(?:length|tokens?))*|输出(?:长度)?"
_COMPARED = (
    r"(?:>=|<=|[<>≤≥]|(?:(?:no )?(?:longer|more|greater|shorter|less|fewer) than|over|above|beyond|under|below|up to|at most|at least)\b)"
)
_STEP = (
    r"(?:[(\[]\s?[\d.]+\s?[km]?\s?(?:,\s?[\d.]+\s?[km]?|\+)\s?[)\]]\s?[km]?"
    rf"|{_COMPARED}\s?[\d.]+\s?[km]?\b|[\d.]+\s?[km]?\s?[~\-–]\s?[\d.]+\s?[km]\b|[\d.]+\s?[km]?\+)"
)
_ANSWER_STEPS = (
    re.compile(rf"(?:{_ANSWER})\s?(?:of\s|is\s|:\s?)?({_STEP})(?:\s?tokens?\b)?"),
    re.compile(rf"({_STEP})\s?(?:{_ANSWER})\b"),
)
"""A bound on the length of the answer, after the word for it or before."""
_BARE = re.compile(rf"\b(?:{_WORDS}|in|of|the|with)\b|输入长度|[\s,.:;()、]+", re.I)


Bounds = tuple[int | None, bool, int | None, bool]
"""Lower bound and whether it belongs to the range, upper bound and whether it does."""


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day in a zone, on some weekdays (0 is Monday; empty: every day). ``end`` may pass midnight; equal ends are the whole day."""

    start_minute: int
    end_minute: int
    zone: str = "UTC"
    weekdays: tuple[int, ...] = ()
    not_on_holidays: bool = False
    """The page excludes China's public holidays (every list that does so is a Chinese maker's)."""

    def holds(self, moment: datetime) -> bool:
        """Whether a moment (with its zone) lies in the window; its start belongs to it, its end does not."""
        local = moment.astimezone(UTC if self.zone == "UTC" else BEIJING)
        minute = local.hour * 60 + local.minute
        late = self.start_minute > self.end_minute
        whole = self.start_minute == self.end_minute
        passing = minute >= self.start_minute or minute < self.end_minute
        inside = whole or (passing if late else self.start_minute <= minute < self.end_minute)
        day = (local - timedelta(days=1) if late and minute < self.end_minute else local).date()
        off = self.not_on_holidays and day in _public_holidays()
        return inside and not off and (not self.weekdays or day.weekday() in self.weekdays)

    def __str__(self) -> str:
        clock = "-".join(f"{m // 60:02d}:{m % 60:02d}" for m in (self.start_minute, self.end_minute))
        days = f", {self._days()}" if self.weekdays else ""
        return f"{clock} {self.zone}{days}{', not on public holidays' if self.not_on_holidays else ''}"

    def _days(self) -> str:
        """``monday-friday``; a span over the week's end is printed from its first day."""
        days = self.weekdays
        gap = next((i for i in range(1, len(days)) if days[i] != days[i - 1] + 1), 0)
        return f"{_DAYS[days[gap]]}-{_DAYS[days[gap - 1]]}"


@cache
def _public_holidays() -> holidays.HolidayBase:
    """China's public holidays; the calendar of a year is known once the State Council has announced it."""
    return holidays.country_holidays("CN")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition taken apart. ``above``/``upto``: prompt tokens; ``*_itself``: whether the bound belongs to it.

    ``answer_above``: the answer's tokens, where a list has steps by the length of the output.
    """

    above: int | None = None
    above_itself: bool = False
    upto: int | None = None
    upto_itself: bool = True
    windows: tuple[Window, ...] = field(default=())
    rest: str = ""
    answer_above: int | None = None
    answer_above_itself: bool = False

    def answers(self, output_tokens: int) -> bool:
        """Whether an answer of this many tokens is above the step."""
        step = self.answer_above
        return step is None or output_tokens > step or (self.answer_above_itself and output_tokens == step)

    def admits(self, prompt_tokens: int) -> bool:
        """Whether a prompt of this many tokens is within the bounds."""
        low = self.above is None or prompt_tokens > self.above or (self.above_itself and prompt_tokens == self.above)
        high = self.upto is None or prompt_tokens < self.upto or (self.upto_itself and prompt_tokens == self.upto)
        return low and high

    def in_hours(self, moment: datetime) -> bool:
        """Whether a moment lies in its hours; true without hours."""
        return not self.windows or any(w.holds(moment) for w in self.windows)


def parse(text: str) -> Condition:
    """The meaning of a condition text; what is not understood is ``rest``, in lower case with single blanks."""
    left = unicodedata.normalize("NFKC", text).lower().replace("（", "(")
    left = _GLOBAL.sub(" ", re.sub(r"(?<=\d)[,_ ](?=\d{3}(?!\d))", "", left).replace("_", " "))
    windows, left = _windows(left)
    (step, step_itself), left = _answer_step(left)
    bounds, left = _bounds(left)
    return Condition(
        *_rounded(bounds), windows=windows, rest=_PLAIN.sub("", _tidy(left)), answer_above=step, answer_above_itself=step_itself
    )


def _answer_step(text: str) -> tuple[tuple[int | None, bool], str]:
    """The lower bound on the answer's length (none: up to a step, the base price) and the text without it."""
    found = next(filter(None, (form.search(text) for form in _ANSWER_STEPS)), None)
    if found is None:
        return (None, False), text
    (above, itself, *_), _ = _bounds(found[1])
    return (above, itself), f"{text[: found.start()]} {text[found.end() :]}"


def _rounded(bounds: Bounds) -> Bounds:
    """The bound a maker prints where a tracker writes its neighbour: from 199,999 on, and above 199,999, is from 200k on."""
    above, above_itself, upto, upto_itself = bounds
    if above and above % 1000 == 999:
        above, above_itself = above + 1, True
    elif above and above % 1000 == 1 and above_itself:
        above, above_itself = above - 1, False
    if upto and upto % 1000 == 999 and upto_itself:
        upto, upto_itself = upto + 1, False
    return above, above_itself, upto, upto_itself


def canonical(text: str) -> str:
    """The spelling shared by all sources: lower prompt bound, lower bound of the answer, hours, the rest; empty for a base price.

    An upper bound is dropped: the price up to N tokens is the base price, and the price above N its own offer.
    """
    return spelled(parse(text))


def spelled(condition: Condition) -> str:
    """``prompts > 200k, 01:00-04:00 UTC, region eu`` of a condition."""
    sign = ">=" if condition.above_itself else ">"
    parts = [f"prompts {sign} {_short(condition.above)}"] if condition.above else []
    sign = ">=" if condition.answer_above_itself else ">"
    parts += [f"output {sign} {_short(condition.answer_above)}"] if condition.answer_above else []
    parts += [" and ".join(str(w) for w in condition.windows)] if condition.windows else []
    return ", ".join([*parts, *([condition.rest] if condition.rest else [])])


def _short(tokens: int) -> str:
    for letter, scale in (("m", 1_000_000), ("k", 1_000)):
        if tokens % scale == 0:
            return f"{tokens // scale}{letter}"
    return str(tokens)


_DAY = r"(mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day|s|rs|\b)\.?"
_SPAN = re.compile(rf"\b{_DAY}\s?(?:through|thru|to|until|till|-|–)\s?{_DAY}")
_NAMED_SPANS = {r"\bweekdays?\b|\bworking days?\b|\bbusiness days?\b|周一至周五|工作日": (0, 4), r"\bweekends?\b|周末": (5, 6)}
_HOLIDAYS = re.compile(
    r",?\s?(?:excluding|except(?: for)?|excl\.?|not on|without|outside)\s(?:(?:chinese|mainland china's|china's|statutory|legal|public|national)\s)*(?:public\s)?holidays|不含中国法定节假日|法定节假日除外"
)


def _windows(text: str) -> tuple[tuple[Window, ...], str]:
    times = list(re.finditer(r"(\d{1,2}):(\d{2})\s?(?:[-–~]|to)\s?(\d{1,2}):(\d{2})", text))
    if not times:
        return _whole_days(text)
    beijing = re.search(r"beijing(?: time)?|北京时间|(?:utc|gmt)\s?\+\s?0?8(?::00)?|\bcst\b", text)
    if not beijing and not re.search(r"\butc\b|\bgmt\b|\bz\b", text):
        return (), text
    weekdays, said = _weekdays(text)
    holidays = _HOLIDAYS.search(text)
    windows = tuple(
        Window((int(a) * 60 + int(b)) % 1440, (int(c) * 60 + int(d)) % 1440, "Beijing time" if beijing else "UTC", weekdays, bool(holidays))
        for a, b, c, d in (t.groups() for t in times)
    )
    for found in filter(None, (beijing and beijing[0], holidays and holidays[0], said)):
        text = text.replace(found, " ")
    for time in times:
        text = text.replace(time[0], " ")
    return windows, re.sub(r"\b(?:off-)?peak(?: hours?)?\b|\butc\b|\bgmt\b|\band\b|\(\s*,?\s*\)", " ", text)


def _whole_days(text: str) -> tuple[tuple[Window, ...], str]:
    """Weekdays named without hours: whole days, in UTC."""
    weekdays, said = _weekdays(text)
    if not weekdays:
        return (), text
    holidays = _HOLIDAYS.search(text)
    for found in filter(None, (holidays and holidays[0], said)):
        text = text.replace(found, " ")
    return (Window(0, 0, weekdays=weekdays, not_on_holidays=bool(holidays)),), re.sub(r"\b(?:off-)?peak\b|\bon(?=\s*$)|\butc\b", " ", text)


def _weekdays(text: str) -> tuple[tuple[int, ...], str]:
    """The weekdays a text names (0 is Monday; empty: every day) and the words that name them."""
    for pattern, (first, last) in _NAMED_SPANS.items():
        if found := re.search(pattern, text):
            return tuple(range(first, last + 1)), found[0]
    if found := _SPAN.search(text):
        start, end = ([d[:3] for d in _DAYS].index(f) for f in found.groups())
        return tuple(sorted((start + i) % 7 for i in range((end - start) % 7 + 1))), found[0]
    return (), ""


def _bounds(text: str) -> tuple[Bounds, str]:
    """Prompt-length bounds and the text without them."""
    for form in (_interval, _two_sided, _one_sided):
        found = form(text)
        if found is not None:
            bounds, (start, end) = found
            left = f"{text[:start]} {text[end:]}"
            return bounds, _BARE.sub(" ", left) if _is_bare(left) else left
    return (None, False, None, True), text


def _is_bare(text: str) -> bool:
    return not _BARE.sub("", text)


def _tokens(number: str, letter: str) -> int:
    return round(float(number) * _SCALE[letter])


def _interval(text: str) -> tuple[Bounds, tuple[int, int]] | None:
    """``(128, 256]K``, ``[0, 32)K``, ``[32+)K``; the letter after the bracket counts for both ends."""
    m = re.search(rf"{_WORDS}?\s?([(\[])\s?(\d+(?:\.\d+)?)\s?([km]?)\s?(?:,\s?(\d+(?:\.\d+)?)\s?([km]?)|(\+))\s?([)\]])\s?([km]?)", text)
    if m is None or not (m[4] or m[6]):
        return None
    letter = m[8]
    low = _tokens(m[2], m[3] or letter or (m[5] or ""))
    high = _tokens(m[4], m[5] or letter or m[3]) if m[4] else None
    return (low or None, m[1] == "[" and bool(low), high, m[7] == "]"), m.span()


def _two_sided(text: str) -> tuple[Bounds, tuple[int, int]] | None:
    """``256K~1M``, ``context 512K - 1M`` (the lower price includes its end), ``0 ≤ 输入长度 < 32k``."""
    m = re.search(rf"{_SIZE}\s?(<=?|≤)\s?{_WORDS}\s?(<=?|≤)\s?{_SIZE}", text)
    if m:
        low = _tokens(m[1], m[2])
        return (low or None, m[3] != "<" and bool(low), _tokens(m[5], m[6]), m[4] != "<"), m.span()
    m = re.search(rf"(?:{_WORDS}\s?)?\b(\d+)([km]?)\s?[~\-–]\s?(\d+)([km])\b(?: {_WORDS})?", text)
    if m is None:
        return None
    low = _tokens(m[1], m[2] or m[4])
    return (low or None, False, _tokens(m[3], m[4]), True), m.span()


def _one_sided(text: str) -> tuple[Bounds, tuple[int, int]] | None:
    """``> 200k``, ``≥ 200k prompt tokens``, ``<272k context length``, ``longer than 128k``, ``up to 128k``, ``512k+``."""
    words = {
        "longer than": ">",
        "more than": ">",
        "greater than": ">",
        "over": ">",
        "above": ">",
        "beyond": ">",
        "exceeding": ">",
        "exceeds": ">",
        "exceed": ">",
        "up to": "<=",
        "at most": "<=",
        "no more than": "<=",
        "at least": ">=",
        "starting at": ">=",
        "starts at": ">=",
        "starting from": ">=",
        "starts from": ">=",
        "from": ">=",
        "shorter than": "<",
        "less than": "<",
        "fewer than": "<",
        "under": "<",
        "below": "<",
    }
    spoken = "|".join(sorted(words, key=len, reverse=True))
    m = re.search(
        rf"(?:{_WORDS}\s?)*(?:of\s)?(>=|<=|[<>≤≥]|\b(?:{spoken})\b)\s?{_SIZE}(?:\s?(?:or (?:more|longer|above)|and above))?(?:\s?{_WORDS})*",
        text,
    )
    if m is None:
        plus = re.search(rf"(?:{_WORDS}\s?)?\b(\d+)\s?([km])\+(?:\s?{_WORDS})*", text)
        return None if plus is None else ((_tokens(plus[1], plus[2]), False, None, True), plus.span())
    sign = words.get(m[1], m[1]).replace("≥", ">=").replace("≤", "<=")
    tokens = _tokens(m[2], m[3])
    if sign in (">", ">="):
        return (tokens, sign == ">=", None, True), m.span()
    return (None, False, tokens, sign == "<="), m.span()


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"(?:\s*,\s*)+", ", ", text).strip(" ,;.")
