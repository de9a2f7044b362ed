"""Speed of the throughput engine against its peers and the machine: python -m benchmarks.throughput [--peers PYTHON]

Leads with what is like for like: whole configurations per second, nothing prepared, and, with ``--peers``, how many of them
genz-llm and llm-analysis evaluate in the same run; then rows of a scenario file, load sweeps of prepared configurations, 100 M
of them streamed with their peak memory, and the machine's memory bandwidth. Peers live in an environment of their own (they pin old pandas and numpy):

    uv venv peers && uv pip install --python peers/bin/python genz-llm==0.0.16 llm-analysis==0.2.2
    python -m benchmarks.throughput --peers peers/bin/python
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import time
from importlib import resources

import numpy as np
import polars as pl

from throughput.engine import efficiency, grid
from throughput.products import catalogue
from throughput.questions import readings, scenarios

CONFIGURATIONS = 1_000

GENZ = """
import contextlib, io, time
from GenZ import decode_moddeling
def run(batch, tp):
    decode_moddeling(model="meta-llama/llama-3.1-70b", batch_size=batch, input_tokens=1024, output_tokens=1024, Bb=1,
                     system_name="H100_GPU", bits="int8", tensor_parallel=tp, model_profilling=False)
with contextlib.redirect_stdout(io.StringIO()):
    run(1, 4)
    start, done = time.perf_counter(), 0
    for batch in (1, 8, 64, 256):
        for tp in (2, 4, 8):
            run(batch, tp)
            done += 1
print(done / (time.perf_counter() - start))
"""

LLM_ANALYSIS = """
import logging, time
logging.disable(logging.CRITICAL)
from llm_analysis.analysis import LLMAnalysis
from llm_analysis.config import ParallelismConfig, get_gpu_config_by_name, get_model_config_by_name
engine = LLMAnalysis(get_model_config_by_name("upstage_Llama-2-70b-instruct-v2"), get_gpu_config_by_name("h100-sxm-80gb"),
                     parallelism_config=ParallelismConfig(tp_size=8))
start, done = time.perf_counter(), 0
while time.perf_counter() - start < 3:
    engine.inference(batch_size_per_gpu=1 + done % 16, seq_len=1024, num_tokens_to_generate=1024)
    done += 1
