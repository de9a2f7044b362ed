"""Rental price lists drawn in layouts that no page at hand has, read without any declaration.

The same offers are drawn in every combination of a shape, a wording of the heads, terms beside each other, and a price per GPU or per
machine. An offer is right when part, term and USD per accelerator-hour are those drawn, wrong when it is of a drawn part with another
figure or term. ``python -m benchmarks.unseen.rentals`` prints a line for each shape and the total; ``--wrong`` shows what went wrong.
"""

from __future__ import annotations

import html
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sources.catalogue import UNTRUSTED, stranger
from sources.pages.quote import RentalQuote

OFFERS = (
    ("NVIDIA H100 SXM", "H100-SXM", "80", ("2.99", "1.79", "2.19")),
    ("NVIDIA H200", "H200-SXM", "141", ("3.79", "2.29", "2.79")),
    ("NVIDIA B200", "B200-SXM", "180", ("5.49", "3.29", "4.19")),
    ("AMD MI300X", "MI300X", "192", ("2.49", "1.49", "1.99")),
    ("NVIDIA L40S", "L40S", "48", ("1.09", "0.69", "0.89")),
)
"""Part as printed, its name here, GB, and USD per GPU-hour on demand, spot and reserved for a year."""
TERMS = ("on_demand", "spot", "reserved_1yr")
WORDS = (
    ("GPU", "On-demand", "Spot", "1 year reserved"),
    ("GPU model", "On-Demand price", "Preemptible", "12-month commitment"),
    ("Accelerator", "Pay-as-you-go", "Interruptible", "1-year commit"),
    ("Instance", "On demand", "Spot price", "Reserved (1 year)"),
)
UNITS = ("per GPU hour", "/GPU/hr", "per GPU per hour", "per hour")


@dataclass(frozen=True, slots=True)
class Drawing:
    """The heads, how the unit is said and where (``head`` or ``cell``), how many terms, and whether prices are of machines of eight."""

    words: tuple[str, ...]
    unit: str
    place: str
    terms: int

    @property
    def machine(self) -> bool:
        """Whether a price is of a machine of eight, counted in a column of its own."""
        return self.unit == "per hour"


def drawings() -> Iterator[Drawing]:
    """Every combination a page could print."""
    for words, unit, place, terms in itertools.product(WORDS, UNITS, ("head", "cell"), (1, 3)):
        if not (unit == "per hour" and place == "cell"):
            yield Drawing(words, unit, place, terms)


def rows_of(d: Drawing) -> list[list[str]]:
    """Head and rows."""
    said = d.unit.lstrip("/ ") if d.unit.startswith("/") else d.unit
    heads = [f"{w} ({d.unit})" if d.place == "head" else w for w in d.words[1 : 1 + d.terms]]
    rows = [[d.words[0], "VRAM", *(["GPUs"] if d.machine else []), *heads]]
    for printed, _, memory, prices in OFFERS:
        each = [f"${Decimal(p) * (8 if d.machine else 1):f}" for p in prices[: d.terms]]
        cells = [f"{p} {d.unit if d.unit.startswith('/') else said}" if d.place == "cell" else p for p in each]
        rows.append([printed, f"{memory} GB", *(["8"] if d.machine else []), *cells])
    return rows


def _table(rows: list[list[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<html><body><h2>GPU pricing</h2><table>{body}</table></body></html>"


def _headed(rows: list[list[str]]) -> str:
    head = "".join(f"<th>{html.escape(c)}</th>" for c in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows[1:])
    return f"<html><body><section><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></section></body></html>"


def _markdown(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(["## GPU pricing", "", lines[0], "|" + "---|" * len(rows[0]), *lines[1:], ""])


def _boxes(rows: list[list[str]]) -> str:
    body = "".join("<div>" + "".join(f"<div>{html.escape(c)}</div>" for c in row) + "</div>" for row in rows)
    return f"<html><body><h2>GPU pricing</h2><div>{body}</div></body></html>"


def _cards(rows: list[list[str]]) -> str:
    cards = ""
    for row in rows[1:]:
        told = "".join(f"<p><span>{html.escape(h)}</span>: <b>{html.escape(c)}</b></p>" for h, c in zip(rows[0][1:], row[1:], strict=True))
        cards += f"<div><h3>{row[0]}</h3>{told}</div>"
    return f"<html><body><h2>GPU pricing</h2>{cards}</body></html>"


def _terms(rows: list[list[str]]) -> str:
    """A card a part as a definition list."""
    cards = ""
    for row in rows[1:]:
        told = "".join(f"<dt>{html.escape(h)}</dt><dd>{html.escape(c)}</dd>" for h, c in zip(rows[0][1:], row[1:], strict=True))
        cards += f"<section><h3>{row[0]}</h3><dl>{told}</dl></section>"
    return f"<html><body><h2>GPU pricing</h2>{cards}</body></html>"


SHAPES: dict[str, Callable[[list[list[str]]], str]] = {
    "table": _table,
    "table with a head": _headed,
    "table, parts across": lambda rows: _table([list(c) for c in zip(*rows, strict=True)]),
    "markdown": _markdown,
    "boxes": _boxes,
    "cards of lines": _cards,
    "cards of definitions": _terms,
}


def score(shape: str, d: Drawing) -> tuple[int, int, int, str]:
    """Offers drawn, read right and read wrong of one drawing, and what went wrong."""
    wanted = Counter((name, TERMS[i], Decimal(prices[i])) for _, name, _, prices in OFFERS for i in range(d.terms))
    try:
        quotes = stranger("drawn", "rentals").parsed(SHAPES[shape](rows_of(d)).encode()).quotes
        found = Counter((q.accelerator, q.term, q.value) for q in quotes if isinstance(q, RentalQuote) and not q.left_out)
        said = ""
    except UNTRUSTED as error:
        found, said = Counter(), str(error)
    wrong = found - wanted
    return wanted.total(), (found & wanted).total(), wrong.total(), said or f"wrong {list(wrong)[:3]} missing {list(wanted - found)[:3]}"


def main() -> None:
    """Print a line for each shape and the total."""
    total: Counter[str] = Counter()
    for shape in SHAPES:
        results = [(d, *score(shape, d)) for d in drawings()]
        drawn, right, wrong = (sum(r[i] for r in results) for i in (1, 2, 3))
        total.update(drawn=drawn, right=right, wrong=wrong, pages=len(results))
        print(f"{shape:<24}{len(results):>5} pages{drawn:>7} offers{right:>7} right ({right / drawn:.1%}){wrong:>5} wrong")
        if "--wrong" in sys.argv:
            for d, offers, read, bad, said in results:
                if bad or read < offers:
                    print(f"    {d.words[1]!r} {d.unit!r} in the {d.place}, {d.terms} terms: {read} of {offers}, {bad} wrong; {said[:200]}")
    print(
        f"{total['pages']} pages, {total['drawn']} offers: {total['right']} right ({total['right'] / total['drawn']:.1%}), {total['wrong']} wrong"
    )


if __name__ == "__main__":
    main()
