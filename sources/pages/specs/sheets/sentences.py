"""Figures in sentences: each beside the word it is of. A figure hedged by ``over`` or ``about`` is a rounding and is not read."""

from __future__ import annotations

import re

from reference.specs.basis import without_comments
from sources.pages.quote import PageChanged
from sources.pages.specs.figures import Figure, clean, figures
from sources.pages.specs.rows import SpecRows
from sources.pages.specs.sheets.cells import Rate, is_hedged, told_rates
from sources.pages.specs.sheets.declaration import SheetWords

_BEHIND = {
    "size": r"\s?(?:of |capacity (?:of )?)?(?:[\w-]+ ){0,2}?(?:HBM\w*|SRAM|VRAM|GDDR\w*|LPDDR\w*|memory)\b(?! bandwidth)",
    "rate": r"\s?(?:of )?(?:(?:HBM\w*|memory|on-chip|on-die|aggregate|total|peak) )*bandwidth\b",
    "power": r"\s?(?:[\w-]+ ){0,2}?(?:TDP|TBP|board power|thermal design power)\b",
}
_BEFORE = {
    "size": r"(?:HBM\w*|SRAM|VRAM|memory)\)?(?: capacity| size)?,?\s?(?::|of|is|=|(?:for|with) a total of)?\s*$",
    "rate": r"(?:memory|HBM\w*|SRAM) bandwidth(?: of the (?:GPU|chip|device|accelerator|attached HBM\w*))?\s?(?::|of|is|=)?\s*~?$|\band (?:a )?bandwidth of\s*$",
    "power": r"(?:TDP|TBP|board power|thermal design power)\s?(?::|of|is|=)?\s*$",
}
LONG = 40
"""Sentences beyond which a text is about more than the part's specification."""
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-Z•*])|\n\s*\n|\n\s*[*•-]\s|\.\.\.")
_OF_A_PART = re.compile(r"core|engine|(?<!on-)\bdie\b|\btile\b|per stack|\bserver\b|\brack\b|\bpod\b|\binstance\b", re.IGNORECASE)
"""Sentences about a piece of the chip, or about a machine of many: their figures are not the chip's."""
_OF_ANOTHER = re.compile(r"\b(?:fabric|DMA|PCIe|NVLink|network\w*|cache|L[23]|host|interconnect)\W*(?:\w+\W+){0,2}$", re.IGNORECASE)


def read_sentences(out: SpecRows, text: str, name: str, words: SheetWords, *, rates: bool) -> None:
    """Memory, its bandwidth, power and (``rates``) compute of one part; the cache of a part with memory of its own is left out."""
    if rates and re.search(r"[\w,;/-]\Z", text):
        raise PageChanged(f"expected the text to end with a sentence, found it cut short: {text[-40:]!r}")
    if not name or "{n}" in name:
        raise PageChanged("expected a part that the maker's declaration names, found none")
    body = without_comments(text)
    comma = bool(re.search(r"\d,\d{1,2} ?[TG]B/s", body))
    said = [clean(s) for s in _SENTENCE.split(body)]
    said = [s for s in said if s and not _OF_A_PART.search(s) and len(s) < 600]
    if rates and len(said) > LONG:  # a guide, not a sheet: only what tells memory and bandwidth together is a specification of the part
        said, rates = [s for s in said if {"size", "rate"} <= {f.kind for f in figures(s)}], False
    all_figures = [f for s in said for f in figures(s, comma_decimals=comma)]
    lone = rates and sum(f.kind == "rate" for f in all_figures) == 1
    stacked = any(re.search(r"\bHBM|GDDR", s) for s in said)
    for sentence in said:
        for figure in figures(sentence, comma_decimals=comma):
            if not is_hedged(sentence, figure.start):
                _figure(out, name, figure, sentence, stacked=stacked, lone=lone)
        if rates:
            for rate in told_rates(sentence, comma_decimals=comma):
                if not is_hedged(sentence, rate.start) and (rate.sense or not words.silent):
                    _put(out, name, rate)


def _figure(out: SpecRows, name: str, figure: Figure, sentence: str, *, stacked: bool, lone: bool) -> None:
    """One figure of a sentence, by the words right before and behind it."""
    behind, before = sentence[figure.end : figure.end + 60], sentence[max(0, figure.start - 60) : figure.start]
    if figure.kind not in _BEHIND or re.match(r"\W*(?:of (?:memory )?bandwidth )?per \w+", behind):
        return
    told = re.match(_BEHIND[figure.kind], behind, re.I) or re.search(_BEFORE[figure.kind], before, re.I)
    if figure.kind == "rate" and not _OF_ANOTHER.search(before) and (told or lone):
        out.bandwidth(name, figure, sentence, "text")
    elif told and figure.kind == "size" and not (stacked and re.match(r"\s?(?:of )?(?:[\w-]+ )?SRAM", behind)):
        out.memory(name, figure, sentence, "text")
    elif told and figure.kind == "power":
        out.power(name, figure, sentence, "text")


def _put(out: SpecRows, name: str, rate: Rate) -> None:
    for precision in rate.names if rate.names != ("fp16",) else ("bf16",):
        if precision != "fp16":
            out.compute(name, precision, rate.sense or "dense", rate.value, rate.unit, rate.text, f"{rate.text} {rate.unit}", "text")
