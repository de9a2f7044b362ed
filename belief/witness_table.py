"""Any table of statements as witness intervals: ``deflation believe`` reads it, the production engine weighs it.

Columns: ``COLUMNS``, USD per million tokens. ``page`` is the seller's own page; other sources are trackers, and names
that differ only in a trailing number (``feed-a``, ``feed-a2``) are one family of copies. A label may name its seller
(``azure/gpt-5.6-sol``, ``azure gpt-5.6-sol``). What cannot be read is set aside with a reason; nothing is guessed.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from pathlib import Path

import polars as pl

import reference
from belief.history import INTERVAL_COLUMNS, LISTED
from belief.judgement.statements import PRICES, RANKS
from belief.names.aliases import normalise, resolve, split_at_moves
from belief.names.offer_keys import one_key, region_of

COLUMNS = (
    "source",
    "model_label",
    "tier",
    "condition",
    "input",
    "output",
    "cached",
    "valid_from",
    "valid_to",
    "end_reason",
    "observed_at",
    "confirmed_at",
)
NEEDED = ("source", "model_label")
KINDS = {
    "list": "list",
    "list price": "list",
    "sale": "sale",
    "sale price": "sale",
    "promo": "sale",
    "promotion": "sale",
    "promotional": "sale",
    "discount": "sale",
    "multiplier": "multiplier",
    "surcharge": "multiplier",
}
"""Kinds of prices; any other kind (a deployment, a modality) is part of what is sold and joins the condition."""
PLAIN_KINDS = ("text", "global", "standard", "price", "token", "tokens", "usd")
MAKER = "maker of"
"""How the seller is called where a label names none: the maker of what the model's name begins with."""
_MOMENTS = ("valid_from", "valid_to", "observed_at", "confirmed_at")
_FIGURES = {"input": PRICES["input"], "output": PRICES["output"], "cached": PRICES["cached_input"]}
_ENDED = re.compile(r"^(?:renamed|superseded|replaced|answered)\b(?:\s+(?:to|by|with))?[\s:]*(.*)$", re.I)


class Unusable(ValueError):
    """The table cannot be read at all; the message names the file, what was expected and what was found."""


def read(path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The statements of a CSV file and its unreadable rows (model_label, source, reason).

    Raises ``Unusable`` where the file is no CSV table with the needed columns.
    """
    try:
        raw = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Unusable(f"{path}: expected a CSV table with the columns {', '.join(COLUMNS)}; {error}") from error
    raw = raw.rename({c: c.strip().lower().lstrip("\ufeff") for c in raw.columns})
    missing = [c for c in (*NEEDED, "input") if c not in raw.columns]
    if missing:
        raise Unusable(
            f"{path}: the column{'s' * (len(missing) > 1)} {', '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing; expected {', '.join(COLUMNS)}, found {', '.join(raw.columns)}"
        )
    return statements(raw)


def statements(raw: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Text columns as witness intervals (``INTERVAL_COLUMNS`` with moments in UTC) and the rows that cannot be read."""
    rows = raw.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in (*COLUMNS, "kind") if c not in raw.columns)
    rows = rows.with_columns(pl.col(c).str.strip_chars().fill_null("") for c in (*COLUMNS, "kind"))
    faults = [
        *((_unread(c, _number(c)), c, "a number") for c in _FIGURES),
        *((_unread(c, _moment(c)), c, "an ISO 8601 day or moment") for c in _MOMENTS),
    ]
    reason = pl.coalesce(
        *(pl.when(bad).then(pl.format("{} {} is not {}", pl.lit(c), pl.col(c).str.slice(0, 40), pl.lit(kind))) for bad, c, kind in faults),
        *(pl.when(pl.col(c) == "").then(pl.lit(f"no {c}")) for c in NEEDED),
    )
    rows = rows.with_columns(reason.alias("reason"))
    good = _kinds(rows.filter(pl.col("reason").is_null()))
    made = good.with_columns(
        *(_number(c).alias(p) for c, p in _FIGURES.items()),
        *(pl.lit(None, dtype=pl.Float64).alias(p) for p in PRICES.values() if p not in _FIGURES.values()),
        *(_moment(c).alias(c) for c in _MOMENTS),
        pl.col("tier").str.to_lowercase().replace({"": "standard"}).alias("tier"),
        pl.col("source").str.to_lowercase().str.replace(r"\d+$", "").alias("witness"),
        pl.when(pl.col("source").str.to_lowercase().str.starts_with("page"))
        .then(RANKS["first_party"])
        .otherwise(RANKS["feed"])
        .cast(pl.Int64)
        .alias("rank"),
    )
    return _keyed(_placed(made)), rows.filter(pl.col("reason").is_not_null()).select("model_label", "source", "tier", "condition", "reason")


