"""The project's name of a part as pages print it, told from its siblings by the memory beside it."""

from __future__ import annotations

import re
from functools import lru_cache

from units.quantity import plain

_NAMES = (
    (r"\bgb300\b", "GB300"),
    (r"\bgb200\b", "GB200"),
    (r"\bgh200\b.*\b144", "GH200-144GB"),
    (r"\bgh200\b", "GH200-96GB"),
    (r"\bb300\b", "B300-SXM"),
    (r"\bb200\b", "B200-SXM"),
    (r"\bh200[ -]?nvl\b", "H200-NVL"),
    (r"\bh200\b", "H200-SXM"),
    (r"\bh100[ -]?nvl\b|\bh100\b.*\b94", "H100-NVL"),
    (r"\bh100\b.*pcie|pcie.*\bh100\b", "H100-PCIe"),
    (r"\bh100\b", "H100-SXM"),
    (r"\ba100\b.*\b80.*pcie|\ba100\b.*pcie.*\b80", "A100-PCIe-80GB"),
    (r"\ba100\b.*pcie", "A100-PCIe-40GB"),
    (r"\ba100\b.*\b40", "A100-SXM-40GB"),
    (r"\ba100\b", "A100-SXM-80GB"),
    (r"\bmi355x\b", "MI355X"),
    (r"\bmi350x\b", "MI350X"),
    (r"\bmi325x\b", "MI325X"),
    (r"\bmi300x\b", "MI300X"),
    (r"\bl40s\b", "L40S"),
    (r"\bl40\b", "L40"),
    (r"\bl4\b", "L4"),
    (r"\brtx ?pro ?6000\b", "RTX-PRO-6000-SE"),
    (r"\brtx ?6000 ?ada\b", "RTX 6000 Ada 48GB"),
    (r"\b(?:rtx ?)?a6000\b", "RTX A6000 48GB"),
    (r"\brtx ?5090\b", "RTX-5090"),
    (r"\brtx ?4090\b", "RTX-4090"),
    (r"\ba10g\b", "A10G"),
    (r"\ba10\b", "A10"),
    (r"\bv100\b.*\b16", "V100-16GB"),
    (r"\bv100\b", "V100-SXM2-32GB"),
    (r"\bt4\b", "T4"),
    (r"\ba40\b", "A40 48GB"),
)
"""Names within free text (``8x NVIDIA HGX H100``); a name printed alone is looked up in ``accelerator_list.csv``."""
NOT_MAPPED = "nobody has mapped this name; add an alias to reference/accelerator_list.csv"
ANOTHER_MEMORY = "a slice, or another part than the known one of this name: the memory differs"


def accelerator_of(label: str, memory_gb: str = "") -> str | None:
    """The project's name of a printed GPU name, or None where nobody has mapped it.

    ``memory_gb``: the memory per accelerator as printed. A sixth of an A10 and a V100 of 8 GB are not the
    parts of that name, so a memory that does not fit gives None too (whole multiples are totals of a node).
    """
    from reference.specs.engine import project_names

    text = plain(f"{label} {memory_gb}").lower().replace("_", " ").replace("nvidia", "")
    name = next((n for p, n in _NAMES if re.search(p, text)), None) or project_names().get(re.sub(r"[\s_-]", "", plain(label).lower()))
    printed, known = re.search(r"\d+(?:\.\d+)?", memory_gb), _memory_bytes().get(name or "")
    if printed is None or known is None:
        return name
    share = float(printed[0]) * 1e9 / known
    return name if 0.8 <= share <= 1.25 or (share > 1.5 and abs(share / round(share) - 1) < 0.08) else None


def why_not(label: str) -> str:
    """Why ``accelerator_of`` gave None for a label with its memory."""
    return NOT_MAPPED if accelerator_of(label) is None else ANOTHER_MEMORY


@lru_cache(maxsize=1)
def _memory_bytes() -> dict[str, float]:
    from reference import load

    return {name: float(size) for name, size in load("accelerators").select("accelerator", "memory_bytes").rows()}
