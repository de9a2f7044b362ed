"""The terms that the report cannot avoid, each in one plain sentence: shown on hover, in print, and on their own page."""

from __future__ import annotations

import re

TERMS: dict[str, str] = {
    "GPQA-Diamond": "a test of graduate-level science questions; experts in their field answer about seven in ten",
    "MMLU": "an older test of general knowledge in many subjects",
    "LMArena Elo": "a rating from people who compare two answers without knowing which model wrote them",
    "Epoch capabilities index": "one scale that Epoch AI builds from many tests",
    "million tokens": "about seven hundred and fifty thousand English words",
    "rented hardware": "what the accelerators that serve a token rent for by the hour, over the tokens they serve",
    "cached": "input that the seller has seen before and reads from memory, usually at a lower price",
    "interval": "the range that should hold the truth as often as the percentage says",
    "list price": "the price that is published; contracts may be lower",
    "first party": "the maker of the model selling it",
    "hedonic": "comparing prices after taking out what differences in quality explain",
    "Shapley": "a fair split of a joint gain: the mean of what each part adds over all orders of adding them",
    "CRPS": "the mean distance between a forecast distribution and what happened; smaller is better",
    "vintage": "the state of knowledge on one day, with nothing that became known later",
    "open model": "a model whose weights anybody may download and serve",
    "utilisation": "the share of paid hours in which an accelerator serves tokens",
}
"""Term -> meaning. Terms are matched as written, whole, at their first place in a sentence."""

PATTERN = re.compile("|".join(rf"\b{re.escape(term)}s?\b" for term in sorted(TERMS, key=len, reverse=True)), re.IGNORECASE)


def meaning(term: str) -> str:
    """What a matched term means, plural or not."""
    by = {t.lower(): m for t, m in TERMS.items()}
    low = term.lower()
    return by.get(low) or by[low.removesuffix("s")]
