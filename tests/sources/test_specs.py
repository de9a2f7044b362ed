"""The specification history: dated, traceable, never overwritten; the engine's table follows from it."""

from __future__ import annotations

import io
from datetime import date

import polars as pl
import pytest

from reference import FOLDER
from reference.specs.engine import engine_table, read_list
from reference.specs.history import best_specs, comparison, read_history
from sources.pages.quote import SpecQuote
from sources.pages.specs.plausible import implausible

TODAY = date(2026, 11, 22)
CORE = (
    ("memory_gb", "memory_gib"),
    ("memory_bandwidth_gb_s", "memory_bandwidth_gib_s"),
    ("bf16_dense_tflops", "fp16_dense_tflops"),
    ("tdp_w",),
    ("interconnect_gb_s",),
    ("launch_date",),
)


def best(accelerator: str, field: str, as_of: date = TODAY) -> tuple[str, str]:
    row = best_specs(read_history(), as_of).filter((pl.col("accelerator") == accelerator) & (pl.col("field") == field)).to_dicts()[0]
    return row["value"], row["basis"]


def every(accelerator: str, field: str) -> list[tuple[str, str]]:
    rows = best_specs(read_history(), TODAY).filter((pl.col("accelerator") == accelerator) & (pl.col("field") == field))
    return list(rows.select("value", "basis").iter_rows())


def test_forty_accelerators_of_nine_vendors_are_documented() -> None:
    rows = best_specs(read_history(), TODAY)
    fields = {k[0]: set(g["field"]) for k, g in rows.group_by("accelerator", "vendor")}
    vendors = dict(rows.select("accelerator", "vendor").unique().iter_rows())
    whole = [a for a, found in fields.items() if all(found & set(any_of) for any_of in CORE)]
    assert len(whole) >= 40 and len({vendors[a] for a in whole}) >= 9


def test_every_value_says_where_it_is_from() -> None:
    history = read_history()
    assert history.filter((pl.col("evidence") == "") | ~pl.col("source_url").str.starts_with("http")).height == 0
    assert set(history["basis"]) == {"official", "secondary"}  # no figure without a document
    assert history["observed_at"].null_count() == 0
    assert history.select("accelerator", "field", "source", "label", "qualifier", "observed_at", "value").is_duplicated().sum() == 0


def test_a_value_that_changed_silently_keeps_both_versions() -> None:
    rows = read_history().filter(
        (pl.col("accelerator") == "Trainium2")
        & (pl.col("field") == "bf16_dense_tflops")
        & (pl.col("source") == "hardware/aws")
        & (pl.col("qualifier") == "")
    )
    assert rows.sort("observed_at")["value"].to_list()[:1] == ["655"] and rows["value"].n_unique() == 2
    assert best("Trainium2", "bf16_dense_tflops", date(2025, 1, 1)) == ("655", "official")
    assert best("Trainium2", "bf16_dense_tflops") == ("667", "official")


def test_the_makers_figure_per_gpu_goes_before_its_rounded_board_and_before_databases() -> None:
    assert best("B200-SXM", "memory_gb") == ("180", "official")  # not the board's 1.4 TB / 8
    assert best("MI300X", "bf16_dense_tflops") == ("1307.4", "official")  # not 1.3 PFLOPS
    assert best("B300-SXM", "fp4_dense_tflops") == ("13500", "official")  # the newer board's 108 / 8, not the sheet's 14 PFLOPS
    assert ("10300", "secondary") not in every("MI308X", "memory_bandwidth_gb_s")  # ruled out, with its reason
    assert best("RTX-4090", "bf16_dense_tflops")[0] == "165.2"


def test_power_of_a_whole_computer_serves_only_where_no_chip_figure_stands() -> None:
    assert best("Apple M1 Max (32-core GPU)", "tdp_w") == ("60", "secondary")  # not Apple's 115 W at the wall
    assert best("Apple M2 Ultra (76-core GPU)", "tdp_w") == ("295", "official")


def test_what_is_ruled_out_has_a_reason_and_stays_in_the_table() -> None:
    rejected = read_history().filter(pl.col("rejected_because") != "")
    assert rejected.height >= 20 and rejected["rejected_because"].str.len_chars().min() >= 15


def test_the_choice_does_not_depend_on_the_order_of_rows() -> None:
    history = read_history()
    assert best_specs(history.reverse(), TODAY).equals(best_specs(history, TODAY))


