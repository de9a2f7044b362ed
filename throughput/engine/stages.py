"""The engine in order: which stage follows which, for whom, and the neutral values of columns that may be left out.

Each stage reads named columns and returns new ones; the same stages run on floats, numpy arrays (calibration) and
narwhals expressions (``grid``). The stages themselves are in ``deployment`` (per configuration) and ``serving``
(per load).
"""

from __future__ import annotations

from collections.abc import Callable

from throughput.engine.architecture import Columns, architecture
from throughput.engine.deployment import experts, layout, ranks, room, spares, weights
from throughput.engine.efficiency import Constants
from throughput.engine.hardware import chip, links
from throughput.engine.serving import (
    cycle,
    decode,
    device,
    load,
    money,
    pace,
    parts,
    pools,
    serving,
    touched,
    use,
    verdict,
    work,
)
from throughput.engine.uncertainty import spread
from throughput.engine.unit_costs import exchange, expert_width, prefill, unit_costs
from throughput.physics.ops import Value

Stage = Callable[[Columns, Constants], dict[str, Value]]

OPTIONAL: dict[str, float] = {
    "data_parallel": 1.0,
    "pipeline_parallel": 1.0,
    "replicas": 1.0,
    "spare_groups": 1.0,
    "expert_parallel": 0.0,
    "prefill_accelerators": 0.0,
    "disaggregated": 0.0,
    "concurrency": 0.0,
    "local_runtime": 0.0,
    "python_host": 0.0,
    "software_years": 0.0,
    "link_domain": 8.0,
    "linear_state_rows": 128.0,
    "expert_matrices": 3.0,
    "kv_waste": 0.0,
    "prefix_hit_rate": 0.0,
    "draft_tokens": 0.0,
    "draft_acceptance": 0.0,
    "draft_cost": 0.0,
    "usd_per_accelerator_hour": 0.0,
    "utilisation": 1.0,
    "is_energy": 0.0,
    "is_first_token": 0.0,
}
"""Neutral values. ``concurrency`` 0 means: as many sequences as memory holds; ``expert_parallel`` 0: as the layout implies."""

WORDS = ("family", "link_kind")
"""Columns that hold words; all others are numbers."""

BOUNDS = {1.0: "weights", 2.0: "kv", 3.0: "compute", 4.0: "latency", 5.0: "memory capacity"}
"""Meaning of ``bound_code``; waiting for links counts as latency."""

DEPLOY: tuple[Stage, ...] = (chip, links, weights, spares, ranks, experts, layout, room, expert_width, unit_costs, exchange, prefill)
"""Per configuration, after ``architecture``; independent of the load."""
STEP: tuple[Stage, ...] = (load, touched, parts, device, decode)
"""Per load: one decode step."""
SERVE: tuple[Stage, ...] = (*DEPLOY, *STEP, pace, cycle, pools, serving)
ASSESS: tuple[Stage, ...] = (work, use, money, verdict, spread)
ALL: tuple[Stage, ...] = (architecture, *SERVE, *ASSESS)
FIRST_OUTPUT: dict[Stage, str] = {
    architecture: "attention_parameters",
    chip: "read_loss",
    links: "reachable_link",
    weights: "every_token_bytes",
    spares: "spread_spares",
    ranks: "attention_groups",
    experts: "expert_ranks",
    layout: "dense_bytes",
    room: "room_for_one",
    expert_width: "expert_loss",
    unit_costs: "dense_weights_s",
    exchange: "reduce_fixed_s",
    prefill: "prefill_s",
}
"""A column that shows a per-configuration stage has already run."""
