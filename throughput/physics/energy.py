"""Watts and joules: power drawn at a given use of memory and arithmetic, energy per token, and its bounds.

Boundaries: ``gpu_only`` is what the chips draw (Zeus/NVML), ``system`` adds the host and its fans, ``wall``
adds power conversion (MLPerf Power). Prices of energy are in ``cost``.
"""

from __future__ import annotations

from throughput.physics.ops import Value, minimum

BOUNDARIES = ("gpu_only", "system", "wall")


BYTES_PER_JOULE = 3.35e12 / 700.0
"""Bytes a second per rated watt of the part the shares are stated for (H100 SXM)."""


def chip_power_w(
    tdp_w: Value, busy: Value, moving: Value, flop_share: Value, idle: float, waiting: float, moving_share: float, multiplying: float
) -> Value:
    """Mean watts of one accelerator: idle, more while its clocks are up for a step, and dynamic watts by the work done.

    ``busy`` is the share of time a step or prompt is under way, ``moving`` the time of reading that counts (``moving_time``),
    ``flop_share`` the operations a second against the datasheet's rate: an operation costs ``multiplying TDP / peak`` joules.
    Never above the TDP. Form after Horowitz 2014 (energy per operation) and Patel et al. 2024 (POLCA, phases).
    """
    return tdp_w * minimum(idle + waiting * busy + moving_share * moving + multiplying * flop_share, 1.0)


def moving_time(working: Value, read_share: Value, bytes_per_joule: Value, stall: float, density: float) -> Value:
    """Share of time that counts for the watts of reading, between two ways to count that both occur.

    ``working`` is the share of time in which memory or matrix units work, ``read_share`` the bytes read against the datasheet's
    bandwidth: with ``stall`` 0 a byte costs power for as long as the software takes over it, with 1 by itself. ``bytes_per_joule``
    is bandwidth over rated watts: with ``density`` 0 reading takes the same share of every part's watts, with 1 the same joules
    per byte on every part. Result: share of time of the reference part; above 1 where a part reads more per watt.
    """
    return working ** (1.0 - stall) * read_share**stall * (bytes_per_joule / BYTES_PER_JOULE) ** density


def joules_per_token(power_w: Value, tokens_per_s: Value) -> Value:
    """Energy per token of a deployment that draws ``power_w`` and makes ``tokens_per_s``."""
    return power_w / tokens_per_s
