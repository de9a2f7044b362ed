"""The same facts as a reader may meet them: rendered text, one flattened line, a table with the figure's precision beside it."""

from __future__ import annotations

import pytest

from sources.catalogue import source

TRAINIUM = {
    ("Trainium1", "memory_gib", 32.0),
    ("Trainium1", "memory_bandwidth_gib_s", 820.0),
    ("Trainium1", "bf16_dense_tflops", 190.0),
    ("Trainium1", "fp8_dense_tflops", 190.0),
    ("Trainium1", "int8_dense_tops", 380.0),
}
PARTS = (
    ("Compute", "Two NeuronCore-v2 delivering 380 INT8 TOPS, 190 FP16/BF16/cFP8/TF32 TFLOPS, and 47.5 FP32 TFLOP."),
    ("Device Memory", "32 GiB of device memory, with 820 GiB/sec of bandwidth."),
    ("Data Movement", "1 TB/sec of DMA bandwidth."),
    ("NeuronLink", "NeuronLink-v2 between chips."),
)
HEAD = "Trainium Architecture\n\nEach Trainium chip consists of:\n\n"
TPU_V3 = {
    ("TPU v3", "memory_gib", 32.0),
    ("TPU v3", "memory_bandwidth_gb_s", 900.0),
    ("TPU v3", "bf16_dense_tflops", 123.0),
    ("TPU v3", "tdp_w", 262.0),
}
ROWS = (
    ("Key specifications", "v3 Pod values"),
    ("Peak compute per chip", "123 teraflops (bf16)"),
    ("HBM2 capacity and bandwidth", "32 GiB, 900 GBps"),
    ("Measured min/mean/max power", "123/220/262 W"),
    ("TPU Pod size", "1024 chips"),
    ("Peak compute per Pod", "126 petaflops (bf16)"),
)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "\n\n".join(f"{name}\n\n{said}" for name, said in PARTS) + "\n",
        HEAD + "\n\n".join(f"- {name}:\n    * {said}" for name, said in PARTS) + "\n",
        HEAD.replace("\n", " ") + " ".join(f"- {name}: * {said}" for name, said in PARTS) + "\n",
    ],
    ids=["rendered", "bullets", "flattened"],
)
def test_components_of_a_chip_in_three_forms(text: str) -> None:
    assert {(q.accelerator, q.field, float(q.value)) for q in source("hardware/aws").read(text.encode())} == TRAINIUM


@pytest.mark.parametrize(
    "text",
    [
        "| " + " | \n| ".join(" | ".join(r) for r in (ROWS[0], ("---", "---"), *ROWS[1:])) + " | \n",
        "\n".join(" ".join(r) for r in ROWS) + "\n",
        "<table>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in ROWS) + "</table>",
    ],
    ids=["pipes", "lines", "html"],
)
def test_a_precision_beside_its_figure_in_three_forms(text: str) -> None:
    page = f"<html><body><h1>TPU v3</h1>{text}</body></html>" if text.startswith("<") else f"TPU v3\n\n{text}"
    assert {(q.accelerator, q.field, float(q.value)) for q in source("hardware/google").read(page.encode())} == TPU_V3


L40S = {
    ("memory_gb", 48.0),
    ("memory_bandwidth_gb_s", 864.0),
    ("bf16_dense_tflops", 362.05),
    ("bf16_sparse_tflops", 733.0),
    ("fp8_dense_tflops", 733.0),
    ("fp8_sparse_tflops", 1466.0),
    ("tdp_w", 350.0),
    ("interconnect_gb_s", 64.0),
}
LAYER = (
    "GPU Memory 48GB GDDR6 with ECC Memory Bandwidth 864GB/s Interconnect Interface PCIe Gen4 x16: 64GB/s bidirectional "
    "BFLOAT16 Tensor Core TFLOPS 362.05 | 733* FP16 Tensor Core 362.05 | 733* FP8 Tensor Core 733 | 1,466* "
    "Max Power Consumption 350W * With Sparsity"
)


@pytest.mark.parametrize(
    "text",
    [
        f"# Source: https://www.nvidia.com/en-us/data-center/l40s/\n{LAYER}\n",
        f"# NVIDIA L40S GPU: specifications\nProduct Specifications {LAYER}\n",
        f"Form Factor L40S {LAYER}\n",
    ],
    ids=["address", "title", "first column"],
)
def test_a_layer_without_columns_is_the_pages_one_product(text: str) -> None:
    quotes = source("hardware/nvidia").read(text.encode())
    assert {q.accelerator for q in quotes} == {"L40S"} and {(q.field, float(q.value)) for q in quotes} == L40S


def test_a_rack_of_one_column_is_divided_by_the_gpus_it_states() -> None:
    text = (
        "# Source: https://www.nvidia.com/en-us/data-center/gb300-nvl72/\nConfiguration 72 NVIDIA Blackwell Ultra GPUs, 36 NVIDIA Grace CPUs "
        "NVLink Bandwidth 130 TB/s GPU Memory | Bandwidth 20 TB | Up to 576 TB/s FP4 Tensor Core 1,440 PFLOPS | 1,080 PFLOPS2 "
        "FP8/FP6 Tensor Core 720 PFLOPS3 FP16/BF16 Tensor Core 360 PFLOPS3 2. With sparsity | without sparsity. 3. With sparsity.\n"
    )
    found = {q.field: float(q.value) for q in source("hardware/nvidia").read(text.encode())}
    assert found["memory_bandwidth_gb_s"] == 8000 and found["fp4_dense_tflops"] == 15000 and found["fp4_sparse_tflops"] == 20000
    assert found["bf16_dense_tflops"] == 2500
