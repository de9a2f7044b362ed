"""Watts and joules: power drawn at a given use of memory and arithmetic, energy per token, and its bounds.

Boundaries: ``gpu_only`` is what the chips draw (Zeus/NVML), ``system`` adds the host and its fans, ``wall``
adds power conversion (MLPerf Power). Prices of energy are in ``cost``.
"""

from __future__ import annotations

from throughput.physics.ops import Value, minimum

BOUNDARIES = ("gpu_only", "system", "wall")


def chip_power_w(
    tdp_w: Value, busy: Value, working: Value, flop_share: Value, idle: float, waiting: float, moving: float, multiplying: float
) -> Value:
    """Mean watts of one accelerator: idle, more while its clocks are up for a step, and dynamic watts by the work done.

    ``busy`` is the share of time a step or prompt is under way, ``working`` the share in which memory or matrix units
    work on it; the rest of a step waits for launches, the host and links. ``flop_share`` is the operations a second against the
    datasheet's rate: an operation costs ``multiplying TDP / peak`` joules. A byte costs ``moving TDP`` for as long as
    this software takes over it, so badly used bandwidth is not cheaper. Never above the TDP. Form after
    Horowitz 2014 (energy per operation) and Patel et al. 2024 (POLCA, phases).
    """
    return tdp_w * minimum(idle + waiting * busy + moving * working + multiplying * flop_share, 1.0)


def joules_per_token(power_w: Value, tokens_per_s: Value) -> Value:
    """Energy per token of a deployment that draws ``power_w`` and makes ``tokens_per_s``."""
    return power_w / tokens_per_s
