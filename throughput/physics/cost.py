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


def usd_per_mtok_from_seconds(hourly_usd: Value, seconds_per_token: Value, utilisation: Value = 1.0) -> Value:
    """Dollars per million tokens when each token occupies the deployment for ``seconds_per_token``."""
    return hourly_usd / SECONDS_PER_HOUR * seconds_per_token / utilisation * TOKENS_PER_MTOK


def energy_usd_per_mtok(joules_per_token: Value, usd_per_kwh: Value, facility_factor: Value = 1.0) -> Value:
    """Dollars of electricity per million tokens; ``facility_factor`` is the PUE times the host's share."""
    return joules_per_token * facility_factor * TOKENS_PER_MTOK / JOULES_PER_KWH * usd_per_kwh


def ownership_usd_per_hour(
    capital_usd: Value, life_hours: Value, power_w: Value, usd_per_kwh: Value, facility_factor: Value = 1.0, other_usd_per_hour: Value = 0.0
) -> Value:
    """Hourly cost of owning: straight-line capital over the useful life, energy, and everything else."""
    energy = power_w * facility_factor * SECONDS_PER_HOUR / JOULES_PER_KWH * usd_per_kwh
    return capital_usd / life_hours + energy + other_usd_per_hour


def break_even_hourly_usd(price_usd_per_mtok: Value, tokens_per_s: Value, utilisation: Value = 1.0) -> Value:
    """The hourly price at which selling tokens at ``price_usd_per_mtok`` just pays for the deployment."""
    return price_usd_per_mtok * tokens_per_s * utilisation * SECONDS_PER_HOUR / TOKENS_PER_MTOK


def break_even_utilisation(hourly_usd: Value, price_usd_per_mtok: Value, tokens_per_s: Value) -> Value:
    """The busy share of hours at which a deployment earns what it costs (above 1: it cannot)."""
    return hourly_usd / break_even_hourly_usd(price_usd_per_mtok, tokens_per_s)


def break_even_tokens_per_day(hourly_usd: Value, api_usd_per_mtok: Value) -> Value:
    """Daily tokens from which renting a deployment around the clock beats buying tokens at the API price."""
    return hourly_usd * 24.0 / api_usd_per_mtok * TOKENS_PER_MTOK


def blended_usd_per_mtok(input_usd_per_mtok: Value, output_usd_per_mtok: Value, input_per_output: Value) -> Value:
    """Price of one million tokens of a mix with ``input_per_output`` input tokens for each output token."""
    return (input_usd_per_mtok * input_per_output + output_usd_per_mtok) / (input_per_output + 1.0)
