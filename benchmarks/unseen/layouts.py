"""Lists of prices drawn in layouts that no page at hand has, read by the shared words alone.

One list of models is drawn in every combination of a shape (tables by row and by column, cards, definition lists, lines, data in
scripts), a way to say the unit and a wording of the heads. A row is right when model, unit, figures and currency are those drawn; a
row of a drawn model with anything else is wrong. ``python -m benchmarks.unseen.layouts`` prints a line for each shape and the total.
"""

from __future__ import annotations

import html
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sources.catalogue import UNTRUSTED, stranger
from sources.pages.quote import PriceQuote
from sources.pages.wide import wide_rows

MODELS = (
    ("nova-4-large", "2.50", "0.25", "10.00"),
    ("nova-4-mini", "0.40", "0.04", "1.60"),
    ("nova-3-pro", "1.25", "", "5.00"),
    ("lyra-70b-instruct", "0.60", "0.06", "0.80"),
    ("lyra-8b", "0.05", "", "0.08"),
)
"""Model, input, cached input (empty: none) and output, as drawn, per the unit of the drawing."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a list is drawn: the heads of its three prices, what its unit is called, its sign, and where the unit stands."""

    words: tuple[str, str, str]
    unit: str
    said: str
    sign: str
    currency: str
    place: str


WORDS = (
    ("Input", "Cached input", "Output"),
    ("Prompt", "Cache read", "Completion"),
    ("Input price", "Cache hit", "Output price"),
    ("Input tokens", "Cached tokens", "Output tokens"),
    ("输入", "缓存命中", "输出"),
)
UNITS = (
    ("1M tokens", "per 1M tokens"),
    ("1M tokens", "/ MTok"),
    ("1M tokens", "per million tokens"),
    ("1K tokens", "per 1K tokens"),
    ("1K tokens", "/ 1,000 tokens"),
    ("1M tokens", "元/百万 tokens"),
)
PLACES = ("head", "cell", "heading", "line", "caption")


def drawings() -> Iterator[Drawing]:
    """Every combination that a page could print: yuan units are drawn with yuan signs."""
    for words, (unit, said), place in itertools.product(WORDS, UNITS, PLACES):
        yuan = "元" in said
        if yuan != (words is WORDS[-1]) or (yuan and place == "cell"):
            continue
        yield Drawing(words, unit, said, "¥" if yuan else "$", "CNY" if yuan else "USD", place)


def _heads(d: Drawing) -> list[str]:
    return [f"{word} ({d.said.lstrip('/ ')})" if d.place == "head" else word for word in d.words]


def _per(d: Drawing, figure: str) -> str:
    """A figure of the list per the unit of the drawing."""
    return figure if d.unit == "1M tokens" or not figure else f"{Decimal(figure) / 1000:f}"


def _cell(d: Drawing, figure: str) -> str:
    figure = _per(d, figure)
    return "-" if not figure else f"{d.sign}{figure} {d.said}" if d.place == "cell" else f"{d.sign}{figure}"


def _over(d: Drawing) -> tuple[str, str, str]:
    """Heading, line and caption over a list."""
    told = f"Prices {d.said}" if d.said.startswith("per") else f"Prices ({d.said})"
    return ("Prices" if d.place != "heading" else told, told if d.place == "line" else "", told if d.place == "caption" else "")