def test_disagreements_are_shown_with_who_says_what() -> None:
    table = comparison(read_history(), TODAY)
    b300 = table.filter((pl.col("accelerator") == "B300-SXM") & (pl.col("field") == "bf16_dense_tflops")).to_dicts()[0]
    assert (b300["official"], b300["epoch"], b300["evokernel"], b300["used"], b300["disagree"]) == ("2250", "2250", "3750", "2250", True)
    h100 = table.filter((pl.col("accelerator") == "H100-SXM") & (pl.col("field") == "memory_bandwidth_gb_s")).to_dicts()[0]
    assert not h100["disagree"]


def test_the_engines_table_has_no_figure_of_its_own() -> None:
    built = engine_table(read_history(), read_list(), TODAY)
    kept = pl.read_csv(FOLDER / "accelerators.csv", infer_schema_length=None)
    assert pl.read_csv(io.BytesIO(built.write_csv().encode()), infer_schema_length=None).equals(kept), (
        "run research/builders/build_accelerators.py; figures are changed in the history, not in the table"
    )


def test_the_engines_table_follows_a_new_observation() -> None:
    history = read_history()
    newer = history.filter((pl.col("accelerator") == "H100-SXM") & (pl.col("field") == "tdp_w") & (pl.col("basis") == "official"))
    newer = newer.with_columns(value=pl.lit("720"), observed_at=pl.lit(date(2026, 11, 1)))
    table = engine_table(pl.concat([history, newer]), read_list(), TODAY)
    assert table.filter(pl.col("accelerator") == "H100-SXM")["tdp_w"].item() == 720
    with pytest.raises(ValueError, match="H100-SXM"):
        engine_table(
            history.filter(~((pl.col("accelerator") == "H100-SXM") & pl.col("field").str.contains("bandwidth"))), read_list(), TODAY
        )


def quote(field: str, value: str, accelerator: str = "H100 SXM") -> SpecQuote:
    from decimal import Decimal

    return SpecQuote(accelerator=accelerator, field=field, value=Decimal(value), value_text=value, unit="", evidence="e", locator="l")


def test_a_figure_twice_what_is_known_is_a_contradiction_and_a_small_revision_is_not() -> None:
    assert implausible([quote("tdp_w", "1400")]) and implausible([quote("memory_bandwidth_gb_s", "1675")])
    assert not implausible([quote("tdp_w", "750")]) and not implausible([quote("memory_bandwidth_gb_s", "3400")])


def test_a_new_part_far_from_every_known_ratio_is_refused() -> None:
    new = [
        quote("memory_bandwidth_gb_s", "22000", "R999"),
        quote("memory_gb", "288", "R999"),
        quote("tdp_w", "1800", "R999"),
        quote("bf16_dense_tflops", "4000", "R999"),
    ]
    assert not implausible(new)
    in_bits = [q if q.field != "memory_bandwidth_gb_s" else quote("memory_bandwidth_gb_s", "176", "R999") for q in new]
    assert implausible(in_bits)


def test_the_hardware_verb_shows_who_says_what() -> None:
    from click.testing import CliRunner

    from pipelines.commands.hardware import command

    shown = CliRunner().invoke(command, ["b300", "--field", "bf16_dense_tflops", "--as-of", "2026-11-22"])
    assert shown.exit_code == 0 and "3750" in shown.output and "hardware/nvidia" in shown.output and "Within 5 %" in shown.output
    table = CliRunner().invoke(command, ["--csv", "--as-of", "2026-11-22"]).output
    assert pl.read_csv(io.BytesIO(table.encode()), infer_schema_length=None).height > 800
    every = read_history().select("accelerator", "field").unique()
    assert every.join(pl.read_csv(io.BytesIO(table.encode()), infer_schema_length=None), on=["accelerator", "field"], how="anti").is_empty()
    ruled_out = next(line for line in CliRunner().invoke(command, ["RX-7900-XTX"]).output.splitlines() if "int8_dense_tops" in line)
    assert ruled_out.split()[3:] == ["TOPS", "dense", "-", "-", "246", "-", "-", "-", "-"], (
        "what a database says of a field that nobody may use is shown"
    )
    assert "beyond eight HBM3 stacks" in CliRunner().invoke(command, ["MI308X", "--rejected"]).output
    assert CliRunner().invoke(command, ["no such part"]).exit_code == 2
