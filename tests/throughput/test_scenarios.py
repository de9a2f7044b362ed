"""Scenario files as people write them: aliases, custom parts, bad cells; every refusal is that row's sentence."""

from __future__ import annotations

import json

import polars as pl
import pytest
from click.testing import CliRunner

from pipelines.commands.throughput import command
from throughput.products import definitions
from throughput.questions import names, scenarios

GOOD = {
    "accelerator": "H100-SXM",
    "model": "Llama-3.1-70B",
    "weight_precision": "fp8",
    "kv_precision": "fp8",
    "n_accelerators": "4",
    "tensor_parallel": "4",
    "data_parallel": "1",
    "pipeline_parallel": "1",
    "isl": "1024",
    "osl": "1024",
    "concurrency": "64",
    "metric": "output_tok_s",
}


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("NVIDIA H100 80GB HBM3", "H100-SXM"),
        ("h100-sxm", "H100-SXM"),
        ("H100", "H100-SXM"),
        ("b200", "B200-SXM"),
        ("AMD Instinct MI300X", "MI300X"),
        ("RTX 4090", "RTX-4090"),
        ("NVIDIA GeForce RTX 4090", "RTX-4090"),
        ("M2 Ultra 76-Core GPU 192GB", "Apple M2 Ultra (76-core GPU)"),
        ("Trillium", "TPU-v6e"),
        ("gaudi 3", "Gaudi3"),
        ("NVIDIA A100-SXM4-80GB", "A100-SXM-80GB"),
        ("A100 40GB PCIe", "A100-PCIe-40GB"),
        ("A100-SXM4-40GB", "A100-SXM-40GB"),
        ("NVIDIA GH200 480GB", "GH200-96GB"),
        ("GH200 144GB HBM3e", "GH200-144GB"),
        ("NVIDIA B200 SXM6 180GB", "B200-SXM"),
        ("B200 192GB", "B200-SXM"),
        ("trn2.48xlarge", "Trainium2"),
        ("v5e", "TPU-v5e"),
        ("RTX 6000 Ada Generation", "RTX 6000 Ada 48GB"),
        ("M3 Max 40-core", "Apple M3 Max (40-core GPU)"),
        ("mi355x", "MI355X"),
        ("Trn2", "Trainium2"),
        ("L40S 48GB", "L40S"),
    ],
)
def test_accelerators_answer_to_their_common_names(tables, alias, name):
    assert names.resolve(alias, names.index(tables[0].iter_rows(named=True), "accelerator"), "accelerator") == name


@pytest.mark.parametrize("sibling", ["V100 8GB", "RTX 3080 12GB", "H100-64GB", "RTX 4080D", "MI302X", "H20 64GB"])
def test_a_sibling_with_other_memory_or_name_is_not_taken_for_a_known_part(tables, sibling):
    with pytest.raises(names.UnknownName, match="not known; nearest"):
        names.resolve(sibling, names.index(tables[0].iter_rows(named=True), "accelerator"), "accelerator")


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("meta-llama/Llama-3.1-70B-Instruct", "Llama-3.1-70B"),
        ("llama-3.1-70b", "Llama-3.1-70B"),
        ("nvidia/Llama-3.3-70B-Instruct-FP8", "Llama-3.1-70B"),
        ("deepseek-ai/DeepSeek-R1-0528", "DeepSeek-R1"),
        ("openai/gpt-oss-120b", "gpt-oss-120b"),
        ("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", "Qwen3-235B-A22B"),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "Mixtral-8x7B"),
        ("llama2-70b-99.9", "Llama-2-70B"),
        ("google/gemma-3-27b-it", "Gemma-3-27B"),
        ("moonshotai/Kimi-K2.5", "Kimi-K2.5"),
    ],
)
def test_models_answer_to_their_common_names(tables, alias, name):
    assert names.resolve(alias, names.index(tables[1].iter_rows(named=True), "model"), "model") == name