def _markdown(d: Drawing, rows: list[list[str]]) -> str:
    heading, line, caption = _over(d)
    body = "\n".join(["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0]), *("| " + " | ".join(r) + " |" for r in rows[1:])])
    return f"# Nova\n\n## {heading}\n\n{line or caption}\n\n{body}\n"


def _table(d: Drawing, rows: list[list[str]]) -> str:
    heading, line, caption = _over(d)
    cells = "".join(
        "<tr>" + "".join(f"<{'th' if not n else 'td'}>{html.escape(c)}</{'th' if not n else 'td'}>" for c in r) + "</tr>"
        for n, r in enumerate(rows)
    )
    return f"<html><body><h1>Nova</h1><h2>{heading}</h2><p>{line}</p><table><caption>{caption}</caption>{cells}</table></body></html>"


def _rows(d: Drawing) -> list[list[str]]:
    return [["Model", *_heads(d)], *([name, *(_cell(d, f) for f in figures)] for name, *figures in MODELS)]


def markdown_rows(d: Drawing) -> str:
    """A Markdown table with a row for each model."""
    return _markdown(d, _rows(d))


def markdown_columns(d: Drawing) -> str:
    """A Markdown table with a column for each model."""
    return _markdown(d, [list(column) for column in zip(*_rows(d), strict=True)])


def html_rows(d: Drawing) -> str:
    """An HTML table with a row for each model."""
    return _table(d, _rows(d))


def html_columns(d: Drawing) -> str:
    """An HTML table with a column for each model."""
    return _table(d, [list(column) for column in zip(*_rows(d), strict=True)])


def with_notes(d: Drawing) -> str:
    """An HTML table whose figures carry footnote marks and whose columns of context and speed are no prices."""
    rows = [[r[0], "Context window" if not n else "128K", *r[1:], "Speed" if not n else "90 tokens/s"] for n, r in enumerate(_rows(d))]
    return _table(d, rows).replace(_cell(d, "10.00"), f"{_cell(d, '10.00')}<sup>1</sup>")


def html_cards(d: Drawing) -> str:
    """A card for each model, with a label over each price."""
    heading, line, caption = _over(d)
    cards = "".join(
        f"<div><h3>{name}</h3>"
        + "".join(f"<div><p>{h}</p><p>{_cell(d, f)}</p></div>" for h, f in zip(_heads(d), figures, strict=True) if f)
        + "</div>"
        for name, *figures in MODELS
    )
    return f"<html><body><h1>Nova</h1><section><h2>{heading}</h2><p>{line or caption}</p><div>{cards}</div></section></body></html>"


def div_grid(d: Drawing) -> str:
    """A table drawn with elements that are no table."""
    heading, line, caption = _over(d)
    body = "".join("<div>" + "".join(f"<div>{html.escape(c)}</div>" for c in row) + "</div>" for row in _rows(d))
    return f"<html><body><h1>Nova</h1><h2>{heading}</h2><p>{line or caption}</p><div>{body}</div></body></html>"


def definition_lists(d: Drawing) -> str:
    """A heading and a list of label and price for each model."""
    heading, line, caption = _over(d)
    body = "".join(
        f"<h3>{name}</h3><dl>"
        + "".join(f"<dt>{h}</dt><dd>{_cell(d, f)}</dd>" for h, f in zip(_heads(d), figures, strict=True) if f)
        + "</dl>"
        for name, *figures in MODELS
    )
    return f"<html><body><h1>Nova</h1><h2>{heading}</h2><p>{line or caption}</p>{body}</body></html>"


def bullets(d: Drawing) -> str:
    """A heading and bullets of label and price for each model, in Markdown."""
    heading, line, caption = _over(d)
    body = "\n".join(
        f"\n### {name}\n\n" + "\n".join(f"- {h}: {_cell(d, f)}" for h, f in zip(_heads(d), figures, strict=True) if f)
        for name, *figures in MODELS
    )
    return f"# Nova\n\n## {heading}\n\n{line or caption}\n{body}\n"


def one_cell(d: Drawing) -> str:
    """A table whose one column of prices holds them all, each with its words."""
    rows = [["Model", f"Price {d.said}" if d.place == "head" else "Price"]]
    rows += [[n, ", ".join(f"{w}: {_cell(d, f)}" for w, f in zip(d.words, figures, strict=True) if f)] for n, *figures in MODELS]
    return _table(d, rows)


def payload(d: Drawing) -> str:
    """A page whose prices stand in the data of a script alone."""
    keys = ("inputPrice", "cachedInputPrice", "outputPrice")
    models = [
        {"name": n, "unit": d.unit, "currency": d.currency, "pricing": {k: _per(d, f) for k, f in zip(keys, figures, strict=True) if f}}
        for n, *figures in MODELS
    ]
    state = json.dumps({"props": {"models": models}})
    return f'<html><body><h1>Nova</h1><div id="app"></div><script type="application/json">{state}</script></body></html>'


SHAPES: tuple[Callable[[Drawing], str], ...] = (
    markdown_rows,
    markdown_columns,
    html_rows,
    html_columns,
    with_notes,
    html_cards,
    div_grid,
    definition_lists,
    bullets,
    one_cell,
    payload,
)


def expected(d: Drawing) -> Counter[tuple[str, ...]]:
    """The rows of the list as drawn."""
    return Counter((n, d.unit, *(_plain(_per(d, f)) for f in (i, o, c)), d.currency) for n, i, c, o in MODELS)


def found(text: str) -> Counter[tuple[str, ...]]:
    """The rows a stranger's page gives; none where it is refused."""
    try:
        quotes = stranger("nova").parsed(text.encode()).quotes
    except UNTRUSTED:
        return Counter()
    return Counter(
        (r["model"], r["unit"], _plain(r["input"]), _plain(r["output"]), _plain(r["cached"]), r["currency"])
        for r in wide_rows(q for q in quotes if isinstance(q, PriceQuote))
    )


def _plain(figure: str) -> str:
    return f"{Decimal(figure).normalize():f}" if figure else ""


def main() -> None:
    """Print how much of every shape is read, and how much of it wrong."""
    total: Counter[str] = Counter()
    print(f"{'shape':<20}{'drawn':>7}{'right':>7}{'wrong':>7}")
    for shape in SHAPES:
        count: Counter[str] = Counter()
        for drawing in drawings():
            wanted, got = expected(drawing), found(shape(drawing))
            count += Counter(drawn=wanted.total(), right=(wanted & got).total(), wrong=(got - wanted).total())
        total += count
        print(f"{shape.__name__:<20}{count['drawn']:>7}{count['right']:>7}{count['wrong']:>7}")
    print(f"{total['drawn']} rows drawn: {total['right']} right ({total['right'] / total['drawn']:.1%}), {total['wrong']} wrong")


if __name__ == "__main__":
    main()
