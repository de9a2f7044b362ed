"""BytePlus ModelArk's price page: tables of language models by service, with prompt-length tiers.

The tier (online, batch) stands in the heading, unit and currency stand in each column's header. Video, image
and 3D generation, speech and tuning tables are priced per output of another kind and are left out.
"""

from __future__ import annotations

import re

from sources.pages.build import PriceRows, is_empty, row_evidence
from sources.pages.columns import body, columns, currency_in, distinct, one_token_unit, price, split_unit
from sources.pages.page import Page
from sources.pages.quote import PageChanged, PriceQuote
from sources.pages.tables import Grid, html_grids, markdown_grids

MEANINGS = {
    r"model(?: id| name)?s?": "model",
    r"pricing tiers?(?: \(k tokens\))?|conditions?(?: \(k tokens\))?|prompt length(?: \(k tokens\))?": "condition",
    r"input(?: \(non-audio\)| \(text\))?": "input",
    r"input \(audio\)": "input_audio",
    r"input \(image\)": "input_image",
    r"input \(video\)": "input_video",
    r"cache[- ]?storage": "cache_storage_hour",
    r"(?:cache[- ]hit|cached)(?: input)?(?: \(non-audio\)| \(text\))?": "cached_input",
    r"(?:cache[- ]hit|cached) input \(audio\)": "cached_input_audio",
    r"output(?: \(text\))?": "output",
    r"output \(audio\)": "output_audio",
}
LONG_ONLY = {"input_audio", "input_image", "input_video", "cache_storage_hour", "cached_input_audio", "output_audio"}
TIERS = {r"batch|offline": "batch", r"low[- ]latency|\bfast\b": "fast", r"priority": "priority", r"flex": "flex",
         r"online|standard": "standard"}
ELSEWHERE = re.compile(r"video|image|3d|speech|audio|embedding|vision.* generation|tuning|training|deployment|"
                       r"model unit|resource pack|search|plugin", re.I)
"""Sections without text-token prices."""


def parse(page: Page) -> list[PriceQuote]:
    """Quotes of the page; raises ``PageChanged`` for a language-model table that is not understood."""
    rows = PriceRows()
    for grid in distinct(html_grids(page.tree) if page.is_html else markdown_grids(page.text)):
        words = [split_unit(t)[0].lower() for t in grid.header()]
        if any(w.startswith(("input", "output")) for w in words):
            _language_models(grid, rows)
        elif not ELSEWHERE.search(" ".join(grid.heading[-1:])):
            raise PageChanged(f"table {grid.index + 1} ({' > '.join(grid.heading)}): expected input and output "
                              f"columns or a known other section, found {grid.header()}")
    if not rows.quotes:
        raise PageChanged("expected tables of language models, found none")
    return rows.quotes


def _language_models(grid: Grid, rows: PriceRows) -> None:
    where = f"table {grid.index + 1} ({' > '.join(grid.heading)})"
    split = [split_unit(t) for t in grid.header()]
    found = columns([w for w, _ in split], MEANINGS, where=where)
    if not {"model", "input", "output"} <= set(found):
        raise PageChanged(f"{where}: expected model, input and output columns, found {grid.header()}")
    priced = {c: n for c, n in found.items() if c not in ("model", "condition")}
    unit = one_token_unit((split[n][1] for n in priced.values()), where=where)
    currencies = {currency_in(split[n][1]) for n in priced.values()}
    if len(currencies) != 1 or "" in currencies:
        raise PageChanged(f"{where}: expected one currency in the headers, found {sorted(currencies)}")
    if any(("hour" in split[n][1].lower()) != (c == "cache_storage_hour") for c, n in priced.items()):
        raise PageChanged(f"{where}: expected only cache storage to be charged by the hour, found {grid.header()}")
    heading = " ".join(grid.heading[-1:])
    tier = next((t for pattern, t in TIERS.items() if re.search(pattern, heading, re.I)), None)
    if tier is None:
        raise PageChanged(f"{where}: expected a service (online, batch ...) in the heading, found {heading!r}")
    thousands = "k tokens" in grid.header()[found["condition"]].lower() if "condition" in found else False
    currency = currencies.pop()
    for r, row in body(grid):
        at = f"{where}, row {r + 1}"
        prices = {c: price(row[n], unit=unit, currency=currency, where=at) for c, n in priced.items()}
        if prices["input"] is None:
            raise PageChanged(f"{at}: expected an input price, found {row[priced['input']].text!r}")
        limit = row[found["condition"]].text if "condition" in found else ""
        fields = {"tier": tier, "unit": unit, "evidence": row_evidence(row), "locator": grid.locator(r, 0),
                  "condition": "" if is_empty(limit) else limit + "K" * (thousands and limit.endswith(("]", ")")))}
        label = row[found["model"]].text
        rows.add(label, {c: m for c, m in prices.items() if c not in LONG_ONLY}, **fields)
        for component in sorted(LONG_ONLY & set(prices)):
            if (money := prices[component]) is not None:
                extra = fields | ({"unit": f"{unit}-hours"} if component == "cache_storage_hour" else {})
                rows.extra(label, component, money, **extra)
