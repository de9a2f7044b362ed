"""The edition: what a report is made from. Reads, checks, hashes and stores it; formats nothing.

``warehouse.schema`` is the only declaration: an edition holds marts under their own names, with all their
columns and rows, so that a download called X is ``marts.X``. A mart that was not delivered is empty and its
section says why (``SHOWN``); a delivered mart without a declared column is refused, never filled in silence.
The same content always gives the same digest and the same JSON bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import polars as pl

from warehouse.schema.columns import COLUMNS
from warehouse.schema.tables import TABLES

FORMAT = 2
"""Version of the JSON form; raised when a stored edition could no longer be read."""

SHOWN: dict[str, str] = {
    "price_now": "no price source has been read",
    "price_history": "no price history has been read",
    "model_names": "no model has another name",
    "price_events": "no price moved in the last month",
    "fact_freshness": "nobody recorded when a price was last seen",
    "frontier": "no model has both a price and a quality score",
    "indices": "too few repeated prices for an index",
    "cost_per_task": "no benchmark run with both a token count and a price",
    "hedonic_rates": "too few prices for a rate",
    "headline_methods": "no method has a year of prices",
    "headline_revision": "no earlier vintage could be replayed",
    "score_coverage": "no model was first listed lately",
    "acceleration": "the series is too short for the test",
    "champion_forecasts": "no forecast was issued",
    "past_forecasts": "this is the first vintage",
    "floors": "no accelerator could be matched to an open model at this quality",
    "series_floor_gap": "no floor could be computed",
    "floor_assumptions": "no floor could be computed",
    "decomposition": "the price change could not be split",
    "stack_shown": "the engine was not run on the levers",
    "hardware_league": "no accelerator with a dated rental price",
    "rental_summary": "no dated rental price has been read",
    "hardware_trends": "too few parts with a launch date",
    "engine_check": "no measurement to compare the engine with",
    "energy_check": "no measured joules to compare the engine with",
    "lever_evidence": "no measurement of a lever is at hand",
    "quantization_quality": "no published quality of a weight format is at hand",
    "software_gain": "no accelerator with two measured releases",
    "useful_life": "no accelerator with a rent and running costs",
    "latency_league": "the engine was not asked for the speed of one user",
    "bandwidth_ceiling": "no accelerator with a launch date",
    "break_even": "no open model with both an API price and a self-hosting cost",
    "viability": "no application has a stated need",
    "jevons": "no public series of tokens served has been read",
    "wrapper_margin": "no application price has been read",
    "expectations": "no dated token counts per task",
    "claims": "the claims have not been held against the measurements",
    "track_record": "no forecast has been resolved",
    "pit": "no forecast has been resolved",
    "revision": "there is no earlier vintage to compare with",
    "data_health": "no source reported",
    "quarantine": "no price is quarantined",
    "disagreements": "no two sources disagree",
    "not_known": "nothing has been listed",
}
"""The marts that the report shows, each with why it may hold no row."""

ORDER: dict[str, tuple[str, ...]] = {
    name: tuple(columns.split())
    for name, columns in {
        "price_now": "provider model tier condition",
        "price_history": "provider model tier condition valid_from",
        "price_events": "event_date provider model token_class kind",
        "frontier": "series obs_date",
        "indices": "index_name obs_date",
        "cost_per_task": "benchmark obs_date",
        "hedonic_rates": "series window_start window_end",
        "acceleration": "test quality_scale",
        "headline_methods": "headline_rank method_id",
        "champion_forecasts": "series model target_date quantile",
        "past_forecasts": "series model cutoff target_date quantile",
        "floors": "series floor_kind obs_date",
        "series_floor_gap": "series model accelerator",
        "decomposition": "order component",
        "stack_shown": "order lever",
        "hardware_league": "model cost_usd_per_mtok accelerator",
        "hardware_trends": "window_label metric published_source",
        "engine_check": "model accelerator precision batch",
        "energy_check": "boundary source",
        "quantization_quality": "metric model precision",
        "useful_life": "price_scenario accelerator",
        "latency_league": "model evidence user_tok_per_s accelerator provider",
        "bandwidth_ceiling": "launch_date accelerator",
        "break_even": "model accelerator",
        "viability": "viable_date application",
        "jevons": "subject",
        "wrapper_margin": "application",
        "expectations": "benchmark obs_date",
        "track_record": "horizon_days model",
        "pit": "model horizon_days bin_lower",
        "revision": "order cause",
        "data_health": "status kind source",
        "quarantine": "provider model token_class",
        "disagreements": "provider model token_class other_source",
    }.items()
}
"""How a mart's rows are ordered for readers, where that is not by its key; the first row of a series in time is its oldest."""

_TYPES: dict[str, pl.DataType] = {
    "VARCHAR": pl.String(), "DOUBLE": pl.Float64(), "BIGINT": pl.Int64(), "DATE": pl.Date(), "BOOLEAN": pl.Boolean(),
}  # fmt: skip


