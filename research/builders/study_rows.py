"""What the kept scripts share in reading the study's tables: rows, numbers, names of accelerators, refused words."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from reference import FOLDER

REFUSED_WORDS = re.compile(r"suspect|estimate|seed|synthetic|simulat|index, not an offer|assum", re.IGNORECASE)
CHIPS = {
    "A100_80GB_PCIe": "A100-PCIe-80GB",
    "A100_80GB_SXM4": "A100-SXM-80GB",
    "H100_80GB_PCIe": "H100-PCIe",
    "H100_80GB_SXM5": "H100-SXM",
    "H200_141GB": "H200-SXM",
    "B200_180GB": "B200-SXM",
    "GH200_96GB": "GH200",
    "H100": "H100-SXM",
    "B200": "B200-SXM",
    "NVIDIA H100 80GB HBM3": "H100-SXM",
    "NVIDIA A100-SXM4-40GB": "A100-SXM-40GB",
    "NVIDIA H200-SXM-141GB": "H200-SXM",
}
"""Labels whose board is known from the source: Prime Intellect's and ML.ENERGY's machines are SXM boards unless named."""


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a header, as text."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def number(text: str | None) -> float | None:
    """A number, or None for an empty cell."""
    return float(text) if text not in (None, "") else None


def chip_names() -> dict[str, str]:
    """Printed label -> name of accelerators.csv, by its own name and aliases, exact."""
    rows = read(FOLDER / "accelerators.csv")
    names = {alias: r["accelerator"] for r in rows for alias in r["aliases"].split("|") if alias}
    return {**names, **{r["accelerator"]: r["accelerator"] for r in rows}}
