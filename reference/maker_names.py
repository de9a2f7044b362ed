"""Words by which a maker stands before a model's name, read from ``maker_names.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def maker_names(place: str) -> tuple[str, ...]:
    """The words that stand ``before_a_dot``, ``before_a_dash`` or ``before_a_checkpoint``, in the order in which they are tried. Raises ``KeyError`` for another place."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(told[place]["names"])
