"""Sentences from the tables of consequences: one fact per row, its numbers, and the ids of everything behind it.

Belongs here: wording and collecting. Not here: any computation beyond choosing a column (``meaning``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from warehouse.schema import frames

NOT_YET = "not yet measured"


def _family(r: dict) -> dict:
    return {
        "subject": r["family"],
        "value": r["price_ratio"],
        "unit": "ratio",
        "statement": f"{r['large_model']} costs {r['price_ratio']:.1f} times as much as {r['small_model']}.",
    }


def _viable(r: dict) -> dict:
    when = r["viable_date"]
    text = f"{r['application'].replace('_', ' ')}: {r['verdict']}; a {r['unit_of_use']} costs "
    text += f"{r['cost_now_usd_per_unit']:.2g} USD and may cost {r['needed_usd_per_unit']:.2g} USD"
    return {
        "subject": r["application"],
        "value": r["viable_now_share"],
        "unit": "probability",
        "value_date": when,
        "value_date_low": r["viable_low_date"],
        "value_date_high": r["viable_high_date"],
        "probability_never_share": r["never_share"],
        "statement": text + ".",
    }


def _wrapper(r: dict) -> dict:
    return {
        "subject": f"{r['application']} {r['day']}",
        "value": r["model_cost_share"],
        "unit": "share",
        "value_low": r["model_cost_low_share"],
        "value_high": r["model_cost_high_share"],
        "statement": f"{r['application']}: {r['model_cost_share']:.1%} of the price is model cost on {r['day']}.",
    }


def _hosting(r: dict) -> dict:
    at = r["break_even_mtok_per_month"]
    text = "never at full load" if at is None else f"from {at:,.0f} Mtok a month"
    return {
        "subject": f"{r['model']} on {r['accelerator']}",
        "value": at,
        "unit": "mtok_per_month",
        "value_low": r["break_even_low_mtok_per_month"],
        "value_high": r["break_even_high_mtok_per_month"],
        "statement": f"{r['model']} on {r['accelerator']}: cheaper than its API {text}; verdict {r['verdict']}.",
    }


def _jevons(r: dict) -> dict:
    return {
        "subject": r["subject"],
        "value": r["spend_factor_per_year"],
        "unit": "factor_per_year",
        "value_low": r["spend_low_factor_per_year"],
        "value_high": r["spend_high_factor_per_year"],
        "statement": f"At an elasticity of {r['elasticity']:g} spend multiplies by "
        f"{r['spend_factor_per_year']:.2f} a year; {r['rebound_share']:.0%} of the saving is taken back.",
    }


def _expect(r: dict) -> dict:
    ratio = r["ratio_best_to_fixed"]
    return {
        "subject": str(r["month"]),
        "value": ratio,
        "unit": "ratio",
        "statement": f"The best model on sale ({r['best_model']}) costs "
        + (f"{ratio:.0f} times the cheapest at fixed quality." if ratio else "more than is known."),
    }


WORDS: dict[str, Callable[[dict], dict]] = {
    "family_ratio": _family,
    "viability": _viable,
    "wrapper_margin": _wrapper,
    "break_even": _hosting,
    "jevons": _jevons,
    "expectations": _expect,
}


def collect(tables: Mapping[str, pl.DataFrame], as_of: date) -> pl.DataFrame:
    """Table what_it_means: one fact per row of each table; a section without rows says "not yet measured"."""
    rows = []
    for section, words in WORDS.items():
        table = tables[section]
        if table.is_empty():
            rows.append(
                {"fact_id": f"{section}/none", "section": section, "subject": section, "statement": NOT_YET, "inputs": "", "as_of": as_of}
            )
        for r in table.iter_rows(named=True):
            fact = words(r)
            rows.append({"fact_id": f"{section}/{fact['subject']}", "section": section, "inputs": r["inputs"], "as_of": as_of, **fact})
    return frames.from_rows("stats.what_it_means", rows)
