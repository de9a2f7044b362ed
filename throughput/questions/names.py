"""Which accelerator or model a name means: exact names, listed aliases, and the usual decorations.

Letters and digits count, case and punctuation do not. Of an accelerator the words may stand in any order, words that tell
no parts apart are dropped and a stated memory must be that of the part. Of a model, organisation prefixes and suffixes
that only name a checkpoint variant (``-Instruct``, ``-FP8``) are dropped when the full name is not known.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reference.maker_names import maker_names

VENDOR_WORDS = ("nvidia", "amd", "instinct", "intel", "habana", "google", "aws", "amazon", "apple", "geforce", "tesla", "radeon")
DECORATION = re.compile(
    r"\b(?:nvidia|amd|instinct|intel|habana|google|cloud|aws|amazon|apple|geforce|tesla|radeon|quadro|tpu|tensor|core|gpu|graphics|"
    r"accelerator|card|generation|oam|hbm\d?e?|gddr\d?x?|the)\b|[()]"
)
"""Words of an accelerator's name that tell no two parts apart."""
MEMORY = re.compile(r"(?<![\d.])(\d+)\s*gi?b\b", re.IGNORECASE)
MEMORY_TOLERANCE = 0.07
"""A stated memory may be the gross one (B200: 192 for 180 usable) or in GiB, never that of a sibling."""
GIB_IN_GB = 1.073741824
CHECKPOINT_WORDS = (
    "instruct",
    "chat",
    "it",
    "hf",
    "base",
    "fp8",
    "nvfp4",
    "fp4",
    "mxfp4",
    "bf16",
    "fp16",
    "awq",
    "gptq",
    "int4",
    "int8",
    "w4a16",
    "quantized.w4a16",
    "quantized.w8a8",
    "quantized.w8a16",
    "w8a8",
    "gguf",
    "preview",
    "meta",
    "dynamic",
    "block",
    "a8",
    "quantized",
    "v0.1",
    "v0.2",
    "v0.3",
    "turbo",
    "original",
)


class UnknownName(ValueError):
    """A name no row answers to; the message suggests the nearest ones."""


def slug(text: str) -> str:
    """Lower-case letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@dataclass
class Known:
    """The names of a reference table: slug -> name; pieces of a name -> parts with their memory in GB (0: any)."""

    names: dict[str, str] = field(default_factory=dict)
    parts: dict[tuple[str, ...], dict[str, float]] = field(default_factory=dict)
    plain: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Pieces -> the part that is meant where no memory is stated."""


def index(rows: Iterable[Mapping[str, object]], key: str) -> Known:
    """All names of a reference table with columns ``key`` and ``aliases`` (joined by ``|``); exact names win."""
    known = Known()
    table = list(rows)
    for row in table:
        known.names[slug(str(row[key]))] = str(row[key])
    for row in table:
        aliases = [a for a in str(row.get("aliases") or "").split("|") if a]
        for alias in aliases:
            known.names.setdefault(slug(alias), str(row[key]))
        # Apple's memory is the buyer's choice
        memory = 0.0 if row.get("family") == "apple" else float(str(row.get("memory_bytes") or 0)) / 1e9
        for name in (str(row[key]), *aliases):
            known.parts.setdefault(_pieces(name), {})[str(row[key])] = memory
            if not MEMORY.search(name):
                known.plain.setdefault(_pieces(name), str(row[key]))
    return known


def _pieces(name: str) -> tuple[str, ...]:
    """What tells a part from others, in any order: ``A100-SXM4-40GB`` and ``NVIDIA A100 40 GB SXM`` give the same."""
    text = re.sub(r"\.\w*(?:large|metal)$", "", MEMORY.sub(" ", name.lower().replace("_", " ")))
    text = DECORATION.sub(" ", re.sub(r"sxm\d", "sxm", text))
    return tuple(sorted(re.findall(r"[a-z]+|\d+", text)))


def _part(name: str, known: Known) -> str | None:
    """The one part whose name has the pieces of ``name`` and, where a memory is stated, about that memory."""
    found = known.parts.get(_pieces(name), {})
    stated = MEMORY.search(name)
    if stated:
        gb = float(stated[1])
        off = {n: min(abs(m - gb), abs(m - gb * GIB_IN_GB)) if m else 0.0 for n, m in found.items()}
        near = {n: d for n, d in off.items() if d <= MEMORY_TOLERANCE * gb}
        return min(near, key=lambda n: near[n]) if near else None
    return known.plain.get(_pieces(name)) or (next(iter(found)) if len(found) == 1 else None)


def _without_prefix(text: str, words: tuple[str, ...]) -> list[str]:
    parts = re.split(r"[\s_\-/]+", text.lower())
    while len(parts) > 1 and parts[0] in words:
        parts = parts[1:]
    return parts


def _candidates(name: str) -> Iterable[str]:
    """A checkpoint's name without its organisation and the words of its variant."""
    last = name.rsplit("/", 1)[-1]
    yield last
    for words in (VENDOR_WORDS, maker_names("before_a_checkpoint")):
        yield "".join(_without_prefix(last, words))
    parts = _without_prefix(last, ("meta", "nvidia"))
    while len(parts) > 1 and parts[-1] in CHECKPOINT_WORDS:
        parts = parts[:-1]
        yield "".join(parts)
    yield "".join(p for p in parts if p not in CHECKPOINT_WORDS)


def resolve(name: str | None, known: Known, kind: str) -> str:
    """The canonical name ``name`` stands for; raises ``UnknownName`` with the nearest names."""
    text = (name or "").strip()
    if not text:
        raise UnknownName(f"no {kind} given")
    if slug(text) in known.names:
        return known.names[slug(text)]
    if kind == "accelerator":
        part = _part(text, known)
        if part:
            return part
    else:
        for candidate in _candidates(text):
            if slug(candidate) in known.names:
                return known.names[slug(candidate)]
    near = difflib.get_close_matches(slug(text), list(known.names), n=3, cutoff=0.5)
    hint = ", ".join(sorted({known.names[n] for n in near})) or "see `deflation throughput --list`"
    raise UnknownName(
        f"{kind} {text!r:.80} is not known; nearest: {hint}; or give its figures as [[{kind}]] in a TOML file (--definitions, see --help)"
    )
