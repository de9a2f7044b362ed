"""One key per offer: sources that word a condition differently, or list in another currency, meet or stay apart.

Belief compares what is said of one offer, (provider, model, tier, condition). Here the conditions get one
spelling (``conditions.canonical``), several hours of a day become an offer each, ``short``/``long context``
becomes the threshold other witnesses name, ``>`` and ``>=`` of one threshold become what the best-ranked
witness says, and a list in another currency than the provider's USD list stays an offer of its own: it is
another list for other customers, not a price change. A host's fast or batch endpoint of a model is a tier
of it; where one page sells one model under two names at two prices, the second name is a condition.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import polars as pl

from belief.names.aliases import normalise
from belief.names.conditions import Condition, Window, parse, spelled
from sources.catalogue import Source, sources

_LONG = r"\blong context\b"
_ENDINGS = ((":batch", "batch"), (":free", "free"), (":flex", "flex"), (":fast", "fast"), (":priority", "priority"))
_REGION = re.compile(r"(?:^|[/.])([a-z]{2}(?:-gov)?-(?:(?:north|south)?(?:east|west)|central|north|south)-\d)(?=[/.]|$)")
"""A cloud's own name of a region as a part of a label's path."""
_HIGHEST_SURCHARGE = 1.25
"""A government's region costs up to a fifth more than the world's offer; what is dearer than this is another price."""
_GLOBAL_NAME = r"(?:^|[/.])global[./]"


@cache
def of_kind(kind: str) -> tuple[Source, ...]:
    """The sources of a kind."""
    return tuple(s for s in sources().values() if s.kind == kind)


_KEY = ["provider", "model", "tier", "condition"]
_FIGURES = ["price_input_usd_per_mtok", "price_output_usd_per_mtok"]


@cache
def _tier_endings() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """Per seller the ends of labels that its contract says name a tier."""
    return {s.name: [(re.compile(f"(?:{ending})$"), tier) for ending, tier in s.contract.tier_endings.items()] for s in of_kind("prices")}


@cache
def _regional() -> tuple[frozenset[str], frozenset[str]]:
    """Sellers whose labels name a region in their path, and names of those whose ids begin with it, as their contracts say."""
    known = of_kind("prices")
    return (
        frozenset(s.name for s in known if s.contract.regions_in_path),
        frozenset(name for s in known for name in s.contract.regions_before_maker),
    )


def tier_of(label: str, provider: str, tier: str) -> str:
    """The tier a label's own ending names (a router's ``:batch``, a host's ``-fast`` endpoint of one model)."""
    for ending, name in _ENDINGS:
        if label.endswith(ending):
            return name
    return next((name for ending, name in _tier_endings().get(provider, ()) if ending.search(label.lower())), tier)


def region_of(label: str, source_provider: str) -> str:
    """The condition ``region X`` where a cloud's label names a region: a surcharge list, not the main offer.

    ``CLOUD/eu/gpt-4o`` and ``CLOUD/us-east-1/...`` name it in the path, other ids before the maker (``eu.MAKER.``).
    """
    in_path, before_maker = _regional()
    head, _, rest = label.partition("/")
    second = rest.partition("/")[0]
    if named := _REGION.search(label):
        return f"region {named[1]}"
    if head in in_path and rest.count("/") >= 1:
        return "" if second == "global" else f"region {second}"
    if source_provider in before_maker:
        prefix = (rest if head in in_path and rest else label).partition(".")[0]
        if prefix in ("us", "eu", "au", "jp", "apac", "us-gov", "ca", "regional", "in"):
            return f"region {prefix}"
    return ""


def one_key(witnesses: pl.DataFrame) -> pl.DataFrame:
    """The witness intervals with ``condition`` in its shared spelling; rows in order, hours split into rows."""
    spelt = _spelled(_one_service(_tiers(_regions(witnesses))))
    return _carried_on(_second_names(_beside_global(_own_list(_one_comparison(_long_context(spelt))))))


