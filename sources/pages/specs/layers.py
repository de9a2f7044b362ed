"""Text layers: a specification table whose cells run together in one line, cut again at its labels.

A layer is header words, then label and values in turn, then footnotes. The labels a vendor uses are that
vendor's knowledge and come in as patterns; whatever stands between two labels must be read to the last
character by the caller, so a renamed or foreign label cannot pass as part of a value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sources.pages.quote import PageChanged

FOOTNOTES = (
    ("sparse_dense", r"specifications? (?:is |are )?(?:shown )?in sparse ?\| ?dense|with sparsity ?\| ?without(?: sparsity)?"),
    (
        "sparse",
        r"specifications? (?:is |are )?(?:shown )?in sparse\b(?! ?\|)|(?:all |shown )?with (?:structured )?sparsity"
        r"|with sparsity feature|using (?:the )?sparsity",
    ),
    ("dense", r"specifications? (?:is |are )?(?:shown )?in dense|without sparsity|dense (?:performance|specification)"),
)
"""What a footnote says about the numbers that carry its mark."""

_START = re.compile(
    r"(?:^|\s)(?P<mark>\*{1,3}|\^?[1-9])\.?\s+(?=(?:With|Shown|Without|All|Specifications?|Preliminary|"
    r"Measured|Using|Dense|vs\.|Effective|HGX|GB\d|May|Peak rates|Performance|NVIDIA (?:HGX|DGX) )\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled row of a layer: the label pattern's name, the label and value as printed."""

    name: str
    label: str
    value: str


_OF_ALL = re.compile(r"[^.;]{0,80}\b(?:all|unless|other)\b[^.;]{0,120}", re.IGNORECASE)


def stated_sense(text: str) -> str:
    """What a sheet says of all its rates without a mark: ``sparse``, ``dense``, or nothing."""
    for m in _OF_ALL.finditer(text):
        said = m[0]
        if re.search(r"spec|performance|tensor|flops|figures|rates", said, re.IGNORECASE) and not re.search(
            r"sparse ?\| ?dense", said, re.I
        ):
            if re.search(r"\bwithout (?:structured )?sparsity|\b(?:are|is|in) dense\b", said, re.IGNORECASE):
                return "dense"
            if re.search(r"\b(?:are|is|in) sparse\b|\b(?:with|includes?|using) (?:structured )?sparsity", said, re.IGNORECASE):
                return "sparse"
    return ""


def cut_footnotes(text: str) -> tuple[str, dict[str, str]]:
    """Split a layer into its body and what its footnotes say: mark -> ``sparse``, ``sparse_dense``, ``dense``, ``other``."""
    first = _first_footnote(text)
    if first is None:
        return text, {}
    notes: dict[str, str] = {}
    tail = text[first:]
    starts = list(_START.finditer(tail))
    for m, following in zip(starts, [*starts[1:], None], strict=False):
        words = tail[m.end() : following.start() if following else len(tail)]
        sense = next((s for s, pattern in FOOTNOTES if re.search(pattern, words, re.IGNORECASE)), "other")
        notes.setdefault(m["mark"].lstrip("^"), sense)
    return text[:first].strip(), notes


def _first_footnote(text: str) -> int | None:
    """Where the run of footnotes at the end of the layer starts."""
    for m in _START.finditer(text):
        rest = text[m.start() :]
        if any(re.search(p, rest, re.IGNORECASE) for _, p in FOOTNOTES) and m["mark"].lstrip("^") in ("*", "**", "1"):
            return m.start()
    for m in _START.finditer(text):
        if any(re.match(p, text[m.end() :], re.IGNORECASE) for _, p in FOOTNOTES):
            return m.start()
    return None


def split_rows(text: str, labels: Sequence[tuple[str, str]]) -> tuple[str, list[Row]]:
    """The header words before the first label, and the rows. ``labels``: (name, pattern), longest first."""
    pattern = "|".join(f"(?P<l{i}>{p})" for i, (_, p) in enumerate(labels))
    found = list(re.finditer(pattern, text, re.IGNORECASE))
    if not found:
        raise PageChanged("expected labels of a specification table, found none")
    rows = []
    for m, following in zip(found, [*found[1:], None], strict=True):
        index = next(i for i in range(len(labels)) if m[f"l{i}"] is not None)
        rows.append(Row(labels[index][0], m[0].strip(), text[m.end() : following.start() if following else len(text)].strip()))
    return text[: found[0].start()].strip(), rows
