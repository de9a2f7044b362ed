"""The engine as DuckDB table macros, generated from the same expressions that polars runs.

``throughput_macro_sql`` gives the CREATE MACRO statements the build runs; afterwards any DuckDB client, opened
read-only on the published file and without Python, can ask ``from throughput(model := 'llama-3.1-70b', ...)``.
Needs ``core.accelerators`` (columns ``throughput.questions.readings.ACCELERATOR_COLUMNS`` and ``aliases``) and
``core.architectures`` (``ARCHITECTURE_COLUMNS``, ``aliases``, ``native_weight_precision``) in the same database.
No formula is written here.
"""

from __future__ import annotations

import re

import duckdb
import narwhals as nw

from throughput.engine import formats, grid, stages
from throughput.engine.efficiency import Constants, load_constants
from throughput.questions import names, readings
from units.constants import DAYS_PER_YEAR

PREFIX = "asked_"
PARAMETERS = {
    "model": "NULL",
    "accelerator": "NULL",
    "weight_precision": "NULL",
    "kv_precision": "'auto'",
    "n_accelerators": "NULL",
    "tensor_parallel": "NULL",
    "data_parallel": "1",
    "pipeline_parallel": "1",
    "expert_parallel": "0",
    "replicas": "1",
    "prefill_accelerators": "0",
    "disaggregated": "0",
    "software_date": "NULL",
    "stack": "''",
    "isl": "1024",
    "osl": "1024",
    "concurrency": "NULL",
    "usd_per_accelerator_hour": "0",
    "utilisation": "1",
    "prefix_hit_rate": "0",
    "draft_tokens": "0",
    "draft_acceptance": "0",
    "draft_cost": "0",
}
"""Parameters and defaults. A null model or accelerator means all of them; a null concurrency, as many requests as
memory holds; a null weight precision, the model's own; no count of accelerators, the fewest that hold the model."""

OUTPUTS = (
    "output_tok_s",
    "output_tok_s_per_accelerator",
    "tok_s_per_user",
    "tpot_ms",
    "ttft_ms",
    "e2e_s",
    "requests_per_s",
    "batch",
    "mbu",
    "mfu",
    "power_w",
    "j_per_input_token",
    "j_per_output_token",
    "usd_per_mtok_input",
    "usd_per_mtok_output",
)


