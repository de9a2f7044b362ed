"""The 80 % interval of a prediction for a new source: how wide errors were on sources that were left out, by regime.

A half-width in log units per row, a sum of a handful of regime terms fitted on errors of left-out sources
(``calibration.held_out``). Nothing here moves a prediction. A stage like the others, so it runs everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from throughput.engine.efficiency import Constants
from throughput.physics.ops import Value, choose, maximum, minimum, where

FAMILIAR = ("nvidia_datacenter", "nvidia_workstation", "apple")
"""Families with many measurements."""
LEAST, MOST = 0.03, 3.0
"""Limits of a half-width in log units."""


def regimes(c: Mapping[str, Value]) -> dict[str, Value]:
    """Indicator (0 or 1) of each regime whose spread adds to a row's half-width; ``base`` is always on."""
    return {
        "base": 1.0,
        "is_moe": c["is_moe"],
        "is_split": where((c["is_spread"] > 0) | (c["pipeline_parallel"] > 1), 1.0, 0.0),
        "is_hybrid": where((c["linear_layers"] > 0) | (c["sparse_top_k"] > 0), 1.0, 0.0),
        "is_local": where(c["local_runtime"] > 0, 1.0, 0.0),
        "is_other_vendor": choose(c["family"], dict.fromkeys(FAMILIAR, 0.0), 1.0),
        "is_prompt_heavy": where(c["prefill_share"] > 0.5, 1.0, 0.0),
        "is_energy": c["is_energy"],
        "is_first_token": c["is_first_token"],
    }


REGIMES = ("base", "is_moe", "is_split", "is_hybrid", "is_local", "is_other_vendor", "is_prompt_heavy", "is_energy", "is_first_token")


def spread(c: Mapping[str, Value], k: Constants) -> dict[str, Value]:
    """``log_half_width``: the 80 % interval is ``predicted exp(-w)`` to ``predicted exp(w)``."""
    total: Value = 0.0
    for name, term in regimes(c).items():
        width = k.get(f"spread.{name}", 0.25 if name == "base" else 0.0)
        total = total + term * width if width else total
    return {"log_half_width": minimum(maximum(total, LEAST), MOST)}
