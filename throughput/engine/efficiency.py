"""The engine's constants by name: what each means, its unit, and what was believed before any fit.

One global set; families differ only where stated (``FAMILIES``). Fitted values with their intervals live in
``constants.toml`` and are read by ``calibration.load_constants``; this module holds meaning and priors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

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
    "weight_bandwidth_share": _m(0.80, "1", "share of bandwidth reached by dense weights (aiconfigurator: 0.8)"),
    "expert_bandwidth_share": _m(0.75, "1", "the same for grouped expert weights"),
    "kv_bandwidth_share": _m(0.75, "1", "the same for paged KV reads"),
    "bandwidth_size_exponent": _m(0.10, "1", "how the share falls with bandwidth, relative to 3.35 TB/s"),
    "plain_bandwidth_size_exponent": _m(0.05, "1", "the same for GDDR and LPDDR, relative to 0.8 TB/s"),
    "gguf_block_read": _m(0.95, "1", "reading speed of GGUF block formats against 16-bit"),
    "gguf_k_read": _m(0.80, "1", "of GGUF K-quants"),
    "gguf_wide_read": _m(1.00, "1", "of GGUF q8_0"),
    "int4_read": _m(0.70, "1", "of grouped INT4"),
    "int8_read": _m(0.80, "1", "of weight-only INT8"),
    "fp4_read": _m(0.95, "1", "of FP4 block formats"),
    "local_datacenter_bandwidth": _m(0.60, "1", "bandwidth factor of single-stream local runtimes on HBM parts"),
    "decode_compute_share": _m(0.60, "1", "share of dense flop/s reached by decode GEMMs"),
    "prefill_compute_share": _m(0.65, "1", "the same for prompt GEMMs"),
    "attention_compute_share": _m(0.50, "1", "the same for prompt attention, at the 16-bit rate"),
    "expert_compute_share": _m(0.60, "1", "expert GEMMs against dense ones"),
    "expert_width_exponent": _m(0.2, "1", "how that grows with the width of an expert, relative to 4096"),
    "expert_density_exponent": _m(0.1, "1", "how it grows with the share of tokens an expert gets, against 1/16"),
    "routed_passes": _m(4.0, "1", "16-bit passes over the gathered activations of each routed copy"),
    "activation_parallel_exponent": _m(0.5, "1", "how activation time shrinks with tensor parallel ranks"),
    "compute_size_exponent": _m(0.15, "1", "how the share falls with peak flop/s, relative to 1 PFLOP/s"),
    "ridge_exponent": _m(0.05, "1", "how it falls with flop per byte of bandwidth, relative to 295"),
    "dequantisation_penalty": _m(1.6, "1", "compute slow-down of formats the chip has no arithmetic for"),
    "activation_passes": _m(20.0, "1", "16-bit passes over the hidden state per layer"),
    "layer_latency_s": _m(20e-6, "s", "fixed time per layer and step"),
    "moe_layer_latency_s": _m(30e-6, "s", "more per mixture-of-experts layer"),
    "expert_latency_exponent": _m(0.2, "1", "how that grows with the number of experts, relative to 128"),
    "mla_layer_latency_s": _m(15e-6, "s", "more per latent-attention layer"),
    "sparse_layer_latency_s": _m(20e-6, "s", "more per layer with an indexer"),
    "linear_layer_latency_s": _m(30e-6, "s", "more per linear-attention layer"),
    "step_latency_s": _m(0.6e-3, "s", "fixed host time per step"),
    "sequence_latency_s": _m(5e-6, "s", "host time per sequence and step"),
    "stream_latency_s": _m(40e-6, "s", "front-end time per sequence and step when tokens are streamed to clients"),
    "offline_latency": _m(1.0, "1", "factor on fixed latencies at full offline load (chunked prefills interleave)"),
    "local_latency": _m(0.7, "1", "factor on fixed latencies of single-stream local runtimes"),
    "collective_latency_s": _m(7e-6, "s", "all-reduce latency per doubling of ranks"),
    "pcie_collective_factor": _m(2.3, "1", "the same over PCIe"),
    "all_to_all_factor": _m(2.0, "1", "all-to-all latency against one doubling of an all-reduce"),
    "network_latency_factor": _m(2.0, "1", "collective latency across nodes against inside a link domain"),
    "latency_width_exponent": _m(0.1, "1", "how layer latency grows with the hidden size, relative to 4096"),
    "data_parallel_latency_s": _m(1e-3, "s", "step synchronisation of attention data parallelism"),
    "link_share": _m(0.50, "1", "share of link bandwidth reached"),
    "expert_imbalance": _m(1.3, "1", "busiest expert rank against the mean"),
    "pipeline_bubble": _m(0.05, "1", "cycle stretch per further pipeline stage"),
    "pipeline_depth_exponent": _m(1.3, "1", "how it grows with depth", 0.3),
    "scheduler_batch_limit": _m(2048.0, "1", "sequences per replica a scheduler runs when none is stated"),
    "memory_share": _m(0.94, "1", "share of memory a server uses"),
}

FIXED: dict[str, float] = {
    "runtime_bytes": 2e9,  # CUDA context, graphs, workspaces: vLLM and TensorRT-LLM start-up logs, 1.5-3 GB
    "local_runtime_bytes": 0.5e9,  # llama.cpp compute buffers
    # first token: InferenceX runs on B200 and H200 (4,700 values, median error 37 %): prompts of others in front
    # of a new one per running sequence, and steps until the scheduler takes it
    "prefill_queue": 0.05, "first_token_steps": 10.0, "spread.is_first_token": 0.45,
    "waiting_power_share": 0.45, "memory_power_share": 0.75, "compute_power_share": 0.95,  # of the TDP, by phase
    # joules against the chips alone: MLPerf 4.1 power submissions on 8 H200 draw 1.22 (offline) times ours at the wall
    "boundary.gpu_only": 1.0, "boundary.system": 1.15, "boundary.wall": 1.25,
    # chips without a kernel launch per layer (Groq, Cerebras): geometric mean over four speeds of one stream that
    # Artificial Analysis measured in 2024 (reference/user_speed_published.csv); not fitted, no measurement of ours
    "dataflow.latency": 0.35,
}
"""Not part of the throughput fit; the power constants are fitted apart, on measured joules."""

FAMILIES = ("nvidia_datacenter", "nvidia_workstation", "amd", "apple", "neuron", "intel", "gaudi", "tpu", "dataflow", "other")
"""Vendor families; the datacenter NVIDIA family is the reference with factor 1."""
REFERENCE_FAMILIES = ("nvidia_datacenter", "nvidia_workstation", "apple")
SECOND_VENDORS = ("amd", "neuron", "intel")
"""Measured vendors with younger software. A vendor never measured (Gaudi, TPU, other) gets their geometric mean."""
PRIOR_FAMILIES = ("dataflow",)
"""Families with a constant from published figures in ``FIXED``; what it does not name is the second vendors' mean."""

