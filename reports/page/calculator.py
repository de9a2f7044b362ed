"""What the calculator page carries: every standard price over time and the self-hosting line, as compact JSON.

Shape: ``{"as_of", "models": [name], "sellers": [name], "statuses": [name], "offers": [[model, seller, [[from, to, input, cached,
output, status, last seen], ...]]], "names": {alias: model}, "own": {model: [accelerator, usd_per_mtok, utilisation, break-even Mtok a month]}}`` with names
by their place in the lists, days as ISO text, prices in USD per million tokens, null where nothing is known.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from reports.inputs import Edition
from reports.writing.shown import clean

PRICES = ("price_input_usd_per_mtok", "price_cached_input_usd_per_mtok", "price_output_usd_per_mtok")


def embedded(edition: Edition) -> dict[str, Any]:
    """The data of the calculator for one edition."""
    rows = edition.mart("price_history").filter(
        pl.col("tier") == "standard", pl.col("condition").fill_null("") == "", pl.any_horizontal(pl.col(*PRICES).is_not_null())
    )
    rows = rows.sort("model", "provider", "valid_from", nulls_last=False)
    models, sellers, statuses = ([clean(str(v)) for v in rows[c].unique().sort().to_list()] for c in ("model", "provider", "status"))
    places = [{name: i for i, name in enumerate(names)} for names in (models, sellers, statuses)]
    offers = []
    for (model, seller), part in rows.group_by("model", "provider", maintain_order=True):
        steps = [
            [r["valid_from"] and r["valid_from"].isoformat(), r["valid_to"] and r["valid_to"].isoformat(), *(r[c] for c in PRICES),
             places[2][clean(str(r["status"]))], r["confirmed_at"] and r["confirmed_at"].isoformat()]
            for r in part.iter_rows(named=True)
        ]  # fmt: skip
        offers.append([places[0][clean(str(model))], places[1][clean(str(seller))], steps])
    return {
        "as_of": edition.as_of.isoformat(),
        "models": models,
        "sellers": sellers,
        "statuses": statuses,
        "offers": offers,
        "own": _own(edition),
        "names": {clean(a): places[0][m] for a, m in edition.mart("model_names").select("alias", "model").rows() if m in places[0]},
    }


def _own(edition: Edition) -> dict[str, list[Any]]:
    """The cheapest accelerator of each model that can be served at home."""
    rows = (
        edition.mart("break_even")
        .filter(pl.col("self_host_usd_per_mtok").is_not_null())
        .sort("model", "self_host_usd_per_mtok")
        .unique("model", keep="first", maintain_order=True)
    )
    return {clean(str(r["model"])): [clean(str(r["accelerator"])), r["self_host_usd_per_mtok"], r["utilisation_share"], r["break_even_mtok_per_month"]]
            for r in rows.iter_rows(named=True)}  # fmt: skip
