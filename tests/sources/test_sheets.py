"""One reader of spec sheets: what it may not take for granted, and that a sheet left out is really left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.unseen.sheets import SHAPES, drawings, score
from pipelines.commands.parse import command
from sources.catalogue import UNTRUSTED, source, stranger
from sources.pages.quote import PageChanged, SpecQuote
from sources.pages.specs.sheets.declaration import SHARED
from sources.trials.sheet_trials import sheet_trials


def values(key: str, text: str) -> dict[tuple[str, str], float]:
    """A page's figures by (accelerator, field)."""
    quotes = source(f"hardware/{key}").read(text.encode())
    return {(q.accelerator, q.field): float(q.value) for q in quotes if isinstance(q, SpecQuote)}


ONE_OF_EACH = list({(d.maker, d.sense, d.style): d for d in drawings()}.values())


@pytest.mark.parametrize("shape", SHAPES)
def test_a_sheet_drawn_in_a_layout_nobody_has_is_read_whole(shape: str) -> None:
    for drawing in ONE_OF_EACH:
        drawn, right, wrong, said = score(shape, drawing)
        assert (right, wrong) == (drawn, 0), (drawing, said)


def test_a_table_of_instances_is_divided_by_the_chips_each_has() -> None:
    head = "| Instance | # of Inferentia2 chips | BF16 TFLOPS | Device Memory (GiB) | Device Memory Bandwidth (GiB/sec) |\n|---|---|---|---|---|\n"
    found = values("aws", head + "| Inf2.xlarge | 1 | 190 | 32 | 820 |\n| Inf2.24xlarge | 6 | 1140 | 192 | 4920 |\n")
    assert {f for (_, f), v in found.items() if v == 190} == {"bf16_dense_tflops"} and set(found.values()) == {190.0, 32.0, 820.0}
    assert {a for a, _ in found} == {"Inferentia2", "Inferentia2 (Inf2.24xlarge, /6)"}


def test_a_machine_that_counts_no_parts_is_refused() -> None:
    sheet = "| Specification | HGX B200 |\n|---|---|\n| Total Memory | 1.4 TB |\n| FP16/BF16 Tensor Core (sparse) | 36 PFLOPS |\n"
    with pytest.raises(PageChanged, match="number of GPUs"):
        values("nvidia", sheet)
    assert values("nvidia", sheet + "| Form Factor | 8x NVIDIA Blackwell SXM |\n")["B200 (HGX, /8)", "memory_gb"] == 175


def test_the_larger_of_a_pair_is_sparse_and_a_word_against_it_costs_the_row() -> None:
    sheet = "| | MI300X |\n|---|---|\n| Memory | 192 GB |\n| Memory bandwidth | 5.3 TB/s |\n| Peak FP8 {} | {} TFLOPS |\n"
    plain = values("amd", sheet.format("", "2614.9 / 5229.8"))
    assert (plain["MI300X", "fp8_dense_tflops"], plain["MI300X", "fp8_sparse_tflops"]) == (2614.9, 5229.8)
    against = source("hardware/amd").parsed(sheet.format("sparse / dense", "2614.9 / 5229.8").encode())
    assert [q.field for q in against.quotes] == ["memory_gb", "memory_bandwidth_gb_s"] and len(against.left_out) == 1


def test_a_rate_of_the_machine_or_of_a_core_is_not_the_chips() -> None:
    text = "TPU v6e has 32 GB of HBM memory with 1638 GB/s of bandwidth. Each core delivers 459 TFLOPS of BF16. A pod delivers 234 PFLOPS of BF16.\n"
    assert values("google", text) == {("TPU v6e", "memory_gb"): 32, ("TPU v6e", "memory_bandwidth_gb_s"): 1638}


def test_a_rounding_is_no_rating() -> None:
    text = "Maia 300 has 216 GB of HBM3e memory, over 7 TB/s of memory bandwidth and 10 PFLOPS (FP4) within a 750 W TDP.\n"
    assert ("Maia 300", "memory_bandwidth_gb_s") not in values("microsoft", text)