def _kinds(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``price_kind``; what a kind says of the place or the tokens becomes a condition."""
    kind = pl.col("kind").str.to_lowercase()
    kind = pl.when(kind.str.contains(r"^(?:cny|eur|rmb|gbp|jpy)$")).then(pl.format("list in {}", kind.str.to_uppercase())).otherwise(kind)
    other = (kind != "") & ~kind.is_in([*KINDS, *PLAIN_KINDS])
    return rows.with_columns(
        kind.replace_strict(KINDS, default="").alias("price_kind"),
        pl.when(other)
        .then(pl.concat_str(["condition", kind], separator=", ").str.strip_chars(", "))
        .otherwise("condition")
        .alias("condition"),
    )


def _number(column: str) -> pl.Expr:
    """A figure; a factor may be printed as ``1.1x`` or as the share it adds (``+10%``)."""
    text = pl.col(column).str.strip_prefix("$").str.strip_chars()
    factor = pl.col("kind").str.to_lowercase().replace_strict(KINDS, default="") == "multiplier"
    share = text.str.extract(r"^([+-]?\d+(?:\.\d+)?)\s?%$").cast(pl.Float64, strict=False) / 100 + 1
    times = text.str.extract(r"^[x×]?\s?(\d+(?:\.\d+)?)\s?[x×]?$").cast(pl.Float64, strict=False)
    plain = text.cast(pl.Float64, strict=False)
    return pl.when(factor).then(pl.coalesce(share, times)).otherwise(plain)


def _moment(column: str) -> pl.Expr:
    text = pl.col(column).str.replace("Z$", "+00:00").str.replace(" ", "T")
    zoned = (
        pl.when(text.str.contains(r"[+-]\d\d:?\d\d$"))
        .then(text)
        .when(text.str.contains("T"))
        .then(text + "+00:00")
        .otherwise(text + "T00:00+00:00")
    )
    forms = ("%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M:%S%.f%:z")
    return pl.coalesce(*(zoned.str.to_datetime(f, strict=False, time_unit="us", time_zone="UTC") for f in forms))


def _unread(column: str, read_as: pl.Expr) -> pl.Expr:
    return (pl.col(column) != "") & read_as.is_null()


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Add provider (empty where a label names none), the bare label, and the region a label names, as a condition."""
    sellers = reference.load("providers").filter(pl.col("provider") != "")
    known = {normalise(a): p for a, p in sellers.select("source_provider", "provider").rows()} | {
        p: p for p in sellers["provider"].to_list()
    }
    labels = rows["model_label"].unique().sort().to_list()
    split = [seller_and_name(label, known, makers()) for label in labels]
    names = pl.DataFrame(
        {"model_label": labels, "provider": [s for s, _, _ in split], "bare": [b for _, b, _ in split], "region": [r for _, _, r in split]},
        schema={"model_label": pl.String, "provider": pl.String, "bare": pl.String, "region": pl.String},
    )
    placed = rows.join(names, on="model_label", how="left", maintain_order="left")
    named = (pl.col("region") != "") & ~pl.col("condition").str.to_lowercase().str.contains("region", literal=True)
    condition = (
        pl.when(named)
        .then(pl.concat_str([pl.col("condition"), pl.col("region")], separator=", ").str.strip_chars(", "))
        .otherwise("condition")
    )
    return placed.with_columns(condition.alias("condition"), pl.col("observed_at").alias("known_at"))


@cache
def makers() -> frozenset[str]:
    """The sellers that make the models they sell."""
    return frozenset(reference.load("providers").filter(pl.col("provider_tier") == "first_party")["provider"].drop_nulls().to_list())


def seller_and_name(label: str, sellers: dict[str, str], own: frozenset[str]) -> tuple[str, str, str]:
    """Seller slug (empty: none named), the name without it, and the region the label names.

    A maker's name before a blank is part of the model's name (``Mistral Large 3``); before a slash it is a seller.
    """
    head, slash, rest = label.partition("/")
    if not slash:
        head, _, rest = label.partition(" ")
    seller = sellers.get(normalise(head), "") if rest else ""
    if not seller or (not slash and seller in own):
        return "", label.split("/")[-1], region_of(label, "")
    return seller, rest.split("/")[-1], region_of(f"{head}/{rest}", head)


def _keyed(rows: pl.DataFrame) -> pl.DataFrame:
    """Model names and the shared spelling of conditions; a label without a seller joins the one seller its model has here."""
    stated = pl.col("observed_at").is_not_null() & pl.col("valid_from").is_not_null() & (pl.col("observed_at") != pl.col("valid_from"))
    basis = pl.when(stated).then(pl.lit("declared")).otherwise(pl.lit("observed"))
    rows = rows.with_columns(basis.alias("valid_from_basis"), pl.col("model_label").alias("printed"), pl.col("bare").alias("model_label"))
    rows = _at_moves(rows)
    day = pl.coalesce("valid_from", "observed_at", "confirmed_at", pl.lit(datetime(2026, 1, 1)).dt.replace_time_zone("UTC")).cast(pl.Date)
    rows = rows.with_columns(day.alias("named_on"))
    named = resolve(
        rows.with_columns(pl.when(pl.col("provider") == "").then(pl.lit("*")).otherwise("provider").alias("provider")),
        reference.load("model_aliases"),
        on="named_on",
    )
    forms = pl.col("model_label").map_elements(normalise, return_dtype=pl.String)
    named = named.with_columns(rows["provider"], pl.coalesce("model", forms).alias("model"))
    named = _with_seller(named)
    full = named.with_columns(
        pl.lit("USD").alias("currency"),
        pl.lit("stated").alias("origin"),
        pl.col("printed").alias("evidence"),
        pl.col("end_reason").str.to_lowercase().alias("end_reason"),
    )
    full = full.with_columns(pl.lit(None, dtype=pl.Float64).alias(c) for c in LISTED)
    full = full.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in INTERVAL_COLUMNS if c not in full.columns)
    return one_key(_multiplied(full.select(INTERVAL_COLUMNS)))