print(done / (time.perf_counter() - start))
"""


def configurations() -> pl.DataFrame:
    """1,000 configurations of models, accelerators, formats and layouts."""
    accelerators, models = catalogue.load(resources.files("reference"))
    chips = accelerators.filter(pl.col("accelerator").is_in(["H100-SXM", "B200-SXM", "MI300X"]))
    table = catalogue.configurations(models, chips, ["fp8", "bf16"], 1024, 1024, 8, "fp8")
    asked = set(readings.ARCHITECTURE_COLUMNS) | set(readings.ACCELERATOR_COLUMNS) | set(readings.ASKED)
    return table.select(c for c in table.columns if c in asked).sample(CONFIGURATIONS, seed=1, shuffle=True)


def whole(table: pl.DataFrame, rows: int) -> tuple[float, float]:
    """Rows per second, and seconds of processor time per million, when nothing is prepared: power, money and interval included."""
    many = pl.concat([table] * (rows // table.height), rechunk=True).with_columns(
        concurrency=(pl.int_range(pl.len()) % 512 + 1).cast(pl.Float64)
    )
    wanted = ("output_tok_s", "j_per_output_token", "usd_per_mtok_output", "log_half_width")
    start, busy = time.perf_counter(), time.process_time()
    grid.evaluate(many, efficiency.load_constants(), keep=wanted).sum()
    return many.height / (time.perf_counter() - start), (time.process_time() - busy) / many.height * 1e6


def from_words(rows: int) -> tuple[float, float]:
    """Rows per second, and processor seconds per million, of a scenario file as people write it: names, formats and blanks read,
    errors said, answered.
    """
    tables = catalogue.load(resources.files("reference"))
    asked = pl.DataFrame(
        {
            "accelerator": ["h100", "NVIDIA B200"],
            "model": ["llama-3.1-70b", "deepseek-ai/DeepSeek-R1"],
            "weight_precision": ["fp8", ""],
            "n_accelerators": ["4", "8"],
            "tensor_parallel": ["4", "8"],
            "isl": ["1024", ""],
            "metric": ["output_tok_s", "tpot_ms"],
        }
    )
    many = pl.concat([asked] * (rows // 2), rechunk=True).with_columns(concurrency=(pl.int_range(pl.len()) % 64 + 1).cast(pl.String))
    start, busy = time.perf_counter(), time.process_time()
    scenarios.answer(many, *tables, efficiency.load_constants())
    return many.height / (time.perf_counter() - start), (time.process_time() - busy) / many.height * 1e6


def rate(ready: pl.DataFrame, loads: int, evaluate, column: str) -> float:
    """Rows per second of one streamed sweep, reading of ``column`` included."""
    sweep = ready.lazy().join(pl.LazyFrame({"concurrency": np.arange(1, loads + 1, dtype=float)}), how="cross")
    start = time.perf_counter()
    evaluate(sweep, efficiency.load_constants()).select(pl.col(column).sum()).collect(engine="streaming")
    return ready.height * loads / (time.perf_counter() - start)


def memory_bandwidth() -> float:
    """Bytes per second of a large numpy copy (read and write counted)."""
    source = np.ones(40_000_000)
    target = np.empty_like(source)
    best = np.inf
    for _ in range(5):
        start = time.perf_counter()
        np.copyto(target, source)
        best = min(best, time.perf_counter() - start)
    return 2 * source.nbytes / best


def peer(python: str, code: str, ours: float) -> str:
    """Configurations per second that another library's snippet prints and the ratio to ``ours``, or why it did not run."""
    result = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if result.returncode:
        return "did not run: " + result.stderr.strip().splitlines()[-1]
    theirs = float(result.stdout.split()[-1])
    return f"{theirs:8,.0f} configurations/s; ours, nothing prepared: {ours / theirs:,.0f} times"


def main() -> None:
    """Print the engine's speed beside memory bandwidth and, if given, other libraries."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="Python of an environment with genz-llm and llm-analysis")
    parser.add_argument("--loads", type=int, default=20_000, help="loads per configuration in the timed sweeps")
    options = parser.parse_args()
    table = configurations()
    whole(table, 20_000)
    all_of_it, busy = whole(table, 2_000_000)
    print(f"whole configurations    {all_of_it / 1e6:8.2f} M/s, {busy:.2f} processor s a million (nothing prepared)", flush=True)
    if options.peers:
        print(f"genz-llm                {peer(options.peers, GENZ, all_of_it)}", flush=True)
        print(f"llm-analysis            {peer(options.peers, LLM_ANALYSIS, all_of_it)}", flush=True)
    read, busy = from_words(500_000)
    print(f"rows of a file          {read / 1e6:8.2f} M/s, {busy:.2f} processor s a million (read from words, answered)", flush=True)
    ready = grid.prepare(table, efficiency.load_constants())
    rate(ready, 200, grid.decode, "step_s")
    steps, served = (rate(ready, options.loads, *what) for what in ((grid.decode, "step_s"), (grid.serve, "output_tok_s")))
    copied = memory_bandwidth()
    print(f"decode steps            {steps / 1e6:8.1f} M/s (configurations prepared, load swept)")
    print(f"serving configurations  {served / 1e6:8.1f} M/s (configurations prepared, load swept)")
    start = time.perf_counter()
    rate(ready, 100_000, grid.serve, "output_tok_s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"100 M configurations    {time.perf_counter() - start:8.1f} s, peak memory {peak / 1e9:.2f} GB")
    print(f"memory bandwidth        {copied / 1e9:8.1f} GB/s (numpy copy); one decode step per {copied / steps:,.0f} bytes")


if __name__ == "__main__":
    main()