def test_what_a_sheet_says_of_all_its_rates_holds_where_no_mark_stands() -> None:
    sheet = "| | H100 SXM |\n|---|---|\n| GPU Memory | 80 GB |\n| GPU Memory Bandwidth | 3.35 TB/s |\n| FP8 Tensor Core | 3,958 TFLOPS |\n\n{}\n"
    told = values("nvidia", sheet.format("All Tensor Core specifications are with sparsity unless otherwise noted."))
    assert (told["H100 SXM", "fp8_sparse_tflops"], told["H100 SXM", "fp8_dense_tflops"]) == (3958, 1979)
    assert not [f for _, f in values("nvidia", sheet.format("Specifications may change.")) if "tflops" in f]


def test_counts_beside_others_are_those_of_the_accelerators() -> None:
    sheet = "| Feature | GB200 NVL72 | GB200 NVL4 |\n|---|---|---|\n| Blackwell GPUs \\| Grace CPUs | 72 \\| 36 | 4 \\| 2 |\n| Total Memory | 13.4 TB | 744 GB |\n"
    found = values("nvidia", sheet + "| Total Memory Bandwidth | 576 TB/s | 32 TB/s |\n")
    assert found["GB200 (NVL72 column, /72)", "memory_bandwidth_gb_s"] == found["GB200 (NVL4 column, /4)", "memory_bandwidth_gb_s"] == 8000


def test_a_column_per_gpu_of_a_machine_is_not_divided() -> None:
    sheet = "| Feature | HGX B200 (per GPU) |\n|---|---|\n| GPU Memory \\| Bandwidth | 180 GB HBM3E \\| 7.7 TB/s |\n"
    assert values("nvidia", sheet)["B200 (HGX, per GPU)", "memory_gb"] == 180


def test_labels_beside_values_in_boxes_are_a_sheet() -> None:
    rows = (("Memory", "288 GB HBM3E"), ("Memory Bandwidth", "8 TB/s"), ("Peak MXFP4", "10.1 PFLOPS"), ("Maximum TBP", "1400 W"))
    body = "".join(f"<div><span>{a}</span><span>{b}</span></div>" for a, b in rows)
    found = values("amd", f"<html><body><h1>MI355X</h1><section>{body}</section></body></html>")
    assert found == {
        ("MI355X", f): v for f, v in (("memory_gb", 288), ("memory_bandwidth_gb_s", 8000), ("fp4_dense_tflops", 10100), ("tdp_w", 1400))
    }


def test_one_way_links_count_both_ways() -> None:
    sheet = "| | Gaudi 3 |\n|---|---|\n| Memory | 128 GB |\n| HBM bandwidth | 3.67 TB/s |\n| Scale-up bandwidth ({}) | {} GB/s |\n"
    assert values("intel", sheet.format("per direction", 600))["Gaudi 3", "interconnect_gb_s"] == 1200
    assert values("intel", sheet.format("bidirectional", 1200))["Gaudi 3", "interconnect_gb_s"] == 1200


def test_a_part_no_pattern_knows_keeps_the_designation_its_column_prints() -> None:
    assert SHARED.columns(["Gaudi", "Gaudi 2", "Intel Gaudi 3 Accelerator"]) == ["Gaudi", "Gaudi 2", "Gaudi 3"]
    assert SHARED.columns(["HGX B300", "GB200 NVL72", "FP8 Tensor", "HBM3"]) == ["B300 (HGX, /{n})", "GB200 (NVL72 column, /{n})", "", ""]


def test_parts_outside_the_project_beside_the_makers_own_are_left_aside() -> None:
    page = "| Model | VRAM (GiB) | Memory bandwidth (GB/s) |\n|---|---|---|\n| MI300X | 192 | 5300 |\n| MI325X | 256 | 6000 |\n\n"
    radeon = "| Model | VRAM (GiB) | Memory bandwidth (GB/s) |\n|---|---|---|\n| W7900 | 48 | 864 |\n| W7800 | 32 | 576 |\n"
    assert {a for a, _ in values("amd", page + radeon)} == {"MI300X", "MI325X"}