def _at_moves(rows: pl.DataFrame) -> pl.DataFrame:
    """Statements of a maker's name cut on the days the name began to mean another release, as the packaged history is."""
    own = pl.col("provider").is_in(["", *sorted(makers())])
    moment = rows.schema["valid_from"]
    aliases = reference.load("model_aliases").with_columns(pl.col("valid_from", "valid_to").cast(moment))
    marked = rows.with_columns(pl.col("provider").alias("seller"), pl.when(own).then(pl.lit("*")).otherwise("provider").alias("provider"))
    return split_at_moves(marked, aliases, ["*"]).with_columns(pl.col("seller").alias("provider")).drop("seller")


def _with_seller(named: pl.DataFrame) -> pl.DataFrame:
    """Labels without a seller under the one their model has here, else under the maker whose models begin with the same word."""
    rows = named.with_columns(pl.col("model").str.extract(r"^([a-z]+)").fill_null(pl.col("model")).alias("word"))
    sold = rows.filter(pl.col("provider") != "").select("model", "word", "provider").unique()
    made = sold.filter(pl.col("provider").is_in(sorted(makers())))
    known = [
        part.group_by(key).agg(pl.col("provider").unique().alias("sellers")).filter(pl.col("sellers").list.len() == 1)
        for part, key in ((sold, "model"), (made, "model"), (made, "word"))
    ]
    for n, table in enumerate(known):
        key = table.columns[0]
        rows = rows.join(table.select(key, pl.col("sellers").list.first().alias(f"seller_{n}")), on=key, how="left", maintain_order="left")
    own = pl.when(pl.col("provider") != "").then("provider")
    maker = pl.format("{} {}", pl.lit(MAKER), "word")
    found = pl.coalesce(own, *(f"seller_{n}" for n in range(len(known))), maker)
    return rows.with_columns(found.alias("provider")).drop("word", *(f"seller_{n}" for n in range(len(known))))


def _multiplied(rows: pl.DataFrame) -> pl.DataFrame:
    """Surcharges stated as factors become prices: each price of the same source, model and tier times the factor, under its condition."""
    factors = rows.filter(pl.col("price_kind") == "multiplier")
    plain = rows.filter(pl.col("price_kind") != "multiplier")
    if factors.is_empty():
        return plain
    keys = ["source", "provider", "model", "tier"]
    pairs = plain.join(
        factors.select(*keys, "condition", "valid_from", "valid_to", "observed_at", "confirmed_at", *PRICES.values()),
        on=keys,
        suffix="_factor",
    )
    both = {
        "valid_from": pl.max_horizontal,
        "valid_to": pl.min_horizontal,
        "observed_at": pl.max_horizontal,
        "confirmed_at": pl.min_horizontal,
    }
    made = pairs.with_columns(
        *((pl.col(p) * pl.coalesce(f"{p}_factor", f"{PRICES['input']}_factor")).round(9) for p in PRICES.values()),
        *(f(c, f"{c}_factor").alias(c) for c, f in both.items()),
        pl.concat_str("condition", "condition_factor", separator=", ").str.strip_chars(", ").alias("condition"),
    )
    return pl.concat(
        [plain, made.filter(pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("valid_from"))).select(INTERVAL_COLUMNS)]
    )


def successor(end_reason: str) -> str:
    """The model that an end names as answering from then on (``renamed to X``), else empty."""
    found = _ENDED.match(end_reason)
    return found[1].strip() if found else ""


def as_day(moment: datetime | date | None) -> str:
    """A moment as its day, or with its time where it has one; empty for none."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return moment.date().isoformat() if (moment.hour, moment.minute, moment.second) == (0, 0, 0) else moment.strftime("%Y-%m-%dT%H:%MZ")
    return moment.isoformat()
