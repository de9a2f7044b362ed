"""The 80 % interval of a prediction for a new source: how wide errors were on sources that were left out, by regime.

A half-width in log units per row, a sum of a handful of regime terms fitted on errors of left-out sources
(``calibration.held_out``). Nothing here moves a prediction. A stage like the others, so it runs everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from throughput.engine.efficiency import Constants
from throughput.physics.ops import Value, choose, maximum, minimum, where

FAMILIAR = ("nvidia_datacenter", "nvidia_workstation", "apple")
"""Families with many measurements."""
LEAST, MOST = 0.03, 3.0
"""Limits of a half-width in log units."""


TERMS: dict[str, Callable[[Mapping[str, Value]], Value]] = {
    "base": lambda _: 1.0,
    "is_moe": lambda c: c["is_moe"],
    "is_split": lambda c: where((c["is_spread"] > 0) | (c["pipeline_parallel"] > 1), 1.0, 0.0),
    "is_hybrid": lambda c: where(c["linear_layers"] + c["sparse_top_k"] > 0, 1.0, 0.0),
    "is_local": lambda c: where(c["local_runtime"] > 0, 1.0, 0.0),
    "is_other_vendor": lambda c: choose(c["family"], dict.fromkeys(FAMILIAR, 0.0), 1.0),
    "is_prompt_heavy": lambda c: where(c["prefill_share"] > 0.5, 1.0, 0.0),
    "is_energy": lambda c: c["is_energy"],
    "is_first_token": lambda c: c["is_first_token"],
}
"""Each regime whose spread adds to a row's half-width, as its indicator (0 or 1); ``base`` is always on."""
REGIMES = tuple(TERMS)


def spread(c: Mapping[str, Value], k: Constants) -> dict[str, Value]:
    """``log_half_width``: the 80 % interval is ``predicted exp(-w)`` to ``predicted exp(w)``."""
    total: Value = 0.0
    for name, indicator in TERMS.items():
        width = k.get(f"spread.{name}", 0.25 if name == "base" else 0.0)
        total = total + indicator(c) * width if width else total
    return {"log_half_width": minimum(maximum(total, LEAST), MOST)}
