"""The engine against NVIDIA's aiconfigurator on measured rows that both answer: python -m benchmarks.aiconfigurator --peer PYTHON

aiconfigurator looks measured kernel times up; it lives in an environment of its own:

    python -m venv peer && peer/bin/pip install aiconfigurator==0.12.0
    python -m benchmarks.aiconfigurator --peer peer/bin/python [--rows 60]

Rows: the further measured scenarios (``DEFLATION_DATA``/throughput2) of NVIDIA parts it has systems for, one node, a stated
concurrency, every so many of them. Both are asked without the measured value, the software or its date; of aiconfigurator
the first serving backend that has kernel data answers. The engine's constants are fitted anew without any row of the collections
that the compared rows come from. Prints rows answered by both, median error, share within 25 %, rate.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from importlib import resources

import numpy as np
import polars as pl

from pipelines.settings import load_settings
from throughput.calibration import calibration
from throughput.calibration.measurements import Measurements, with_facts
from throughput.engine.efficiency import Constants, load_constants
from throughput.products import catalogue
from throughput.questions import scenarios

SYSTEMS = {
    "H100-SXM": "h100_sxm",
    "H200-SXM": "h200_sxm",
    "B200-SXM": "b200_sxm",
    "B300-SXM": "b300_sxm",
    "L40S": "l40s",
    "A100-SXM-80GB": "a100_sxm",
    "GB200": "gb200",
    "RTX-PRO-6000-SE": "rtx_pro_6000_server",
}
MODELS = {
    "Llama-3.1-8B": "meta-llama/Meta-Llama-3.1-8B",
    "Llama-3.1-70B": "meta-llama/Meta-Llama-3.1-70B",
    "DeepSeek-V3": "deepseek-ai/DeepSeek-V3",
    "DeepSeek-R1": "deepseek-ai/DeepSeek-R1",
    "Kimi-K2.5": "moonshotai/Kimi-K2.5",
    "MiniMax-M2.5": "MiniMaxAI/MiniMax-M2.5",
    "gpt-oss-120b": "openai/gpt-oss-120b",
    "Qwen3-32B": "Qwen/Qwen3-32B",
    "Qwen3-235B-A22B": "Qwen/Qwen3-235B-A22B",
}
FP4_MODELS = {
    "DeepSeek-V3": "nvidia/DeepSeek-V3.1-NVFP4",
    "DeepSeek-R1": "nvidia/DeepSeek-V3.1-NVFP4",
    "Kimi-K2.5": "nvidia/Kimi-K2.5-NVFP4",
    "MiniMax-M2.5": "nvidia/MiniMax-M2.5-NVFP4",
}
PEER = """
import json, logging, sys, time
logging.disable(logging.CRITICAL)
from aiconfigurator.cli.api import cli_estimate
for line in sys.stdin:
    row = json.loads(line)
    start, answer = time.perf_counter(), None
    for backend in ("trtllm", "sglang", "vllm"):
        try:
            r = cli_estimate(row["model_path"], row["system"], backend_name=backend, isl=row["isl"], osl=row["osl"], batch_size=row["batch"],
                             tp_size=row["tp"], moe_ep_size=row["ep"], moe_tp_size=row["moe_tp"], attention_dp_size=row["dp"], **row["quant"])
            answer = {"tpot": r.tpot, "ttft": r.ttft}
            break
        except BaseException as problem:
            why = str(problem)[:120]
    print(json.dumps({"id": row["id"], "answer": answer, "seconds": time.perf_counter() - start, "why": None if answer else why}), flush=True)
