"""Physical and accounting constants, each with the reason it has that value.

Only pure numbers that several parts need belong here. Efficiencies, prices and anything measured do not.
"""

from __future__ import annotations

GIB = 1024**3
"""Binary gigabyte: what "80 GB" of HBM means on a spec sheet (stacks come in powers of two)."""
MB = 1_000_000
GB = 1_000_000_000
"""Decimal gigabyte: what bandwidths ("3.35 TB/s") and file sizes on price pages are quoted in."""
TB = 1_000_000_000_000
TERA = 1_000_000_000_000
GIGA = 1_000_000_000

SECONDS_PER_HOUR = 3_600
DAYS_PER_YEAR = 365.25
"""The one length of a year in this project: the Julian year."""
HOURS_PER_YEAR = 8_766
COMMON_YEAR_DAYS = 365
"""Not the project's year: what clouds sell as a year of a reservation and what some papers divide by; for reading those alone."""
COMMON_YEAR_HOURS = 8_760
MONTHS_PER_YEAR = 12

TOKENS_PER_MTOK = 1_000_000
JOULES_PER_KWH = 3_600_000