def _regions(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Rows whose label names a cloud's region in its path, under that region where their condition names none."""
    labels = witnesses.select("model_label").unique().filter(pl.col("model_label").str.contains(r"-\d(?:[/.]|$)"))
    named = labels.with_columns(pl.Series("named", [region_of(label, "") for label in labels["model_label"]], dtype=pl.String))
    rows = witnesses.join(named.filter(pl.col("named") != ""), on="model_label", how="left", maintain_order="left")
    lacking = pl.col("named").is_not_null() & ~pl.col("condition").str.contains("region", literal=True)
    told = pl.concat_str(["condition", "named"], separator=", ").str.strip_prefix(", ")
    return rows.with_columns(pl.when(lacking).then(told).otherwise("condition").alias("condition")).drop("named")


def _beside_global(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Where an offer is listed as ``global`` and under another name at a surcharge above it, the other name is the region's."""
    keys = _KEY
    rows = witnesses.with_row_index("place")
    world = pl.col("model_label").str.contains(_GLOBAL_NAME)
    pairs = (
        rows.filter(~world)
        .join(rows.filter(world).select(*keys, "valid_from", "valid_to", *_FIGURES), on=keys, suffix="_world")
        .filter(
            (pl.col("valid_to").is_null() | (pl.col("valid_from_world") < pl.col("valid_to")))
            & (pl.col("valid_to_world").is_null() | (pl.col("valid_from") < pl.col("valid_to_world")))
            & pl.all_horizontal((pl.col(f) / pl.col(f"{f}_world")).is_between(1.01, _HIGHEST_SURCHARGE) for f in _FIGURES)
        )
    )
    second = pairs.select("source", *keys, "model_label").unique().with_columns(pl.lit(True).alias("regional"))
    joined = witnesses.join(second, on=["source", *keys, "model_label"], how="left", maintain_order="left")
    told = pl.concat_str([pl.col("condition"), pl.lit("region regional")], separator=", ").str.strip_prefix(", ")
    return joined.with_columns(pl.when("regional").then(told).otherwise("condition").alias("condition")).drop("regional")


def _carried_on(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Without the prices a moved name carried on to its next model, unless a row of that model's own says the same.

    Makers reprice when a name moves, and trackers notice late: a price nobody states of the new model is not its price.
    """
    carried = pl.col("valid_from_basis") == "alias"
    own = witnesses.filter(~carried.fill_null(False)).select(*_KEY, *(pl.col(f).alias(f"{f}_own") for f in _FIGURES))
    rows = witnesses.with_row_index("place")
    same = pl.all_horizontal(((pl.col(f) / pl.col(f"{f}_own")) - 1).abs() <= 0.01 for f in _FIGURES)
    confirmed = rows.filter(carried).join(own, on=_KEY).filter(same)["place"].unique()
    return rows.filter(~carried.fill_null(False) | pl.col("place").is_in(confirmed.implode())).drop("place")


def _tiers(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Standard-tier rows of what was read here with the tier their label names; packaged rows have theirs already."""
    named = witnesses.filter((pl.col("origin") != "packaged") & (pl.col("tier") == "standard")).select("provider", "model_label").unique()
    tiers = [tier_of(label, provider, "standard") for provider, label in named.rows()]
    found = named.with_columns(pl.Series("named", tiers, dtype=pl.String), pl.lit("standard").alias("tier"))
    joined = witnesses.join(found, on=["provider", "model_label", "tier"], how="left", maintain_order="left")
    read = (pl.col("origin") != "packaged") & pl.col("named").is_not_null()
    return joined.with_columns(pl.when(read).then("named").otherwise("tier").alias("tier")).drop("named")


def _one_service(witnesses: pl.DataFrame) -> pl.DataFrame:
    """``priority`` and ``fast`` of one model at one price are one service under two names: it gets the one that came up last."""
    named = witnesses.filter(pl.col("tier").is_in(["priority", "fast"]) & pl.col("model").is_not_null()).select(
        "provider", "model", "tier", "valid_from", "rank", "confirmed_at", *_FIGURES
    )
    pairs = named.join(named, on=["provider", "model", *_FIGURES], suffix="_2", nulls_equal=True).filter(
        (pl.col("tier") == "priority") & (pl.col("tier_2") == "fast")
    )
    both = named.join(pairs.select("provider", "model").unique(), on=["provider", "model"], how="semi")
    first = both.group_by("provider", "model", "tier").agg(
        pl.col("valid_from").min(), pl.col("rank").min(), pl.col("confirmed_at").max().alias("seen")
    )
    last = first.sort(
        *("provider", "model", "rank", "valid_from", "seen", "tier"),
        descending=[False, False, False, True, True, False],
        nulls_last=True,
    ).unique(["provider", "model"], keep="first", maintain_order=True)
    joined = witnesses.join(
        last.select("provider", "model", pl.col("tier").alias("name")), on=["provider", "model"], how="left", maintain_order="left"
    )
    renamed = pl.col("tier").is_in(["priority", "fast"]) & pl.col("name").is_not_null()
    return joined.with_columns(pl.when(renamed).then("name").otherwise("tier").alias("tier")).drop("name")


def _second_names(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Where one source sells a model under several names at several prices, all names but the plainest become conditions.

    The plainest name is the one that is the model's own, else the shortest, else the first in the alphabet.
    """
    read = witnesses.filter((pl.col("origin") != "packaged") & pl.col("model").is_not_null()).select(
        "source", *_KEY, "model_label", "valid_from", "valid_to", *_FIGURES
    )
    pairs = read.join(read, on=["source", *_KEY], suffix="_2").filter(
        (pl.col("model_label") < pl.col("model_label_2"))
        & (pl.col("valid_to").is_null() | (pl.col("valid_from_2") < pl.col("valid_to")))
        & (pl.col("valid_to_2").is_null() | (pl.col("valid_from") < pl.col("valid_to_2")))
        & pl.any_horizontal(pl.col(f).ne_missing(pl.col(f"{f}_2")) for f in _FIGURES)
    )
    names = pl.concat(
        [pairs.select("source", *_KEY, "model_label"), pairs.select("source", *_KEY, pl.col("model_label_2").alias("model_label"))]
    ).unique()
    own = [normalise(label) != model for model, label in names.select("model", "model_label").rows()]
    ordered = names.with_columns(pl.Series("other", own, dtype=pl.Boolean), pl.col("model_label").str.len_chars().alias("length"))
    ordered = ordered.sort(["source", *_KEY, "other", "length", "model_label"])
    second = ordered.filter(pl.int_range(pl.len()).over("source", *_KEY) > 0).select(
        "source", *_KEY, "model_label", pl.lit(True).alias("second")
    )
    joined = witnesses.join(second, on=["source", *_KEY, "model_label"], how="left", maintain_order="left")
    told = pl.concat_str([pl.col("condition"), pl.lit(", sold as "), pl.col("model_label")]).str.strip_prefix(", ")
    return joined.with_columns(pl.when("second").then(told).otherwise("condition").alias("condition")).drop("second")


def _spelled(witnesses: pl.DataFrame) -> pl.DataFrame:
    texts = witnesses["condition"].unique().sort().to_list()
    spellings = [_each_window(parse(t)) for t in texts]
    names = pl.DataFrame({"condition": texts, "spelling": spellings}, schema={"condition": pl.String, "spelling": pl.List(pl.String)})
    joined = witnesses.join(names, on="condition", how="left", maintain_order="left").explode("spelling")
    return joined.with_columns(pl.col("spelling").alias("condition")).drop("spelling")


def _each_window(condition: Condition) -> list[str]:
    """One spelling per window of hours, so that a page's two peaks meet a feed's two rows."""

    def with_windows(*windows: Window) -> str:
        return spelled(replace(condition, windows=windows))

    return [with_windows(w) for w in condition.windows] or [with_windows()]


def _long_context(witnesses: pl.DataFrame) -> pl.DataFrame:
    """``short context`` is the base price; ``long context`` gets the one threshold named for the model, else for the provider."""
    named = witnesses.select("provider", "model", pl.col("condition").str.extract(r"^(prompts >=? [^,]+)").alias("threshold")).drop_nulls()
    one = pl.col("threshold").n_unique() == 1
    by_model = named.group_by("provider", "model").agg(pl.col("threshold").mode().sort().last())
    by_provider = named.group_by("provider").agg(pl.when(one).then(pl.col("threshold").first()).alias("provider_threshold"))
    joined = witnesses.join(by_model, on=["provider", "model"], how="left", maintain_order="left").join(
        by_provider, on="provider", how="left", maintain_order="left"
    )
    known = pl.coalesce("threshold", "provider_threshold")
    long = pl.col("condition").str.contains(_LONG) & known.is_not_null()
    return joined.with_columns(
        pl.when(long)
        .then(pl.concat_str([known, pl.col("condition").str.replace(_LONG, "")]))
        .otherwise(pl.col("condition").str.replace(r"\bshort context\b(?:, )?", ""))
        .alias("condition")
    ).drop("threshold", "provider_threshold")


def _one_comparison(witnesses: pl.DataFrame) -> pl.DataFrame:
    """One comparison per provider and threshold: the one the best-ranked witness prints."""
    rows = witnesses.with_columns(pl.col("condition").str.extract(r"^prompts >=? ([^,]+)").alias("bound"))
    said = rows.select("provider", "rank", pl.col("condition").str.extract(r"^prompts (>=?) ").alias("sign"), "bound").drop_nulls()
    best = (
        said.group_by("provider", "rank", "bound", "sign")
        .len()
        .sort(["provider", "bound", "rank", "len", "sign"], descending=[False, False, False, True, True])
    )
    best = best.unique(["provider", "bound"], keep="first", maintain_order=True).select("provider", "bound", pl.col("sign").alias("said"))
    rows = rows.join(best, on=["provider", "bound"], how="left", maintain_order="left")
    tail = pl.col("condition").str.replace(r"^prompts >=? ", "")
    return rows.with_columns(
        pl.when(pl.col("said").is_not_null())
        .then(pl.concat_str([pl.lit("prompts "), pl.col("said"), pl.lit(" "), tail]))
        .otherwise("condition")
        .alias("condition")
    ).drop("bound", "said")


def _own_list(witnesses: pl.DataFrame) -> pl.DataFrame:
    """Name the currency of a list beside a provider's USD list; a provider with one currency only keeps its conditions."""
    dollars = witnesses.filter(pl.col("currency") == "USD")["provider"].unique()
    beside = (pl.col("currency") != "USD") & pl.col("provider").is_in(dollars.implode())
    listed = pl.concat_str([pl.col("condition"), pl.lit(", list in "), pl.col("currency")]).str.strip_prefix(", ")
    return witnesses.with_columns(pl.when(beside).then(listed).otherwise("condition").alias("condition"))