def test_a_maker_nobody_declared_is_read_by_the_shared_words() -> None:
    page = "# Acme\n\n| | Acme T200 | Acme T300 PCIe |\n|---|---|---|\n| Memory | 96 GB | 192 GB |\n| Peak BF16 compute | 400 TFLOPS | 800 TFLOPS |\n"
    found = [
        (q.accelerator, q.field, float(q.value), q.basis)
        for q in stranger("acme", "hardware").read(page.encode())
        if isinstance(q, SpecQuote)
    ]
    assert found == [
        ("T200", "memory_gb", 96, "secondary"),
        ("T200", "bf16_dense_tflops", 400, "secondary"),
        ("T300 PCIe", "memory_gb", 192, "secondary"),
        ("T300 PCIe", "bf16_dense_tflops", 800, "secondary"),
    ]


def _sheet(folder: Path, maker: str, name: str, text: str, rows: str) -> None:
    (folder / "captures" / maker).mkdir(parents=True, exist_ok=True)
    (folder / "expected").mkdir(exist_ok=True)
    (folder / "captures" / maker / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "expected" / f"{maker}__{name}.csv").write_text(f"accelerator,field,value,unit\n{rows}", encoding="utf-8")


def test_an_entry_that_only_the_sheet_left_out_needs_is_not_there_when_it_is_read(tmp_path: Path) -> None:
    sheet = "| Specification | {} |\n|---|---|\n| HBM capacity per chip | {} GB |\n| HBM bandwidth per chip | {} GBps |\n"
    rows = "{0},memory_gb,{1},GB\n{0},memory_bandwidth_gb_s,{2},GB/s\n"
    _sheet(tmp_path, "google", "v5p", sheet.format("v5p values", 95, 2765), rows.format("TPU v5p", 95, 2765))
    _sheet(tmp_path, "google", "v6e", sheet.format("v6e values", 32, 1638), rows.format("TPU v6e", 32, 1638))
    _sheet(tmp_path, "google", "code", sheet.format("Trillium", 32, 1638), rows.format("TPU v6e", 32, 1638))
    found = {t.capture: t for t in sheet_trials([tmp_path])}
    assert {name: t.without for name, t in found.items()} == {"v5p.md": (2, 0, 0), "v6e.md": (2, 0, 0), "code.md": (0, 0, 0)}
    assert found["code.md"].today == (2, 0, 0) and not found["code.md"].code


def test_values_read_wrong_are_told_from_values_the_hand_left_aside(tmp_path: Path) -> None:
    text = "| Specification | v5p |\n|---|---|\n| HBM capacity per chip | 95 GB |\n| HBM bandwidth per chip | 2765 GBps |\n"
    _sheet(tmp_path, "google", "a", text, "TPU v5p,memory_gb,96,GB\n")
    (trial,) = sheet_trials([tmp_path])
    assert trial.today == (0, 1, 1)


def test_a_text_cut_within_a_row_gives_nothing_of_it() -> None:
    text = "H100 SXM H100 NVL GPU Memory 80GB 94GB GPU Memory Bandwidth 3.35TB/s 3.9TB/"
    with pytest.raises(UNTRUSTED):
        values("nvidia", text)


def test_the_command_prints_every_sheet_and_the_totals(tmp_path: Path) -> None:
    text = "| Specification | v5p |\n|---|---|\n| HBM capacity per chip | 95 GB |\n| HBM bandwidth per chip | 2765 GBps |\n"
    _sheet(tmp_path, "google", "a", text, "TPU v5p,memory_gb,95,GB\n")
    _sheet(tmp_path, "google", "b", text, "TPU v5p,memory_gb,96,GB\n")
    said = CliRunner().invoke(command, ["--leave-one-sheet-out", str(tmp_path)])
    assert said.exit_code == 0 and "google/a.md" in said.output
    assert "2 sheets of 1 makers, 2 values: today 1 (50.0%), by a declaration made without the sheet 1 (50.0%)" in said.output
    assert "1 values wrong" in said.output
