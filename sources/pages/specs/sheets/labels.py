"""Where a label stands in running text: the phrases by which sheets name their rows, kept ones and others."""

from __future__ import annotations

import re

from sources.pages.specs.figures import clean
from sources.pages.specs.sheets.declaration import SheetWords

PRECISION = r"(?:NV|MX|OCP-?|c)?(?:FP(?:64|32|16|8|6|4)|BF16|BFLOAT16|b?float16|TF32|INT(?:32|16|8|4))"
PRECISIONS = rf"{PRECISION}(?:\s?(?:[/|,]|and|or)\s?{PRECISION})*"
_MARK = r"(?:\s?(?:\*+|\^?[1-9](?![\d,.x]))(?=\s|$|\)))?"
_SAID = (
    r"(?:\s?(?:Tensor Cores?|Tensor|Matrix|Vector|Dense|Sparse|Peak|Performance|Compute|Throughput|Matmul|AI|Inference|FLOPS|OPS|with (?:structured )?sparsity"
    r"|\((?:dense|sparse|with sparsity|without sparsity|(?:dense|sparse) ?[|/,] ?(?:dense|sparse))\)|[TP](?:FL)?OPS(?=\s+\d)))*"
)
_LABELS = (
    rf"(?:(?:Peak|Total|Max(?:imum)?|Theoretical)\s)*(?:Tensor Float 32 \(TF32\)|{PRECISIONS}(?: \(\w+\))?){_SAID}{_MARK}",
    rf"(?:Peak )?Compute(?: Performance)?\s?\({PRECISIONS}\)",
    r"(?:CPU|Host|System|Fast|Total Fast) Memory(?: \| Bandwidth)?",
    r"(?:GPU|HBM\w*|Device|Total|Peak)? ?(?:Memory )?(?:Capacity )?(?:and|&|\|) (?:Memory )?Bandwidth",
    r"(?:(?:Total|Peak|Max(?:imum)?|GPU|Device|HBM\w*|On-package) ?)*(?:Memory|HBM\w*|VRAM) (?:Bandwidth|BW)(?: per \w+)?",
    r"GPU Memory \| Bandwidth",
    r"(?:Memory|HBM\w*) (?:Interface|Clock|Bus(?: Width)?|Type|Speed)",
    r"(?:(?:Total|GPU|Device|HBM\w*|Dedicated|On-package) )*(?:Memory|VRAM|HBM\w*(?= (?:Capacity|Size)))(?: Capacity| Size| Configuration)?(?: per \w+)?(?! Bandwidth| BW| \||\w)",
    r"(?:Max(?:imum)?|Typical|Total)? ?(?:Thermal Design Power(?: \(TDP\))?|(?:Total )?(?:Board|Graphics|GPU|Rated) Power(?: \(\w+\))?|Power Consumption|Power(?= \(TDP\))|TDP)(?:\s?\(\w+\))?",
    r"Configuration|Form Factor",
    r"(?:Total |NVIDIA )?NVLink (?:GPU-to-GPU )?(?:Switch|Bandwidth|Support|(?=(?:First|Second|Third|Fourth|Fifth|Sixth) ))",
    r"(?:Embedded NIC|Scale-up(?: fabric)?|Inter-?chip Interconnect|ICI|Infinity Fabric|(?:Chip|GPU|Accelerator)-to-(?:chip|GPU|accelerator)|Inter-GPU)(?: Link)? (?:Bandwidth|BW)(?:\s?\((?:per |bi-?)\w+\))?",
    r"(?:PCIe|Networking|Network|Fabric|Host Interface|DMA|On-die SRAM|SRAM|L2|Cache|Total NVLink) (?:Peak )?(?:Bandwidth|BW|Capacity)(?:\s?\([\w -]+\))?",
    r"(?:System |Host )?Interconnect(?: Interface| Bandwidth| BW)?|Host Interface(?! Peak)|Bus Interface|Networking(?! Bandwidth)",
    r"Decoders?|NVENC \||NVDEC \||GPU Architecture|Confidential Computing|Multi-Instance GPUs?(?: \(MIG\))?|Server Options|NVIDIA AI Enterprise"
    r"|Attention Performance|RT Core Performance|Display (?:Ports|Connectors)|Power Connectors?|Thermal(?: Solution)?(?! Design)|Virtual GPU(?: Software)?"
    r"|Secure Boot|NEBS(?: Ready)?|NVIDIA [\w ]+ Architecture-? ?Based|(?:CUDA|RT|Tensor|Matrix|Shader) Cores|CPU Core Count|vGPU|CPU Cores?"
    r"|MME Units|TPC Units|Transistors|Process(?: Node)?|(?:Boost|Base|Engine|GPU) Clock|Compute Units|Stream Processors|Dimensions|Graphics Bus",
)
_UNIT = r"(?:\s?\((?:[TPGE](?:FL)?OPS|[GT]i?B(?:/s|ps)?|k?W(?:atts)?)\))?"
"""A unit in brackets belongs to its label."""
_CUT = re.compile(rf"(?<![\w/(-])(?:{'|'.join(f'(?:{p})' for p in _LABELS)}){_UNIT}", re.IGNORECASE)
_GLUED = re.compile(r"(?:FLOP[sS]|B/s|b/s|\dGB|\dTB|\d ?W)(?=\d\S|[A-Z][a-z])")


def cut_at_labels(text: str, words: SheetWords) -> tuple[str, list[tuple[str, str]]]:
    """The words before the first label, and each label with the text up to the next one."""
    text = _apart(text) if len(_GLUED.findall(text)) > 2 else text
    found = [m for m in _CUT.finditer(text) if m[0].strip()]
    own = [m for pattern in words.words for m in re.finditer(pattern.strip("^$"), text, re.IGNORECASE)]
    for m in own:
        if not any(f.start() < m.end() and m.start() < f.end() for f in found):
            found.append(m)
    found.sort(key=lambda m: m.start())
    if not found:
        return text, []
    rows = [
        (clean(m[0]), text[m.end() : following.start() if following else len(text)].strip())
        for m, following in zip(found, [*found[1:], None], strict=True)
    ]
    return text[: found[0].start()].strip(), rows


def _apart(text: str) -> str:
    """Words of an extraction that has run together: a unit, a bracket or a small letter ends a word."""
    text = re.sub(r"(FLOP[sS]|[GMTP]i?[Bb]/s|(?<=\d )[GMTP]B|(?<=\d)[GMTP]B|(?<=\d )W|(?<=\d)W)(?=[A-Z\d(])", r"\1 ", text)
    text = re.sub(r"(?<=\))(?=[\w])|(?<=[a-z])(?=[A-Z]|\d{2,}(?!\w))|(?<=\d)(?=[A-Z][a-z]{2}|[A-Z]{3}|(?:BF|FP|INT|TF)\d)", " ", text)
    return re.sub(r"(?<=[A-Za-z]{2})(?=\()", " ", text)