"""


def asked(table: pl.DataFrame, most: int) -> pl.DataFrame:
    """Rows both can be asked, evenly thinned to about ``most``."""
    number = [pl.col(c).cast(pl.Float64, strict=False) for c in ("n_accelerators", "concurrency", "data_parallel", "tensor_parallel")]
    usable = table.filter(
        pl.col("accelerator").is_in(list(SYSTEMS)),
        pl.col("model").is_in(list(MODELS)),
        number[0] <= 8,
        number[1] >= 1,
        number[2] <= 1,
        number[0] == number[3],
        pl.col("metric").is_in(["tpot_ms", "itl_ms", "output_tok_s"]),
        pl.col("weight_precision").is_in(["fp8", "nvfp4", "bf16", "mxfp4"]),
    )
    return usable.gather_every(max(usable.height // most, 1))


def question(row: dict[str, str]) -> dict[str, object]:
    """One row as aiconfigurator is asked."""
    tp, precision, model = int(row["tensor_parallel"]), row["weight_precision"], row["model"]
    mixture = model not in ("Llama-3.1-8B", "Llama-3.1-70B", "Qwen3-32B")
    quant = {"gemm_quant_mode": "fp8"} if precision == "fp8" and not mixture else {}
    cache = {"kvcache_quant_mode": "fp8"} if row["kv_precision"] == "fp8" and not mixture else {}
    return {
        "id": row["scenario_id"],
        "model_path": FP4_MODELS.get(model, MODELS[model]) if precision == "nvfp4" else MODELS[model],
        "system": SYSTEMS[row["accelerator"]],
        "isl": max(int(float(row["isl"])), 1),
        "osl": int(float(row["osl"])),
        "batch": int(float(row["concurrency"])),
        "tp": tp,
        "dp": 1,
        "ep": 1 if mixture else None,
        "moe_tp": tp if mixture else None,
        "quant": {**quant, **cache},
    }


def predicted(row: dict[str, str], answer: dict[str, float]) -> float:
    """Aiconfigurator's figure for the row's metric; tokens a second by Little's law."""
    if row["metric"] != "output_tok_s":
        return answer["tpot"]
    osl = float(row["osl"])
    return 1e3 * float(row["concurrency"]) * osl / (answer["ttft"] + (osl - 1.0) * answer["tpot"])


def constants_without(compared: pl.DataFrame, everything: pl.DataFrame, tables: tuple[pl.DataFrame, pl.DataFrame]) -> Constants:
    """The engine's constants from all measured scenarios but those of the groups of the compared rows."""
    measured = Measurements(everything, *tables)
    groups = with_facts(compared)["group"].unique().to_list()
    rest = measured.subset(~np.isin(measured.columns["group"], groups))
    print(f"constants fitted on {len(rest)} rows, without {', '.join(sorted(groups))}", flush=True)
    return Constants({**load_constants(), **calibration.fit(rest, load_constants()).constants})


def line(name: str, values: list[float], measured: list[float], seconds: float) -> str:
    """One line of the comparison."""
    error = np.abs(np.array(values) / np.array(measured) - 1.0) * 100.0
    return f"{name:<16} median error {np.median(error):5.1f} %, within 25 % {np.mean(error <= 25) * 100:3.0f} %, {len(error) / seconds:12,.2f} rows/s"


def main() -> None:
    """Ask both, print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="Python of an environment with aiconfigurator")
    parser.add_argument("--rows", type=int, default=60)
    options = parser.parse_args()
    files = [load_settings().data / folder / "scenarios_measured.csv" for folder in ("throughput", "throughput2")]
    first, further = (pl.read_csv(f, infer_schema_length=0) for f in files)
    rows = asked(further, options.rows)
    tables = catalogue.load(resources.files("reference"))
    constants = constants_without(rows, pl.concat([first, further]), tables)
    questions = "".join(json.dumps(question(r)) + "\n" for r in rows.iter_rows(named=True))
    result = subprocess.run([options.peer, "-W", "ignore", "-c", PEER], input=questions, capture_output=True, text=True, check=False)
    theirs = {a["id"]: a for a in map(json.loads, filter(lambda t: t.startswith("{"), result.stdout.splitlines()))}
    start = time.perf_counter()
    ours = scenarios.answer(rows.drop("measured", "source"), *tables, constants)["predicted"].to_list()
    taken = time.perf_counter() - start
    both = [
        (r, o, theirs[r["scenario_id"]])
        for r, o in zip(rows.iter_rows(named=True), ours, strict=True)
        if o is not None and theirs.get(r["scenario_id"], {}).get("answer")
    ]
    refused = sorted({str(a["why"]) for a in theirs.values() if a["why"]})
    print(
        f"{rows.height} rows asked, {len(both)} answered by both; aiconfigurator refused: {refused[:4]}{result.stderr[-300:] if not theirs else ''}"
    )
    if both:
        measured = [float(r["measured"]) for r, _, _ in both]
        print(line("this engine", [o for _, o, _ in both], measured, taken * len(both) / rows.height))
        print(line("aiconfigurator", [predicted(r, t["answer"]) for r, _, t in both], measured, sum(t["seconds"] for _, _, t in both)))


if __name__ == "__main__":
    main()
