"""What the label of a spec-sheet row means: quantity, precisions, sense. By words, never by position.

A label is one of: a quantity the project keeps, a quantity it knows and leaves out (``ignored``), or
unknown, in which case the caller refuses the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PRECISIONS = (
    ("bf16", r"\bb(?:rain)?float[ -]?16\b|\bbf16\b"),
    ("fp16", r"\bfp16\b|\bhalf[ -]precision\b|\bfloat16\b"),
    ("fp8", r"\b(?:ocp-?|mx|c)?fp8\b|\beight-bit precision\b"),
    ("int8", r"\bint8\b"),
    ("fp4", r"\b(?:nv|mx)?fp4\b"),
)
_OTHER_PRECISION = (
    r"\b(?:fp64|fp32|tf32|tensor ?float[ -]?32|(?:mx)?fp6|int4|int16|int32|single precision|"
    r"double precision|int1)\b"
)
_IGNORED = (
    r"per pod|pod size|number of|number of \w*cores|data ?center network|chips per|per host|host mem|vcpu|\bram\b|\bdram\b|\bnic\b|topology|data center network|"
    r"total cost|\btco\b|family|series|lithograph|process|\bcores?\b|\bunits?\b|\bclock|frequency|driver|form factor|configuration|"
    r"multi-instance|\bmig\b|decoder|encoder|nvenc|nvdec|server option|enterprise|display|thermal(?! design)|dimension|"
    r"connector|bus (?:type|width)|memory (?:interface|clock|bus|type)|architecture|transistor|\bcache\b|launch|stream|"
    r"multiprocessor|pci ?e|pci express|confidential|networking|attention performance|cooling|os support|warranty|"
    r"product (?:name|id)|\bname\b|oper|ecc|virtuali|ray tracing|\brt core|\bports?\b|slice|\bschedul|software|"
    r"\bslot|weight|length|width|height|\bsku\b|market|codec|jpeg|graphics api|\bgpu die|supported|programmab|sram|"
    r"data movement|collective|gfxip|wavefront|\blds\b|\bvgpr|\bsgpr|llvm|ai tops|vector|all-reduce|bisection|"
    r"external power|chassis|render|\brops?\b|texture|platform|xgmi|mode|instances?"
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """``kind``: compute, memory, bandwidth, memory_and_bandwidth, tdp, link, link_count, link_each, ignored, unknown."""

    kind: str
    precisions: tuple[str, ...] = ()
    sparse: bool = False
    both: bool = False
    """True where the label says that the cell holds dense / sparse."""
    binary: bool = False


def precisions_in(text: str) -> tuple[str, ...]:
    """The precisions of this project named in ``text`` (FP64, FP32, TF32, FP6, INT4 are not kept)."""
    return tuple(name for name, pattern in _PRECISIONS if re.search(pattern, text, re.IGNORECASE))


_NOT_THE_ACCELERATOR = r"per pod|per[- ]host|(?:fast|system) memory|(?:server|system|rack|chassis|node|host) power|(?:/|per[- ])link\b|number of|^# of|(?:intra|inter)-(?:instance|node|server|rack)|data ?center network|\bhost\b|pod size|all-reduce|bisection|\bcache\b|\bvector\b|packed|cpu"
"""What a rate or size is per decides first: a pod, a host, a cache is not the accelerator's memory."""
_COMPUTE = (
    r"flop|\btops\b|peak (?:\w+[ -])*(?:performance|compute)|tensor|precision|peak (?:fp|int|bf|mx|ocp|b?float)|"
    r"matrix|\bmme\b|\bmxfp|\b[pt]ops\b|peak compute|(?:chip|peak|compute|ai) performance$|with structured sparsity"
)
_IS_PRECISION = re.compile(
    rf"(?:\b(?:dense|sparse|peak|max|ai|compute|performance|throughput|matmul|matrix|inference|training|ops|rate)\b"
    rf"|{'|'.join(p for _, p in _PRECISIONS)}|{_OTHER_PRECISION}|[\s/|,&()*^\d-])+",
    re.IGNORECASE,
)
"""A label that is nothing but a precision and what it is a rate of."""
_KINDS = (
    (
        "tdp",
        r"\btdp\b|thermal design power|board power|rated power|^(?:gpu |chip |accelerator )?power$|\btbp\b|\btgp\b|power consumption|graphics power|"
        r"min/mean/max power|max(?:imum)? power|leistung",
    ),
    ("link_each", r"infinity fabric link bandwidth|fabric link bandwidth"),
    ("link_count", r"infinity fabric.*links?$|fabric links$"),
    (
        "link",
        r"(?:chip|gpu|accelerator)-to-(?:chip|gpu|accelerator)|inter-gpu|\bici\b.*\bbw\b|inter-?chip interconnect bw|interconnect bw|interconnect.*bandwidth|\bici\b.*bandwidth|nvlink.*bandwidth|neuronlink|"
        r"inter-chip interconnect|embedded nic|^networking$|^interconnect(?: interface)?$|scale-up",
    ),
    ("ignored", f"{_IGNORED}|{_OTHER_PRECISION}"),
)
"""Every other kind by its words; the first that matches is meant."""


_UNIT = re.compile(r"\s*\((?:[tpge](?:fl)?ops?|[mgt]i?b(?:/s(?:ec)?|ps)?|k?w(?:atts)?)\)\s*$")


def meaning(label: str) -> Meaning:
    """The meaning of a row (or column) label."""
    t = re.sub(r"\s+", " ", label).strip().lower()
    t = _UNIT.sub("", t)
    if re.search(_NOT_THE_ACCELERATOR, t):
        return Meaning("ignored")
    found = _compute(t) if re.search(_COMPUTE, t) or _IS_PRECISION.fullmatch(t) else None
    return found or _memory(t) or Meaning(next((kind for kind, words in _KINDS if re.search(words, t)), "unknown"))


def _memory(t: str) -> Meaning | None:
    """Memory, its bandwidth or both in one cell; None where the label speaks of neither."""
    if not re.search(r"memory|hbm|vram|frame ?buffer", t) or (
        "size" not in t and re.search(r"interface|clock|bus|type|host|ecc|support", t)
    ):
        return None
    t = re.sub(r"\btotal (?=memory bandwidth)", "", t)
    rate = re.search(r"bandwidth|\bbw\b|throughput", t)
    size = re.search(r"capacity|size|\||^(?:gpu |total |device )?memory$|total memory", t)
    if rate and size or re.search(r"capacity and bandwidth|memory ?[|/&] ?bandwidth", t):
        return Meaning("memory_and_bandwidth")
    if rate:
        return Meaning("bandwidth")
    return Meaning("memory") if size or re.search(r"memory|vram|frame ?buffer|^hbm\w*$", t) else None


def _compute(t: str) -> Meaning | None:
    names = precisions_in(t)
    if not names and re.search(r"peak compute|(?:chip|peak|compute|ai) performance$", t):
        return Meaning("compute")  # Google prints the precision beside the figure
    if not names:
        return Meaning("ignored") if re.search(_OTHER_PRECISION, t) else None
    both = bool(re.search(r"/ with structured sparsity|sparse ?\| ?dense|dense ?[|/] ?sparse|w/ sparsity", t))
    return Meaning("compute", names, bool(re.search(r"spars", t)) and not both, both)
