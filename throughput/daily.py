"""The engine's part of the daily job: every open model on every accelerator, the league, the deflation stack.

Frames in, mart-ready frames out. Belongs here: which questions the job asks. Not here: any physics.
"""

from __future__ import annotations

import polars as pl

from throughput import league, stack
from throughput.calibration import load_constants
from throughput.catalogue import grid_of

PRECISIONS = ("bf16", "fp8", "int4")
LEAGUE_MODELS = ("Llama-3.1-8B", "Llama-3.1-70B", "Llama-3.1-405B", "DeepSeek-V3", "gpt-oss-120b", "Qwen3-235B-A22B")
LEAGUE_TOK_S_PER_USER = 50.0
BASELINE, MODERN = "A100-SXM-80GB", "B200-SXM"
STACKS = (("8B, chat speed", "Llama-3.1-8B", "Qwen3-1.7B", 20.0), ("70B, chat speed", "Llama-3.1-70B", "Llama-3.1-8B", 20.0),
          ("70B, fast", "Llama-3.1-70B", "Llama-3.1-8B", 50.0), ("405B, chat speed", "Llama-3.1-405B", "Llama-3.1-70B", 20.0))
"""(scenario, model, small model of its family, tokens per second per user) of the deflation stacks."""


def build(architectures: pl.DataFrame, accelerators: pl.DataFrame, hourly: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Tables serving, league, stack and ceiling.

    ``hourly``: accelerator, usd_per_accelerator_hour, rental_date, basis (one row per accelerator). Models and
    accelerators that are not in the frames are left out, so that a past day asks only what was known.
    """
    serving = grid_of(architectures, accelerators, PRECISIONS, hourly=hourly)
    models = set(architectures["model"])
    ranked = league.league(serving.filter(pl.col("model").is_in(LEAGUE_MODELS)), accelerators, hourly, LEAGUE_TOK_S_PER_USER)
    return {
        "serving": serving, "league": ranked, "stack": _stacks(architectures, accelerators, hourly, models),
        "ceiling": league.bandwidth_ceilings(accelerators, 70e9, 8.0),
    }


def _stacks(architectures: pl.DataFrame, accelerators: pl.DataFrame, hourly: pl.DataFrame, models: set[str]) -> pl.DataFrame:
    """The stacks whose models, chips and hourly prices are known; priced by rental so that hardware counts as paid."""
    usd = {a: float(v) for a, v in hourly.select("accelerator", "usd_per_accelerator_hour").iter_rows()}
    if not {BASELINE, MODERN} <= usd.keys() or not {BASELINE, MODERN} <= set(accelerators["accelerator"]):
        return pl.DataFrame()
    price = {a: usd[a] for a in (BASELINE, MODERN)}
    asked = [stack.Stack(name, model, small, BASELINE, MODERN, service_level_tok_s_per_user=level, hourly_usd=price)
             for name, model, small, level in STACKS if {model, small} <= models]
    return stack.stacks_table(asked, accelerators, architectures, load_constants()) if asked else pl.DataFrame()
