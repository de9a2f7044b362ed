"""A declaration as it would have been without one page: what every leave-one-out trial of a reader rests on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

Declaration = TypeVar("Declaration", bound=BaseModel)
Rows = TypeVar("Rows")


def made_without(
    page: Path, whole: Declaration, rows: Mapping[Path, Rows], read: Callable[[Path, Declaration], Rows], kept: Collection[str] = ()
) -> Declaration:
    """``whole`` without every entry that none of the pages but ``page`` needs; fields named in ``kept`` stay as they are.

    ``rows``: what the whole declaration reads of each page; ``read``: what another one reads of it.
    """
    left = whole
    for field, key in entries(whole, kept):
        fewer = _less(left, field, key)
        if all(read(other, fewer) == told for other, told in rows.items() if other != page):
            left = fewer
    return left


def entries(declaration: BaseModel, kept: Collection[str] = ()) -> list[tuple[str, Any]]:
    """What a declaration says beyond its defaults, entry by entry: a field, and within tables and lists the key or item."""
    found: list[tuple[str, Any]] = []
    for field, kind in type(declaration).model_fields.items():
        value = getattr(declaration, field)
        if field not in kept and value != kind.default:
            found += [(field, key) for key in value] if isinstance(value, dict | list) else [(field, None)]
    return found


def _less(declaration: Declaration, field: str, key: Any) -> Declaration:
    kinds, value = type(declaration).model_fields, getattr(declaration, field)
    if isinstance(value, dict):
        left: Any = {k: v for k, v in value.items() if k != key}
    elif isinstance(value, list):
        left = [item for item in value if item != key]
    else:
        left = kinds[field].default
    return type(declaration)(**{name: getattr(declaration, name) for name in kinds if name != field} | {field: left})
