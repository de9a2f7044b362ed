"""The engine's constants by name: what each means, its unit, and what was believed before any fit.

One global set; families differ only where stated (``FAMILIES``). Fitted values with their intervals live in
``constants.toml`` and are read by ``load_constants``; this module holds meaning and priors. Every constant
is positive and enters as a loss, a latency, a count or an exposure, so that none can beat a datasheet.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from throughput.physics.ops import Value, choose


@dataclass(frozen=True)
class Meaning:
    """Prior value, how far a fit may go (standard deviation of the logarithm), unit and meaning."""

    prior: float
    spread: float
    unit: str
    text: str


def _m(prior: float, unit: str, text: str, spread: float = 0.7) -> Meaning:
    return Meaning(prior, spread, unit, text)


MEANINGS: dict[str, Meaning] = {
    "weight_read_loss": _m(0.25, "1", "bandwidth lost by 16-bit dense weights, in odds (aiconfigurator: 0.25)"),
    "expert_read_loss": _m(0.33, "1", "the same for grouped expert weights"),
    "kv_read_loss": _m(0.33, "1", "the same for paged KV reads"),
    "bandwidth_loss_exponent": _m(0.4, "1", "how it grows with bandwidth, relative to 2 TB/s"),
    "gguf_block_read": _m(1.3, "1", "factor on it for GGUF block formats"),
    "gguf_k_read": _m(2.0, "1", "for GGUF K-quants"),
    "gguf_wide_read": _m(1.0, "1", "for GGUF q8_0"),
    "int4_read": _m(3.0, "1", "for grouped INT4"),
    "int8_read": _m(2.0, "1", "for weight-only INT8"),
    "fp8_read": _m(1.2, "1", "for FP8"),
    "fp4_read": _m(1.5, "1", "for FP4 block formats"),
    "local_datacenter_read": _m(5.0, "1", "for single-stream local runtimes on HBM parts"),
    "decode_compute_loss": _m(0.7, "1", "peak arithmetic lost by decode GEMMs, in odds"),
    "prefill_compute_loss": _m(0.6, "1", "the same for prompt GEMMs"),
    "attention_compute_loss": _m(1.0, "1", "the same for prompt attention, at the 16-bit rate"),
    "decode_attention_loss": _m(2.0, "1", "the same for decode attention"),
    "expert_compute_loss": _m(3.0, "1", "factor on it for expert GEMMs"),
    "expert_width_exponent": _m(0.3, "1", "how that grows for experts narrower than 4096"),
    "compute_loss_exponent": _m(0.3, "1", "how it grows with peak flop/s, relative to 1 PFLOP/s"),
    "dequantisation_excess": _m(0.5, "1", "more compute time of formats the chip has no arithmetic for"),
    "unpacking_excess": _m(4.0, "1", "the same for matrix-vector kernels that unpack GGUF blocks"),
    "expert_tile_rows": _m(16.0, "1", "rows of a tile of grouped expert GEMMs", 0.4),
    "compute_exposed": _m(0.3, "1", "share of the shorter of reading and arithmetic that is not hidden", 0.5),
    "exchange_exposed": _m(0.5, "1", "the same for expert exchange beside the rest of a layer", 0.5),
    "host_exposed": _m(0.5, "1", "the same for host work beside the device", 0.5),
    "activation_passes": _m(20.0, "1", "16-bit passes over the hidden state per layer"),
    "routed_passes": _m(4.0, "1", "16-bit passes over the gathered activations of each routed copy"),
    "activation_parallel_exponent": _m(0.5, "1", "how activation time shrinks with tensor parallel ranks", 0.4),
    "layer_latency_s": _m(20e-6, "s", "fixed time per layer and step"),
    "moe_layer_latency_s": _m(30e-6, "s", "more per mixture-of-experts layer"),
    "expert_latency_exponent": _m(0.3, "1", "how that grows with the number of experts, relative to 128"),
    "mla_layer_latency_s": _m(15e-6, "s", "more per latent-attention layer"),
    "sparse_layer_latency_s": _m(20e-6, "s", "more per layer with an indexer"),
    "linear_layer_latency_s": _m(20e-6, "s", "more per linear-attention layer"),
    "step_latency_s": _m(0.6e-3, "s", "fixed host time per step"),
    "sequence_latency_s": _m(8e-6, "s", "host time per sequence and step"),
    "python_host_factor": _m(1.5, "1", "factor on it for servers written in Python; its inverse for compiled ones", 0.4),
    "local_latency": _m(0.7, "1", "factor on fixed latencies of single-stream local runtimes"),
    "collective_latency_s": _m(7e-6, "s", "all-reduce latency per doubling of ranks"),
    "pcie_collective_factor": _m(2.3, "1", "the same over PCIe"),
    "all_to_all_factor": _m(2.0, "1", "all-to-all latency against one doubling of an all-reduce"),
    "network_latency_factor": _m(2.0, "1", "collective latency per doubling of domains against of ranks"),
    "data_parallel_latency_s": _m(0.5e-3, "s", "step synchronisation of attention data parallelism"),
    "link_loss": _m(1.0, "1", "link bandwidth lost, in odds"),
    "routing_concentration": _m(0.15, "1", "how much less than independently the tokens of a batch choose experts, in odds", 0.5),
    "expert_imbalance_excess": _m(0.3, "1", "busiest expert rank against the mean, less one"),
    "pipeline_bubble": _m(0.05, "1", "cycle stretch per further pipeline stage"),
    "pipeline_depth_exponent": _m(1.3, "1", "how it grows with depth", 0.3),
    "scheduler_batch_limit": _m(2048.0, "1", "sequences per replica a scheduler runs when none is stated"),
    "memory_loss": _m(0.06, "1", "memory a server leaves unused, in odds", 0.4),
    "software_drift_per_year": _m(
        0.15, "1/year", "losses and latencies of serving software one year older, in logarithms (software_gain: 12 to 22 %)", 0.3
    ),
}

FIXED: dict[str, float] = {
    "runtime_bytes": 2e9,  # CUDA context, graphs, workspaces: vLLM and TensorRT-LLM start-up logs, 1.5-3 GB
    "local_runtime_bytes": 0.5e9,  # llama.cpp compute buffers
    "runtime_share": 0.05,  # never more than this share of a small memory
    "prompts_ahead": 0.05,  # prompts of others in front of a new one, per running sequence
    "spread.is_first_token": 0.45,
    "idle_power_share": 0.10,  # of the TDP: idle readings of vendor tools, 60 to 140 W of 700 to 1,000
    "waiting_power_share": 0.12,
    "moving_power_share": 0.58,
    "multiplying_power_share": 1.2,
    "stall_power_exponent": 0.25,  # between 0 (a byte costs power while software takes over it) and 1 (by itself)
    "density_power_exponent": 0.5,  # between 0 (reading takes the same share of every part's watts) and 1 (the same joules per byte)
    # joules against the chips alone: MLPerf 4.1 power submissions on 8 H200 draw 1.22 (offline) times ours at the wall
    "boundary.gpu_only": 1.0,
    "boundary.system": 1.15,
    "boundary.wall": 1.25,
    # chips without a kernel launch per layer (Groq, Cerebras): geometric mean over four speeds of one stream that
    # Artificial Analysis measured in 2024 (reference/user_speed_published.csv); not fitted, no measurement of ours
    "dataflow.latency": 0.45,
}
"""Not part of the throughput fit; the power constants are fitted apart, on measured joules."""

FAMILIES = ("nvidia_datacenter", "nvidia_workstation", "amd", "apple", "neuron", "intel", "gaudi", "tpu", "dataflow", "other")
"""Vendor families; the datacenter NVIDIA family is the reference with factor 1."""
REFERENCE_FAMILIES = ("nvidia_datacenter", "nvidia_workstation", "apple")
SECOND_VENDORS = ("amd", "neuron", "intel")
"""Measured vendors with younger software. A vendor never measured (Gaudi, TPU, other) gets their geometric mean."""
PRIOR_FAMILIES = ("dataflow",)
"""Families with a constant from published figures in ``FIXED``; what it does not name is the second vendors' mean."""
TILE_ROWS = {
    "nvidia_datacenter": 64.0,
    "nvidia_workstation": 16.0,
    "amd": 32.0,
    "apple": 8.0,
    "neuron": 32.0,
    "intel": 16.0,
    "gaudi": 64.0,
    "tpu": 32.0,
    "dataflow": 1.0,
    "other": 32.0,
}
"""Rows of the smallest efficient tile of a family's matrix unit."""