class InvalidEdition(ValueError):
    """The frames cannot be a report, or a stored edition cannot be read; the message says what to do."""


@lru_cache(maxsize=128)
def columns_of(table: str) -> dict[str, str]:
    """The declared columns of a table, ``marts.NAME`` or ``facts.fact``, with their DuckDB types."""
    return {name: COLUMNS[name].type for name in TABLES[table].columns}


@dataclass(frozen=True, eq=False)
class Edition:
    """One issue of the report.

    ``as_of``: the day it speaks of. ``vintage``: the id of the warehouse build. ``facts``: one row per fact
    (``facts.fact``). ``marts``: frames by name (``SHOWN``); any may be absent. ``corrects``: id of the edition
    that this one replaces, with ``correction_note`` and the changed facts in ``changes`` (fact_id, before,
    after). Raises ``InvalidEdition`` for facts without an id or with an id twice, and for an absent column.
    """

    as_of: date
    vintage: str
    facts: pl.DataFrame = field(default_factory=pl.DataFrame)
    marts: dict[str, pl.DataFrame] = field(default_factory=dict)
    corrects: str = ""
    correction_note: str = ""
    changes: pl.DataFrame = field(default_factory=pl.DataFrame)

    def __post_init__(self) -> None:
        facts = _conform("facts.fact", self.facts, columns_of("facts.fact"), ("fact_id",))
        if facts["fact_id"].null_count() or facts["fact_id"].n_unique() != facts.height:
            raise InvalidEdition(
                "facts: expected one row per fact_id, found "
                f"{facts.height} rows with {facts['fact_id'].n_unique()} different ids; "
                "look for a fact model without a key or two models that issue the same fact"
            )
        marts = {}
        for name in SHOWN:
            table = f"marts.{name}"
            marts[name] = _conform(table, self.marts.get(name, pl.DataFrame()), columns_of(table), _order(table))
        changes = _conform("changes", self.changes, {"fact_id": "VARCHAR", "before": "DOUBLE", "after": "DOUBLE"}, ("fact_id",))
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
        """Read what ``to_json`` wrote, by this release or an earlier one: columns declared since are null.

        Raises ``InvalidEdition`` where it is damaged or of another format.
        """
        try:
            stored = json.loads(raw)
            if stored["format"] != FORMAT:
                raise InvalidEdition(f"stored edition: expected format {FORMAT}, found {stored['format']}; publish it again")
            return cls(
                as_of=date.fromisoformat(stored["as_of"]),
                vintage=stored["vintage"],
                facts=_as_stored("facts.fact", stored["facts"]),
                marts={name: _as_stored(f"marts.{name}", cols) for name, cols in stored["marts"].items() if name in SHOWN},
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


def _as_stored(table: str, columns: dict[str, list[Any]]) -> pl.DataFrame:
    """The frame of a stored edition, which knows nothing of columns that were declared after it was issued."""
    frame = pl.DataFrame(columns, strict=False)
    return frame.with_columns(pl.lit(None).alias(c) for c in columns_of(table) if c not in frame.columns) if frame.width else frame


def _order(table: str) -> tuple[str, ...]:
    """The columns that order a mart's rows for readers: those declared in ``ORDER``, else its key."""
    return ORDER.get(table.removeprefix("marts."), TABLES[table].key)


def _conform(table: str, frame: pl.DataFrame, columns: dict[str, str], order: tuple[str, ...]) -> pl.DataFrame:
    """The declared columns, cast, NaN and infinities as null, rows in a fixed order."""
    if not frame.width:
        return pl.DataFrame(schema={name: _TYPES[kind] for name, kind in columns.items()})
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise InvalidEdition(
            f"{table}: expected the declared columns, found none of the name {', '.join(absent)}; "
            "fill them in the mart or take them out of warehouse/schema"
        )
    conformed = frame.select(_cast(pl.col(name), kind, frame.schema[name], name) for name, kind in columns.items())
    # All columns break ties, so that two deliveries of the same rows in another order are the same edition.
    return conformed.sort([*order, *(c for c in columns if c not in order)], nulls_last=True)


def _cast(column: pl.Expr, kind: str, have: pl.DataType, name: str) -> pl.Expr:
    if kind == "DATE" and have == pl.String():
        return column.str.slice(0, 10).str.to_date(strict=False)
    if kind == "VARCHAR" and have in (pl.Date(), pl.Datetime()):
        return column.dt.to_string("iso")
    column = column.cast(_TYPES[kind], strict=False)
    if kind == "VARCHAR":
        # Line breaks, control and direction characters never reach a page, a header or a chart's script.
        return column.str.replace_all(r"[^\S\n]+" if name == "sql" else r"\s+", " ").str.replace_all(r"[\p{C}--\n]", "")
    return pl.when(column.is_finite()).then(column).alias(name) if kind == "DOUBLE" else column


def _columns(frame: pl.DataFrame) -> dict[str, list[Any]]:
    return {name: [v.isoformat() if isinstance(v, date) else v for v in frame[name].to_list()] for name in frame.columns}


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
