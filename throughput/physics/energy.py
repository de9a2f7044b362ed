"""Watts and joules: power drawn at a given use of memory and arithmetic, energy per token, and its bounds.

Boundaries: ``gpu_only`` is what the chips draw (Zeus/NVML), ``system`` adds the host and its fans, ``wall``
adds power conversion (MLPerf Power). Prices of energy are in ``cost``.
"""

from __future__ import annotations

from throughput.physics.ops import Value, maximum, minimum

BOUNDARIES = ("gpu_only", "system", "wall")


def chip_power_w(tdp_w: Value, memory_share: Value, compute_share: Value, waiting_power: Value,
                 memory_power: Value, compute_power: Value) -> Value:
    """Mean watts of one accelerator: the TDP times the power share of each phase, weighted by its time.

    ``memory_share`` and ``compute_share`` are shares of the time spent streaming bytes and multiplying; in the
    rest the chip waits (kernel launches, links, the host). The power shares are of the TDP. Form after the
    phase powers of Patel et al. 2024 (POLCA, prompt against token phase); never above the TDP.
    """
    waiting = maximum(1.0 - memory_share - compute_share, 0.0)
    total = waiting * waiting_power + memory_share * memory_power + compute_share * compute_power
    return tdp_w * minimum(total, 1.0)


def joules_per_token(power_w: Value, tokens_per_s: Value) -> Value:
    """Energy per token of a deployment that draws ``power_w`` and makes ``tokens_per_s``."""
    return power_w / tokens_per_s


def bandwidth_energy_bound_j(byte_count: Value, bandwidth_bytes_per_s: Value, tdp_w: Value,
                             idle_share: Value) -> Value:
    """Least energy to stream ``byte_count`` bytes: the transfer at full bandwidth at no more than idle power.

    A lower bound on any step that reads these bytes: the transfer takes at least bytes/bandwidth seconds,
    during which the chip draws at least its idle share of the TDP.
    """
    return byte_count / bandwidth_bytes_per_s * tdp_w * idle_share