FAMILY_MEANINGS: dict[str, Meaning] = {
    "nvidia_workstation.read": _m(1.0, "1", "GDDR parts: factor on the bandwidth loss"),
    "nvidia_workstation.compute": _m(1.0, "1", "GDDR parts: factor on the compute loss (power limits)"),
    "apple.read": _m(4.0, "1", "unified memory: factor on the bandwidth loss"),
    "amd.read": _m(1.6, "1", "factor on the bandwidth loss (ROCm)"),
    "amd.compute": _m(2.2, "1", "factor on the compute loss (ROCm)"),
    "amd.latency": _m(1.0, "1", "latency factor (ROCm)"),
    "neuron.read": _m(2.5, "1", "factor on the bandwidth loss (AWS NeuronX)"),
    "neuron.latency": _m(2.0, "1", "latency factor (AWS NeuronX)"),
    "intel.read": _m(1.3, "1", "factor on the bandwidth loss (Intel XPU)"),
    "intel.latency": _m(1.0, "1", "latency factor (Intel XPU)"),
}
"""What is fitted per family; the rest is 1 for measured families and the second vendors' mean for unmeasured ones."""


class Constants(Mapping[str, float]):
    """Constant values by name, also as attributes (``k.layer_latency_s``)."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = {**{n: m.prior for n, m in MEANINGS.items()}, **FIXED, **{n: m.prior for n, m in FAMILY_MEANINGS.items()}, **values}

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> float:
        try:
            return self.__dict__["_values"][name]
        except KeyError as error:
            raise AttributeError(f"no engine constant is called {name!r}") from error

    def share(self, name: str) -> float:
        """A constant kept in odds as a share in (0, 1)."""
        return self._values[name] / (1.0 + self._values[name])

    def family(self, family: Value, kind: str) -> Value:
        """Factor of a vendor family on a ``kind`` of loss or latency (``read``, ``compute``, ``latency``)."""
        table = {f: self._values.get(f"{f}.{kind}", 1.0) for f in (*REFERENCE_FAMILIES, *SECOND_VENDORS)}
        table.update({f: self._values[f"{f}.{kind}"] for f in PRIOR_FAMILIES if f"{f}.{kind}" in self._values})
        return choose(family, table, math.exp(sum(math.log(table[f]) for f in SECOND_VENDORS) / len(SECOND_VENDORS)))


def load_constants() -> Constants:
    """The packaged calibration (``throughput/calibration/constants.toml``)."""
    text = resources.files("throughput").joinpath("calibration/constants.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    rest = {n: float(v) for part in ("spread", "power", "boundary") for n, v in table.get(part, {}).items()}
    return Constants({**{n: float(v["value"]) for n, v in table["constants"].items()}, **rest})
