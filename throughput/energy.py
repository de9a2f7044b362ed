"""Watts and joules: power drawn at a given use of memory and arithmetic, energy per token, and its bounds.

Boundaries: ``gpu_only`` is what the chips draw (Zeus/NVML), ``system`` adds the host and its fans, ``wall``
adds power conversion (MLPerf Power). Prices of energy are in ``cost``.
"""

from __future__ import annotations

from throughput.ops import Value, minimum

BOUNDARIES = ("gpu_only", "system", "wall")


def chip_power_w(tdp_w: Value, memory_use: Value, compute_use: Value, idle_share: Value, memory_weight: Value,
                 compute_weight: Value, ceiling: Value = 1.0) -> Value:
    """Watts one accelerator draws: ``TDP (idle + a MBU + b MFU)``, capped at ``ceiling`` of the TDP.

    ``memory_use`` and ``compute_use`` are shares of the datasheet peaks (0..1).
    Form after Chung et al. 2025 (ML.ENERGY) and Patel et al. 2024 (POLCA): affine in use below the cap.
    """
    return tdp_w * minimum(idle_share + memory_weight * memory_use + compute_weight * compute_use, ceiling)


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
