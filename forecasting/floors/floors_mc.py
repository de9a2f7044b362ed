"""Both floors of a model with their uncertainty: what its electricity and its rented hours cost per million tokens.

Monte Carlo over stated ranges. Every factor is a range with a source; factors multiply, so the shares of the variance
of the logarithm say exactly how much each contributes. The energy floor states its boundary: ``gpu_only`` is what the
chips draw, ``system`` adds the host, ``wall`` adds cooling and conversion (PUE). Input and output tokens are kept
apart, because one benchmark charges a long prompt to few output tokens and another does not. Belongs here: floors of
models. Floors of price series, their paths and the day of meeting are in ``floor``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reference import definitions

DRAWS = 8000
QUANTILES = (0.05, 0.5, 0.95)
BOUNDARIES = ("gpu_only", "system", "wall")
J_PER_KWH = 3.6e6


@dataclass(frozen=True, slots=True)
class Range:
    """A factor known to a range: ``low`` and ``high`` are the 5 % and 95 % quantiles of a two-piece lognormal."""

    low: float
    mode: float
    high: float
    source: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.mode <= self.high:
            raise ValueError(f"expected 0 < low <= mode <= high, found {self.low}, {self.mode}, {self.high} ({self.source})")

    def draws(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Random values: median ``mode``, each side as wide as its quantile says (two-piece normal in logs).

        One draw from each of ``size`` equally likely strata in random order (McKay, Beckman and Conover 1979), so that a
        floor does not move from day to day by the luck of its draws.
        """
        from scipy.special import ndtri

        z = ndtri((rng.permutation(size) + rng.random(size)) / size)
        below, above = math.log(self.mode / self.low) / 1.6449, math.log(self.high / self.mode) / 1.6449
        return self.mode * np.exp(np.where(z < 0, z * below, z * above))


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The ranges that hold for every model: electricity at the meter, cooling, the host's share, hours sold."""

    usd_per_kwh: Range
    pue: Range
    system_over_gpu: Range = Range(1.15, 1.3, 1.55, "host, network and fans over chip power: 8-GPU servers")
    utilisation: Range = Range(0.45, 0.65, 0.9, "share of paid hours that serve tokens")

    def sentence(self) -> str:
        """The assumptions in one sentence, for the report."""

        def text(r: Range) -> str:
            return f"{r.mode:.3g} ({r.low:.3g} to {r.high:.3g})"

        return (
            f"Electricity {text(self.usd_per_kwh)} USD per kWh, PUE {text(self.pue)}, system over GPU power "
            f"{text(self.system_over_gpu)}, utilisation {text(self.utilisation)}; 90 % ranges."
        )


def model_floors(
    served: pl.DataFrame,
    hourly: Mapping[str, Range],
    assumptions: Assumptions,
    rng: np.random.Generator,
    *,
    input_per_output: float,
    draws: int = DRAWS,
    kinds: Sequence[str] = ("energy", "gpu_hour"),
) -> pl.DataFrame:
    """Floors per model, accelerator, precision and service level, with intervals and variance shares.

    Args: ``served`` has model, accelerator, precision, service_level_tok_s_per_user, accelerator_s_per_mtok_input,
    accelerator_s_per_mtok_output (accelerator-seconds per million tokens), energy_j_per_input_token,
    energy_j_per_output_token (boundary gpu_only), engine_low_share and engine_high_share (80 % interval of the engine's
    rate relative to its median, e.g. 0.8 and 1.25). ``hourly``: accelerator -> USD per hour; accelerators without one
    have no GPU-hour floor. ``rng`` is the only randomness. ``kinds``: which floors.

    Returns one row per served row x floor_kind (energy | gpu_hour) x boundary x token_kind (input | output | blend):
    low_usd_per_mtok (5 %), mode_usd_per_mtok (50 %), high_usd_per_mtok (95 %), the variance shares of log cost
    (share_engine, share_electricity, share_pue, share_system, share_rental, share_utilisation; they sum to 1), sorted.
    """
    ordered = served.sort("model", "accelerator", "precision", "service_level_tok_s_per_user")
    common = {
        "electricity": assumptions.usd_per_kwh.draws(rng, draws),
        "pue": assumptions.pue.draws(rng, draws),
        "system": assumptions.system_over_gpu.draws(rng, draws),
        "utilisation": 1 / assumptions.utilisation.draws(rng, draws),
    }
    logs = {k: np.log(v) for k, v in common.items()}
    rental = {a: np.log(hourly[a].draws(rng, draws)) for a in sorted(hourly)}
    rows: list[dict[str, object]] = []
    for row in ordered.to_dicts():
        # the engine's error enters cost as the inverse of its rate; its 80 % interval is widened to 90 %
        wide = 1.6449 / 1.2816
        logs["engine"] = np.log(Range(row["engine_high_share"] ** -wide, 1.0, row["engine_low_share"] ** -wide).draws(rng, draws))
        if "energy" in kinds:
            rows += _energy(row, logs, input_per_output)
        if "gpu_hour" in kinds and row["accelerator"] in rental:
            rows += _hours(row, logs | {"rental": rental[row["accelerator"]]}, input_per_output)
    return pl.DataFrame(rows, schema=_SCHEMA) if rows else pl.DataFrame(schema=_SCHEMA)