def throughput_macro_sql(constants: Constants | None = None) -> list[str]:
    """CREATE MACRO statements: ``is_named`` (does a name mean this model or accelerator), ``throughput`` (a row per match of both)."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE scenario ({_columns()})")
    question = nw.from_native(connection.table("scenario"))
    known = formats.read_columns(nw.col("weight_format"), nw.col("kv_format"))
    joined = question.with_columns(**known).to_native()
    answered = grid.run(joined, stages.ALL, constants or load_constants(), PREFIX)
    body = re.sub(r'(?:\w+\.)*"?\bscenario\b"?', "scenario", answered.sql_query())  # versions of DuckDB differ in the path they write
    connection.close()
    arguments = ", ".join(f"{name} := {default}" for name, default in PARAMETERS.items())
    return [
        f"CREATE OR REPLACE MACRO is_named(listed, aliases, asked) AS\n{_named('listed', 'aliases', 'asked')}",
        f"CREATE OR REPLACE MACRO throughput({arguments}) AS TABLE\n"
        f"WITH scenario AS (\n{_question()}\n), answered AS (\n{body}\n)\n{_answer()}",
    ]


def _columns() -> str:
    facts = [c for c in (*readings.ACCELERATOR_COLUMNS, *readings.ARCHITECTURE_COLUMNS) if c not in readings.TEXT]
    numbers = [*facts, *(f"{PREFIX}{n}" for n in _NUMBERS)]
    texts = [f"{PREFIX}model", f"{PREFIX}accelerator", "family", "link_kind", "weight_format", "kv_format"]
    return ", ".join([*(f'"{n}" DOUBLE' for n in numbers), *(f'"{n}" VARCHAR' for n in texts)])


_NUMBERS = (
    "isl",
    "osl",
    "concurrency",
    "tensor_parallel",
    "data_parallel",
    "pipeline_parallel",
    "expert_parallel",
    "replicas",
    "spare_groups",
    "prefill_accelerators",
    "disaggregated",
    "accelerators",
    "usd_per_accelerator_hour",
    "utilisation",
    "prefix_hit_rate",
    "draft_tokens",
    "draft_acceptance",
    "draft_cost",
    "local_runtime",
    "python_host",
    "software_years",
)

_LAYOUT = ("accelerators", "tensor_parallel", "data_parallel", "pipeline_parallel", "replicas")
_NONE_OR_MORE = ("expert_parallel", "prefill_accelerators")


def _question() -> str:
    """The scenario rows: parameters beside the facts of every matching model and accelerator."""
    facts = [
        f'coalesce(CAST({t}."{c}" AS DOUBLE), {readings.BLANK.get(c, 0.0)!r}) AS "{c}"'
        for t, columns in (("a", readings.ACCELERATOR_COLUMNS), ("m", readings.ARCHITECTURE_COLUMNS))
        for c in columns
        if c not in readings.TEXT
    ]
    dp, pp, copies = (f"coalesce({p}, 1)" for p in ("data_parallel", "pipeline_parallel", "replicas"))
    tp = (
        "coalesce(tensor_parallel, nullif(trial.tried, 0), "
        f"greatest(coalesce(n_accelerators, 1) // greatest({dp} * {pp} * {copies}, 1), 1))"
    )
    used = f"({tp} * {dp} * {pp} * {copies})"
    n = f"coalesce(n_accelerators, {used})"
    gguf = "regexp_matches(lower(coalesce(weight_precision, 'bf16')), '^i?q[2-8]_')"
    host, local = (" ".join(f"WHEN '{s}' THEN {v[i]!r}" for s, v in readings.STACKS.items()) for i in (0, 1))
    given = {
        # nothing said is the default; no requests are not "as many as memory holds"
        **{
            o: f"coalesce({o}, {PARAMETERS[o]})"
            for o in (
                "isl",
                "osl",
                "usd_per_accelerator_hour",
                "utilisation",
                "prefix_hit_rate",
                "draft_tokens",
                "draft_acceptance",
                "draft_cost",
                "expert_parallel",
                "prefill_accelerators",
                "disaggregated",
            )
        },
        "concurrency": "CASE WHEN concurrency <= 0 THEN -1 ELSE coalesce(concurrency, 0) END",
        "tensor_parallel": tp,
        "data_parallel": dp,
        "pipeline_parallel": pp,
        "replicas": copies,
        "accelerators": n,
        "spare_groups": f"greatest({n} // greatest({used}, 1), 1)",
        "local_runtime": f"CASE WHEN {gguf} THEN 1 ELSE CASE lower(coalesce(stack, '')) {local} END END",
        "python_host": f"CASE lower(coalesce(stack, '')) {host} ELSE 0 END",
        "software_years": f"greatest(coalesce(date_diff('day', TRY_CAST(software_date AS DATE), DATE '{readings.NEWEST_SOFTWARE}'), 0) / {DAYS_PER_YEAR}, 0)",
    }
    asked = [f'CAST({value} AS DOUBLE) AS "{PREFIX}{name}"' for name, value in given.items()]
    texts = [
        f'm.model AS "{PREFIX}model"',
        f'a.accelerator AS "{PREFIX}accelerator"',
        "a.family AS family",
        "a.link_kind AS link_kind",
        f"{_word(_stated('weight_precision', 'm.native_weight_precision'))} AS weight_format",
        _word(_stated("kv_precision", "'auto'")) + " AS kv_format",
    ]
    return (
        "SELECT "
        + ", ".join([*facts, *asked, *texts])
        + " FROM core.accelerators AS a CROSS JOIN core.architectures AS m CROSS JOIN (SELECT unnest(CASE WHEN "
        "n_accelerators IS NULL AND tensor_parallel IS NULL THEN [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] "
        "ELSE [0] END) AS tried) AS trial WHERE "
        "is_named(a.accelerator, a.aliases, accelerator) AND is_named(m.model, m.aliases, model)"
    )


def _stated(parameter: str, otherwise: str) -> str:
    """A format parameter, or ``otherwise`` where it is one of the words for not stated."""
    words = ", ".join(f"'{w}'" for w in formats.UNSTATED)
    return f"CASE WHEN coalesce(lower(trim({parameter})), '') IN ({words}) THEN {otherwise} ELSE {parameter} END"


def _word(text: str) -> str:
    """A format as it is listed: small letters, underscores."""
    return f"regexp_replace(lower(trim({text})), '[\\s-]+', '_', 'g')"


def _within() -> str:
    """The condition that every number is one; NaN is above all numbers in DuckDB."""
    counts = readings.NUMBERS["n_accelerators"]
    limits = {
        **{n: (readings.NUMBERS[n].least, readings.NUMBERS[n].most) for n in _NUMBERS if n in readings.NUMBERS},
        **dict.fromkeys(_LAYOUT, (counts.least, counts.most)),
        **dict.fromkeys(_NONE_OR_MORE, (0.0, counts.most)),
    }
    return " AND ".join(f'"{PREFIX}{n}" BETWEEN {low!r} AND {high!r}' for n, (low, high) in limits.items())


def _named(column: str, aliases: str, parameter: str) -> str:
    def slug(text: str) -> str:
        return f"regexp_replace(lower({text}), '[^a-z0-9|]', '', 'g')"

    last = f"regexp_replace(CAST({parameter} AS VARCHAR), '^.*/', '')"
    variant = "|".join(w.replace(".", "[.]") for w in names.CHECKPOINT_WORDS)
    plain = f"regexp_replace(lower({last}), '^(meta|nvidia)[-_ ]|([-_ ]({variant}))+$', '', 'g')"
    bare = f"regexp_replace({slug(plain)}, '(instruct|chat|hf|it)$', '')"
    listed = f"list_contains(string_split({slug(f'coalesce({aliases}, chr(32))')}, '|'), "
    return f"({parameter} IS NULL OR {slug(column)} IN ({slug(last)}, {bare}) OR {listed}{slug(last)}) OR {listed}{bare}))"


def _answer() -> str:
    """The outputs, nulls and a sentence where there is no answer; any output / or x ``interval_factor_80`` is its interval."""

    def asked(name: str) -> str:
        return f'"{PREFIX}{name}"'

    error = (
        "CASE WHEN weight_bits = 0 THEN 'weight_precision is not a listed format (the command deflation throughput reads more)' "
        "WHEN kv_bits = 0 THEN 'kv_precision is not a known format' "
        f"WHEN NOT coalesce({_within()}, false) THEN 'a number is missing, negative or beyond what is sensible' "
        f"WHEN {asked('tensor_parallel')} * {asked('data_parallel')} * {asked('pipeline_parallel')} * {asked('replicas')} * "
        f"{asked('spare_groups')} <> {asked('accelerators')} THEN 'tensor x data x pipeline parallel do not make up n_accelerators' "
        f"WHEN {' OR '.join(f'{asked(p)} <> floor({asked(p)})' for p in _LAYOUT)} THEN 'a count of accelerators is not a whole number' "
        f"WHEN {asked('pipeline_parallel')} > layers THEN 'pipeline_parallel exceeds the layers' "
        f"WHEN heads % {asked('tensor_parallel')} <> 0 AND family <> 'neuron' "
        "THEN 'tensor_parallel does not divide the attention heads' "
        "WHEN weight_bytes_per_chip > usable_bytes OR room_for_one < 1 THEN 'does not fit in memory' "
        "WHEN NOT isfinite(output_tok_s) THEN 'a figure of this accelerator or model is missing' END"
    )
    bound = "CASE bound_code " + " ".join(f"WHEN {c} THEN '{b}'" for c, b in stages.BOUNDS.items()) + " END"
    # without an hourly price a dollar figure is unknown, not zero
    priced = f" AND {asked('usd_per_accelerator_hour')} > 0"
    values = [f"CASE WHEN error IS NULL{priced if o.startswith('usd') else ''} THEN {o} END AS {o}" for o in OUTPUTS]
    low, high = (
        f"CASE WHEN error IS NULL THEN output_tok_s * exp({s}log_half_width) END AS output_tok_s_{e}_80"
        for s, e in (("-", "lower"), ("", "upper"))
    )
    who = [f'{asked(n)} AS "{n}"' for n in ("model", "accelerator")]
    shape = [
        f'TRY_CAST({asked(n)} AS BIGINT) AS "{n}"'
        for n in ("accelerators", "tensor_parallel", "data_parallel", "pipeline_parallel", "isl", "osl")
    ]
    unknown = (
        "UNION ALL BY NAME SELECT coalesce(CAST(model AS VARCHAR), '') AS model, coalesce(CAST(accelerator AS VARCHAR), '') AS accelerator, "
        "'no accelerator or model of that name; see core.accelerators and core.architectures' AS error "
        "WHERE NOT EXISTS (SELECT 1 FROM scenario)"
    )
    return (
        "SELECT * FROM (SELECT "
        + ", ".join(
            [
                *who,
                'weight_format AS "weight_precision"',
                *shape,
                *values,
                low,
                high,
                "CASE WHEN error IS NULL THEN exp(log_half_width) END AS interval_factor_80",
                f"CASE WHEN error IS NULL THEN {bound} END AS bound",
                "error",
            ]
        )
        + f" FROM (SELECT *, {error} AS error FROM answered) "
        f"QUALIFY row_number() OVER (PARTITION BY {asked('model')}, {asked('accelerator')} "
        f"ORDER BY error IS NOT NULL, {asked('accelerators')}) = 1 {unknown}) ORDER BY 1, 2"
    )
