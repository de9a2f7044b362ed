"""Rental offers: from what a page prices (a node, an instance, a GPU) to dollars per accelerator-hour.

The one place that divides. A price becomes an offer only with the number of accelerators it pays for: read
from the page, or known for the instance name (``reference/rental_skus.csv``). A node taken for one GPU is
an eightfold error, so every offer is also held against the highest price ever seen for its accelerator.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from sources.quote import ImplausibleValue, PageChanged, RentalQuote
from units.quantity import plain

TERMS = ("on_demand", "spot", "reserved_1yr", "reserved_3yr")
CAPS = (
    (r"^(B300|GB300)", Decimal(24)), (r"^(B200|GB200)", Decimal(20)), (r"^(H100|H200|GH200)", Decimal(15)),
    (r"^(MI3\d\d)", Decimal(12)), (r"^A100", Decimal(8)), (r"^(V100|Trainium|TPU)", Decimal(8)), (r"", Decimal(5)),
)
"""USD per accelerator-hour above which a price is a node's: a quarter above the dearest list price 2022 to 2026."""
FLOOR = Decimal("0.02")
HOURS_PER_YEAR = 8760

_NAMES = (
    (r"\bgb300\b", "GB300"), (r"\bgb200\b", "GB200"), (r"\bgh200\b", "GH200-96GB"), (r"\bb300\b", "B300-SXM"),
    (r"\bb200\b", "B200-SXM"), (r"\bh200[ -]?nvl\b", "H200-NVL"), (r"\bh200\b", "H200-SXM"), (r"\bh100[ -]?nvl\b", "H100-NVL"),
    (r"\bh100\b.*pcie|pcie.*\bh100\b", "H100-PCIe"), (r"\bh100\b", "H100-SXM"), (r"\ba100\b.*80.*pcie|\ba100\b.*pcie.*80", "A100-PCIe-80GB"),
    (r"\ba100\b.*pcie", "A100-PCIe-40GB"), (r"\ba100\b.*40", "A100-SXM-40GB"), (r"\ba100\b", "A100-SXM-80GB"),
    (r"\bmi355x\b", "MI355X"), (r"\bmi325x\b", "MI325X"), (r"\bmi300x\b", "MI300X"), (r"\bl40s\b", "L40S"), (r"\bl40\b", "L40"),
    (r"\bl4\b", "L4"), (r"\brtx pro 6000\b", "RTX-PRO-6000-SE"), (r"\brtx 6000 ada\b", "RTX 6000 Ada 48GB"),
    (r"\b(?:rtx )?a6000\b", "RTX A6000 48GB"), (r"\brtx 5090\b", "RTX-5090"), (r"\brtx 4090\b", "RTX-4090"), (r"\ba10g\b", "A10G"),
    (r"\ba10\b", "A10"), (r"\bv100\b", "V100-SXM2-32GB"), (r"\bt4\b", "T4"), (r"\ba40\b", "A40 48GB"),
)
_OUT_OF_SCOPE = r"\b(?:a5000|a4000|a30|a2|quadro|rtx 6000(?! ada)|p100|k80|m60|cpu|rtx a4\d*|rtx 4000|rtx 5000|rtx pro 4\d+)\b"


def accelerator_of(label: str, memory_gb: str = "") -> str | None:
    """The project's name of a printed GPU name; None for parts outside the project. Unknown names raise ``PageChanged``."""
    text = plain(f"{label} {memory_gb}").lower().replace("_", " ").replace("nvidia", "")
    for pattern, name in _NAMES:
        if re.search(pattern, text):
            return name
    if re.search(_OUT_OF_SCOPE, text):
        return None
    raise PageChanged(f"expected a known accelerator, found {label!r}; add it to sources/offers.py or list it as out of scope")


@lru_cache(maxsize=1)
def _skus() -> dict[tuple[str, str], tuple[str, int]]:
    from sources.reference import load

    return {(r["provider"], r["sku"].lower()): (r["accelerator"], int(r["accelerators"]))
            for r in load("rental_skus").to_dicts()}


def instance(provider: str, sku: str) -> tuple[str, int]:
    """Accelerator and how many an instance type has; raises ``PageChanged`` for an instance nobody has looked up."""
    found = _skus().get((provider, sku.lower()))
    if found is None:
        raise PageChanged(f"expected the number of accelerators of {provider} {sku}, found none: add it to "
                          "sources/reference/rental_skus.csv with its address")
    return found


class Offers:
    """Collects offers; identical repeats (a block printed for desktop and phone) count once."""

    def __init__(self, provider: str, observed_at: str = "") -> None:
        self.provider, self.observed_at = provider, observed_at
        self._quotes: dict[tuple[str, str, str, str, str], RentalQuote] = {}

    def add(self, accelerator: str, total: Decimal, text: str, accelerators: int, evidence: str, locator: str, *,
            term: str = "on_demand", sku: str = "", region: str = "", provider: str = "") -> None:
        """Add a price of ``total`` USD per hour for ``accelerators`` of them.

        Raises ``PageChanged`` for two prices of one offer and ``ImplausibleValue`` for a node's price taken
        for one accelerator's (or the reverse).
        """
        if accelerators < 1 or term not in TERMS:
            raise PageChanged(f"expected accelerators and a known term, found {accelerators} and {term!r} ({locator})")
        each = (total / accelerators).quantize(Decimal("0.00000001")).normalize()
        cap = next(c for p, c in CAPS if re.match(p, accelerator))
        if not FLOOR <= each <= cap:
            raise ImplausibleValue(f"{accelerator} at {each:f} USD per hour ({text} for {accelerators}, {locator}) is outside "
                                   f"{FLOOR} to {cap}: a node's price for one accelerator, or no price?")
        quote = RentalQuote(provider=provider or self.provider, accelerator=accelerator, value=Decimal(f"{each:f}"),
                            value_text=text, evidence=evidence[:300], locator=locator, term=term, sku=sku, region=region,
                            accelerators_in_offer=accelerators, observed_at=self.observed_at)
        key = (quote.provider, accelerator, sku, region, term)
        twin = self._quotes.setdefault(key, quote)
        if twin.value != quote.value:
            raise PageChanged(f"two prices of {sku or accelerator} {region} {term}: {twin.value_text} and {text} ({locator})")

    def quotes(self) -> list[RentalQuote]:
        """All offers in page order; raises ``PageChanged`` when there are none."""
        if not self._quotes:
            raise PageChanged("expected at least one offer of an accelerator by the hour, found none")
        return list(self._quotes.values())