def test_every_name_of_the_study_tables_is_known(tables, shared_data):
    for file, key, table in (("hw.csv", "accelerator", tables[0]), ("models.csv", "model", tables[1])):
        known = names.index(table.iter_rows(named=True), key)
        for name in pl.read_csv(shared_data / "throughput" / file, infer_schema_length=0)[key]:
            assert names.resolve(name, known, key)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"accelerator": "H900"}, "not known"),
        ({"model": "Llama-99"}, "not known"),
        ({"model": ""}, "no model given"),
        ({"weight_precision": "fp7"}, "not a format"),
        ({"weight_precision": "fp80"}, "not a format"),
        ({"weight_precision": "0bpw"}, "not a format"),
        ({"weight_precision": "bf16banana"}, "not a format"),
        ({"kv_precision": "banana"}, "kv_precision"),
        ({"n_accelerators": "0"}, "between"),
        ({"n_accelerators": "-4"}, "between"),
        ({"tensor_parallel": "3", "n_accelerators": "3"}, "does not divide"),
        ({"tensor_parallel": "8"}, "n_accelerators says 4"),
        ({"n_accelerators": "6"}, "groups"),
        ({"n_accelerators": "2.5"}, "whole number"),
        ({"isl": "-1"}, "between"),
        ({"osl": "0"}, "between"),
        ({"osl": "nan"}, "finite"),
        ({"isl": "inf"}, "finite"),
        ({"isl": "1e30"}, "between"),
        ({"concurrency": "0"}, "above 0"),
        ({"concurrency": "-3"}, "between"),
        ({"concurrency": "abc"}, "expected a number"),
        ({"metric": "speed"}, "metric"),
        ({"metric": "usd_per_mtok_output"}, "usd_per_accelerator_hour"),
        ({"boundary": "moon"}, "boundary"),
        ({"accelerator": "Apple M3 Ultra", "metric": "j_per_output_token"}, "needs the power of Apple M3 Ultra (80-core GPU)"),
        ({"n_accelerators": "1", "tensor_parallel": "1", "weight_precision": "bf16"}, "does not fit"),
        ({"accelerator": "Groq LPU v1"}, "does not fit"),
        ({"isl": "2000000", "osl": "1000"}, "one sequence of 2001000 tokens"),
        ({"pipeline_parallel": "100", "tensor_parallel": "1", "n_accelerators": "100"}, "exceeds the 80 layers"),
    ],
)
def test_a_bad_row_says_why_and_the_others_are_answered(tables, constants, change, words):
    table = pl.DataFrame([{**GOOD, "boundary": ""}, {**GOOD, "boundary": "", **change}, {**GOOD, "boundary": ""}])
    answers = scenarios.answer(table, *tables, constants)
    assert answers["predicted"].is_null().to_list() == [False, True, False]
    assert words in answers["error"][1]
    assert answers["error"][0] is None and answers["predicted"][0] == answers["predicted"][2] > 0


@pytest.mark.parametrize("word", ["unstated", "Unknown", "auto", "n/a", ""])
def test_a_precision_that_nobody_stated_is_the_models_own(tables, constants, word):
    said = scenarios.answer(
        pl.DataFrame(
            [{**GOOD, "weight_precision": word, "kv_precision": word}, {**GOOD, "weight_precision": "bf16", "kv_precision": "auto"}]
        ),
        *tables,
        constants,
    )
    assert said["error"].null_count() == 2 and said["predicted"][0] == said["predicted"][1]


def test_intervals_contain_the_prediction_and_nothing_is_infinite(tables, constants):
    table = pl.DataFrame([{**GOOD, "metric": m, "usd_per_accelerator_hour": "2"} for m in scenarios.readings.METRICS])
    answers = scenarios.answer(table, *tables, constants)
    assert answers["error"].null_count() == answers.height
    assert (answers["lower_80"] < answers["predicted"]).all() and (answers["predicted"] < answers["upper_80"]).all()
    assert answers["predicted"].is_finite().all()
    assert set(answers["bound"]) <= {"weights", "kv", "compute", "latency", "memory capacity"}


def test_a_wall_boundary_costs_more_joules_than_the_chips(tables, constants):
    rows = [{**GOOD, "metric": "j_per_output_token", "boundary": b} for b in ("gpu_only", "system", "wall")]
    chips, system, wall = scenarios.answer(pl.DataFrame(rows), *tables, constants)["predicted"]
    assert chips < system < wall


def test_an_sram_chip_is_answered_when_enough_of_them_hold_the_model(ask):
    r = ask(
        accelerator="Groq LPU v1",
        model="Llama-3.1-8B",
        n_accelerators=512,
        tensor_parallel=32,
        pipeline_parallel=16,
        isl=100,
        osl=100,
        concurrency=1,
    )
    assert r["error"] is None and r["tok_s_per_user"] > 0


