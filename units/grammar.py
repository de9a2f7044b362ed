"""The grammar of column names: a quantity first, its unit last.

``price_output_usd_per_mtok`` reads: the output price, in US dollars per million tokens. Every numeric
column of the warehouse ends in one of ``SUFFIXES`` (or is a plain count or an id); a test holds the
schema to it. Which columns exist is the schema's business, not this module's.
"""

from __future__ import annotations

SUFFIXES: dict[str, str] = {
    "usd_per_mtok": "US dollars per million tokens",
    "usd_per_hour": "US dollars per hour",
    "usd_per_month": "US dollars per month",
    "usd_per_year": "US dollars per year",
    "usd_per_task": "US dollars per task",
    "usd_per_kwh": "US dollars per kilowatt-hour",
    "usd_per_flops": "US dollars per FLOP/s",
    "usd_per_w": "US dollars per watt",
    "usd_per_unit": "US dollars per unit of use",
    "usd_per_week": "US dollars per week",
    "usd_per_accelerator_hour": "US dollars per accelerator-hour",
    "usd_per_run": "US dollars per run of a benchmark",
    "eur_per_kwh": "euro per kilowatt-hour",
    "mtok_per_week": "million tokens per week",
    "mtok_per_run": "million tokens per run of a benchmark",
    "tokens_per_task": "tokens per task",
    "output_per_task": "output tokens per task",
    "gb": "gigabytes (10^9 bytes)",
    "gb_per_s": "gigabytes (10^9 bytes) per second",
    "gb_s": "gigabytes (10^9 bytes) per second",
    "tflops": "10^12 floating-point operations per second",
    "kw_all_in": "kilowatts with the share of host, network and cooling",
    "factor": "times (ratio of two values)",
    "ratio_best_to_fixed": "ratio (dimensionless)",
    "elasticity": "change of ln(volume) with ln(price)",
    "elasticity_low": "change of ln(volume) with ln(price)",
    "elasticity_high": "change of ln(volume) with ln(price)",
    "logit": "logits of the latent scale",
    "score": "in the benchmark's own unit",
    "score_gap": "in the benchmark's own unit",
    "pue": "facility energy over IT energy (dimensionless)",
    "batch_size": "sequences served together",
    "concurrency": "requests in flight",
    "rate": "share between 0 and 1",
    "p_value": "probability under the null hypothesis",
    "index_value": "100 = the common base month",
    "index_lower": "100 = the common base month",
    "index_upper": "100 = the common base month",
    "bin_lower": "between 0 and 1",
    "bin_upper": "between 0 and 1",
    "usd": "US dollars",
    "factor_per_year": "times cheaper per year (2 = half the price after a year)",
    "log_per_year": "natural log points per year",
    "per_year": "per year",
    "mtok_per_month": "million tokens per month",
    "tok_per_s": "tokens per second",
    "tok_s": "tokens per second",
    "tok_s_per_user": "tokens per second per user",
    "tok_s_per_accelerator": "tokens per second per accelerator",
    "requests_s": "requests per second",
    "bytes_per_s": "bytes per second",
    "bytes_per_j": "bytes per joule",
    "flops_per_s": "floating-point operations per second",
    "flops_per_w": "floating-point operations per second per watt",
    "bytes": "bytes",
    "j_per_token": "joules per token",
    "j_per_input_token": "joules per input token",
    "j_per_output_token": "joules per output token",
    "kw": "kilowatts",
    "w": "watts",
    "ms": "milliseconds",
    "s": "seconds",
    "days": "days",
    "months": "months",
    "years": "years",
    "tokens": "tokens",
    "share": "share between 0 and 1",
    "probability": "probability between 0 and 1",
    "ratio": "ratio (dimensionless)",
    "log": "natural logarithm (dimensionless)",
    "count": "count",
    "rank": "rank",
    "b": "billions",
    "pct": "percent",
}
"""Suffix -> what it means. Longest match wins."""


def unit_of(column: str) -> str:
    """The unit that a column's name ends in, in words; empty when the name carries none."""
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if column == suffix or column.endswith("_" + suffix):
            return SUFFIXES[suffix]
    return ""
