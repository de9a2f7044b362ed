"""Rental offers: from what a page prices (a node, an instance, a GPU) to dollars per accelerator-hour.

The one place that divides. A price becomes an offer only with the number of accelerators it pays for: read
from the page, or known for the instance name (``reference/rental_skus.csv``). A node taken for one GPU is
an eightfold error, so every offer is also held against the highest price ever seen for its accelerator.
What is on the page and cannot be priced so (an unknown name or instance, a slice of a GPU) is left out with
its reason, and counted and shown later: a new part never takes the known ones of its page down.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from sources.pages.quote import ImplausibleValue, PageChanged, RentalQuote
from units.quantity import plain

TERMS = ("on_demand", "spot", "reserved_1yr", "reserved_3yr")
CAPS = (
    (r"^(B300|GB300)", Decimal(24)), (r"^(B200|GB200)", Decimal(20)), (r"^(H100|H200|GH200)", Decimal(15)),
    (r"^(MI3\d\d)", Decimal(12)), (r"^A100", Decimal(8)), (r"^(V100|Trainium|TPU)", Decimal(8)), (r"", Decimal(5)),
)
"""USD per accelerator-hour above which a price is a node's: a quarter above the dearest list price 2022 to 2026."""
FLOOR = Decimal("0.02")
SPAN = (Decimal("0.15"), Decimal(5))
"""The same relative to the median on-demand price of a part that at least ``PANEL_PROVIDERS`` rent out: of all packaged
offers of such parts (spot too) none is below 0.29 or above 4.7 times it, and a node taken for one GPU is eight times off."""
PANEL_PROVIDERS = 5
IMPLAUSIBLE = "outside the plausible prices of this part: a node's price for one accelerator, or a host that costs more than it"
HOURS_PER_YEAR = 8760

_NAMES = (
    (r"\bgb300\b", "GB300"), (r"\bgb200\b", "GB200"), (r"\bgh200\b.*\b144", "GH200-144GB"), (r"\bgh200\b", "GH200-96GB"),
    (r"\bb300\b", "B300-SXM"), (r"\bb200\b", "B200-SXM"), (r"\bh200[ -]?nvl\b", "H200-NVL"), (r"\bh200\b", "H200-SXM"),
    (r"\bh100[ -]?nvl\b|\bh100\b.*\b94", "H100-NVL"), (r"\bh100\b.*pcie|pcie.*\bh100\b", "H100-PCIe"), (r"\bh100\b", "H100-SXM"),
    (r"\ba100\b.*\b80.*pcie|\ba100\b.*pcie.*\b80", "A100-PCIe-80GB"), (r"\ba100\b.*pcie", "A100-PCIe-40GB"),
    (r"\ba100\b.*\b40", "A100-SXM-40GB"), (r"\ba100\b", "A100-SXM-80GB"),
    (r"\bmi355x\b", "MI355X"), (r"\bmi350x\b", "MI350X"), (r"\bmi325x\b", "MI325X"), (r"\bmi300x\b", "MI300X"),
    (r"\bl40s\b", "L40S"), (r"\bl40\b", "L40"), (r"\bl4\b", "L4"), (r"\brtx ?pro ?6000\b", "RTX-PRO-6000-SE"),
    (r"\brtx ?6000 ?ada\b", "RTX 6000 Ada 48GB"), (r"\b(?:rtx ?)?a6000\b", "RTX A6000 48GB"), (r"\brtx ?5090\b", "RTX-5090"),
    (r"\brtx ?4090\b", "RTX-4090"), (r"\ba10g\b", "A10G"), (r"\ba10\b", "A10"), (r"\bv100\b", "V100-SXM2-32GB"), (r"\bt4\b", "T4"),
    (r"\ba40\b", "A40 48GB"),
)
"""Names within free text (``8x NVIDIA HGX H100``); a name printed alone is looked up in ``accelerator_list.csv``."""
NOT_MAPPED = "nobody has mapped this name; add an alias to reference/accelerator_list.csv"
NOT_COUNTED = "the number of accelerators of this instance is not known; add it to reference/rental_skus.csv with its address"
ANOTHER_MEMORY = "a slice, or another part than the known one of this name: the memory differs"


def accelerator_of(label: str, memory_gb: str = "") -> str | None:
    """The project's name of a printed GPU name, or None where nobody has mapped it.

    ``memory_gb``: the memory per accelerator as printed. A sixth of an A10 and a V100 of 16 GB are not the
    parts of that name, so a memory that does not fit gives None too (whole multiples are totals of a node).
    """
    from reference.specs.engine import project_names

    text = plain(f"{label} {memory_gb}").lower().replace("_", " ").replace("nvidia", "")
    name = next((n for p, n in _NAMES if re.search(p, text)), None) or project_names().get(re.sub(r"[\s_-]", "", plain(label).lower()))
    printed, known = re.search(r"\d+(?:\.\d+)?", memory_gb), _memory_bytes().get(name or "")
    if printed is None or known is None:
        return name
    share = float(printed[0]) * 1e9 / known
    return name if 0.8 <= share <= 1.25 or (share > 1.5 and abs(share / round(share) - 1) < 0.08) else None


def why_not(label: str) -> str:
    """Why ``accelerator_of`` gave None for a label with its memory."""
    return NOT_MAPPED if accelerator_of(label) is None else ANOTHER_MEMORY


