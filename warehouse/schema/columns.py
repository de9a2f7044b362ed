"""The dictionary: what each column name means, once and everywhere, with its type and plausible limits.

A name means the same in every table; a number's unit is the end of its name (``units/grammar.py``). Which
table holds which column is said in ``tables.py``.
"""

from __future__ import annotations

from warehouse.schema.computed_columns import COMPUTED_COLUMNS
from warehouse.schema.types import Column

_TEXT = {
    # identity and provenance
    "source": "source of the row: KIND/NAME of a source folder, or the public table or package it came from",
    "kind": "what kind of row it is",
    "origin": "where this run had the row from",
    "status": "state of the row",
    "price_kind": "whether the source calls it a list price or a sale, whose announced end is valid_to",
    "disagree_sources": "who says another price today and by how much, largest first; empty where nobody does",
    "message": "a sentence for the operator: what was expected, what came, what to do",
    "url": "address the capture was read from",
    "source_url": "where a person can check the row",
    "source_ref": "the place inside the source: repository@commit, package==version, file",
    "licence": "licence under which the fact may be carried",
    "sha256": "content hash of the capture; names the file in the archive",
    "snapshot_sha256": "content hash of the capture the row was read from; empty for packaged rows",
    "parser_version": "content hash of the parser and the reading framework",
    "quote_id": "content hash of one printed figure with its evidence",
    "interval_id": "content hash of one price interval",
    "offer_id": "provider|model label|tier|condition: the thing that has one price at a time",
    "evidence": "the words the figure was read from",
    "locator": "where on the page the words stand",
    "left_out": "why an offer on the page has no price per accelerator; empty for one that has",
    "basis": "how the value is known",
    "reason": "why, in a sentence",
    "extent": "what was left out: entry (of a list), block (of a page), or amount (a figure without a token unit: a note)",
    # prices
    "provider": "who sells: the maker's own API or a host",
    "provider_tier": "what kind of seller",
    "developer": "who made the model",
    "family": "model family (clusters standard errors)",
    "model": "canonical model; in tables of forecasts the forecasting model",
    "model_label": "model as printed by the source",
    "retired_on": "day the model ends as the page states it (ISO date), empty when none is named",
    "announced_on": "day the end was announced or the model deprecated (ISO date), empty when none is named",
    "replacement": "model the maker names in its place, as printed",
    "model_id": "API identifier as printed by the source",
    "component": "what a price is for (sources/pages/quote.py lists them)",
    "token_class": "which tokens the price is for",
    "value_text": "the figure's own characters",
    "unit": "unit as written",
    "currency": "ISO 4217 currency of the list",
    "tier": "how soon and how surely the seller answers",
    "condition": "when the price applies (context threshold, time of day), as printed",
    "region": "region of the offer, as printed",
    "effective_from": "start as printed (ISO date or UTC timestamp), empty when none is printed",
    "effective_to": "end as printed, empty when none is printed",
    "valid_from_basis": "how the start is known",
    "component_prices": "further components as JSON: component -> price in USD per million tokens",
    "believed_source": "the source whose price is used",
    "other_source": "the source that says something else",
    # quality
    "benchmark": "benchmark name",
    "benchmark_version": "version of the benchmark; versions are never mixed",
    "effort_variant": "reasoning effort of the run, where stated",
    # hardware and energy
    "accelerator": "accelerator, canonical name",
    "vendor": "maker of the accelerator",
    "field": "name of a specification",
    "qualifier": "sense of a figure: dense or sparse, per accelerator, direction, boundary",
    "sku": "the provider's name of the offer",
    "term": "how the hour is bought",
    "note": "remark of the source or of the curator",
    "operator": "who runs the data centres",
    "sector": "consumer class of an electricity price",
    "period": "the period a figure is for, as published",
    "boundary": "what an energy figure or floor includes: gpu_only, system or wall; rented hour for paid hours",
    "task": "workload of a measurement",
    "precision": "weight format of the run",
    "parallelism": "how the run was spread over accelerators",
    "official": "official figure at the day",
    "epoch": "what Epoch AI's table says",
    "evokernel": "what the evokernel cards say",
    "gpuhunt": "what gpuhunt says",
    "used": "the figure used",
    "used_source": "where the used figure comes from",
    "used_basis": "whose figure the used one is",
    "history": "value (date) in order",
    # results
    "series": "name of the series as shown to readers",
    "series_id": "id of the series: scale-threshold-tier-blend",
    "fact_id": "id of a fact: section.name",
    "section": "part of the report",
    "subject": "what the fact is about",
    "quantity": "what is stated",
    "definition_id": "group.name in reference/definitions.toml",
    "text_value": "the part of a fact that is words",
    "sql": "the query that reproduces the number on the published file",
    "inputs": "ids of the rows the number rests on, space separated",
    "column_name": "name of the column",
    "column_type": "its DuckDB type",
    "meaning": "what it means, with its unit",
    "allowed_values": "the words it may hold, each with its meaning; empty where it is no closed list",
    "empty_until": "the event until which it may hold nothing at all; empty where it must hold something",
    "undeclared_values": "words that stand in it without being declared",
    "example": "name of an example query",
    "answers": "what the query answers",
    "topic": "what is not known",
    "clock": "whose word the day of the run is: system, or the setting DEFLATION_NOW",
    "why": "why, in a sentence",
    "what_would_tell": "what evidence would settle it",
    "table_name": "schema.table",
    "code_version": "content hash of the code and packaged facts",
    "source_rank": "who speaks",
    "title": "title of the source",
    "publisher": "who publishes the source",
    "terms": "what the publisher's terms allow, in our words, with the day",
    "witness": "group of sources that copy one another and count as one witness",
    "end_reason": "why the price ended; empty while it is in force",
    "id": "id of the row a step of a chain points to",
    "build_id": "id of the build: content hash of inputs, code and as-of date",
}