def test_the_command_answers_a_file_and_keeps_every_input_column(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    pl.DataFrame([{**GOOD, "note": "kept"}, {**GOOD, "model": "nobody", "note": "kept too"}]).write_csv(source)
    result = CliRunner().invoke(command, [str(source), "--out", str(out)])
    assert result.exit_code == 3 and "1 of 2 rows answered" in result.output
    answers = pl.read_csv(out)
    assert answers.columns == [*GOOD, "note", "predicted", "lower_80", "upper_80", "bound", "error"]
    assert answers["note"].to_list() == ["kept", "kept too"] and answers["error"].null_count() == 1


def test_the_command_explains_one_question_with_levers():
    result = CliRunner().invoke(
        command,
        ["--model", "llama-3.1-70b", "--accelerator", "h100", "--concurrency", "64", "--weight-precision", "bf16", "--usd-per-hour", "2"],
    )
    assert result.exit_code == 0
    for words in ("bound by", "Levers", "FP8 weights", "$ per million output tokens", "80 %"):
        assert words in result.output


def test_speeds_of_few_bits_come_with_what_they_cost(tmp_path):
    one = CliRunner().invoke(command, ["--model", "llama-3.1-70b", "--accelerator", "h100", "--weight-precision", "int4_awq"])
    assert one.exit_code == 0 and "cost quality: perplexity x1.01 to x1.04" in one.output
    plain = CliRunner().invoke(command, ["--model", "llama-3.1-70b", "--accelerator", "h100", "--weight-precision", "fp8", "-n", "2"])
    assert "cost quality" not in plain.output and "at a cost in quality" in plain.output
    source = tmp_path / "in.csv"
    pl.DataFrame([{**GOOD, "weight_precision": "q2_k"}, GOOD]).write_csv(source)
    assert "q2_k: 3.35-bit weights cost quality" in CliRunner().invoke(command, [str(source)]).stderr


def test_the_command_refuses_what_is_not_a_scenario_file(tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    assert "no column accelerator" in CliRunner().invoke(command, [str(wrong)]).output


HEADER = "accelerator,model,weight_precision,note\n"


def test_a_row_that_cannot_be_read_does_not_stop_the_file(tmp_path):
    source = tmp_path / "in.csv"
    source.write_bytes(
        (HEADER + "h100,llama-3.1-8b,fp8,plain\nh100,llama-3.1-8b,fp8,an,unquoted comma\n\nh100,llama-3.1-8b,fp8,").encode()
        + "caf\xe9\n".encode("latin-1")
    )
    result = CliRunner().invoke(command, [str(source)])
    assert result.exit_code == 3, result.output
    good, wide, empty, latin = pl.read_csv(result.stdout.encode()).to_dicts()
    assert good["error"] is None and good["predicted"] == latin["predicted"] > 0
    assert wide["predicted"] is None and "5 cells, the header 4" in wide["error"] and wide["bound"] is None
    assert empty["error"] == "no accelerator given"


def test_answers_do_not_depend_on_how_many_rows_are_read_at_a_time(tables, constants, monkeypatch):
    table = pl.DataFrame([GOOD, {**GOOD, "model": "nobody"}, {**GOOD, "concurrency": ""}, {**GOOD, "model": "nobody"}])
    whole = scenarios.answer(table, *tables, constants)
    monkeypatch.setattr(scenarios, "SLICE", 1)
    assert scenarios.answer(table, *tables, constants).equals(whole)
    assert scenarios.answer(table.head(0), *tables, constants).columns == whole.columns


def test_options_of_a_question_are_not_silently_ignored_for_a_file(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text(HEADER + "h100,llama-3.1-8b,fp8,\n")
    refused = CliRunner().invoke(command, [str(source), "--isl", "9", "--kv-precision", "fp8"])
    assert refused.exit_code == 2 and "--isl" in refused.output and "--kv-precision" in refused.output
    refused = CliRunner().invoke(command, ["--model", "llama-3.1-8b", "--accelerator", "h100", "--out", str(tmp_path / "x")])
    assert refused.exit_code == 2 and "--out" in refused.output


def test_an_output_that_cannot_be_written_is_a_sentence(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text(HEADER + "h100,llama-3.1-8b,fp8,\n")
    result = CliRunner().invoke(command, [str(source), "--out", str(source / "below" / "a-file.csv")])
    assert result.exit_code == 1 and "cannot be written" in result.output


def test_the_fewest_accelerators_are_found_beside_any_other_parallelism():
    asked = ["--model", "llama-3.1-70b", "--accelerator", "h100", "--weight-precision", "bf16"]
    copies = CliRunner().invoke(command, [*asked, "--data-parallel", "2"])
    assert copies.exit_code == 0 and "on 4 x H100-SXM (tensor 2 x data 2 x pipeline 1)" in copies.output
    staged = CliRunner().invoke(command, [*asked, "--pipeline-parallel", "4"])
    assert staged.exit_code == 0 and "on 4 x H100-SXM (tensor 1 x data 1 x pipeline 4)" in staged.output
    sram = CliRunner().invoke(command, ["--model", "llama-3.1-70b", "--accelerator", "groq lpu v1"])
    assert sram.exit_code == 3 and "no tensor parallel degree up to 512" in sram.output


CUSTOM = """
[[accelerator]]
accelerator = "MyChip"
bandwidth_bytes_per_s = 1e12
memory_bytes = 64e9
bf16_flop_per_s = 2e14

[[model]]
model = "MyModel"
layers = 32
hidden_size = 4096
heads = 32
kv_heads = 8
head_dim = 128
intermediate_size = 14336
vocabulary_size = 128256
"""


def test_custom_parts_come_from_toml(tmp_path, tables, constants):
    path = tmp_path / "mine.toml"
    path.write_text(CUSTOM)
    source = tmp_path / "in.csv"
    pl.DataFrame([{"accelerator": "mychip", "model": "mymodel", "concurrency": "1"}]).write_csv(source)
    result = CliRunner().invoke(command, [str(source), "--definitions", str(path)])
    row = pl.read_csv(result.stdout.encode()).to_dicts()[0]
    # 16-bit 8B model on 1 TB/s: at most 62 tokens a second, at least half of it
    assert row["error"] is None and 30 < row["predicted"] < 62


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[accelerator]]\naccelerator='x'\nmemory_bytes=1.0\n", "lacks"),
        ("not toml", "is not TOML"),
        ("a=1", "defines nothing"),
        (CUSTOM.replace("1e12", "0"), "above 0"),
        (CUSTOM.replace("1e12", "-5"), ">= 0"),
        (CUSTOM.replace("layers = 32", "layers = 'many'"), "expected a number"),
        (CUSTOM.replace("1e12", "inf"), "at most 1e\\+20"),
        ("accelerator = 'x'", r"expected a table \[\[accelerator\]\]"),
        ("a=" + "[" * 100_000, "is not TOML"),
        (CUSTOM.replace("[[accelerator]]", "[[accelerator]]\nfamily = 'martian'"), "expected one of nvidia_datacenter"),
        ("#" * 1_000_001, "at most 1,000,000"),
        (CUSTOM.replace("1e12", "1e19"), "bytes for each"),
        (CUSTOM.replace("1e12", "1000"), "not in GB"),
        (CUSTOM.replace("[[accelerator]]", "[[accelerator]]\nfp8_flop_per_s = 1e9"), "fp8_flop_per_s 1e\\+09 is below bf16_flop_per_s"),
        (
            CUSTOM.replace(
                "layers = 32", "layers = 32\nmoe_layers = 32\nexperts = 4\nexperts_per_token = 8\nexpert_intermediate_size = 512"
            ),
            "more active than total",
        ),
        (CUSTOM.replace("layers = 32", "layers = 32\nwindow_layers = 40\nwindow_tokens = 128"), "window_layers"),
        (
            CUSTOM.replace("layers = 32", "layers = 32\npublished_parameters = 1e9\npublished_active_parameters = 2e9"),
            "more than published_parameters",
        ),
    ],
)
def test_a_bad_definition_names_file_and_field(tmp_path, text, words):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises((definitions.BadDefinition, ValueError), match=words) as problem:
        definitions.read_definitions(path)
    assert "bad.toml" in str(problem.value)


def test_answers_are_the_same_twice(tables, constants):
    table = pl.DataFrame([GOOD, {**GOOD, "concurrency": ""}])
    one, two = (json.dumps(scenarios.answer(table, *tables, constants).to_dicts()) for _ in range(2))
    assert one == two


def test_a_blank_precision_means_the_checkpoints_own(ask):
    assert ask(model="gpt-oss-120b", weight_precision="")["weight_bits"] == 4.25
    assert ask(model="DeepSeek-V3", weight_precision=None, n_accelerators=16, tensor_parallel=16)["weight_bits"] == 8.0


def test_gpt_oss_fits_twelve_gigabytes_as_llama_cpps_file_and_not_as_published(ask):
    """Published: experts in MXFP4, the rest in 16 bits, 12.8 GiB; llama.cpp's MXFP4_MOE has the rest in Q8_0 and the embedding in the
    host's memory, and a published RTX 3060 of 12 GB runs it."""
    card = {"model": "gpt-oss-20b", "accelerator": "RTX 3060", "n_accelerators": 1, "tensor_parallel": 1, "concurrency": 1, "isl": 512}
    assert "does not fit: 12.8 GiB" in ask(**card, weight_precision="mxfp4")["error"]
    told = ask(**card, weight_precision="MXFP4 MoE", kv_precision="bf16")
    assert told["error"] is None and 60 < told["tok_s_per_user"] < 120