SHARES = ("engine", "electricity", "pue", "system", "rental", "utilisation")
_SCHEMA = {
    "model": pl.String,
    "accelerator": pl.String,
    "precision": pl.String,
    "service_level_tok_s_per_user": pl.Float64,
    "floor_kind": pl.String,
    "boundary": pl.String,
    "token_kind": pl.String,
    "low_usd_per_mtok": pl.Float64,
    "mode_usd_per_mtok": pl.Float64,
    "high_usd_per_mtok": pl.Float64,
    **{f"share_{s}": pl.Float64 for s in SHARES},
}


_FACTORS = {
    "gpu_only": ("engine", "electricity"),
    "system": ("engine", "electricity", "system"),
    "wall": ("engine", "electricity", "system", "pue"),
    "rented hour": ("engine", "rental", "utilisation"),
}
"""Which factors a floor of each boundary multiplies."""


def _energy(row: dict, logs: Mapping[str, np.ndarray], mix: float) -> list[dict[str, object]]:
    kwh = {k: j * 1e6 / J_PER_KWH for k, j in _kinds(row["energy_j_per_input_token"], row["energy_j_per_output_token"], mix).items()}
    return [found for boundary in BOUNDARIES for found in _rows(row, "energy", boundary, kwh, logs)]


def _hours(row: dict, logs: Mapping[str, np.ndarray], mix: float) -> list[dict[str, object]]:
    seconds = _kinds(row["accelerator_s_per_mtok_input"], row["accelerator_s_per_mtok_output"], mix)
    return _rows(row, "gpu_hour", "rented hour", {k: s / 3600 for k, s in seconds.items()}, logs)


def _kinds(of_input: float, of_output: float, mix: float) -> dict[str, float]:
    return {"input": of_input, "output": of_output, "blend": definitions.blended(of_input, of_output, mix)}


def _rows(row: dict, kind: str, boundary: str, scales: Mapping[str, float], logs: Mapping[str, np.ndarray]) -> list[dict[str, object]]:
    """The floors of each kind of token: one product of draws, scaled; shares are variances of log factors over their sum."""
    parts = {k: logs[k] for k in _FACTORS[boundary]}
    low, mode, high = np.exp(np.quantile(sum(parts.values()), QUANTILES))
    variance = {k: float(v.var()) for k, v in parts.items()}
    total = sum(variance.values())
    shares = {f"share_{s}": variance.get(s, 0.0) / total if total else 0.0 for s in SHARES}
    names = {n: row[n] for n in ("model", "accelerator", "precision", "service_level_tok_s_per_user")}
    return [
        {
            **names,
            "floor_kind": kind,
            "boundary": boundary,
            "token_kind": token,
            "low_usd_per_mtok": float(low) * scale,
            "mode_usd_per_mtok": float(mode) * scale,
            "high_usd_per_mtok": float(high) * scale,
            **shares,
        }
        for token, scale in scales.items()
    ]


