"""Spec sheets: every capture read by hand is exact, every trap has its test, drift is noticed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pdf_sheets import HOPPER, sheet

from sources.catalogue import UNTRUSTED, source
from sources.contract import ContractBroken
from sources.pages.quote import ImplausibleValue, PageChanged, SpecQuote
from sources.trials.exactness import check_folder

Read = Callable[..., dict[tuple[str, str], SpecQuote]]


def read(key: str, body: bytes | str) -> dict[tuple[str, str], SpecQuote]:
    """The quotes of a page by (accelerator, field)."""
    quotes = source(f"hardware/{key}").read(body.encode() if isinstance(body, str) else body)
    return {(q.accelerator, q.field): q for q in quotes if isinstance(q, SpecQuote)}


@pytest.fixture
def capture(shared_data: Path) -> Callable[[str], str]:
    return lambda name: (shared_data / "hardware" / "captures" / name).read_text(encoding="utf-8")


def test_every_capture_with_hand_read_values_is_exact(shared_data: Path) -> None:
    results = [r for r in check_folder(shared_data / "hardware") if r.expected is not None]
    assert [f"{r.capture}: {r.refusal or r.differences}" for r in results if not r.exact] == []
    assert sum(r.expected or 0 for r in results) >= 250 and len(results) >= 29


def test_sparse_and_dense_are_told_apart_by_pairs_and_footnotes(capture: Callable[[str], str]) -> None:
    rows = read("nvidia", capture("nvidia/hgx_b300_b200_2026-10-08.txt"))
    assert rows["B300 (HGX, /8)", "fp4_dense_tflops"].value == 13500  # not half of the sparse 18000
    assert rows["B300 (HGX, /8)", "fp4_sparse_tflops"].value == 18000
    assert rows["B200 (HGX, /8)", "fp8_dense_tflops"].value == 4500  # dense is half the printed sparse
    cells = read("nvidia", capture("nvidia/l40_l40s_reseller_copy.md"))
    assert cells["L40S", "bf16_dense_tflops"].value == Decimal("362.05")
    assert cells["L40S", "bf16_sparse_tflops"].value == 733


def test_boards_racks_and_superchips_are_divided_by_the_count_they_state(capture: Callable[[str], str]) -> None:
    page = capture("nvidia/gb200_nvl72_2026-10-08.txt")
    rows = read("nvidia", page)
    assert rows["GB200 (NVL72 column, /72)", "memory_gb"].value == Decimal("186.1")
    assert rows["GB200 (Superchip column, /2)", "memory_gb"].value == 186
    with pytest.raises(PageChanged, match="number of GPUs"):
        read("nvidia", page.replace("72 Blackwell GPUs", "72 parts").replace("2 Blackwell GPU", "2 parts"))


def test_binary_and_decimal_units_stay_apart(capture: Callable[[str], str]) -> None:
    rows = read("google", capture("google/v5e_variantA.md"))
    assert rows["TPU v5e", "memory_gb"].value == 16
    assert ("TPU v5e", "memory_gib") not in rows
    assert rows["TPU v5e", "memory_bandwidth_gib_s"].value == 800
    older, newer = (read("aws", capture(f"aws/trainium_2023-{d}.rst")) for d in ("02-24", "04-25"))
    assert older["Trainium1", "memory_gb"].unit == "GB" and newer["Trainium1", "memory_gib"].unit == "GiB"


def test_links_in_bits_are_read_and_memory_bandwidth_in_bits_is_refused(capture: Callable[[str], str]) -> None:
    rows = read("intel", capture("intel/gaudi_hotchips2024_deck_text.txt"))
    assert rows["Gaudi 3", "interconnect_gb_s"].value == 1200  # 9.6 Tb/s
    with pytest.raises(ImplausibleValue, match="bits"):
        read("google", capture("google/v4_de_MISTRANSLATED.txt"))
    assert source("hardware/google").contract.publisher == "Google"


def test_form_factors_differ_and_the_top_of_a_power_range_is_taken(capture: Callable[[str], str]) -> None:
    rows = read("nvidia", capture("nvidia/h100_2026-10-08.txt"))
    assert (rows["H100 SXM", "tdp_w"].value, rows["H100 NVL", "tdp_w"].value) == (700, 400)
    assert rows["H100 NVL", "memory_bandwidth_gb_s"].value == 3900
    assert read("intel", capture("intel/gaudi_hotchips2024_deck_text.txt"))["Gaudi 3", "tdp_w"].value == 900  # air


def test_glued_footnotes_and_misprinted_units_are_read(capture: Callable[[str], str]) -> None:
    assert ("B300 (HGX, /8)", "memory_gb") in read("nvidia", capture("nvidia/hgx_b300_b200_2026-10-08.txt"))  # HGX B3004
    rows = read("nvidia", capture("nvidia/hgx_datasheet_quotes_2026-09-15.txt"))
    assert rows["B300 (HGX datasheet per GPU)", "bf16_dense_tflops"].value == 2250  # 4.5 PLFOPS, sparse
    assert ("RTX PRO 6000 Blackwell Server Edition (sparsity unstated)", "fp8_dense_tflops") not in rows


def test_a_chip_with_memory_smaller_than_any_model_is_accepted(capture: Callable[[str], str]) -> None:
    rows = read("groq", capture("groq/lpu_v1_techpowerup_SECONDARY.txt"))
    assert rows["Groq LPU v1", "memory_gb"].value == Decimal("0.23")
    assert rows["Groq LPU v1", "memory_bandwidth_gb_s"].value == 80_000


def test_official_numbers_that_changed_silently_are_read_as_each_page_has_them(capture: Callable[[str], str]) -> None:
    first, second = (read("aws", capture(f"aws/trainium2_{d}.rst")) for d in ("2024-12-03", "HEAD_2026-08-21"))
    assert (first["Trainium2", "bf16_dense_tflops"].value, second["Trainium2", "bf16_dense_tflops"].value) == (655, 667)
    assert (first["Trainium2", "fp8_dense_tflops"].value, second["Trainium2", "fp8_dense_tflops"].value) == (1287, 1299)
    older, newer = (read("aws", capture(f"aws/trainium_2023-{d}.rst")) for d in ("02-24", "04-25"))
    assert (older["Trainium1", "bf16_dense_tflops"].value, newer["Trainium1", "bf16_dense_tflops"].value) == (210, 190)


def test_copies_of_a_sheet_are_read_with_their_basis_and_wrong_ones_refused(capture: Callable[[str], str]) -> None:
    for name, key in (
        ("nvidia/rtx4090_hmctech_SECONDARY.txt", "nvidia"),
        ("cerebras/wse3_SECONDARY.txt", "cerebras"),
        ("intel/gaudi3_yic_de_SECONDARY_comma_decimals.txt", "intel"),
    ):
        assert {q.basis for q in read(key, capture(name)).values()} == {"secondary"}
    assert {q.basis for q in read("nvidia", capture("nvidia/a100_2026-10-08.txt")).values()} == {"official"}
    with pytest.raises(UNTRUSTED):
        read("nvidia", capture("nvidia/rtx5090_arrogatemaker_WRONG.md"))


def test_comma_decimals_are_read_and_an_estimated_power_is_not(capture: Callable[[str], str]) -> None:
    rows = read("intel", capture("intel/gaudi3_yic_de_SECONDARY_comma_decimals.txt"))
    assert rows["Gaudi 3", "memory_bandwidth_gb_s"].value == 3670
    assert rows["Gaudi 3", "bf16_dense_tflops"].value == 1856
    assert ("Gaudi 3", "tdp_w") not in rows


def test_a_real_pdf_data_sheet_is_read_column_by_column() -> None:
    rows = read("nvidia", sheet(HOPPER))
    assert rows["H100 NVL", "fp8_dense_tflops"].value == Decimal("1670.5")
    swapped = [[r[0], r[2], r[1]] for r in HOPPER]
    assert {k: q.value for k, q in read("nvidia", sheet(swapped)).items()} == {k: q.value for k, q in rows.items()}
    unmarked = source("hardware/nvidia").parsed(sheet(HOPPER, footnote=""))  # nothing says that the marked rates are sparse
    assert unmarked.is_partial and not [q.field for q in unmarked.quotes if "flops" in q.field or "tops" in q.field]
    with pytest.raises(UNTRUSTED):
        read("nvidia", sheet(HOPPER)[:400])


BAD = (
    ("a rate twice its family's", "3,958 teraFLOPS", "7,916 teraFLOPS", "contradicts|times BF16"),
    ("a power of nothing", "Up to 700W", "Up to 0W", "positive"),
    ("a bandwidth in bits", "3.35TB/s 3.9TB/s", "3.35Tb/s 3.9Tb/s", "bits"),
    ("a bandwidth in the wrong thousands", "3.35TB/s 3.9TB/s", "3.35GB/s 3.9GB/s", "contradicts|outside"),
    ("a rate in the wrong thousands", "1,979 teraFLOPS 1,671 teraFLOPS", "1,979 petaFLOPS 1,671 petaFLOPS", "contradicts"),
    ("a renamed label", "FP8 Tensor Core", "FP9 Matrix Engine", "expected"),
    ("a product without a name", "H100 SXM H100 NVL", "Model A Model B", "product names"),
    ("a value too few", "3,958 teraFLOPS 3,341 teraFLOPS INT8", "3,958 teraFLOPS INT8", "value missing"),
    ("an estimate for a rating", "Up to 700W", "~700W", "estimate"),
    ("a footnote that is gone", "* With sparsity", "", "footnote|sparsity"),
)


@pytest.mark.parametrize(("why", "old", "new", "reason"), BAD, ids=[b[0] for b in BAD])
def test_a_sheet_that_cannot_be_right_is_refused_with_the_reason(
    why: str, old: str, new: str, reason: str, capture: Callable[[str], str]
) -> None:
    page = capture("nvidia/h100_2026-10-08.txt")
    changed = page.replace(old, new)
    assert changed != page
    with pytest.raises(UNTRUSTED, match=reason):
        read("nvidia", changed)


def _or_refused(key: str, body: str) -> dict[tuple[str, str], SpecQuote] | None:
    try:
        return read(key, body)
    except UNTRUSTED:
        return None


CUT = (
    "nvidia/h100_2026-10-08.txt",
    "nvidia/gb200_nvl72_2026-10-08.txt",
    "nvidia/a100_2026-10-08.txt",
    "google/v5e_variantA.md",
    "google/v4_en.txt",
    "aws/trainium2_HEAD_2026-08-21.rst",
    "amd/mi300x_official_page_2026-09-18.md",
    "intel/gaudi_hotchips2024_deck_text.txt",
)


@pytest.mark.parametrize("name", CUT)
def test_a_page_cut_short_never_gives_a_wrong_figure(name: str, capture: Callable[[str], str]) -> None:
    key, page = name.split("/")[0], capture(name)
    whole = {k: q.value for k, q in read(key, page).items()}
    wrong = []
    for cut in range(len(page) // 3, len(page), max(len(page) // 60, 1)):
        rows = _or_refused(key, page[:cut]) or {}
        wrong += [(cut, k, q.value, whole.get(k)) for k, q in rows.items() if whole.get(k) != q.value]
    assert wrong == []


@pytest.mark.parametrize("name", CUT)
def test_a_page_printed_twice_gives_the_same_figures_or_is_refused(name: str, capture: Callable[[str], str]) -> None:
    key, page = name.split("/")[0], capture(name)
    rows = _or_refused(key, page + "\n" + page)
    assert rows is None or {k: q.value for k, q in rows.items()} == {k: q.value for k, q in read(key, page).items()}


def test_columns_in_another_order_follow_their_header() -> None:
    page = (
        "| Specification | v5p | TPU7x |\n|---|---|---|\n| Peak compute per chip (BF16) (TFLOPs) | 459 | 2307 |\n"
        "| HBM capacity per chip (GiB) | 95 | 192 |\n| HBM bandwidth per chip (GBps) | 2765 | 7380 |\n"
    )
    moved = "\n".join("|".join([c[0], c[1], c[3], c[2], c[4]]) for c in (line.split("|") for line in page.splitlines()))
    assert {k: q.value for k, q in read("google", moved).items()} == {k: q.value for k, q in read("google", page).items()}
    unnamed = source("hardware/google").parsed(page.replace("| v5p |", "| gen 5 |").encode())
    assert {q.accelerator for q in unnamed.quotes} == {"TPU7x"} and [o.subject for o in unnamed.left_out] == ["gen 5"]


def test_an_unknown_row_costs_itself_and_is_named() -> None:
    page = (
        "# TPU v6e\n\n| Specification | Values |\n|---|---|\n| Peak compute per chip (bf16) | 918 TFLOPs |\n"
        "| HBM capacity per chip | 32 GB |\n| HBM bandwidth per chip | 1638 GBps |\n| Frobnication rate | 12 TB/s |\n| Frobnicator | blue |\n"
    )
    parsed = source("hardware/google").parsed(page.encode())
    assert {q.field for q in parsed.quotes} == {"bf16_dense_tflops", "memory_gb", "memory_bandwidth_gb_s"}
    assert [(o.subject, o.extent) for o in parsed.left_out] == [("Frobnication rate", "block")] and parsed.is_partial


def test_two_values_of_one_field_on_a_page_are_a_contradiction(capture: Callable[[str], str]) -> None:
    page = capture("groq/lpu_v1_techpowerup_SECONDARY.txt")
    with pytest.raises(ContractBroken, match="two values"):
        read("groq", page + "\nThe Groq LPU has 70 TB/s of bandwidth.\n")


def test_every_vintage_of_the_second_witness_is_read(shared_data: Path) -> None:
    for path in sorted((shared_data / "hardware" / "epoch").glob("*.csv")):
        rows = read("epoch", path.read_bytes())
        assert rows["NVIDIA H100 SXM5 80GB", "memory_bandwidth_gb_s"].value == 3350
        assert {q.basis for q in rows.values()} == {"secondary"}
    with pytest.raises(PageChanged, match="one column"):
        read("epoch", path.read_bytes().replace(b"Memory bandwidth (byte/s)", b"Memory bandwidth (bit/s)"))
