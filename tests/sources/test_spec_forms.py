"""The same facts as a reader may meet them: rendered text, one flattened line, a table with the figure's precision beside it."""

from __future__ import annotations

import pytest

from sources.catalog import source

TRAINIUM = {("Trainium1", "memory_gib", 32.0), ("Trainium1", "memory_bandwidth_gib_s", 820.0), ("Trainium1", "bf16_dense_tflops", 190.0),
            ("Trainium1", "fp8_dense_tflops", 190.0), ("Trainium1", "int8_dense_tops", 380.0)}
PARTS = (("Compute", "Two NeuronCore-v2 delivering 380 INT8 TOPS, 190 FP16/BF16/cFP8/TF32 TFLOPS, and 47.5 FP32 TFLOP."),
         ("Device Memory", "32 GiB of device memory, with 820 GiB/sec of bandwidth."), ("Data Movement", "1 TB/sec of DMA bandwidth."),
         ("NeuronLink", "NeuronLink-v2 between chips."))
HEAD = "Trainium Architecture\n\nEach Trainium chip consists of:\n\n"
TPU_V3 = {("TPU v3", "memory_gib", 32.0), ("TPU v3", "memory_bandwidth_gb_s", 900.0), ("TPU v3", "bf16_dense_tflops", 123.0),
          ("TPU v3", "tdp_w", 262.0)}
ROWS = (("Key specifications", "v3 Pod values"), ("Peak compute per chip", "123 teraflops (bf16)"), ("HBM2 capacity and bandwidth", "32 GiB, 900 GBps"),
        ("Measured min/mean/max power", "123/220/262 W"), ("TPU Pod size", "1024 chips"), ("Peak compute per Pod", "126 petaflops (bf16)"))


@pytest.mark.parametrize("text", [
    HEAD + "\n\n".join(f"{name}\n\n{said}" for name, said in PARTS) + "\n",
    HEAD + "\n\n".join(f"- {name}:\n    * {said}" for name, said in PARTS) + "\n",
    HEAD.replace("\n", " ") + " ".join(f"- {name}: * {said}" for name, said in PARTS) + "\n",
], ids=["rendered", "bullets", "flattened"])
def test_components_of_a_chip_in_three_forms(text: str) -> None:
    assert {(q.accelerator, q.field, float(q.value)) for q in source("hardware/aws").read(text.encode())} == TRAINIUM


@pytest.mark.parametrize("text", [
    "| " + " | \n| ".join(" | ".join(r) for r in (ROWS[0], ("---", "---"), *ROWS[1:])) + " | \n",
    "\n".join(" ".join(r) for r in ROWS) + "\n",
    "<table>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in ROWS) + "</table>",
], ids=["pipes", "lines", "html"])
def test_a_precision_beside_its_figure_in_three_forms(text: str) -> None:
    page = f"<html><body><h1>TPU v3</h1>{text}</body></html>" if text.startswith("<") else f"TPU v3\n\n{text}"
    assert {(q.accelerator, q.field, float(q.value)) for q in source("hardware/google").read(page.encode())} == TPU_V3
