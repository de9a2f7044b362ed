"""Token volumes of anybody, priced by the warehouse: names resolved, prices chosen, the family computed.

Belongs here: which tables feed the token indices when a person brings the volumes. Not here: a rule or a formula.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

import reference
from belief.slugs import resolve_slugs
from forecasting.tokens import pricing, token_index, volumes
from pipelines.settings import load_settings
from warehouse.store import query

ROUTER = "openrouter"


def price_volumes(frame: pl.DataFrame, by: str, window: int | None = None) -> tuple[pl.DataFrame, list[str]]:
    """The token family of a volumes file and sentences about what was left out, estimated or provisional.

    Raises ``volumes.BadVolumes`` and ``WarehouseUnusable`` (no published warehouse: run ``deflation run --offline``).
    """
    day, tables = _published()
    rows, said = volumes.read(frame)
    history = tables["volumes"]
    names = resolve_slugs([*rows["slug"], *history.filter(pl.col("gateway") == ROUTER)["label"]], reference.at("model_aliases", day), day)
    split = volumes.measurements(history.filter(pl.col("gateway") == ROUTER), names)
    priced = token_index.priced_volumes(rows, names, tables["prices"], tables["models"], split, ROUTER, INPUT_SHARE)
    table, told = token_index.build(priced, by, tables["quality"], window)
    return table, [*said, *_unnamed(priced), *_estimated(priced), *_leaks(priced, tables), *told, *_provisional(table)]