def contenders(served: pl.DataFrame, hourly: Mapping[str, Range], *, input_per_output: float) -> dict[str, pl.DataFrame]:
    """The cheapest configuration of each model and service level by central values: floor_kind -> rows of ``served``.

    What is common to all configurations cannot change their order, so the draws are spent on these alone.
    """
    usd = pl.DataFrame(
        {"accelerator": sorted(hourly), "usd": [hourly[a].mode for a in sorted(hourly)]},
        schema={"accelerator": pl.String, "usd": pl.Float64},
    )
    priced = served.join(usd, on="accelerator", how="left", maintain_order="left").with_columns(
        joules=input_per_output * pl.col("energy_j_per_input_token") + pl.col("energy_j_per_output_token"),
        rented=(input_per_output * pl.col("accelerator_s_per_mtok_input") + pl.col("accelerator_s_per_mtok_output")) * pl.col("usd"),
    )
    deployment = ("model", "service_level_tok_s_per_user")
    return {
        kind: priced.filter(pl.col(cost) > 0)
        .sort(*deployment, cost, "accelerator", "precision")
        .group_by(deployment, maintain_order=True)
        .first()
        .select(served.columns)
        for kind, cost in (("energy", "joules"), ("gpu_hour", "rented"))
    }


def from_serving(serving: pl.DataFrame, hourly: pl.DataFrame) -> pl.DataFrame:
    """The ``served`` frame of ``model_floors`` from the engine's serving table.

    Args: ``serving`` with model, accelerator, precision, service_level_tok_s_per_user, cost_input_usd_per_mtok,
    cost_output_usd_per_mtok, energy_j_per_input_token, energy_j_per_output_token, throughput_tok_per_s and its
    throughput_lower_tok_per_s and throughput_upper_tok_per_s (80 % interval); ``hourly`` with accelerator and the
    usd_per_accelerator_hour those costs were computed with. Accelerators without a price keep their energy floor.
    """
    joined = serving.join(
        hourly.select("accelerator", pl.col("usd_per_accelerator_hour").cast(pl.Float64)),
        on="accelerator",
        how="left",
        maintain_order="left",
    )
    usd = pl.col("usd_per_accelerator_hour")
    return joined.filter((pl.col("throughput_tok_per_s") > 0) & (pl.col("energy_j_per_output_token") > 0)).select(
        "model",
        "accelerator",
        "precision",
        pl.col("service_level_tok_s_per_user").cast(pl.Float64),
        *((pl.col(f"cost_{k}_usd_per_mtok") / usd * 3600).fill_null(0.0).alias(f"accelerator_s_per_mtok_{k}") for k in ("input", "output")),
        "energy_j_per_input_token",
        "energy_j_per_output_token",
        (pl.col("throughput_lower_tok_per_s") / pl.col("throughput_tok_per_s")).clip(0.05, 1.0).alias("engine_low_share"),
        (pl.col("throughput_upper_tok_per_s") / pl.col("throughput_tok_per_s")).clip(1.0, 20.0).alias("engine_high_share"),
    )


def lowest(
    floors: pl.DataFrame,
    *,
    token_kind: str = "blend",
    boundary: str = "wall",
    cost_factors: Mapping[str, tuple[float, float, float]] | None = None,
) -> pl.DataFrame:
    """The lowest floor of each model, service level and kind, in the columns ``floor.series_floors`` takes.

    ``cost_factors``: floor_kind -> times cheaper a year (low, mode, high), e.g. from ``hardware_trends``. Returns
    model, service_level_tok_s_per_user, floor_kind, accelerator, precision, boundary, low/mode/high_usd_per_mtok,
    variance shares and, where given, cost_factor_{low,mode,high}_per_year.
    """
    pool = floors.filter((pl.col("token_kind") == token_kind) & pl.col("boundary").is_in([boundary, "rented hour"]))
    best = (
        pool.sort("model", "service_level_tok_s_per_user", "floor_kind", "mode_usd_per_mtok", "accelerator", "precision")
        .group_by("model", "service_level_tok_s_per_user", "floor_kind", maintain_order=True)
        .first()
    )
    for i, part in enumerate(("low", "mode", "high") if cost_factors else ()):
        given = {k: v[i] for k, v in (cost_factors or {}).items()}
        best = best.with_columns(
            pl.col("floor_kind").replace_strict(given, default=None, return_dtype=pl.Float64).alias(f"cost_factor_{part}_per_year")
        )
    return best.drop("token_kind")
