"""A router's permanent slugs to canonical models, by four rules and the alias table; exact, never by likeness.

``anthropic/claude-4.7-opus-20260416:free`` names maker, model, release and route. In order, the first form that the alias
table knows decides: the name as it stands; its release stamp as month and day; without the stamp; and each of them
with a version that stands between family and size moved to the end. A route after ``:`` is another way of buying the
same model. Of the forms that are known, one whose model the router itself sells goes first: ``deepseek-v4-flash-20260423`` is the
model sold as ``deepseek-v4-flash`` though somebody lists ``-0423`` as a release of its own, and ``-20260731`` is the
release that the router sells as ``-0731``. Belongs here: the forms of a slug. Not here: what a model costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import polars as pl

from belief.names.aliases import resolve

UNNAMED = "other"
"""What the rankings call all models outside the list."""
STEALTH = ("openrouter/", "stealth/")
"""Makers of models whose identity the router does not tell; they cost nothing."""
_STAMP = re.compile(r"-(?:(?:20\d\d)-?(\d\d)-?(\d\d)|(\d\d)-?(\d\d))$")
_VERSION_INSIDE = re.compile(r"^([a-z]+)-(\d+(?:\.\d+)?)-([a-z]+)(.*)$")


def forms(slug: str) -> list[tuple[str, str]]:
    """(rule, name) of every form of a slug, in the order in which they are tried."""
    name = slug.split("/")[-1].split(":")[0]
    stamp = _STAMP.search(name)
    named = [("as it stands", name)]
    if stamp:
        bare = name[: stamp.start()]
        day = "".join(part for part in stamp.groups() if part)
        named += [("stamp as month and day", f"{bare}-{day}"), ("without the stamp", bare)]
    moved = [(f"{rule}, version last", f"{m[1]}-{m[3]}-{m[2]}{m[4]}") for rule, form in named if (m := _VERSION_INSIDE.match(form))]
    return named + moved


def resolve_slugs(slugs: Iterable[str], aliases: pl.DataFrame, day: date, sold: Iterable[str] = ()) -> pl.DataFrame:
    """What each slug means on ``day``: slug, model (null where no form is known), rule, route, kind; sorted by slug.

    ``kind``: ``other`` (the rest of the list), ``stealth`` (no public identity), ``free`` (the free route) or
    ``model``. ``aliases`` is the reference table ``model_aliases``; names resolve in the scope of ``openrouter``.
    ``sold``: the models that the router sells.
    """
    names = sorted(set(slugs))
    tried = pl.DataFrame(
        [(s, i, rule, form) for s in names for i, (rule, form) in enumerate(forms(s))],
        schema=["slug", "order", "rule", "model_label"],
        orient="row",
        schema_overrides={"slug": pl.String, "order": pl.Int64, "rule": pl.String, "model_label": pl.String},
    )
    known = resolve(tried.with_columns(provider=pl.lit("openrouter"), valid_from=pl.lit(day)), aliases).drop_nulls("model")
    first = known.sort("slug", ~pl.col("model").is_in(sorted(set(sold))), "order").group_by("slug", maintain_order=True).first()
    stealth = pl.any_horizontal(pl.col("slug").str.starts_with(maker) for maker in STEALTH)
    kind = (
        pl.when(pl.col("slug") == UNNAMED)
        .then(pl.lit("other"))
        .when(stealth)
        .then(pl.lit("stealth"))
        .when(pl.col("route") == "free")
        .then(pl.lit("free"))
        .otherwise(pl.lit("model"))
    )
    return (
        pl.DataFrame({"slug": names}, schema={"slug": pl.String})
        .join(first, on="slug", how="left")
        .with_columns(route=pl.col("slug").str.extract(r":([^:/]+)$"))
        .with_columns(kind=kind)
        .select("slug", "model", "rule", "route", "kind")
    )


def named(volume: pl.DataFrame, aliases: pl.DataFrame, prices: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Table ``core.token_name``: every label of ``core.token_volume`` and the model it means on the day; ``prices``:
    core.input_price, for what the router sells.
    """
    found = resolve_slugs(volume["model_label"], aliases, as_of, prices.filter(pl.col("provider") == "openrouter")["model"])
    return found.rename({"slug": "model_label", "rule": "naming_rule", "kind": "volume_kind"})
