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

from sources.pages.entries import Entries
from sources.pages.quote import ImplausibleValue, LeftOut, PageChanged, RentalQuote

TERMS = ("on_demand", "spot", "reserved", "reserved_1yr", "reserved_3yr")
"""``reserved``: committed for a stated time that is none of the two years-long terms (weeks, months, up to a year)."""
CAPS = (
    (r"^(B300|GB300)", Decimal(24)),
    (r"^(B200|GB200)", Decimal(20)),
    (r"^(H100|H200|GH200)", Decimal(15)),
    (r"^(MI3\d\d)", Decimal(12)),
    (r"^A100", Decimal(8)),
    (r"^(V100|Trainium|TPU)", Decimal(8)),
    (r"", Decimal(5)),
)
"""USD per accelerator-hour above which a price is a node's: a quarter above the dearest list price 2022 to 2026."""
FLOOR = Decimal("0.02")
SPAN = (Decimal("0.15"), Decimal(5))
"""The same relative to the median on-demand price of a part that at least ``PANEL_PROVIDERS`` rent out: of all packaged
offers of such parts (spot too) none is below 0.29 or above 4.7 times it, and a node taken for one GPU is eight times off."""
PANEL_PROVIDERS = 5
NOT_COUNTED = "the number of accelerators of this instance is not known; add it to reference/rental_skus.csv with its address"
IMPLAUSIBLE = "outside the plausible prices of this part: a node's price for one accelerator, or a host that costs more than it"


@lru_cache(maxsize=1)
def _skus() -> dict[tuple[str, str], tuple[str, int]]:
    from reference import load

    return {(r["provider"], r["sku"].lower()): (r["accelerator"], int(r["accelerators"])) for r in load("rental_skus").to_dicts()}


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
    panel = (
        load("rental_prices")
        .filter(pl.col("term") == "on_demand")
        .group_by(bare.replace_strict(names, default=pl.col("accelerator"), return_dtype=pl.String))
        .agg(usd.median(), pl.col("provider").n_unique())
    )
    return {name: Decimal(str(median)) for name, median, providers in panel.rows() if providers >= PANEL_PROVIDERS}


def plausible_usd(accelerator: str) -> tuple[Decimal, Decimal]:
    """Lowest and highest believable USD per accelerator-hour of a part, on any term."""
    cap, median = next(c for p, c in CAPS if re.match(p, accelerator)), _medians().get(accelerator)
    return (FLOOR, cap) if median is None else (max(FLOOR, SPAN[0] * median), min(cap, SPAN[1] * median))


