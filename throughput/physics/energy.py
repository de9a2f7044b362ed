"""Watts and joules: power drawn at a given use of memory and arithmetic, energy per token, and its bounds.

Boundaries: ``gpu_only`` is what the chips draw (Zeus/NVML), ``system`` adds the host and its fans, ``wall``
adds power conversion (MLPerf Power). Prices of energy are in ``cost``.
"""

from __future__ import annotations

from throughput.physics.ops import Value, minimum

BOUNDARIES = ("gpu_only", "system", "wall")


def chip_power_w(
    tdp_w: Value, busy: Value, bytes_share: Value, flop_share: Value, idle: float, waiting: float, per_byte: float, per_flop: float
) -> Value:
    """Mean watts of one accelerator: idle, more while it is busy at all, and dynamic watts by the work done.

    ``busy`` is the share of time a step or prompt runs; ``bytes_share`` and ``flop_share`` are the bytes and operations a
    second against the datasheet's rates, so a byte costs ``per_byte TDP / bandwidth`` joules, of this part and not
    of another. Never above the TDP. Form after Horowitz 2014 (energy per operation) and Patel et al. 2024 (POLCA, phases).
    """
    total = idle + waiting * busy + per_byte * bytes_share + per_flop * flop_share
    return tdp_w * minimum(total, 1.0)


def joules_per_token(power_w: Value, tokens_per_s: Value) -> Value:
    """Energy per token of a deployment that draws ``power_w`` and makes ``tokens_per_s``."""
    return power_w / tokens_per_s
