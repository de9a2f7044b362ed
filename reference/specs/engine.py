"""The engine's accelerator table, computed from the specification history: no number is kept by hand.

Names, families and kinds of link come from ``accelerator_list.csv``; every figure comes from ``best_specs``.
Three conventions turn printed figures into the engine's: memory printed as GB or GiB is counted in GiB (an
"80 GB" HBM part holds 80 x 2^30 bytes; on-die SRAM is decimal), links are one direction (half the printed
bidirectional total), and a card without a fabric has the rate of its PCI Express slot.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl

from reference.specs.history import REFERENCE, WHOLE_COMPUTER, best_specs

GIBIBYTE, GIGA, TERA = 2**30, 10**9, 10**12
PCIE_GB_S = {"3x16": 16, "4x16": 32, "5x16": 64, "4x8": 16, "4x4": 8, "5x8": 32}
"""One direction of a slot in GB/s, rounded as PCI-SIG does (generation 4: 2 GB/s a lane)."""
XGMI_PEER_SHARE = 7 / 8
"""In an eight-GPU platform seven of a GPU's eight Infinity Fabric links go to peers (ROCm MI300 page)."""
COLUMNS = (
    "accelerator",
    "aliases",
    "vendor",
    "family",
    "launch_date",
    "memory_bytes",
    "memory_kind",
    "bandwidth_bytes_per_s",
    "fp16_flop_per_s",
    "bf16_flop_per_s",
    "fp8_flop_per_s",
    "int8_op_per_s",
    "fp4_flop_per_s",
    "link_bytes_per_s",
    "link_kind",
    "link_domain",
    "tdp_w",
    "source_url",
    "accessed_on",
    "basis",
    "notes",
)
NEEDED = ("memory_bytes", "bandwidth_bytes_per_s", "bf16_flop_per_s")


def read_list(path: Path = REFERENCE / "accelerator_list.csv") -> pl.DataFrame:
    """Names and classes of accelerators: accelerator, vendor, family, memory_kind, link_kind, link_domain
    (accelerators on one scale-up fabric), pcie, half_of, engine, aliases.
    """
    return pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null(""))


@lru_cache(maxsize=1)
def project_names() -> dict[str, str]:
    """Names of accelerators in lower case without blanks, hyphens and underscores -> the project's name; own names win."""
    listed = read_list().select("accelerator", pl.col("aliases").str.split("|")).explode("aliases")
    pairs = [*listed.select("aliases", "accelerator").rows(), *((name, name) for name in listed["accelerator"])]
    return {alias.lower().translate(str.maketrans("", "", " -_\t")): name for alias, name in pairs if alias}


def engine_table(history: pl.DataFrame, names: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per accelerator the engine knows, in its column names and units, sorted by name.

    ``basis`` is the weakest basis among memory, bandwidth and BF16; ``notes`` lists the fields that are not
    official. Raises ``ValueError`` naming accelerators that lack memory, bandwidth or BF16.
    """
    best: dict[str, dict[str, dict[str, object]]] = {}
    for row in best_specs(history, as_of).to_dicts():
        best.setdefault(row["accelerator"], {})[row["field"]] = row
    rows = [_row(entry, best) for entry in names.filter(pl.col("engine") == "yes").sort("accelerator").to_dicts()]
    lacking = {r["accelerator"]: [c for c in NEEDED if not r[c]] for r in rows}
    missing = {k: v for k, v in lacking.items() if v}
    if missing:
        raise ValueError(f"accelerators without needed figures: {missing}; add documents to research/builders/spec_found.csv")
    return pl.DataFrame(rows, schema_overrides={"launch_date": pl.String, "notes": pl.String}).select(COLUMNS)


def _row(entry: dict[str, str], best: dict[str, dict[str, dict[str, object]]]) -> dict[str, object]:
    specs = best.get(entry["half_of"] or entry["accelerator"], {})
    half = 0.5 if entry["half_of"] else 1.0

    def figure(*fields: str) -> float:
        return next((float(str(specs[f]["value"])) for f in fields if f in specs), 0.0)

    memory_unit = GIGA if entry["memory_kind"] == "SRAM" else GIBIBYTE
    bandwidth = figure("memory_bandwidth_gb_s") or figure("memory_bandwidth_gib_s") * GIBIBYTE / GIGA
    bf16 = figure("bf16_dense_tflops") or figure("fp16_dense_tflops")
    lead = next((specs[f] for f in ("memory_bandwidth_gb_s", "memory_bandwidth_gib_s", "memory_gb", "memory_gib") if f in specs), {})
    return {
        **{k: entry[k] for k in ("accelerator", "aliases", "vendor", "family", "memory_kind", "link_kind")},
        "launch_date": specs["launch_date"]["value"] if "launch_date" in specs else None,
        "memory_bytes": round(figure("memory_gb", "memory_gib") * memory_unit * half),
        "bandwidth_bytes_per_s": round(bandwidth * GIGA * half),
        "fp16_flop_per_s": round((figure("fp16_dense_tflops") or bf16) * TERA * half),
        "bf16_flop_per_s": round(bf16 * TERA * half),
        "fp8_flop_per_s": round(figure("fp8_dense_tflops") * TERA * half),
        "int8_op_per_s": round(figure("int8_dense_tops") * TERA * half),
        "fp4_flop_per_s": round(figure("fp4_dense_tflops") * TERA * half),
        "link_bytes_per_s": round(_link_gb_s(entry, specs) * GIGA * half),
        "link_domain": int(entry["link_domain"]),
        "tdp_w": figure("tdp_w") * half,
        "source_url": lead.get("source_url", ""),
        "accessed_on": str(lead.get("observed_at", "")),
        "basis": _weakest(specs),
        "notes": _notes(specs, half),
    }


def _link_gb_s(entry: dict[str, str], specs: dict[str, dict[str, object]]) -> float:
    """One direction to the other accelerators of a node; a slot is taken from its document where one stands."""
    total = specs.get("interconnect_gb_s")
    if entry["pcie"] and (total is None or "PCI Express" not in str(total["qualifier"])):
        return PCIE_GB_S[entry["pcie"]]
    if total is None:
        return 0.0
    share = XGMI_PEER_SHARE if "sum of links" in str(total["qualifier"]) else 1.0
    return float(str(total["value"])) / 2 * share


def _weakest(specs: dict[str, dict[str, object]]) -> str:
    used = {
        specs[f]["basis"]
        for f in ("memory_gb", "memory_gib", "memory_bandwidth_gb_s", "memory_bandwidth_gib_s", "bf16_dense_tflops", "fp16_dense_tflops")
        if f in specs
    }
    return "official" if used == {"official"} else "secondary"


def _notes(specs: dict[str, dict[str, object]], half: float) -> str | None:
    """Which fields are not the maker's own words."""
    parts = ["half of a board of two"] if half != 1 else []
    if WHOLE_COMPUTER in str(specs.get("tdp_w", {}).get("qualifier")):
        parts.append(f"power: {WHOLE_COMPUTER}")
    fields = sorted(f for f, s in specs.items() if s["basis"] == "secondary" and f != "launch_date")
    if fields:
        parts.append(f"secondary: {' '.join(fields)}")
    return "; ".join(parts) or None
