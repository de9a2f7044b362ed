"""How the benchmark lists name a model and its reasoning effort, split into base label and variant.

Sources write the effort into the name: Epoch ``o3_high`` and ``claude-opus-4_27K``, Artificial Analysis
``GPT-5 (high)`` and ``(Reasoning)``, LMArena ``-thinking-32k``. Only lists under usable licences are read.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

USABLE = ("CC-BY-4.0", "MIT repo", "MIT repo; AA attribution required")
_PARENTHESES = re.compile(r"\s*\(([^()]*)\)")
_EFFORT = re.compile(
    r"^(?:(?:non-)?reasoning|adaptive reasoning|thinking[- ]\w+|thinking|high|low|medium|minimal|max|xhigh|none|\w+ effort"
    r"|24k thinking|adaptive|preview thinking)(?:,.*)?$",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"_(high|low|medium|minimal|none|xhigh|max|\d+k|thinking(?:_\d+k)?)$", re.IGNORECASE)
_ARENA = re.compile(r"-(thinking(?:-\d+k|-minimal)?|high|instant|reasoning|no-thinking|thinking-minimal)$")
_TWIN = re.compile(r"^Qwen3 (?:\S+ )+2507$|^Qwen3 (?:Next|VL|Omni) ")
"""Lines sold as an instruct model and a separate thinking model; the list prints "(Reasoning)" for the latter."""


def split(label: str, source: str) -> tuple[str, str]:
    """(base label, variant): ``("GPT-5", "high")``; variant "" where the label names none."""
    base, variants = label.strip(), []
    for words in _PARENTHESES.findall(base):
        if _EFFORT.match(words.strip()):
            variants.append(words.strip().lower())
            base = base.replace(f"({words})", "").strip()
    if source.startswith("Epoch"):
        found = _EPOCH.search(base)
        if found:
            base, variants = base[: found.start()], [*variants, found.group(1).lower()]
    if source == "LMArena":
        found = _ARENA.search(base)
        if found and base != "kimi-k2-thinking":
            base, variants = base[: found.start()], [*variants, found.group(1).lower()]
    if _TWIN.match(base) and "reasoning" in variants:
        base, variants = f"{base} Thinking", []  # two models, not two modes of one
    return re.sub(r"\s+", " ", base), ", ".join(variants)


def usable(data: Path) -> list[dict[str, str]]:
    """Rows of the study's benchmark table whose licence allows packaging."""
    with (data / "forecast" / "quality.csv").open(newline="") as file:
        return [r for r in csv.DictReader(file) if r["licence"] in USABLE]


def bases(data: Path) -> list[str]:
    """All base labels."""
    return sorted({split(r["model"], r["source"])[0] for r in usable(data)})


def releases(data: Path) -> list[tuple[str, str]]:
    """(base label, release date as printed by the row's own source)."""
    return sorted(
        {
            (split(r["model"], r["source"])[0], r["release_date"])
            for r in usable(data)
            if r["release_date_source"] == "row source" and r["release_date"]
        }
    )
