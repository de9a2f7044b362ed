"""Editions for the report's tests: a full one with invented but plausible figures, and a hostile one.

The figures are made by formula, for layout and for tracing; they are nobody's measurement. ``with_real_prices``
puts the study data's prices in, where those are present.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from reports.inputs import Edition
from warehouse.schema.tables import TABLES

AS_OF = date(2026, 11, 22)
HEAD = "GPQA-Diamond at least 80 %"
QUANTILES = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]
Z = [-1.96, -1.645, -1.2816, -0.6745, 0.0, 0.6745, 1.2816, 1.645, 1.96]
SERIES = {
    HEAD: (12.0, 2.6, 0.62),
    "GPQA-Diamond at least 60 %": (9.0, 2.9, 0.22),
    "GPQA-Diamond at least 40 %": (3.0, 3.0, 0.06),
}


def fact(
    fact_id: str, value: float | None, unit: str, lower: float | None = None, upper: float | None = None, **more: Any
) -> dict[str, Any]:
    """One fact row."""
    row = {"fact_id": fact_id, "section": fact_id.split(".")[0], "subject": None, "quantity": fact_id.split(".")[1], "value": value, "unit": unit,
           "lower": lower, "upper": upper, "interval_level": 0.95 if lower is not None else None, "n": 412, "text_value": None, "basis": "derived",
           "as_of": AS_OF, "sql": f"select * from marts.facts where fact_id = '{fact_id}'", "inputs": None}  # fmt: skip
    return row | more


def facts() -> pl.DataFrame:
    """Every expected fact."""
    rows = [
        fact("headline.decline_factor", 2.634, "factor_per_year", 1.71, 3.92, subject="hedonic index, all listings", text_value="year to 1 November 2026"),
        fact("headline.decline_factor_previous", 2.741, "factor_per_year", 1.78, 4.05, as_of=date(2026, 11, 21)),
        fact("headline.frontier_price", 0.6, "usd_per_mtok", subject=HEAD, text_value="deepseek-v3.2, deepinfra"),
        fact("headline.frontier_price_previous", 0.65, "usd_per_mtok", as_of=date(2026, 11, 21)),
        fact("headline.forecast_365d", 0.3412, "usd_per_mtok", 0.142, 0.71, text_value="2027-11-22"),
        fact("headline.forecast_365d_previous", 0.362, "usd_per_mtok", 0.15, 0.74),
        fact("headline.acceleration", 0.0213, "p_value", text_value="decelerating"),
        fact("headline.energy_floor", 0.00412, "usd_per_mtok", 0.0026, 0.0071),
        fact("headline.gpu_hour_floor", 0.2231, "usd_per_mtok", 0.16, 0.31),
        fact("headline.price_to_gpu_hour_floor", 2.69, "ratio", 1.94, 3.75),
        fact("headline.price_to_energy_floor", 145.6, "ratio"),
        fact("headline.cost_per_task_factor", 2.08, "factor_per_year", 1.52, 2.83),
        fact("coverage.models", 431, "count"), fact("coverage.providers", 57, "count"), fact("coverage.offers", 1204, "count"),
        fact("coverage.price_rows", 18344, "count"), fact("coverage.events_today", 3, "count"), fact("coverage.sources_live", 14, "count"),
        fact("coverage.sources_archive", 3, "count"), fact("coverage.sources_packaged", 6, "count"), fact("coverage.sources_stale", 1, "count"),
        fact("coverage.sources_failed", 1, "count"),
        fact("revision.previous_value", 0.65, "usd_per_mtok"), fact("revision.current_value", 0.6, "usd_per_mtok"),
        fact("revision.total_log", math.log(0.6 / 0.65), "log"),
        fact("decomposition.total_factor", 21.4, "factor", 17.2, 26.6, text_value="Nov 2023 - Nov 2026"),
        fact("stack.total_factor", 31.7, "factor"),
        fact("jevons.elasticity", -1.12, "elasticity", -1.31, -0.93), fact("jevons.volume_factor", 4.3, "factor_per_year", 3.4, 5.4),
        fact("jevons.spend_factor", 1.6, "factor_per_year", 1.1, 2.3), fact("expectations.tokens_per_task_factor", 1.51, "factor_per_year", 1.3, 1.75),
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def months(start: date, end: date) -> list[date]:
    """The first of each month, and ``end``."""
    out, day = [], start.replace(day=1)
    while day < end:
        out.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    return [*out, end]


def years(day: date, since: date = date(2024, 9, 1)) -> float:
    return (day - since).days / 365.25


def marts() -> dict[str, pl.DataFrame]:
    """Every expected mart."""
    made: dict[str, list[dict[str, Any]]] = {}
    providers, models = (
        ["anthropic", "deepinfra", "google", "openai", "together", "mistral", "groq", "fireworks"],
        ["atlas", "beacon", "cirrus", "delta", "ember", "fjord"],
    )
    made["price_now"] = [
        {"provider": p, "model": f"{m}-{size}", "tier": "standard", "price_input_usd_per_mtok": round(0.05 * (i + 1) * k, 4), "price_cached_input_usd_per_mtok": round(0.005 * (i + 1) * k, 4) if k > 1 else None,
         "price_output_usd_per_mtok": round(0.2 * (i + 1) * k, 4), "valid_from": date(2026, 3, 1) + timedelta(days=17 * k), "observed_at": AS_OF - timedelta(days=k % 3),
         "source": f"{p} price page", "source_url": f"https://{p}.example/pricing", "status": "first_party", "confirmed_at": AS_OF - timedelta(days=k % 3), "origin": ["live", "archive", "packaged"][k % 3]}
        for i, p in enumerate(providers) for j, m in enumerate(models) for k, size in ((1, "mini"), (2 + j, "70b"), (6, "pro"))
    ]  # fmt: skip
    made["price_history"] = [
        {**{k: r[k] for k in ("provider", "model", "tier", "price_cached_input_usd_per_mtok", "source", "source_url", "status", "confirmed_at", "origin")}, "condition": "",
         "price_input_usd_per_mtok": r["price_input_usd_per_mtok"] * f, "price_output_usd_per_mtok": r["price_output_usd_per_mtok"] * f, "valid_from": start, "valid_to": end}
        for r in made["price_now"] for f, start, end in ((2, date(2025, 1, 1), r["valid_from"]), (1, r["valid_from"], None))
    ]  # fmt: skip
    made["model_names"] = [{"alias": "atlas", "model": "atlas-70b"}]
    made["price_events"] = [
        {"event_date": AS_OF - timedelta(days=d), "kind": kind, "provider": p, "model": m, "token_class": "output", "price_before_usd_per_mtok": b, "price_after_usd_per_mtok": a,
         "change_share": a / b - 1 if b and a else None, "evidence": f"{m}: output ${a} / 1M tokens" if a else "no longer listed", "source_url": f"https://{p}.example/pricing", "snapshot_sha256": "ab" * 32, "status": "confirmed"}
        for d, kind, p, m, b, a in [(0, "cut", "deepinfra", "atlas-70b", 0.65, 0.6), (0, "cut", "together", "atlas-70b", 0.9, 0.72), (0, "new", "google", "cirrus-flash-4", None, 1.5),
                                    (2, "rise", "groq", "beacon-8b", 0.08, 0.1), (5, "withdrawn", "openai", "delta-pro-2024", 60.0, None), (9, "cut", "mistral", "ember-large", 6.0, 4.5)]
    ]  # fmt: skip
    made["frontier"], made["floors"], made["series_floor_gap"], made["champion_forecasts"], made["past_forecasts"] = [], [], [], [], []
    for n, (series, (start, rate, floor)) in enumerate(SERIES.items()):
        for k, day in enumerate(months(date(2024, 9, 1), AS_OF)):
            price = (
                0.6
                if (series == HEAD and day == AS_OF)
                else round(
                    floor * 0.9 + start * math.exp(-math.log(rate) * 1.9 * years(day)) * (1 + 0.06 * math.sin(k * 1.7 + n)),
                    3,
                )
            )
            made["frontier"].append({"series": series, "is_headline": series == HEAD, "obs_date": day, "price_robust_usd_per_mtok": price, "price_raw_usd_per_mtok": price * 0.9,
                                     "model": models[(k // 4 + n) % 6] + "-70b", "provider": providers[(k // 3) % 8], "n": 20 + 4 * k})  # fmt: skip
        last = made["frontier"][-1]["price_robust_usd_per_mtok"]
        for model, drift, spread in (("floor-constrained", 0.56, 0.36), ("no change", 0.0, 0.5)):
            for h in (30, 90, 180, 365):
                for q, z in zip(QUANTILES, Z, strict=True):
                    made["champion_forecasts"].append({"series": series, "model": model, "cutoff": AS_OF, "horizon_days": h, "target_date": AS_OF + timedelta(days=h), "quantile": q,
                                              "value_usd_per_mtok": max(last * math.exp(-drift * h / 365 + z * spread * math.sqrt(h / 365)), 0.004)})  # fmt: skip
        for back in range(1, 13):
            cutoff = AS_OF - timedelta(days=30 * back)
            level = next(r for r in reversed(made["frontier"]) if r["series"] == series and r["obs_date"] <= cutoff)[
                "price_robust_usd_per_mtok"
            ]
            for h in (0, 30, 90, 180, 365):
                made["past_forecasts"].append({"series": series, "model": "floor-constrained", "cutoff": cutoff, "horizon_days": h, "target_date": cutoff + timedelta(days=h), "quantile": 0.5,
                                               "value_usd_per_mtok": level * math.exp(-0.7 * h / 365)})  # fmt: skip
        for kind, now, growth in (("gpu_hour", 0.372 * last, 0.75), ("energy", 0.00687 * last, 0.7)):
            for day in months(date(2024, 9, 1), date(2027, 11, 22)):
                value = now * growth ** years(day, AS_OF)
                wide = 1.25 + 0.25 * max(0.0, years(day, AS_OF))
                made["floors"].append(
                    {
                        "series": series,
                        "floor_kind": kind,
                        "obs_date": day,
                        "floor_usd_per_mtok": value,
                        "floor_lower_usd_per_mtok": value / wide,
                        "floor_upper_usd_per_mtok": value * wide,
                    }
                )
        made["series_floor_gap"].append({"series": series, "model": "atlas-70b", "accelerator": "MI355X", "price_usd_per_mtok": last, "gpu_hour_floor_usd_per_mtok": 0.372 * last,
                                  "gpu_hour_floor_lower_usd_per_mtok": 0.2 * last, "gpu_hour_floor_upper_usd_per_mtok": 0.7 * last, "energy_floor_usd_per_mtok": 0.00687 * last,
                                  "energy_floor_lower_usd_per_mtok": 0.004 * last, "energy_floor_upper_usd_per_mtok": 0.01 * last, "price_to_gpu_hour_floor_ratio": 1 / 0.372,
                                  "price_to_gpu_hour_floor_lower_ratio": 1 / 0.7, "price_to_gpu_hour_floor_upper_ratio": 5.0, "price_to_energy_floor_ratio": 1 / 0.00687,
                                  "price_to_energy_floor_lower_ratio": 100.0, "price_to_energy_floor_upper_ratio": 250.0, "speed_tok_per_s": 42.0})  # fmt: skip
    made["indices"] = [
        {"index_name": name, "obs_date": day, "index_value": 100 * math.exp(-math.log(rate) * years(day) * 0.9 + 0.03 * math.sin(k)), "index_lower": None, "index_upper": None, "n": 100 + k}
        for name, rate in (("buyer frontier", 4.2), ("hedonic", 2.9), ("matched model", 1.15)) for k, day in enumerate(months(date(2024, 9, 1), AS_OF))
    ]  # fmt: skip
    made["cost_per_task"] = [
        {"benchmark": b, "obs_date": day, "cost_usd_per_task": c * math.exp(-0.75 * years(day)), "tokens_per_task": 2200 * math.exp(0.41 * years(day)), "price_usd_per_mtok": 4.0 * math.exp(-1.13 * years(day)), "model": "atlas-70b", "n": 31}
        for b, c in (("GPQA-Diamond", 0.031), ("SWE-bench Verified", 1.9)) for day in months(date(2024, 9, 1), AS_OF)
    ]  # fmt: skip
    made["expectations"] = [
        {k: r[k] for k in ("benchmark", "obs_date", "tokens_per_task", "price_usd_per_mtok", "cost_usd_per_task")}
        for r in made["cost_per_task"]
    ]
    windows = [("Sep 2023 - Sep 2024", 2023), ("Sep 2024 - Sep 2025", 2024), ("Sep 2025 - Sep 2026", 2025)]
    rates = {
        "all listings": (6.9, 4.9, 2.6),
        "listed at most a year": (9.4, 7.5, 3.7),
        "launch prices": (23.0, 7.4, 2.3),
        "per task": (4.1, 3.0, 2.1),
    }
    made["hedonic_rates"] = [
        {"series": s, "window_label": w, "window_start": date(y, 9, 1), "window_end": date(y + 1, 9, 1), "decline_factor_per_year": r, "decline_lower_factor_per_year": r / 1.5,
         "decline_upper_factor_per_year": r * 1.5, "interval_level": 0.95, "n": 210, "method": "hedonic time dummy, errors clustered by model family"}
        for s, values in rates.items() for (w, y), r in zip(windows, values, strict=True)
    ]  # fmt: skip
    made["headline_methods"] = [
        {"headline_rank": rank, "question": "what a fixed quality costs", "method_id": name, "factor_per_year": f, "factor_low_per_year": f / 1.3, "factor_high_per_year": f * 1.3,
         "interval_level": 0.9, "window_from": date(2025, 11, 22), "window_to": AS_OF, "observations_count": 40, "status": "final", "why": "argued"}
        for rank, name, f in ((1, "fixed_quality", 2.634), (2, "matched_geks", 1.01), (None, "hedonic_all", 1.4))
    ]  # fmt: skip
    made["headline_revision"] = [
        {"vintage_day": date(2026, 8, 22), "first_factor_per_year": 2.4, "latest_factor_per_year": 2.6, "revision_log": 0.08}
    ]
    made["score_coverage"] = [{"day": AS_OF, "entrants_count": 243, "scored_count": 15, "scored_share": 15 / 243}]
    made["acceleration"] = [
        {
            "test": "quadratic term",
            "quality_scale": "GPQA-Diamond",
            "statistic": 4.81,
            "p_value": 0.0004,
            "verdict": "decelerating",
        },
        {
            "test": "one break, AR(1) bootstrap",
            "quality_scale": "GPQA-Diamond",
            "statistic": 11.2,
            "p_value": 0.0213,
            "verdict": "decelerating",
        },
    ]
    parts = {
        "hardware and rental price": 1.22,
        "serving software": 2.1,
        "smaller and sparser models": 2.4,
        "utilisation": 1.3,
        "margin": 1.18,
    }
    parts["not attributed"] = 21.4 / math.prod(parts.values())
    made["decomposition"] = [
        {"component": c, "change_factor": f, "change_share": math.log(f) / math.log(21.4), "basis": "derived", "order": i}
        for i, (c, f) in enumerate(parts.items())
    ]  # fmt: skip
    made["stack_shown"] = [
        {"lever": lever, "shapley_factor": f, "first_in_factor": f * a, "last_in_factor": f / a, "shapley_share": math.log(f) / math.log(31.7), "scenario": scenario, "model": "atlas-70b",
         "service_level_tok_s_per_user": level, "total_factor": 31.7, "order": order}
        for order, (scenario, level) in enumerate((("70B, chat speed", 20.0), ("70B, fast", 50.0)))
        for lever, f, a in (("batching and paged memory", 6.2, 1.3), ("quantisation", 1.9, 0.85), ("speculative decoding", 1.35, 1.4), ("smaller model, routing", 1.55, 1.1), ("hardware generation", 1.29, 1.15))
    ]  # fmt: skip
    made["hardware_league"] = [
        {"accelerator": a, "vendor": v, "model": "atlas-70b", "precision": "fp8", "memory_gb": m, "bandwidth_gb_per_s": bw, "rental_usd_per_hour": r, "throughput_tok_per_s": t, "cost_usd_per_mtok": r / 3600 / t * 1e6,
         "energy_j_per_token": w / t, "rental_date": date(2026, 11, 3), "basis": "median over providers, on demand",
         "service_level_tok_s_per_user": 50.0, "user_tok_per_s": 50.4, "isl": 1024, "osl": 1024, "accelerators": 4, "batch": 37, "bound": "weights"}
        for a, v, m, bw, r, t, w in (("H100 SXM", "NVIDIA", 80.0, 3350.0, 2.49, 2600.0, 700), ("H200 SXM", "NVIDIA", 141.0, 4800.0, 3.29, 3900.0, 700), ("B200", "NVIDIA", 180.0, 8000.0, 4.99, 7900.0, 1000),
                                     ("MI300X", "AMD", 192.0, 5300.0, 2.1, 3300.0, 750), ("MI355X", "AMD", 288.0, 8000.0, 3.1, 6900.0, 1400), ("TPU v6e", "Google", 32.0, 1640.0, 1.89, 1300.0, 300),
                                     ("Trainium2", "AWS", 96.0, 2900.0, 1.85, 1900.0, 500), ("Gaudi 3", "Intel", 128.0, 3700.0, 1.75, 1850.0, 900))
    ]  # fmt: skip
    chips = ("H100 SXM", "B200", "MI355X")
    made["lever_evidence"] = [
        {"lever": lever, "technique": f"{lever}, method {i}", "setting": "one stream", "claimed_value": "3-4x", "measured_factor": f if i else None, "measured_low_factor": f / 1.4 if i else None,
         "measured_high_factor": f * 1.4 if i else None, "observations_count": 4 * i, "engine_factor": 0.9 * f, "engine_low_factor": 0.6 * f, "engine_high_factor": 1.2 * f, "source": "a bench"}
        for i, (lever, f) in enumerate((("all levers", 57.3), ("quantization", 2.73), ("speculative decoding", 0.71)))
    ]  # fmt: skip
    made["quantization_quality"] = [{"model": "atlas-70b", "precision": "q4_0", "baseline_precision": "fp16", "metric": "perplexity_ratio", "value": 1.0361, "low": 1.02, "high": 1.05,
                                     "source": "a card", "source_url": "https://example.org/card"}]  # fmt: skip
    made["software_gain"] = [{"software": "server", "accelerator": a, "gain_factor_per_year": 1.15 + i / 20, "gain_low_factor_per_year": 0.96, "gain_high_factor_per_year": 1.48, "observations_count": 43,
                              "first_date": date(2024, 11, 1), "last_date": date(2025, 9, 15), "source": "release notes"} for i, a in enumerate(chips)]  # fmt: skip
    made["useful_life"] = [{"accelerator": a, "price_scenario": scenario, "price_factor_per_year": f, "rental_usd_per_hour": 2.59 + i, "running_usd_per_hour": 0.23, "gain_factor_per_year": 1.15,
                            "useful_life_years": years, "useful_life_with_software_years": more, "inputs": "its own releases"}
                           for i, a in enumerate(chips) for scenario, f, years, more in (("all listings", 1.02, None, None), ("fixed quality", 2.67, 2.46, 2.88))]  # fmt: skip
    made["latency_league"] = [{"model": "atlas-70b", "accelerator": a, "provider": host, "evidence": said, "precision": "fp8", "user_tok_per_s": 107.4 * (i + 1), "user_lower_tok_per_s": 90.0 * (i + 1) if host is None else None,
                               "user_upper_tok_per_s": 128.0 * (i + 1) if host is None else None, "accelerators": 8 if host is None else None, "cost_usd_per_mtok": 51.9, "observed_at": AS_OF if host else None, "source": said}
                              for i, (a, host, said) in enumerate((("H100 SXM", None, "engine"), ("B200", None, "engine"), (None, "fasthost", "published")))]  # fmt: skip
    made["bandwidth_ceiling"] = [{"accelerator": a, "vendor": v, "launch_date": date(2022 + i, 3, 21), "bandwidth_gb_per_s": 3350.0 + 2000 * i, "ceiling_tok_per_s": (3350.0 + 2000 * i) / 70}
                                 for i, (a, v) in enumerate((("H100 SXM", "NVIDIA"), ("B200", "NVIDIA"), ("MI355X", "AMD")))]  # fmt: skip
    made["rental_summary"] = [
        {"accelerator": a, "term": term, "status": status, "low_usd_per_hour": 0.8 * usd, "median_usd_per_hour": usd, "high_usd_per_hour": 1.3 * usd, "providers_count": n,
         "observed_at": AS_OF - timedelta(days=age), "index_ratio": index, "change_share": change, "series_count": n, "breaks_count": breaks}
        for a, term, status, usd, n, age, index, change, breaks in (("H100 SXM", "on_demand", "current", 2.49, 7, 3, 0.71, -0.12, 2), ("H100 SXM", "spot", "current", 1.2, 1, 0, 1.4, 0.4, 3),
                                                                    ("A100 SXM", "on_demand", "stale", 1.1, 2, 240, 0.62, None, 0))
    ]  # fmt: skip
    made["hardware_trends"] = [
        {"window_label": "since 2010, all parts", "metric": m, "growth_per_year": g, "growth_low_per_year": g - 0.06, "growth_high_per_year": g + 0.07, "parts_count": 147,
         "published_growth_per_year": p, "published_source": by, "published_agrees": inside}
        for m, g, p, by, inside in (("bandwidth", 0.289, 0.184, "a survey of 2023", False), ("tensor_flops", 0.347, 0.29, "an insight of 2025", True), ("bandwidth_per_watt", 0.178, None, None, None))
    ]  # fmt: skip
    made["floor_assumptions"] = [
        {"quantity": "utilisation", "low": 0.45, "mode": 0.65, "high": 0.9, "unit": "share", "source": "stated", "statement": None},
        {"quantity": "together", "low": None, "mode": None, "high": None, "unit": "text", "source": "all rows",
         "statement": "Electricity 0.0866 (0.066 to 0.18) USD per kWh, PUE 1.15 (1.08 to 1.56), utilisation 0.65 (0.45 to 0.9); 90 % ranges."},
    ]  # fmt: skip
    made["engine_check"] = [
        {
            "model": "atlas-70b",
            "accelerator": a,
            "precision": "fp8",
            "batch": 64,
            "throughput_tok_per_s": 2600.0,
            "measured_tok_per_s": 2450.0,
            "error_share": 2600 / 2450 - 1,
            "source": "vendor blog",
        }
        for a in ("H100 SXM", "MI300X")
    ]
    made["energy_check"] = [
        {"source": s, "boundary": b, "runs_count": 40, "answered_count": 31, "median_error_share": 0.14, "bias_share": -0.03, "coverage_share": 0.8}
        for s, b in (("a leaderboard, chat", "gpu_only"), ("all sources", "gpu_only"), ("a benchmark, offline", "wall"))
    ]  # fmt: skip
    made["break_even"] = [
        {"model": "atlas-70b", "accelerator": a, "api_usd_per_mtok": 0.6, "self_host_usd_per_mtok": s, "utilisation_share": 0.4, "break_even_mtok_per_month": b, "break_even_lower_mtok_per_month": b and b / 1.4,
         "break_even_upper_mtok_per_month": b and b * 1.5, "verdict": v}
        for a, s, b, v in (("MI355X", 0.31, 4200.0, "self-hosting"), ("H100 SXM", 0.66, None, "api"), ("B200", 0.44, 7900.0, "depends"))
    ]  # fmt: skip
    made["viability"] = [
        {"application": a, "cost_now_usd_per_unit": c, "needed_usd_per_unit": need, "unit_of_use": u, "viable_date": d, "viable_lower_date": d and d - timedelta(days=w), "viable_upper_date": d and d + timedelta(days=2 * w),
         "viable_within_year_probability": p, "verdict": v}
        for a, c, need, u, d, w, p, v in (("content moderation", 0.00011, 0.0002, "post", date(2026, 2, 1), 40, 1.0, "viable now"), ("a model in every search", 0.0021, 0.0012, "query", date(2027, 8, 1), 190, 0.61, "expected"),
                                          ("tutor for every pupil", 0.19, 0.05, "lesson", date(2028, 11, 1), 400, 0.12, "expected"), ("watching every log line", 0.00042, 0.00001, "line", None, 0, 0.01, "not within the horizon"))
    ]  # fmt: skip
    made["jevons"] = [
        {"subject": d, "elasticity": e, "elasticity_low": e * 1.2, "elasticity_high": e * 0.8, "price_factor_per_year": 2.4, "volume_factor_per_year": v,
         "spend_factor_per_year": v / 2.4, "spend_low_factor_per_year": v / 2.8, "spend_high_factor_per_year": v / 2.0, "rebound_share": -e}
        for d, e, v in (("market elasticity", -1.12, 4.3), ("elastic demand", -1.6, 6.1), ("inelastic demand", -0.6, 1.7))
    ]  # fmt: skip
    made["wrapper_margin"] = [
        {
            "application": a,
            "price_usd_per_month": p,
            "model_cost_usd_per_month": c,
            "model_cost_share": c / p,
            "margin_share": 1 - c / p,
            "basis": "assumed usage",
        }
        for a, p, c in (("coding assistant, flat fee", 20.0, 13.4), ("meeting notes", 12.0, 0.7))
    ]
    made["claims"] = [
        {"claim_id": i, "claim": c, "claimed_text": t, "measured_value": m, "measured_lower": lo, "measured_upper": hi, "interval_level": 0.95, "measured_unit": u, "basis": b, "verdict": v, "as_of": AS_OF}
        for i, c, t, m, lo, hi, u, x, b, v in (
            ("C1", "Frontier-class prices fell several times in 2024-2025", "several times", 23.0, 15.0, 32.0, "factor_per_year", None, "launch prices", "supported"),
            ("C4", "FP16 to INT4 gives 3-4x tokens per second", "3-4x", 2.6, 1.45, 3.26, "factor", "at batch 1", "published measurements", "partly"),
            ("C13", "The decline is accelerating", "accelerating", None, None, None, None, "decelerating in every specification", "acceleration tests", "contradicted"),
            ("C19", "Quality expectations rise with falling cost", None, 2.08, 1.52, 2.83, "factor_per_year", "per task, against 2.6 per token", "benchmark runs", "supported"))
    ]  # fmt: skip
    made["track_record"] = [
        {"model": m, "is_champion": m == "floor-constrained", "horizon_days": h, "mae_log": mae * f, "crps_log": mae * f * 0.8, "crps_ratio": f, "coverage_50_share": 0.49, "coverage_80_share": 0.82, "coverage_90_share": 0.93, "p_value": p, "n": 61, "label": "quality hindsight"}
        for h, mae in ((30, 0.21), (90, 0.55), (180, 1.04), (365, 1.45)) for m, f, p in (("floor-constrained", 0.78, 0.018), ("no change", 1.0, None), ("trend (OLS)", 1.9, 0.0001))
    ]  # fmt: skip
    made["pit"] = [
        {
            "model": "floor-constrained",
            "horizon_days": 90,
            "bin_lower": k / 10,
            "bin_upper": (k + 1) / 10,
            "bin_share": 0.1 + 0.02 * math.sin(k),
        }
        for k in range(10)
    ]
    total = math.log(0.6 / 0.65)
    made["revision"] = [
        {"cause": c, "change_log": total * s, "order": k, "detail": d}
        for k, (c, s, d) in enumerate(
            (
                ("new prices", 0.75, "atlas-70b at deepinfra cut to $0.60"),
                ("revised prices", 0.125, None),
                ("new scores", 0.0, None),
                ("model re-estimated", 0.125, None),
            )
        )
    ]
    made["data_health"] = [
        {"source": s, "kind": k, "origin": o, "status": st, "observed_at": AS_OF - timedelta(days=a), "age_days": a, "rows": n, "message": m}
        for s, k, o, st, a, n, m in (("anthropic", "provider", "live", "ok", 0, 21, None), ("openai", "provider", "archive", "failed", 4, 58, "expected the pricing table, found a challenge page; the last good rows stay"),
                                     ("openrouter", "aggregator", "live", "ok", 0, 402, None), ("google tpu", "hardware", "packaged", "stale", 44, 6, "older than its contract allows"))
    ]  # fmt: skip
    made["quarantine"] = [
        {
            "provider": "together",
            "model": "fjord-70b",
            "token_class": "output",
            "price_kept_usd_per_mtok": 0.88,
            "price_refused_usd_per_mtok": 0.00088,
            "reason": "fell by more than the contract allows and nobody independent confirms it",
            "observed_at": AS_OF,
            "source": "together price page",
        }
    ]
    made["disagreements"] = [
        {
            "provider": "mistral",
            "model": "ember-large",
            "token_class": "input",
            "believed_source": "mistral price page",
            "believed_usd_per_mtok": 1.5,
            "other_source": "an aggregator",
            "other_usd_per_mtok": 2.0,
            "difference_share": 1 / 3,
        }
    ]
    made["not_known"] = [
        {
            "topic": "Margins of closed vendors",
            "why": "no vendor publishes the cost of a token",
            "what_would_tell": "segment accounts",
        },
        {
            "topic": "Discounts under contract",
            "why": "list prices are what is public",
            "what_would_tell": "a panel of invoices",
        },
    ]
    made["fact_freshness"] = [
        {"fact_id": i, "confirmed_at": AS_OF, "source": "prices/anthropic", "cadence_days": 1} for i in facts()["fact_id"]
    ]
    return {name: declared(f"marts.{name}", rows) for name, rows in made.items()}


def declared(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """The rows with the columns that the warehouse declares; those that no test speaks of are null."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    columns = TABLES[table].columns
    assert set(frame.columns) <= set(columns), f"{table}: {set(frame.columns) - set(columns)} is not declared"
    return frame.select(*(pl.col(c) if c in frame.columns else pl.lit(None).alias(c) for c in columns))