_DAY = {
    "edition_day": "day of the run that made the edition",
    "as_of": "the vintage day: nothing known later was used",
    "observed_at": "day the source showed or recorded the row",
    "closed_observed_at": "day the end of the interval became known",
    "valid_from": "first day the price was known to be in force: stated as a day, or first seen (then changed_after and changed_before say how exactly the change is known)",
    "valid_to": "day the price ends (exclusive); null while in force",
    "first_seen": "first day anybody showed the price",
    "changed_after": "the price began after this day, on which the one before it was last seen; null where the day itself was stated or nothing came before",
    "changed_before": "the price began on this day or before, when it was first seen; null where the day itself was stated",
    "event_date": "day of the event; null where nobody stated it (changed_after and changed_before say what is known)",
    "seen_on": "first day the new state was seen or stated for",
    "release_date": "day the model was released",
    "launch_date": "day the accelerator was launched",
    "date": "day of the row",
    "confirmed_at": "last day anybody showed the row",
    "period_day": "day of the point",
    "obs_date": "day of the observation",
}

_MOMENT = {
    "fetched_at": "when the capture that first showed the row was fetched (UTC); only raw tables hold it",
    "gone_at": "when the first later page of the address without the row was fetched (UTC); null while the newest shows it",
}

_COUNT = {
    "accelerators_count": "accelerators of one replica",
    "wide_row": "ordinal of the wide-form row on the page; null for long-form-only quotes",
    "rows": "rows read",
    "window_days": "the table holds this many days before the vintage day by this column, and no other; null for any other column",
    "table_rows": "rows of the table in this build",
    "filled_rows": "rows in which the column holds something",
    "outside_window_rows": "rows whose day lies outside the window",
    "left_out_count": "entries, blocks and amounts of the newest pages that were not understood",
    "cadence_days": "days between two readings of the source",
    "rank": "rank of the witness: 0 first-party, 1 host's own page, 2 documented correction, 3 feed",
    "age_days": "days from the last good reading to the day of the run",
    "families": "independent families of sources that state the price",
    "versions": "different official values seen",
    "n": "observations behind the number",
    "accelerators_in_offer": "accelerators sold together; 0 where nobody knows",
    "ordinal": "order of the row",
}

