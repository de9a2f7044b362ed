"""How a number is written, in one place: significant figures follow the width of its interval.

Belongs here: value + unit (+ interval) -> text. Not here: where the value comes from (``facts``).

Rule: the interval's half-width decides the last digit that is printed (two digits of it where it starts
with 1 or 2, else one), the value and both ends are printed to that digit, and an end that would vanish in
the rounding keeps one significant figure of its own. Without an interval, a quoted price is printed as
quoted (at least cents), a count in full, a logarithm to three decimals, anything else to three significant figures.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

MISSING = "–"
_THIN = "\u202f"  # a narrow space that does not break a number from its unit

_PREFIX = {"usd": "$"}
_SUFFIX = {
    "factor_per_year": "×",
    "factor": "×",
    "ratio": "×",
    "j_per_token": f"{_THIN}J",
    "gb": f"{_THIN}GB",
    "gb_per_s": f"{_THIN}GB/s",
    "tok_per_s": f"{_THIN}tok/s",
    "share": f"{_THIN}%",
    "probability": f"{_THIN}%",
    "change": f"{_THIN}%",
}
_HUNDRED = ("share", "probability", "change")
_WHOLE = ("count", "days", "n", "batch")
_LONG = {
    "usd_per_mtok": "per million tokens",
    "usd_per_hour": "per hour",
    "usd_per_task": "per task",
    "usd_per_unit": "per unit",
    "usd_per_month": "per month",
    "usd_per_week": "per week",
    "usd_per_kwh": "per kWh",
    "factor_per_year": "a year",
    "mtok_per_month": "tokens per month",
    "mtok_per_week": "tokens per week",
}
_KNOWN = sorted(
    {*_SUFFIX, *_LONG, "p_value", "log", "elasticity", "date", *_WHOLE},
    key=lambda unit: (-len(unit), unit),
)


@lru_cache(maxsize=1024)
def unit_of(column: str) -> str:
    """The unit that a column name ends in (``price_output_usd_per_mtok`` -> ``usd_per_mtok``), or ''."""
    return next((unit for unit in _KNOWN if column == unit or column.endswith("_" + unit)), "")


def decimals_for(values: tuple[float, ...], half_width: float) -> int:
    """Digits after the point so that ``half_width`` shows one figure, two where it starts with 1 or 2."""
    if half_width <= 0 or not math.isfinite(half_width):
        return _decimals_for_figures(max((abs(v) for v in values), default=0.0), 3)
    place = math.floor(math.log10(half_width))
    leading = half_width / 10.0**place
    return -place + (1 if leading < 2.95 else 0)


@lru_cache(maxsize=1 << 16)
def write(value: float | None, unit: str, half_width: float | None = None) -> str:
    """``value`` in ``unit`` as text; ``half_width`` of its interval where it has one; '–' for no value."""
    if value is None or not math.isfinite(value):
        return MISSING
    if unit == "p_value":
        return "< 0.001" if value < 0.001 else _fixed(value, 3 if value < 0.1 else 2)
    scale = 100.0 if unit in _HUNDRED else 1.0
    shown, width = value * scale, None if half_width is None else half_width * scale
    if unit in _WHOLE:
        body = _fixed(shown, 0)
    elif width is not None and not unit.startswith("mtok"):
        places = decimals_for((shown,), width)
        if unit.startswith("usd") and 0 < places < 2 and abs(shown) < 100:
            places = 2  # money is read in cents
        if unit.startswith("usd") and 0 < abs(shown) < 0.1:
            places = max(places, _decimals_for_figures(abs(shown), 2))  # a price below its wide interval keeps two figures
        body = _fixed(shown, places)
        if shown and not any(digit in "123456789" for digit in body):
            body = _fixed(shown, _decimals_for_figures(abs(shown), 1))
    elif unit.startswith("mtok"):
        return _tokens(shown)
    elif unit.startswith("usd"):
        body = _money(shown)
    elif unit == "log":
        body = _fixed(shown, 3)  # a thousandth of a logarithm is a tenth of a per cent; figures below it are noise
    elif unit in _HUNDRED:
        body = _fixed(shown, 0 if abs(shown) >= 10 else 1)
    else:
        body = _three_figures(shown)
    rose = "+" if unit == "change" and shown > 0 else ""
    sign, body = ("−", body[1:]) if body.startswith("-") else (rose, body)
    return sign + (_PREFIX["usd"] if unit.startswith("usd") else "") + body + _SUFFIX.get(unit, "")


def write_interval(lower: float, upper: float, unit: str) -> str:
    """Both ends to the digit that the interval's width allows: ``1.7–3.9×``."""
    half = (upper - lower) / 2.0
    low, high = write(lower, unit, half), write(upper, unit, half)
    suffix = _SUFFIX.get(unit, "") or (_THIN + high.partition(_THIN)[2] if _THIN in high else "")
    if suffix and low.endswith(suffix):
        low = low[: -len(suffix)]
    separator = " to " if high.startswith("−") or low.startswith("−") else "–"
    return f"{low}{separator}{high}"


def write_date(day: date | None) -> str:
    """ISO date, or '–'."""
    return MISSING if day is None else day.isoformat()


def write_day(day: date) -> str:
    """The day in words for mastheads: ``22 November 2026``."""
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    return f"{day.day} {months[day.month - 1]} {day.year}"


def _money(value: float) -> str:
    """As quoted: at least two decimals, more where the price has them, at most six, whole above 1,000."""
    if abs(value) >= 1e6:
        return _three_figures(value / 1e6) + f"{_THIN}million"
    if abs(value) >= 1000:
        return _fixed(value, 0)
    if value and abs(value) < 0.01:
        return _fixed(value, _decimals_for_figures(abs(value), 2))
    if not _is_short(value):
        return _fixed(value, max(2, _decimals_for_figures(abs(value), 3)))
    exact = Decimal(repr(round(value, 4))).normalize()
    return _fixed(value, max(2, -int(exact.as_tuple().exponent)))


def _tokens(mtok: float) -> str:
    """A volume given in millions of tokens, in the word that keeps it short."""
    for size, word in ((1e6, "trillion"), (1e3, "billion")):
        if abs(mtok) >= size:
            return f"{_three_figures(mtok / size)}{_THIN}{word}"
    return f"{_three_figures(mtok)}{_THIN}million"


def _three_figures(value: float) -> str:
    return _fixed(value, max(0, _decimals_for_figures(abs(value), 3)))


def _is_short(value: float) -> bool:
    """Whether the price was quoted with at most four decimals, as prices are; a mean of prices is not."""
    return abs(value - round(value, 4)) < 1e-9


def _decimals_for_figures(value: float, figures: int) -> int:
    return 0 if value == 0 else figures - 1 - math.floor(math.log10(value))


def _fixed(value: float, places: int) -> str:
    quantum = Decimal(1).scaleb(-places)
    rounded = Decimal(repr(float(value))).quantize(quantum, rounding=ROUND_HALF_EVEN)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,.{max(places, 0)}f}"
