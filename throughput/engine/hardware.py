"""What a chip and its links reach for a number format: bandwidth, arithmetic, tile, fabric, before any model.

Stages of ``engine.stages`` that look at the accelerator, the format and the age of the software.
"""

from __future__ import annotations

from throughput.engine.architecture import Columns
from throughput.engine.efficiency import TILE_ROWS, Constants
from throughput.engine.formats import READERS
from throughput.physics import roofline
from throughput.physics.ops import Value, choose, exp, maximum, minimum, where

NETWORK_BYTES_PER_S = 50e9
"""One 400 Gbit/s port per accelerator, the usual scale-out network of 2023-2026 nodes."""
LEAST_LINK_BYTES_PER_S = 8e9
"""What a part without a link of its own has to the next one: PCIe 3.0 x8."""
UNSWITCHED = ("pcie", "lpddr", "uma")
"""Links without a dedicated accelerator fabric."""
REFERENCE_BANDWIDTH, REFERENCE_FLOP = 2e12, 1e15
VENDOR_SOFTWARE_YEARS = {"neuron": 1.25, "tpu": 2.17}
"""Years from the newest measured serving software of a family that serves on its vendor's own stack (NeuronX of 2025-04,
JetStream of 2024-05) to the newest of all (2026-07). How NVIDIA's software aged since says nothing about theirs."""
NARROW_TILE = 16.0
"""Rows of a tile of weight-only kernels, which multiply in small tiles on purpose (Frantar et al. 2024, Marlin)."""


def chip(c: Columns, k: Constants) -> dict[str, Value]:
    """Bandwidth and arithmetic of the accelerator for this format, and how much of each its software loses."""
    bits, fp4, fp8, f16 = c["activation_bits"], c["fp4_flop_per_s"], c["fp8_flop_per_s"], c["bf16_flop_per_s"]
    rate = where((bits < 8) & (fp4 > 0), fp4, where((bits < 16) & (bits > 4) & (fp8 > 0), fp8, f16))
    narrow = (c["weight_bits"] < 16) & (rate <= f16)
    family, reader, bandwidth = c["family"], c["reader"], c["bandwidth_bytes_per_s"]
    age = exp(k.software_drift_per_year * maximum(c["software_years"], choose(family, VENDOR_SOFTWARE_YEARS, 0.0)))
    local = c["local_runtime"] > 0
    packed = (reader >= READERS["gguf_block"]) & (reader <= READERS["gguf_wide"])
    factors = {
        "gguf_block": k.gguf_block_read,
        "gguf_k": k.gguf_k_read,
        "gguf_wide": k.gguf_wide_read,
        "int4": k.int4_read,
        "int8": k.int8_read,
        "fp4": k.fp4_read,
    }
    read: Value = where(c["weight_bits"] < 16, k.fp8_read, 1.0)
    for name, factor in factors.items():
        read = where(reader == READERS[name], factor, read)
    size = (bandwidth / REFERENCE_BANDWIDTH) ** k.bandwidth_loss_exponent * k.family(family, "read") * age
    size = size * where(local & (family == "nvidia_datacenter"), k.local_datacenter_read, 1.0)
    tile, lost = choose(family, TILE_ROWS, TILE_ROWS["other"]), k.family(family, "compute") * age
    return {
        "software_age": age,
        "read_loss": size,
        "format_read": read,
        "peak_flop_per_s": rate,
        "flop_loss": (rate / REFERENCE_FLOP) ** k.compute_loss_exponent * lost,
        "flop16_loss": (f16 / REFERENCE_FLOP) ** k.compute_loss_exponent * lost,
        "dequantisation": where(packed, 1.0 + k.unpacking_excess, where(narrow, 1.0 + k.dequantisation_excess, 1.0)),
        "prefill_dequantisation": where(narrow, 1.0 + k.dequantisation_excess, 1.0),
        "host_factor": where(c["python_host"] > 0, k.python_host_factor, where(c["python_host"] < 0, 1.0 / k.python_host_factor, 1.0)),
        "tile_rows": where(local, 1.0, where(reader == READERS["int4"], minimum(tile, NARROW_TILE), tile)),
        "fixed_latency": age * k.family(family, "latency") * where(local, k.local_latency, 1.0),
    }


def links(c: Columns, k: Constants) -> dict[str, Value]:
    """Reachable bandwidth inside a link domain and beyond it, and the latency of one step of a collective."""
    inside = roofline.reached(
        where(c["link_bytes_per_s"] > LEAST_LINK_BYTES_PER_S, c["link_bytes_per_s"], LEAST_LINK_BYTES_PER_S),
        k.link_loss * c["software_age"],
    )
    outside = minimum(inside, roofline.reached(NETWORK_BYTES_PER_S, k.link_loss * c["software_age"]))
    latency = k.collective_latency_s * choose(c["link_kind"], dict.fromkeys(UNSWITCHED, k.pcie_collective_factor), 1.0)
    return {"reachable_link": inside, "reachable_network": outside, "collective_latency_s": latency * c["software_age"]}
