"""Real, small PDF data sheets made on the spot: a ruled table as PDF 1.4, with no library but the standard one.

The specimen of ``hardware/nvidia`` is the output of ``sheet(HOPPER)``; tests make altered sheets from it.
"""

from __future__ import annotations

HOPPER = [
    ["", "H100 SXM", "H100 NVL"],
    ["BFLOAT16 Tensor Core*", "1,979 TFLOPS", "1,671 TFLOPS"],
    ["FP8 Tensor Core*", "3,958 TFLOPS", "3,341 TFLOPS"],
    ["GPU Memory", "80GB", "94GB"],
    ["GPU Memory Bandwidth", "3.35TB/s", "3.9TB/s"],
    ["Max Thermal Design Power (TDP)", "Up to 700W (configurable)", "350-400W (configurable)"],
    ["Interconnect", "NVLink: 900GB/s", "NVLink: 600GB/s"],
]
WIDTHS = (190, 160, 160)
ROW, LEFT, TOP = 22, 40, 760


def sheet(rows: list[list[str]], footnote: str = "* With sparsity") -> bytes:
    """A one-page PDF with ``rows`` as a ruled table and a footnote below it."""
    edges = [LEFT + sum(WIDTHS[:i]) for i in range(len(rows[0]) + 1)]
    drawing = [f"{LEFT} {TOP - ROW * r} m {edges[-1]} {TOP - ROW * r} l S" for r in range(len(rows) + 1)]
    drawing += [f"{x} {TOP} m {x} {TOP - ROW * len(rows)} l S" for x in edges]
    for r, row in enumerate(rows):
        drawing += [_text(edges[c] + 4, TOP - ROW * r - 15, cell) for c, cell in enumerate(row) if cell]
    drawing.append(_text(LEFT, TOP - ROW * len(rows) - 20, footnote))
    return _document("\n".join(drawing).encode("latin-1"))


def _text(x: int, y: int, words: str) -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 9 Tf {x} {y} Td ({escaped}) Tj ET"


def _document(content: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
    ]
    out, places = b"%PDF-1.4\n", []
    for i, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % i + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % p for p in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    )
