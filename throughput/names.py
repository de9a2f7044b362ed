"""Which accelerator or model a name means: exact names, listed aliases, and the usual decorations.

Letters and digits count, case and punctuation do not. Vendor and organisation prefixes, and suffixes that only
name a checkpoint variant (``-Instruct``, ``-FP8``), are dropped when the full name is not known.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

VENDOR_WORDS = ("nvidia", "amd", "instinct", "intel", "habana", "google", "aws", "amazon", "apple", "geforce", "tesla")
CHECKPOINT_WORDS = (
    "instruct", "chat", "it", "hf", "base", "fp8", "nvfp4", "fp4", "mxfp4", "bf16", "fp16", "awq", "gptq", "int4",
    "int8", "w4a16", "w8a8", "gguf", "preview", "meta", "dynamic", "block", "a8", "quantized", "v0.1", "v0.2", "v0.3",
    "turbo", "original",
)


class UnknownName(ValueError):
    """A name no row answers to; the message suggests the nearest ones."""


def slug(text: str) -> str:
    """Lower-case letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def index(rows: Iterable[Mapping[str, object]], key: str) -> dict[str, str]:
    """Slug -> canonical name for a reference table with columns ``key`` and ``aliases`` (joined by ``|``)."""
    found: dict[str, str] = {}
    table = list(rows)
    for row in table:
        found[slug(str(row[key]))] = str(row[key])
    for row in table:
        for alias in str(row.get("aliases") or "").split("|"):
            if alias:
                found.setdefault(slug(alias), str(row[key]))
    return found


def _without_prefix(text: str, words: tuple[str, ...]) -> list[str]:
    parts = re.split(r"[\s_\-/]+", text.lower())
    while len(parts) > 1 and parts[0] in words:
        parts = parts[1:]
    return parts


def _candidates(name: str) -> Iterable[str]:
    yield name
    last = name.rsplit("/", 1)[-1]
    yield last
    for words in (VENDOR_WORDS, ("meta", "nvidia", "amd", "redhatai", "neuralmagic", "openai")):
        yield "".join(_without_prefix(last, words))
    parts = _without_prefix(last, ("meta", "nvidia"))
    while len(parts) > 1 and parts[-1] in CHECKPOINT_WORDS:
        parts = parts[:-1]
        yield "".join(parts)
    kept = [p for p in parts if p not in CHECKPOINT_WORDS]
    yield "".join(kept)
    memory = re.sub(r"[\s_\-]*\d+\s*gb.*$", "", last, flags=re.IGNORECASE)
    yield memory
    yield "".join(_without_prefix(memory, VENDOR_WORDS))


def resolve(name: str | None, known: Mapping[str, str], kind: str) -> str:
    """The canonical name ``name`` stands for; raises ``UnknownName`` with the nearest names."""
    text = (name or "").strip()
    if not text:
        raise UnknownName(f"no {kind} given")
    for candidate in _candidates(text):
        if slug(candidate) in known:
            return known[slug(candidate)]
    near = difflib.get_close_matches(slug(text), list(known), n=3, cutoff=0.5)
    hint = ", ".join(sorted({known[n] for n in near})) or "see `deflation throughput --list`"
    raise UnknownName(f"{kind} {text!r} is not known; nearest: {hint}; or give its figures in a TOML file")