class Offers(Entries):
    """Collects offers; identical repeats (a block printed for desktop and phone) count once.

    Two prices of one offer contradict one another and neither is kept, unless ``first_stands`` (a list that prints an
    instance once per disk, the plain one first).
    """

    def __init__(self, provider: str, observed_at: str = "", *, first_stands: bool = False) -> None:
        super().__init__()
        self.provider, self.observed_at, self.first_stands = provider, observed_at, first_stands
        self._quotes: dict[tuple[str, ...], RentalQuote | None] = {}

    def add(
        self,
        accelerator: str,
        total: Decimal,
        text: str,
        accelerators: int,
        evidence: str,
        locator: str,
        *,
        term: str = "on_demand",
        sku: str = "",
        region: str = "",
        provider: str = "",
        effective_from: str = "",
    ) -> None:
        """Add a price of ``total`` USD per hour for ``accelerators`` of them.

        Raises ``PageChanged`` for no accelerator or term, ``ImplausibleValue`` for a node's price taken for one
        accelerator's (or the reverse).
        """
        if accelerators < 1 or term not in TERMS:
            raise PageChanged(f"expected accelerators and a known term, found {accelerators} and {term!r} ({locator})")
        each = (total / accelerators).quantize(Decimal("0.00000001")).normalize()
        low, high = plausible_usd(accelerator)
        if not low <= each <= high:
            raise ImplausibleValue(
                f"{accelerator} at {each:f} USD per hour ({text} for {accelerators}, {locator}) is outside "
                f"{low:.3g} to {high:.3g}: a node's price for one accelerator, or no price?"
            )
        self._keep(
            RentalQuote(
                provider=provider or self.provider,
                accelerator=accelerator,
                value=Decimal(f"{each:f}"),
                value_text=text,
                evidence=evidence[:300],
                locator=locator,
                term=term,
                sku=sku,
                region=region,
                accelerators_in_offer=accelerators,
                observed_at=self.observed_at,
                effective_from=effective_from,
            )
        )

    def _keep(self, quote: RentalQuote) -> None:
        key = (quote.provider, quote.accelerator, quote.sku, quote.region, quote.term, quote.effective_from)
        twin = self._quotes.setdefault(key, quote)
        if twin is not None and twin.value != quote.value and not self.first_stands:
            self._quotes[key] = None
            self.left_out.append(
                LeftOut(
                    subject=quote.sku or quote.accelerator,
                    locator=quote.locator,
                    evidence=quote.evidence,
                    reason=f"two prices of {quote.sku or quote.accelerator} {quote.region} {quote.term}: {twin.value_text} and {quote.value_text}",
                )
            )

    def counted(
        self,
        label: str,
        known: tuple[str, int] | None,
        total: Decimal,
        text: str,
        evidence: str,
        locator: str,
        *,
        why: str = "",
        **where: str,
    ) -> None:
        """``add`` for a machine whose accelerators are known from elsewhere; left out where they are not (``known`` None,
        for the reason ``why``) or where the price is not one of them: with a known count it is the host that costs so.
        """
        try:
            if known is not None:
                return self.add(known[0], total, text, known[1], evidence, locator, **where)
        except ImplausibleValue:
            why = IMPLAUSIBLE
        return self.leave_out(label, total, text, why or NOT_COUNTED, evidence, locator, **where)

    def leave_out(
        self,
        label: str,
        total: Decimal,
        text: str,
        why: str,
        evidence: str,
        locator: str,
        *,
        term: str = "on_demand",
        sku: str = "",
        region: str = "",
        provider: str = "",
        effective_from: str = "",
    ) -> None:
        """Keep an offer that cannot be priced per accelerator, under its printed name and with the reason."""
        quote = RentalQuote(
            provider=provider or self.provider,
            accelerator=label,
            value=total,
            value_text=text,
            evidence=evidence[:300],
            locator=locator,
            term=term,
            sku=sku,
            region=region,
            accelerators_in_offer=0,
            observed_at=self.observed_at,
            left_out=why,
            effective_from=effective_from,
        )
        self._quotes.setdefault((quote.provider, label, sku, region, term, why), quote)

    def block(self, subject: str, reason: str, locator: str) -> None:
        """Leave out a block of the page with its reason."""
        self.left_out.append(LeftOut(subject=subject, reason=reason, locator=locator, extent="block"))

    def note(self, subject: str, reason: str, locator: str, words: str) -> None:
        """Note an amount that is no price of an accelerator by the hour."""
        self.left_out.append(LeftOut(subject=subject, reason=reason, locator=locator, evidence=words, extent="amount"))

    @property
    def found(self) -> bool:
        """Whether any offer was read, priced or named."""
        return any(self._quotes.values())

    def quotes(self) -> list[RentalQuote | LeftOut]:
        """All offers in page order, then what was left out; raises ``PageChanged`` when none can be priced per accelerator."""
        found = [q for q in self._quotes.values() if q is not None]
        if all(q.left_out for q in found):
            whys = [*(f"{q.accelerator} ({q.left_out})" for q in found), *(o.reason for o in self.left_out)]
            why = f", only {len(whys)} left out: {whys[0]}" if whys else ""
            raise PageChanged(f"expected at least one offer of an accelerator by the hour, found none{why}")
        return [*found, *self.left_out]