@lru_cache(maxsize=1)
def _memory_bytes() -> dict[str, float]:
    from reference import load

    return {name: float(size) for name, size in load("accelerators").select("accelerator", "memory_bytes").rows()}


@lru_cache(maxsize=1)
def _skus() -> dict[tuple[str, str], tuple[str, int]]:
    from reference import load

    return {(r["provider"], r["sku"].lower()): (r["accelerator"], int(r["accelerators"]))
            for r in load("rental_skus").to_dicts()}


def instance(provider: str, sku: str) -> tuple[str, int] | None:
    """Accelerator and how many an instance type has; None for an instance nobody has looked up."""
    return _skus().get((provider, sku.lower()))


@lru_cache(maxsize=1)
def _medians() -> dict[str, Decimal]:
    """Median packaged on-demand price of the accelerators that enough providers rent out."""
    import polars as pl

    from reference import load
    from reference.specs.engine import project_names

    names, usd = project_names(), pl.col("usd_per_accelerator_hour").cast(pl.Float64)
    bare = pl.col("accelerator").str.to_lowercase().str.replace_all(r"[\s_-]", "")
    panel = load("rental_prices").filter(pl.col("term") == "on_demand").group_by(
        bare.replace_strict(names, default=pl.col("accelerator"), return_dtype=pl.String)).agg(usd.median(), pl.col("provider").n_unique())
    return {name: Decimal(str(median)) for name, median, providers in panel.rows() if providers >= PANEL_PROVIDERS}


def plausible_usd(accelerator: str) -> tuple[Decimal, Decimal]:
    """Lowest and highest believable USD per accelerator-hour of a part, on any term."""
    cap, median = next(c for p, c in CAPS if re.match(p, accelerator)), _medians().get(accelerator)
    return (FLOOR, cap) if median is None else (max(FLOOR, SPAN[0] * median), min(cap, SPAN[1] * median))


class Offers:
    """Collects offers; identical repeats (a block printed for desktop and phone) count once."""

    def __init__(self, provider: str, observed_at: str = "") -> None:
        self.provider, self.observed_at = provider, observed_at
        self._quotes: dict[tuple[str, ...], RentalQuote] = {}

    def add(self, accelerator: str, total: Decimal, text: str, accelerators: int, evidence: str, locator: str, *,
            term: str = "on_demand", sku: str = "", region: str = "", provider: str = "") -> None:
        """Add a price of ``total`` USD per hour for ``accelerators`` of them.

        Raises ``PageChanged`` for two prices of one offer and ``ImplausibleValue`` for a node's price taken
        for one accelerator's (or the reverse).
        """
        if accelerators < 1 or term not in TERMS:
            raise PageChanged(f"expected accelerators and a known term, found {accelerators} and {term!r} ({locator})")
        each = (total / accelerators).quantize(Decimal("0.00000001")).normalize()
        low, high = plausible_usd(accelerator)
        if not low <= each <= high:
            raise ImplausibleValue(f"{accelerator} at {each:f} USD per hour ({text} for {accelerators}, {locator}) is outside "
                                   f"{low:.3g} to {high:.3g}: a node's price for one accelerator, or no price?")
        quote = RentalQuote(provider=provider or self.provider, accelerator=accelerator, value=Decimal(f"{each:f}"),
                            value_text=text, evidence=evidence[:300], locator=locator, term=term, sku=sku, region=region,
                            accelerators_in_offer=accelerators, observed_at=self.observed_at)
        key = (quote.provider, accelerator, sku, region, term)
        twin = self._quotes.setdefault(key, quote)
        if twin.value != quote.value:
            raise PageChanged(f"two prices of {sku or accelerator} {region} {term}: {twin.value_text} and {text} ({locator})")

    def counted(self, label: str, known: tuple[str, int] | None, total: Decimal, text: str, evidence: str, locator: str, *,
                why: str = "", **where: str) -> None:
        """``add`` for a machine whose accelerators are known from elsewhere; left out where they are not (``known`` None,
        for the reason ``why``) or where the price is not one of them: with a known count it is the host that costs so."""
        try:
            if known is not None:
                return self.add(known[0], total, text, known[1], evidence, locator, **where)
        except ImplausibleValue:
            why = IMPLAUSIBLE
        return self.leave_out(label, total, text, why or NOT_COUNTED, evidence, locator, **where)

    def leave_out(self, label: str, total: Decimal, text: str, why: str, evidence: str, locator: str, *,
                  term: str = "on_demand", sku: str = "", region: str = "", provider: str = "") -> None:
        """Keep an offer that cannot be priced per accelerator, under its printed name and with the reason."""
        quote = RentalQuote(provider=provider or self.provider, accelerator=label, value=total, value_text=text, evidence=evidence[:300],
                            locator=locator, term=term, sku=sku, region=region, accelerators_in_offer=0,
                            observed_at=self.observed_at, left_out=why)
        self._quotes.setdefault((quote.provider, label, sku, region, term, why), quote)

    def quotes(self) -> list[RentalQuote]:
        """All offers in page order; raises ``PageChanged`` when none of them can be priced per accelerator."""
        found = list(self._quotes.values())
        if all(q.left_out for q in found):
            why = f", only {len(found)} left out: {found[0].accelerator} ({found[0].left_out})" if found else ""
            raise PageChanged(f"expected at least one offer of an accelerator by the hour, found none{why}")
        return found
