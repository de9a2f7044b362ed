"""The engine in order: which stage follows which, for whom, and the neutral values of columns that may be left out.

Each stage reads named columns and returns new ones; the same stages run on floats, numpy arrays (calibration) and
narwhals expressions (``grid``). The stages themselves are in ``deployment`` (per configuration) and ``serving``
(per load).
"""

from __future__ import annotations

from collections.abc import Callable

from throughput.engine.deployment import Columns, architecture, chip, layout, links, prefill, unit_costs
from throughput.engine.efficiency import Constants
from throughput.engine.serving import decode, load, money, serving, use, verdict
from throughput.engine.uncertainty import spread
from throughput.physics.ops import Value

Stage = Callable[[Columns, Constants], dict[str, Value]]

OPTIONAL: dict[str, float] = {
    "data_parallel": 1.0, "pipeline_parallel": 1.0, "replicas": 1.0, "concurrency": 0.0, "streaming": 0.0,
    "local_runtime": 0.0, "kv_waste": 0.0, "prefix_hit_rate": 0.0, "draft_tokens": 0.0, "draft_acceptance": 0.0,
    "draft_cost": 0.0, "usd_per_accelerator_hour": 0.0, "utilisation": 1.0, "is_energy": 0.0, "is_first_token": 0.0,
}
"""Neutral values. ``concurrency`` 0 means: as many sequences as memory holds."""

BOUNDS = {1.0: "weights", 2.0: "kv", 3.0: "compute", 4.0: "latency", 5.0: "memory capacity"}
"""Meaning of ``bound_code``; waiting for links counts as latency."""

DEPLOY: tuple[Stage, ...] = (chip, links, layout, unit_costs, prefill)
"""Per configuration, after ``architecture``; independent of the load."""
STEP: tuple[Stage, ...] = (load, decode)
"""Per load: one decode step."""
SERVE: tuple[Stage, ...] = (*DEPLOY, *STEP, serving)
ASSESS: tuple[Stage, ...] = (use, money, verdict, spread)
ALL: tuple[Stage, ...] = (architecture, *SERVE, *ASSESS)
FIRST_OUTPUT: dict[Stage, str] = {architecture: "attention_parameters", chip: "reachable_bandwidth", links: "reachable_link",
                layout: "dense_bytes", unit_costs: "dense_weights_s", prefill: "prefill_s"}
"""A column that shows a per-configuration stage has already run."""
