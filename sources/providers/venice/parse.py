"""Venice's price page as rendered text: a card per model, its name and API name, badges, then a line of prices.

``Input Price$1.42 Output Price$2.83 Cache Read$0.23 Context 1000K`` may be followed by the prices above a
context size (``>200K context: $2.83/M input · $5.67/M output · $0.45 cache``, read and write where there are
two). Rows stand under the API name, because two models share a name. Media prices are long form only.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows
from sources.pages.columns import expect_dollars, one_token_unit
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from units.quantity import Money, amounts, one_amount, plain, token_unit

_CARD = re.compile(r"(?P<name>[^`$]{1,120}?)\s*`(?P<id>[^`$]{1,120})`")
_PART = re.compile(r"(Input Price|Output Price|Cache Read|Cache Write|Context) ?(\$?[\d.,]+[KM]?|Free|-)(?: |$)")
PARTS = {"Input Price": "input", "Output Price": "output", "Cache Read": "cached_input", "Cache Write": "cache_write_5m"}
_ABOVE = re.compile(r">(?P<limit>\d+[KM]) context: (?P<input>\$[\d.]+)/M input · (?P<output>\$[\d.]+)/M output"
                    r"(?: · (?P<read>\$[\d.]+)(?:/(?P<write>\$[\d.]+))? cache)?")
_METER = re.compile(r"(?P<per>Per \w[\w ]{0,40}?|Starting At|\b\d+s|\d+x Upscale|\b\dK) ?(?P<price>\$[\d.]+)")
METERS = {"per image": ("image", "1 image"), "per edit": ("image", "1 edit"), "per 1m characters": ("character", "1M characters"),
          "per audio second": ("other", "1 second"), "per generation": ("other", "1 generation"), "per second": ("other", "1 second"),
          "per 1k calls": ("request", "1K requests"), "per 1k urls": ("request", "1K requests"),
          "per 1k results": ("request", "1K requests"), "starting at": ("other", "1 video")}
ELSEWHERE = re.compile(r"Diem|Pro subscribers|one-time|credits|Duration-based|per-second models|_Prices|Billed per|Web Scraping\*\*", re.I)


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a line with prices that is not understood."""
    text = page.text if not page.is_html else page.tree.text(separator="\n")
    expect_dollars(text)
    unit = one_token_unit(re.findall(r"(?i)\bprices per [^.\n]{0,30}tokens", plain(text)), where="the page's words")
    rows = PriceRows(unit)
    label = ""
    lines = text.splitlines()
    if not text.endswith("\n") and lines and amounts(lines[-1]):
        raise PageChanged("expected a whole page, found one that ends within a line of prices")
    for number, line in enumerate(plain(part) for part in lines):
        card = _CARD.fullmatch(line)
        if card is not None:
            label = card["id"]
        elif line.startswith("Input Price"):
            _tokens(rows, label, line, number)
        elif line.startswith(">") and "context:" in line:
            _above(rows, label, line, number)
        elif amounts(line) and not line.startswith(("[", "![", "#")) and not ELSEWHERE.search(line):
            _meters(rows, label, line, number)
    if not any(q.row is not None for q in rows.quotes):
        raise PageChanged("expected cards of models with input and output prices, found none")
    return rows.quotes


def _tokens(rows: PriceRows, label: str, line: str, number: int) -> None:
    where = f"line {number + 1}"
    parts = _PART.findall(line)
    if _PART.sub("", line).strip():
        raise PageChanged(f"{where}: expected named prices, found {line!r}")
    prices = {PARTS[name]: _money(value, where) for name, value in parts if name in PARTS}
    whole = parts and parts[-1][0] == "Context" and len(parts) == len(prices) + 1
    if not label or not whole or not {"input", "output"} <= prices.keys():
        raise PageChanged(f"{where}: expected a model with one input and one output price, found {line!r}")
    if any(q.model_label == label and q.row is not None for q in rows.quotes[-12:]):
        raise PageChanged(f"{where}: expected one line of prices for {label}, found a second")
    rows.add(label, prices, evidence=f"{label} {line}", locator=where, model_id=label)


def _above(rows: PriceRows, label: str, line: str, number: int) -> None:
    match = _ABOVE.fullmatch(line)
    if match is None or not label or rows.unit != token_unit("/M tokens"):
        raise PageChanged(f"line {number + 1}: expected prices above a context size, found {line!r}")
    prices = {component: one_amount(match[part]) for component, part in
              (("input", "input"), ("output", "output"), ("cached_input", "read"), ("cache_write_5m", "write")) if match[part]}
    rows.add(label, prices, evidence=f"{label} {line}", locator=f"line {number + 1}", model_id=label,
             condition=f"context > {match['limit']}")


def _meters(rows: PriceRows, label: str, line: str, number: int) -> None:
    where = f"line {number + 1}"
    found = list(_METER.finditer(line))
    if not label or len(found) != len(amounts(line)):
        raise PageChanged(f"{where}: expected prices with their units, found {line[:120]!r}")
    for match in found:
        per = match["per"].strip()
        fields = {"evidence": f"{label} {line}"[:300], "locator": where, "model_id": label}
        if per.lower().endswith("tokens"):
            if token_unit(per) != rows.unit:
                raise PageChanged(f"{where}: expected a price per {rows.unit}, found {per!r}")
            rows.extra(label, "embedding", one_amount(match["price"]), **fields)
            continue
        sized = ("image", "1 image") if re.fullmatch(r"\dK|\dx Upscale", per) else ("other", "1 generation") if re.fullmatch(r"\d+s", per) else None
        told = METERS.get(per.lower()) or sized
        if told is None:
            raise PageChanged(f"{where}: expected a known meter, found {per!r}")
        rows.extra(label, told[0], one_amount(match["price"]), unit=told[1], condition="" if per.lower() in METERS else per, **fields)


def _money(value: str, where: str) -> Money | None:
    if value == "-":
        return None
    found = amounts(value)
    if len(found) != 1 or found[0].currency != "USD":
        raise PageChanged(f"{where}: expected a price in dollars, found {value!r}")
    return found[0]