FAMILY_MEANINGS: dict[str, Meaning] = {
    "nvidia_workstation.bandwidth": _m(1.0, "1", "GDDR parts: bandwidth factor"),
    "nvidia_workstation.compute": _m(0.8, "1", "GDDR parts: compute factor (power limits)"),
    "apple.bandwidth": _m(0.9, "1", "unified memory: bandwidth factor"),
    "amd.bandwidth": _m(0.8, "1", "bandwidth factor (ROCm)"),
    "amd.compute": _m(0.8, "1", "compute factor (ROCm)"),
    "amd.latency": _m(1.0, "1", "latency factor (ROCm)"),
    "neuron.bandwidth": _m(0.8, "1", "bandwidth factor (AWS NeuronX)"),
    "neuron.latency": _m(2.0, "1", "latency factor (AWS NeuronX)"),
    "intel.bandwidth": _m(1.0, "1", "bandwidth factor (Intel XPU)"),
    "intel.latency": _m(1.0, "1", "latency factor (Intel XPU)"),
}
"""What is fitted per family; the rest is 1 for measured families and the second vendors' mean for unmeasured ones."""


class Constants(Mapping[str, float]):
    """Constant values by name, also as attributes (``k.layer_latency_s``)."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = {**{n: m.prior for n, m in MEANINGS.items()}, **FIXED,
                        **{n: m.prior for n, m in FAMILY_MEANINGS.items()}, **values}

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

    def _family(self, family: Value, kind: str) -> Value:
        table = {f: self._values.get(f"{f}.{kind}", 1.0) for f in (*REFERENCE_FAMILIES, *SECOND_VENDORS)}
        table.update({f: self._values[f"{f}.{kind}"] for f in PRIOR_FAMILIES if f"{f}.{kind}" in self._values})
        return choose(family, table, math.exp(sum(math.log(table[f]) for f in SECOND_VENDORS) / len(SECOND_VENDORS)))

    def family_bandwidth(self, family: Value) -> Value:
        """Bandwidth factor of a vendor family."""
        return self._family(family, "bandwidth")

    def family_compute(self, family: Value) -> Value:
        """Compute factor of a vendor family."""
        return self._family(family, "compute")

    def family_latency(self, family: Value) -> Value:
        """Factor of a vendor family on fixed latencies."""
        return self._family(family, "latency")