def declared_columns(mart: str) -> tuple[str, ...]:
    """The columns of ``marts.X`` as the warehouse declares them."""
    return TABLES[f"marts.{mart}"].columns


def full_edition(**changes: Any) -> Edition:
    """An edition with every fact and every mart."""
    return Edition(**({"as_of": AS_OF, "vintage": "v-3f9c2a71d0", "facts": facts(), "marts": marts()} | changes))


HOSTILE_NAMES = [
    "<script>alert('x')</script>", "</td></table></body><h1>Owned", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)", "\t=1+1", "line\r\nBcc: victim@example.org",
    "x" * 500, "{{ 7*7 }}{% raw %}", "javascript:alert(1)", "\u202egnp.exe", "\x00\x07bell", "</script><script>alert(2)</script>", "模型-智能", "a & b < c", "]]>", "|calc", "model\u2028sep",
]  # fmt: skip


def hostile_edition() -> Edition:
    """Every text cell of every mart holds something that hurts."""
    poisoned = {}
    for name, frame in marts().items():
        columns = []
        for k, column in enumerate(frame.columns):
            if frame.schema[column] == pl.String() and column not in (
                "snapshot_sha256",
                "status",
                "origin",
                "kind",
                "floor_kind",
                "verdict",
            ):
                values = [HOSTILE_NAMES[(i + k) % len(HOSTILE_NAMES)] for i in range(frame.height)]
                if column == "source_url":
                    values = ["javascript:alert(1)" if i % 2 else 'https://a.example/"onmouseover="alert(1)' for i in range(frame.height)]
                columns.append(pl.Series(column, values))
        poisoned[name] = frame.with_columns(columns)
    words = facts().with_columns(
        pl.when(pl.col("text_value").is_not_null() & (pl.col("fact_id") != "headline.acceleration"))
        .then(pl.lit("<b>=cmd|' /C calc'!A0\r\nBcc: victim@example.org")).otherwise(pl.col("text_value")).alias("text_value"),
        pl.lit("<script>alert(1)</script>\r\nX: 1").alias("subject"),
    )  # fmt: skip
    return Edition(AS_OF, "v-<script>\r\nX-Evil: 1", words, poisoned)


def with_real_prices(shared_data: Path) -> Edition:
    """The full edition with today's prices and the price of a few models from the study data."""
    raw = pl.read_csv(shared_data / "prices" / "tables" / "openrouter_monthly.csv", infer_schema_length=None, try_parse_dates=True)
    latest = raw.filter(pl.col("observed_date") == raw["observed_date"].max(), pl.col("output") > 0)
    now = latest.select(
        "provider",
        "model",
        tier=pl.lit("standard"),
        price_input_usd_per_mtok="input",
        price_output_usd_per_mtok="output",
        valid_from="observed_date",
        observed_at="observed_date",
        source="source",
        source_url=pl.lit("https://openrouter.ai/models"),
        origin=pl.lit("packaged"),
    )
    return full_edition(marts=marts() | {"price_now": declared("marts.price_now", now.to_dicts())})