_FLAG = {
    "is_unproven": "whether a source that is asked has no body of the shape that is served held against its reader",
    "open_weights": "whether the weights can be downloaded",
    "disagree": "a database differs from the used value by more than 5 %",
    "is_headline": "whether the report leads with it",
    "is_champion": "whether this is the forecasting model of record",
}

_REAL = {
    "value": ("the figure, in the row's unit", None, None),
    "price_input_usd_per_mtok": ("price of input tokens", 0, 2000),
    "price_output_usd_per_mtok": ("price of output tokens", 0, 2000),
    "price_cached_input_usd_per_mtok": ("price of input tokens read from cache", 0, 2000),
    "price_cache_write_usd_per_mtok": ("price of writing input tokens to cache (5 minutes)", 0, 2000),
    "price_cache_write_1h_usd_per_mtok": ("price of writing input tokens to cache (1 hour)", 0, 2000),
    "listed_input_per_mtok": ("price of input tokens as listed, in the list's own currency; null for lists in USD", 0, None),
    "listed_output_per_mtok": ("price of output tokens as listed, in the list's own currency; null for lists in USD", 0, None),
    "low_usd_per_accelerator_hour": ("low end of the hourly price", 0, None),
    "high_usd_per_accelerator_hour": ("high end of the hourly price", 0, None),
    "low_usd_per_kwh": ("low end of the electricity price", 0, None),
    "high_usd_per_kwh": ("high end of the electricity price", 0, None),
    "low_pue": ("low end of the PUE", 1, None),
    "high_pue": ("high end of the PUE", 1, None),
    "energy_usd_per_mtok": ("electricity of a million tokens", 0, None),
    "low_usd_per_mtok": ("low end of the floor", 0, None),
    "mode_usd_per_mtok": ("most likely floor", 0, None),
    "high_usd_per_mtok": ("high end of the floor", 0, None),
    "cost_factor_low_per_year": ("times cheaper a year the floor itself gets, low", None, None),
    "cost_factor_mode_per_year": ("times cheaper a year the floor itself gets", None, None),
    "cost_factor_high_per_year": ("times cheaper a year the floor itself gets, high", None, None),
    "price_cached_usd_per_mtok": ("price of input tokens read from cache", 0, 2000),
    "tokens_output_per_task": ("output tokens of one task", 0, None),
    "price_before_usd_per_mtok": ("price before the event", 0, 2000),
    "price_after_usd_per_mtok": ("price after the event", 0, 2000),
    "price_kept_usd_per_mtok": ("the price that stays", 0, None),
    "price_refused_usd_per_mtok": ("the price that was refused, negative ones too", None, None),
    "price_usd_per_mtok": ("price of the row's token class or blend", 0, None),
    "believed_usd_per_mtok": ("price of the believed source", 0, None),
    "other_usd_per_mtok": ("price of the other source", 0, None),
    "change_share": ("after / before - 1; in a decomposition the share of the total log change", None, None),
    "disagree_share": ("largest difference of another source alive today, other / believed - 1; null where nobody differs", None, None),
    "difference_share": ("other / believed - 1", None, None),
    "score": ("benchmark score in the benchmark's own unit", None, None),
    "lower": ("lower end of the interval", None, None),
    "upper": ("upper end of the interval", None, None),
    "interval_level": ("probability of the interval", 0, 1),
}


def _type_of(name: str) -> str:
    for group, kind in ((_TEXT, "VARCHAR"), (_DAY, "DATE"), (_MOMENT, "TIMESTAMPTZ"), (_COUNT, "BIGINT"), (_FLAG, "BOOLEAN")):
        if name in group:
            return kind
    return "DOUBLE"


BASE: dict[str, Column] = {
    **{n: Column(n, _type_of(n), t) for g in (_TEXT, _DAY, _MOMENT, _COUNT, _FLAG) for n, t in g.items()},
    **{n: Column(n, "DOUBLE", t, low, high) for n, (t, low, high) in _REAL.items()},
}

COLUMNS: dict[str, Column] = BASE | COMPUTED_COLUMNS
"""All columns; those that only computed and packaged tables have are declared in ``computed_columns.py``."""
