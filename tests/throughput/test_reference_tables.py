"""The reference tables the engine reads: a source on every row, counts that agree with what vendors publish."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from click.testing import CliRunner

import reference
from pipelines.commands.calibrate import command as calibrate
from throughput.calibration import calibration
from throughput.engine import grid
from throughput.engine.efficiency import Constants
from throughput.products import catalogue

REFERENCE = Path(__file__).parents[2] / "reference"


def test_every_architecture_has_a_source_and_there_are_at_least_forty(tables):
    models = tables[1]
    assert models.height >= 40
    assert models["source_url"].str.starts_with("https://").all()
    assert models["model"].is_unique().all()


def test_parameter_counts_agree_with_published_totals(tables):
    models = tables[1]
    counted = grid.prepare_architectures(catalogue.readings.figures(models, catalogue.readings.ARCHITECTURE_COLUMNS), Constants({}))
    total = (
        pl.col("attention_parameters")
        + pl.col("dense_parameters")
        + pl.col("head_parameters")
        + pl.col("embedding_parameters")
        + pl.col("moe_layers") * pl.col("routed_experts") * pl.col("expert_parameters")
    )
    both = counted.with_columns(total=total, published=models["published_parameters"].cast(pl.Float64, strict=False))
    error = (both["total"] / both["published"] - 1.0).abs().drop_nulls()
    assert error.len() >= 40 and error.max() < 0.05 and (error < 0.012).mean() > 0.8


def test_every_accelerator_has_a_source_a_basis_and_sane_figures(tables):
    chips = tables[0]
    assert chips["source_url"].str.starts_with("https://").all()
    assert chips["basis"].str.len_chars().min() > 0
    assert not chips["basis"].str.contains("memory").any()
    assert chips["bandwidth_bytes_per_s"].min() > 5e10 and chips["memory_bytes"].min() > 1e8
    assert (chips["bf16_flop_per_s"] > 1e12).all()


def test_every_constant_is_packaged_with_an_interval_that_contains_it():
    import tomllib
    from importlib import resources

    table = tomllib.loads(resources.files("throughput.calibration").joinpath("constants.toml").read_text(encoding="utf-8"))
    assert set(table["constants"]) == set(calibration.meanings())
    for name, row in table["constants"].items():
        assert row["low_80"] <= row["value"] <= row["high_80"], name
        assert row["meaning"] and row["unit"]


def test_releases_of_serving_software_are_names_not_numbers():
    """Release 0.20 read as a number is 0.2, which is another release."""
    assert set(reference.load("software_releases")["release"]) == {"0.14", "0.20", "1.0"}


def test_calibrate_says_what_it_lacks_where_the_study_data_are_not(tmp_path):
    said = CliRunner().invoke(calibrate, ["--data", str(tmp_path)])
    assert said.exit_code == 1 and "scenarios_measured.csv is not there" in said.output and "DEFLATION_DATA" in said.output


def test_facts_on_techniques_name_source_and_licence():
    for name in ("quantization_speedups", "quantization_quality", "speculative_decoding", "software_releases"):
        rows = pl.read_csv(REFERENCE / f"{name}.csv", infer_schema_length=0)
        assert rows.height > 10 and rows["source_url"].str.starts_with("https://").all()
        assert rows["licence"].is_in(["MIT", "BSD-3-Clause", "Apache-2.0", "CC-BY-4.0", "facts"]).all()
