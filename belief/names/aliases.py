"""From labels as printed to canonical models: exact, dated, provider-scoped; never fuzzy.

Belongs here: the documented normalisation, the join with ``reference/model_aliases.csv`` and
proposals for labels nobody has mapped yet. Proposals are for an operator's eyes: a fuzzy join once merged
two models and gave a false 1200-fold price decline.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from urllib.parse import unquote

import polars as pl

from reference.maker_names import maker_names

_ROUTE = re.compile(r":(free|beta|nitro|extended|thinking|floor|online|exacto|paid|batch|default|flex|fast|priority)$")
_REGION = re.compile(r"^(us-gov|us|eu|apac|global|au|jp|ca|in|regional)\.")
_VENDOR = re.compile(rf"^(?:{'|'.join(maker_names('before_a_dot'))})\.(?=[a-z])")
_REVISION = re.compile(r"(?<!claude)(?<!instant)-v\d+(:\d+)(:\d+k)?$")
_JOINTS = re.compile(r"[\s_.:@,]+")


def normalise(label: str) -> str:
    """A printed label reduced to its comparable form; two labels are the same only if these are equal.

    In order: percent-decoding, lower case; the path before the last ``/`` dropped; a cloud's region and
    vendor prefix dropped (``us.anthropic.``); a route suffix dropped (``:free``, ``:thinking``); a cloud's
    revision dropped (``-v1:0``); blanks and ``_ . : @ ,`` become ``-``; quotes, brackets and ``$`` dropped.
    Repeated until nothing changes (``*:`` ends in ``*`` only once its colon is gone), so a form is its own form.
    """
    while (reduced := _reduced(label)) != label:
        label = reduced
    return label


def bare(label: str) -> str:
    """A printed label without path, region and vendor prefix, its spelling kept (``us.anthropic.claude-x`` -> ``claude-x``)."""
    name = label.strip().split("/")[-1]
    lower = _VENDOR.sub("", _REGION.sub("", name.lower()))
    return name[len(name) - len(lower) :]


def _reduced(label: str) -> str:
    text = unquote(label).strip().lower().rstrip("*").split("/")[-1].removeprefix("~")
    text = _VENDOR.sub("", _REGION.sub("", text))
    text = _REVISION.sub("", _ROUTE.sub("", text))
    text = re.sub(r"[()'\"`$\[\]{}<>\u200e\u200f\u2019]+", "", _JOINTS.sub("-", text))
    return re.sub(r"-{2,}", "-", text).strip("-")


def resolve(frame: pl.DataFrame, aliases: pl.DataFrame, on: str = "valid_from") -> pl.DataFrame:
    """The frame with a column ``model``: the canonical model each row's label meant on the day ``on``.

    ``frame`` needs ``provider``, ``model_label`` and the date column ``on``; ``aliases`` is the reference
    table ``model_aliases``. A row of the provider's own scope wins over one of scope ``*``. Row order and
    count stay; unmapped labels get null. Raises ValueError where one label would mean two models on a day.
    """
    indexed = frame.with_row_index("_row")
    names = indexed.select("model_label").unique()
    names = names.with_columns(pl.col("model_label").map_elements(normalise, return_dtype=pl.String).alias("alias"))
    asked = indexed.select("_row", "provider", "model_label", pl.col(on).cast(pl.Date).alias("_day")).join(
        names, on="model_label", how="left"
    )
    known = aliases.select("alias", pl.col("provider").alias("_scope"), "valid_from", "valid_to", pl.col("model").alias("_model"))
    hits = asked.join(known, on="alias", how="inner").filter(
        pl.col("_scope").is_in(["*"]) | (pl.col("_scope") == pl.col("provider")),
        pl.col("valid_from").is_null() | (pl.col("valid_from") <= pl.col("_day")),
        pl.col("valid_to").is_null() | (pl.col("_day") < pl.col("valid_to")),
    )
    best = hits.with_columns((pl.col("_scope") == "*").alias("_wide")).filter(pl.col("_wide") == pl.col("_wide").min().over("_row"))
    double = best.filter(pl.col("_model").n_unique().over("_row") > 1).sort("_row")
    if double.height:
        first = double.row(0, named=True)
        both = sorted(double.filter(pl.col("_row") == first["_row"])["_model"].unique())
        raise ValueError(
            f"model_aliases: {first['model_label']!r} at {first['provider']} on {first['_day']} means "
            f"{' and '.join(both)}; give the alias rows dates or providers that do not overlap"
        )
    chosen = best.select("_row", pl.col("_model").alias("model")).unique()
    out = indexed.drop("model", strict=False).join(chosen, on="_row", how="left").sort("_row").drop("_row")
    return out


def split_at_moves(intervals: pl.DataFrame, aliases: pl.DataFrame, makers: Iterable[str]) -> pl.DataFrame:
    """Intervals cut on the days their label began to mean another model: the price goes on, the model does not.

    ``intervals`` need provider, model_label, valid_from, valid_to, valid_from_basis and end_reason. Only labels
    with dated alias rows are cut, and only at ``makers``: a cloud's endpoint of an old release keeps its model
    when the maker's name moves on. Order is kept, pieces follow one another.
    """
    moves = (
        pl.concat([aliases.select("alias", "provider", pl.col(c).alias("moved")) for c in ("valid_from", "valid_to")]).drop_nulls().unique()
    )
    rows = intervals.with_row_index("_row")
    names = rows.select("model_label").unique()
    names = names.with_columns(pl.col("model_label").map_elements(normalise, return_dtype=pl.String).alias("alias"))
    cuts = (
        rows.select("_row", "provider", "model_label", "valid_from", "valid_to")
        .join(names, on="model_label")
        .join(moves, on="alias", suffix="_scope")
        .filter(
            pl.col("provider_scope").is_in(["*"]) | (pl.col("provider_scope") == pl.col("provider")),
            pl.col("provider").is_in(sorted(makers)),
            pl.col("moved") > pl.col("valid_from"),
            pl.col("valid_to").is_null() | (pl.col("moved") < pl.col("valid_to")),
        )
        .select("_row", "moved")
        .unique()
    )
    starts = pl.concat(
        [rows.select("_row", pl.col("valid_from").alias("_from")), cuts.select("_row", pl.col("moved").alias("_from"))]
    ).sort("_row", "_from")
    starts = starts.with_columns(pl.col("_from").shift(-1).over("_row").alias("_until"))
    pieces = starts.join(rows, on="_row", how="left", maintain_order="left")
    later, cut = pl.col("_from") != pl.col("valid_from"), pl.col("_until").is_not_null()
    return pieces.with_columns(
        pl.when(later).then(pl.lit("alias")).otherwise("valid_from_basis").alias("valid_from_basis"),
        pl.when(cut).then(pl.lit("renamed")).otherwise("end_reason").alias("end_reason"),
        pl.when(later).then("_from").otherwise("valid_from").alias("valid_from"),
        pl.coalesce("_until", "valid_to").alias("valid_to"),
    ).select(intervals.columns)


def unmapped(frame: pl.DataFrame) -> pl.DataFrame:
    """Labels of a resolved frame without a model: provider, model_label, rows; most frequent first."""
    return (
        frame.filter(pl.col("model").is_null())
        .group_by("provider", "model_label")
        .agg(pl.len().alias("rows"))
        .sort(["rows", "provider", "model_label"], descending=[True, False, False])
    )


def propose(labels: Iterable[str], models: Iterable[str], count: int = 3, cutoff: float = 0.75) -> pl.DataFrame:
    """Candidates for unmapped labels, for review by a person: label, model, likeness in 0..1.

    Likeness is difflib's ratio of the normalised forms; two names that differ in any number (version, size,
    date) are never proposed for one another, because that is where look-alikes are different models.
    """
    names = sorted(set(models))
    digits = {name: re.findall(r"\d+", name) for name in names}
    rows = []
    for label in sorted(set(labels)):
        form = normalise(label)
        numbers = re.findall(r"\d+", form)
        pool = [n for n in names if digits[n] == numbers]
        for name in difflib.get_close_matches(form, pool, n=count, cutoff=cutoff):
            rows.append(
                {
                    "model_label": label,
                    "model": name,
                    "likeness": round(difflib.SequenceMatcher(None, form, name).ratio(), 3),
                }
            )
    return pl.DataFrame(rows, schema={"model_label": pl.String, "model": pl.String, "likeness": pl.Float64})
