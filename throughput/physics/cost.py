"""Dollars per token from dollars per hour: ownership, rental, the split between input and output, break-even.

Prices of hours and kilowatt-hours are arguments. Levels are in ``league`` and ``stack``.
"""

from __future__ import annotations

from throughput.physics.ops import Value
from units.constants import JOULES_PER_KWH, SECONDS_PER_HOUR, TOKENS_PER_MTOK


def usd_per_mtok(hourly_usd: Value, tokens_per_s: Value, utilisation: Value = 1.0) -> Value:
    """Dollars per million tokens of a deployment that costs ``hourly_usd`` and makes ``tokens_per_s`` when busy.

    ``utilisation`` is the busy share of paid hours (0..1].
    """
    return hourly_usd / SECONDS_PER_HOUR / (tokens_per_s * utilisation) * TOKENS_PER_MTOK


def energy_usd_per_mtok(joules_per_token: Value, usd_per_kwh: Value, facility_factor: Value = 1.0) -> Value:
    """Dollars of electricity per million tokens; ``facility_factor`` is the PUE times the host's share."""
    return joules_per_token * facility_factor * TOKENS_PER_MTOK / JOULES_PER_KWH * usd_per_kwh
