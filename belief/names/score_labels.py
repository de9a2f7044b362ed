"""From a benchmark's label to a canonical model and the effort of the run: exact forms against the alias table.

Boards write effort, mode and release into the name (``GPT-6 Astra (max)``, ``claude-opus-4-7-thinking-32k``,
``o3_high``). In order, the first form that the alias table knows decides: the label as printed, then with one, two, three
trailing words of effort taken off, each also as a router's slug would be (``slugs.forms``), and without its maker's name in front. ``qwen3.8-max`` therefore
stays the product it is: its full name is known. Belongs here: the forms of a label. Not here: a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import polars as pl

from belief.names import slugs
from belief.names.aliases import normalise, resolve
from reference.maker_names import maker_names

WORDS = (
    "non-reasoning",
    "reasoning",
    "no-thinking",
    "thinking",
    "adaptive",
    "minimal",
    "low",
    "medium",
    "high",
    "xhigh",
    "max",
    "none",
    "base",
    "effort",
    "default",
    "fallback",
    "preview-thinking",
)
"""Words of effort and mode at the end of a label."""
_TRAILING = re.compile(rf"[-_ ,(]+(?P<word>(?:{'|'.join(WORDS)})|\d+k)\)*$")
_LEVEL = re.compile(r"\d[\w.]*[-_ (]+(?:minimal|low|medium|high|xhigh|none)\)*$")
"""A level of effort right after a version: ``gpt-5-4-high`` is gpt-5-4 at high effort even where a reseller lists it so."""
_DATED = re.compile(r"\s*\((\d{4})\)$")
_DEEPEST = 5
_MAKER = re.compile(rf"^(?:{'|'.join(maker_names('before_a_dash'))})[-_ ](?=[a-z])")
"""A maker whose name boards write before the model's (``openai-gpt-5-6-sol``)."""


def forms(label: str) -> list[tuple[str, str]]:
    """(name, effort) of every form of a label, in the order in which they are tried."""
    text, effort = re.sub(r"\s+", " ", label.strip().lower().replace("_", "-")), ""
    out: list[tuple[str, str]] = []
    last: list[tuple[str, str]] = []
    for _ in range(_DEEPEST):
        for whole in (text, _MAKER.sub("", text)):
            named = (whole, _DATED.sub(r"-\1", whole), *(form for _, form in slugs.forms(whole.replace(" ", "-"))))
            (last if _LEVEL.search(whole) else out).extend((name, effort) for name in named)
        found = _TRAILING.search(text)
        if found is None:
            break
        effort = " ".join(part for part in (found["word"], effort) if part)
        text = text[: found.start()].rstrip(" -_,(")
    return list(dict.fromkeys([*out, *last]))


def resolve_labels(labels: Iterable[str], aliases: pl.DataFrame, day: date) -> pl.DataFrame:
    """What each label means on ``day``: model_label, model (null where no form is known), effort; sorted by label."""
    names = sorted(set(labels))
    tried = pl.DataFrame(
        [(label, i, name, effort) for label in names for i, (name, effort) in enumerate(forms(label))],
        schema={"printed": pl.String, "order": pl.Int64, "model_label": pl.String, "effort": pl.String},
        orient="row",
    )
    tried = tried.filter(pl.col("model_label").map_elements(normalise, return_dtype=pl.String) != "")
    known = resolve(tried.with_columns(provider=pl.lit("openrouter"), valid_from=pl.lit(day)), aliases).drop_nulls("model")
    first = known.sort("printed", "order").group_by("printed", maintain_order=True).first()
    return pl.DataFrame({"model_label": names}, schema={"model_label": pl.String}).join(
        first.select(pl.col("printed").alias("model_label"), "model", "effort"), on="model_label", how="left"
    )
