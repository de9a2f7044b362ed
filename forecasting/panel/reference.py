"""The hand-kept tables this package is configured by, read as data files: thresholds, claims, assumptions, panel.

They live in reference, where every row has its source. Belongs here: reading. Not here: meaning.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import polars as pl

_FOLDER = "reference"


def table(name: str) -> pl.DataFrame:
    """``reference/<name>.csv`` with dates parsed; raises ``FileNotFoundError`` naming the file."""
    return pl.read_csv(files(_FOLDER).joinpath(f"{name}.csv").read_bytes(), try_parse_dates=True, infer_schema_length=None)


def thresholds() -> list[dict[str, Any]]:
    """Scales of thresholds.toml: scale, benchmark, thresholds, kind (share | index), headline, items."""
    return tomllib.loads(files(_FOLDER).joinpath("thresholds.toml").read_text(encoding="utf-8"))["scale"]


def basket() -> list[str]:
    """The models whose abilities are the fixed qualities of the headline, in the order of thresholds.toml."""
    return [str(b["model"]) for b in tomllib.loads(files(_FOLDER).joinpath("thresholds.toml").read_text(encoding="utf-8"))["basket"]]


def scale(name: str) -> dict[str, Any]:
    """One scale of thresholds.toml. Raises ``KeyError`` naming the known ones."""
    known = {s["scale"]: s for s in thresholds()}
    if name not in known:
        raise KeyError(f"no scale {name!r} in thresholds.toml; known: {', '.join(known)}")
    return known[name]


def frontier_panel() -> pl.DataFrame:
    """The packaged monthly panels of the backtest (column ``panel``: whose price lists), with ``known_from``: the day
    price and score were both public.
    """
    return table("frontier_panel").with_columns(pl.max_horizontal("ds", "scored_on").alias("known_from"))
