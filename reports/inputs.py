"""The edition: what a report is made from. Reads, checks, hashes and stores it; formats nothing.

The warehouse's author hands over frames; ``Edition`` brings them to the declared columns (``contract``), so
that a missing mart, a missing column or a value that is not a number becomes "not yet measured" instead of
a broken page. The same content always gives the same digest and the same JSON bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from reports.contract import FACT_COLUMNS, FACTS, MARTS, UNITS, FactSpec, MartSpec

__all__ = ["FACTS", "FACT_COLUMNS", "MARTS", "UNITS", "Edition", "FactSpec", "InvalidEdition", "MartSpec"]

FORMAT = 1
"""Version of the JSON form; raised when a stored edition could no longer be read."""

_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "number": pl.Float64(),
    "count": pl.Int64(),
    "date": pl.Date(),
    "flag": pl.Boolean(),
}


class InvalidEdition(ValueError):
    """The frames cannot be a report, or a stored edition cannot be read; the message says what to do."""


@dataclass(frozen=True, eq=False)
class Edition:
    """One issue of the report.

    ``as_of``: the day it speaks of. ``vintage``: the id of the warehouse build. ``facts``: one row per fact
    (columns of ``FACT_COLUMNS``). ``marts``: frames by name (``MARTS``); any may be absent. ``corrects``: id
    of the edition that this one replaces, with ``correction_note`` and the changed facts in ``changes``
    (fact_id, before, after). Raises ``InvalidEdition`` for facts without an id or with an id twice.
    """

    as_of: date
    vintage: str
    facts: pl.DataFrame = field(default_factory=pl.DataFrame)
    marts: dict[str, pl.DataFrame] = field(default_factory=dict)
    corrects: str = ""
    correction_note: str = ""
    changes: pl.DataFrame = field(default_factory=pl.DataFrame)

    def __post_init__(self) -> None:
        facts = _conform(self.facts, FACT_COLUMNS, ("fact_id",))
        if facts["fact_id"].null_count() or facts["fact_id"].n_unique() != facts.height:
            raise InvalidEdition(
                "facts: expected one row per fact_id, found "
                f"{facts.height} rows with {facts['fact_id'].n_unique()} different ids; "
                "look for a fact model without a key or two models that issue the same fact"
            )
        marts = {
            name: _conform(self.marts.get(name, pl.DataFrame()), spec.columns, spec.order)
            for name, spec in MARTS.items()
        }
        marts["price_history"] = _frontier_models_only(marts["price_history"], marts["frontier"])
        if marts["past_forecasts"].height > 20_000:  # one more vintage every day: the report draws medians alone
            marts["past_forecasts"] = marts["past_forecasts"].filter((pl.col("quantile") - 0.5).abs() < 1e-6)
        changes = _conform(self.changes, {"fact_id": "text", "before": "number", "after": "number"}, ("fact_id",))
        for name, value in (("facts", facts), ("marts", marts), ("changes", changes)):
            object.__setattr__(self, name, value)

    def mart(self, name: str) -> pl.DataFrame:
        """The mart's frame with its declared columns; empty where it was not delivered."""
        return self.marts[name]

    @cached_property
    def content_digest(self) -> str:
        """SHA-256 of what is said, whatever it corrects: equal content is never published twice in a row."""
        return hashlib.sha256(_canonical(self._content())).hexdigest()

    @cached_property
    def edition_id(self) -> str:
        """``YYYY-MM-DD-xxxxxxxxxx``: the day and a hash of the content and of what it corrects."""
        digest = hashlib.sha256(f"{self.content_digest} {self.corrects}".encode()).hexdigest()
        return f"{self.as_of.isoformat()}-{digest[:10]}"

    def correcting(self, edition_id: str, note: str, changes: pl.DataFrame) -> Edition:
        """The same content as a correction of an earlier edition of the day."""
        return replace(self, corrects=edition_id, correction_note=note, changes=changes)

    def to_json(self) -> bytes:
        """Canonical JSON: all that page, text and mail need."""
        head = {
            "format": FORMAT,
            "corrects": self.corrects,
            "correction_note": self.correction_note,
            "changes": _columns(self.changes),
        }
        return _canonical(head | self._content()) + b"\n"

    @classmethod
    def from_json(cls, raw: bytes) -> Edition:
        """Read what ``to_json`` wrote. Raises ``InvalidEdition`` where it is damaged or of another format."""
        try:
            stored = json.loads(raw)
            if stored["format"] != FORMAT:
                raise InvalidEdition(
                    f"stored edition: expected format {FORMAT}, found {stored['format']}; publish it again"
                )
            return cls(
                as_of=date.fromisoformat(stored["as_of"]),
                vintage=stored["vintage"],
                facts=pl.DataFrame(stored["facts"], strict=False),
                marts={name: pl.DataFrame(cols, strict=False) for name, cols in stored["marts"].items()},
                corrects=stored["corrects"],
                correction_note=stored["correction_note"],
                changes=pl.DataFrame(stored["changes"], strict=False),
            )
        except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
            if isinstance(error, InvalidEdition):
                raise
            raise InvalidEdition(
                f"stored edition: expected the JSON of an edition, found {type(error).__name__}: {error}; "
                "run `deflation run` to publish it again"
            ) from error

    def _content(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of.isoformat(),
            "vintage": self.vintage,
            "facts": _columns(self.facts),
            "marts": {name: _columns(frame) for name, frame in self.marts.items() if frame.height},
        }


def _conform(frame: pl.DataFrame, columns: dict[str, str], order: tuple[str, ...]) -> pl.DataFrame:
    """The declared columns, cast, NaN and infinities as null, rows in the declared order."""
    chosen = []
    for name, kind in columns.items():
        wanted = _TYPES[kind]
        if name not in frame.columns:
            chosen.append(pl.lit(None, dtype=wanted).alias(name))
            continue
        have = frame.schema[name]
        column = pl.col(name)
        if kind == "date" and have == pl.String():
            column = column.str.slice(0, 10).str.to_date(strict=False)
        elif kind == "text" and have in (pl.Date(), pl.Datetime()):
            column = column.dt.to_string("iso")
        else:
            column = column.cast(wanted, strict=False)
        if kind == "text":
            # Line breaks, control and direction characters never reach a page, a header or a chart's script.
            column = column.str.replace_all(r"[^\S\n]+" if name == "sql" else r"\s+", " ").str.replace_all(
                r"[\p{C}--\n]", ""
            )
        if kind == "number":
            column = pl.when(column.is_finite()).then(column)
        chosen.append(column.alias(name))
    if not frame.width:
        return pl.DataFrame(schema={name: _TYPES[kind] for name, kind in columns.items()})
    conformed = frame.select(chosen)
    # All columns break ties, so that two deliveries of the same rows in another order are the same edition.
    return conformed.sort([*order, *(c for c in columns if c not in order)], nulls_last=True)


def _frontier_models_only(history: pl.DataFrame, frontier: pl.DataFrame, limit: int = 2000) -> pl.DataFrame:
    """A long history is cut to the models that held a frontier: the page draws no others."""
    if history.height <= limit:
        return history
    return history.join(frontier.select("model").unique(), on="model", how="semi", maintain_order="left").head(limit)


def _columns(frame: pl.DataFrame) -> dict[str, list[Any]]:
    return {
        name: [v.isoformat() if isinstance(v, date) else v for v in frame[name].to_list()] for name in frame.columns
    }


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
