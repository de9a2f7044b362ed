"""What a source promises, read from its ``contract.toml``, and whether parsed rows keep the promise.

A contract is data about one source: where it is, how often it may be asked, and what its rows must look
like. ``breaches`` holds rows of any date against the promises that always hold (units, currencies,
bounds, one price per cell); ``live_breaches`` adds what only today's page owes (rows, must-see models,
change since the last good rows). Every breach is a sentence; none is repaired here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sources.pages.quote import EnergyQuote, LeftOut, PriceQuote, Quote, RentalQuote, RetirementQuote, SpecQuote
from units.quantity import TOKEN_UNITS

ROUGH_USD = {"USD": Decimal(1), "EUR": Decimal("1.1"), "CNY": Decimal("0.14"), "GBP": Decimal("1.3")}
"""Order-of-magnitude rates for plausibility bounds only; comparisons use the ECB reference rates."""


class ContractBroken(Exception):
    """Rows that read well but break the source's contract; the message lists what broke."""


class Bounds(BaseModel):
    """Plausible range of a text price in USD per million tokens; zero (``Free``) is always allowed."""

    model_config = ConfigDict(extra="forbid")
    low: Decimal = Decimal("0.0005")
    high: Decimal = Decimal(200)


class Place(BaseModel):
    """What one of several addresses promises differently: the currency, language, names or rows of its own page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currencies: list[str] = []
    languages: list[str] = []
    must_see: list[str] = []
    minimum_rows: int = 0


class Contract(BaseModel):
    """The promises of one source. Fields without a default must stand in every ``contract.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    publisher: str
    rank: Literal["first_party", "host", "feed", "official", "secondary"]
    """Who speaks: the maker of the model or chip, a host of others' models, a feed that repeats prices."""
    urls: list[str]
    format: Literal["html", "markdown", "json", "csv", "text", "rst", "pdf", "zip"]
    cadence_days: int = Field(default=1, ge=1)
    robots: str
    """What robots.txt said when the source was added, in our words, with the day."""
    terms: str
    """Whether the publisher's terms allow a daily reading, in our words, with the day."""
    live: bool = True
    """False keeps a source readable (archived captures) without ever fetching it."""
    witness: str = ""
    """The group of sources that copy one another and count as one witness (empty: stands for itself)."""
    minimum_rows: int = Field(default=1, ge=0)
    must_see: list[str] = []
    """Texts that must occur in a model (or accelerator) name on today's page, case-insensitive."""
    currencies: list[str] = ["USD"]
    languages: list[str] = ["en"]
    """Languages today's page may be written in (``en`` stands for any that is written in Latin letters, ``zh``, ``ja``, ``ko``)."""
    places: dict[str, Place] = {}
    """Address -> what it promises differently from the rest of the contract, where one source has several."""
    former_urls: list[str] = []
    """Addresses the page had before, for the archives."""
    stated_by: str = ""
    """Where the content says its own day: ``json MEMBER.PATH``, ``zip MEMBER``, ``text REGEX`` (its first group), or ``header`` (Last-Modified)."""
    stated_days: int = Field(default=10, ge=1)
    """Days after which content that states its own day is stale, however fresh the answer."""
    canary: str = ""
    """The specimen that has the shape of the body as served, rebuilt by hand; without one a live source is unproven."""
    not_readable: str = ""
    """Why fetching gives no rows (a page drawn by scripts, no list beside it); such a source is never asked."""
    units: list[str] = ["1M tokens"]
    bounds: Bounds = Bounds()
    tier_endings: dict[str, str] = {}
    """Ends of a label that name a tier by themselves, as regular expressions of lower-case labels: ``-fast`` -> fast."""
    regions_in_path: bool = False
    """True where labels name a region as the part of their path after the source's name: ``azure/eu/gpt-4o``."""
    regions_before_maker: list[str] = []
    """Names under which trackers list a seller whose ids name a region before the maker: ``eu.anthropic.``."""
    names_are_shorthand: bool = False
    """True where names are shorthand of meters: what no alias maps is listed as unmapped and is no model."""
    allowed_change: Decimal = Decimal(5)
    """Largest believable ratio between two successive prices of one offer; beyond it: quarantine."""
    allowed_loss: float = 0.3
    """Largest believable share of offers that vanish between two readings."""
    allowed_row_loss: float = 1.0
    """Largest believable share of rows that vanish between two readings: a list cut off keeps its first names."""
    allowed_left_out: float = Field(default=0.1, ge=0, le=1)
    """Largest share of a list's entries, and of its entries of a must-see name, that may be left out as not understood."""
    largest_page_bytes: int = 4_000_000
    """Largest believable page (decompressed); three times the largest real one. Data feeds are not held to it."""
    paging: str = ""
    """The JSON field that holds the next page's address (Azure: ``NextPageLink``), or where the number of all rows and
    the rows stand, for pages asked by the address' ``offset`` (EIA: ``response.total response.data``); empty for one page."""
    key_setting: str = ""
    """The setting that holds this interface's key (EIA: ``DEFLATION_EIA_API_KEY``); the address is written without it."""

    def judge(self, amount: Decimal, unit: str, currency: str) -> str:
        """Why no tokens of this source cost so much, as a sentence; empty where they may (zero always does)."""
        rate = ROUGH_USD.get(currency)
        if (
            unit not in TOKEN_UNITS
            or rate is None
            or not amount
            or self.bounds.low <= amount * TOKEN_UNITS[unit] * rate <= self.bounds.high
        ):
            return ""
        return f"{amount} {currency} per {unit} is outside {self.bounds.low}..{self.bounds.high} USD per 1M tokens"

    def at(self, url: str) -> Contract:
        """The promises of one address."""
        place = self.places.get(url)
        return self if place is None else self.model_copy(update=place.model_dump(exclude_unset=True))

    @property
    def is_list(self) -> bool:
        """Whether the source is a list of entries, each a promise of its own, and not a page read as one."""
        return self.format in ("json", "csv", "zip")


def read_contract(path: Path) -> Contract:
    """Read ``contract.toml``; raises ``pydantic.ValidationError`` naming the file's wrong fields."""
    return Contract(**tomllib.loads(path.read_text(encoding="utf-8")))


def usd_per_mtok(quote: PriceQuote) -> Decimal | None:
    """A rough USD-per-million price for bounds; None where the unit is not a token unit."""
    factor = TOKEN_UNITS.get(quote.unit)
    rate = ROUGH_USD.get(quote.currency)
    return None if factor is None or rate is None else quote.value * factor * rate


def breaches(contract: Contract, quotes: Sequence[Quote], left_out: Sequence[LeftOut] = ()) -> list[str]:
    """Sentences for what breaks the promises that hold on a page of any date; empty when all is well."""
    prices = [q for q in quotes if isinstance(q, PriceQuote)]
    found = [
        *_unit_breaches(contract, prices),
        *(said for _, said in _bound_breaches(contract, prices)),
        *(said for _, said in _double_breaches(prices)),
        *_order_breaches(prices),
        *_left_out_breaches(contract, quotes, left_out),
    ]
    specs = [q for q in quotes if isinstance(q, SpecQuote)]
    return found + _double_specs(specs) + _implausible_specs(specs) + _implausible_energy(quotes)


def kept_entries(contract: Contract, quotes: list[Quote], left_out: list[LeftOut]) -> tuple[list[Quote], list[LeftOut]]:
    """Of a list, the quotes of the entries that keep the contract row by row; the other entries are left out with the reason.

    An entry that was left out in one place is not believed in another: a name listed twice at two prices has none.
    """
    prices = [q for q in quotes if isinstance(q, PriceQuote)]
    wrong: dict[tuple[str, str], tuple[PriceQuote, str]] = {}
    for quote, said in [*_bound_breaches(contract, prices), *_double_breaches(prices)]:
        wrong.setdefault(_entry(quote), (quote, said))
    doubted = {o.subject for o in left_out if o.extent == "entry"}
    kept = [q for q in quotes if _entry(q) not in wrong and not {_entry(q)[1], "/".join(_entry(q))} & doubted]
    return kept, [
        *left_out,
        *(LeftOut(subject=q.model_label, reason=said, locator=q.locator, evidence=q.evidence) for q, said in wrong.values()),
    ]


def _entry(quote: Quote) -> tuple[str, str]:
    """What a list holds one entry for: a model of a provider, a part, an offer, a subject."""
    if isinstance(quote, PriceQuote):
        return quote.provider, quote.model_label
    if isinstance(quote, RetirementQuote):
        return quote.provider, quote.model_label
    if isinstance(quote, RentalQuote):
        return quote.provider, f"{quote.accelerator} ({quote.locator})"
    return ("", quote.accelerator if isinstance(quote, SpecQuote) else quote.subject)


def _left_out_breaches(contract: Contract, quotes: Sequence[Quote], left_out: Sequence[LeftOut]) -> list[str]:
    """More of a list is left out than its contract allows, over all or among the entries of a must-see name."""
    out = [o for o in left_out if o.extent == "entry"]
    if not out:
        return []
    read = {_entry(q) for q in quotes}
    groups = {"": (len(out), len(read))} | {
        name: (sum(name.lower() in o.subject.lower() for o in out), sum(name.lower() in label.lower() for _, label in read))
        for name in contract.must_see
    }
    return [
        f"{lost} of {lost + kept} entries{f' named {name}' * bool(name)} are not understood (allowed: {contract.allowed_left_out:.0%}), "
        f"for example {next(o.reason for o in out if name.lower() in o.subject.lower())}"
        for name, (lost, kept) in groups.items()
        if lost > max(1 if kept else 0, contract.allowed_left_out * (lost + kept))
    ]


def _unit_breaches(contract: Contract, prices: list[PriceQuote]) -> list[str]:
    found = []
    units = {q.unit for q in prices if q.row is not None} - set(contract.units)
    if units:
        found.append(f"expected token prices per {' or '.join(contract.units)}, found {sorted(units)}")
    currencies = {q.currency for q in prices} - set(contract.currencies)
    if currencies:
        found.append(f"expected prices in {' or '.join(contract.currencies)}, found {sorted(currencies)}")
    return found


def _bound_breaches(contract: Contract, prices: list[PriceQuote]) -> list[tuple[PriceQuote, str]]:
    found = []
    for q in prices:
        usd = usd_per_mtok(q) if q.row is not None else None
        if usd is not None and usd != 0 and not contract.bounds.low <= usd <= contract.bounds.high:
            found.append(
                (
                    q,
                    f"{q.model_label}: {q.component} {q.value_text} {q.currency} per {q.unit} is outside "
                    f"{contract.bounds.low}..{contract.bounds.high} USD per 1M tokens ({q.locator})",
                )
            )
    return found


def _double_breaches(prices: list[PriceQuote]) -> list[tuple[PriceQuote, str]]:
    """One wide row holds one price per component; two different ones are a contradiction."""
    seen: dict[tuple[object, ...], PriceQuote] = {}
    found = []
    for q in prices:
        key = (q.row, q.component, q.status == "struck", q.model_label, q.currency)
        if q.row is None:
            continue
        other = seen.setdefault(key, q)
        if other.value != q.value:
            found.append(
                (
                    q,
                    f"{q.model_label}: two prices for {q.component} in one row, "
                    f"{other.value_text} ({other.locator}) and {q.value_text} ({q.locator})",
                )
            )
    return found


_ORDERS = (("input", "output"), ("cached_input", "input"), ("input", "cache_write_5m"))


def _order_breaches(prices: list[PriceQuote]) -> list[str]:
    """Columns that most rows of a tier contradict have been taken for one another (a header moved alone).

    One odd row is a price to look at, not a swapped column: at least three rows and more than half of them.
    """
    rows: dict[tuple[str, int], dict[str, PriceQuote]] = {}
    for q in prices:
        if q.row is not None and q.status != "struck" and q.value:
            rows.setdefault((q.tier, q.row), {})[q.component] = q
    found = []
    for lower, upper in _ORDERS:
        for tier in sorted({t for t, _ in rows}):
            pairs = [r for (t, _), r in rows.items() if t == tier and lower in r and upper in r]
            wrong = [r for r in pairs if r[lower].value > r[upper].value]
            if len(wrong) >= 3 and len(wrong) > len(pairs) / 2:
                q = wrong[0][lower]
                found.append(
                    f"{len(wrong)} of {len(pairs)} {tier} rows cost more for {lower} than for {upper}, "
                    f"for example {q.model_label} ({q.locator}): the columns are not what they say"
                )
    return found


def _double_specs(specs: list[SpecQuote]) -> list[str]:
    seen: dict[tuple[str, str], SpecQuote] = {}
    found = []
    for q in specs:
        other = seen.setdefault((q.accelerator, q.field), q)
        if other.value != q.value:
            found.append(f"{q.accelerator}: two values for {q.field}, {other.value_text} and {q.value_text}")
    return found


def _implausible_specs(specs: list[SpecQuote]) -> list[str]:
    """Every sheet is held against physics, a maker's own also against what is known of the part."""
    from sources.pages.specs.plausible import implausible

    return implausible(specs) if specs else []


ENERGY_BOUNDS = {
    "electricity_price": {
        "cents per kilowatt-hour": (Decimal("0.5"), Decimal(80)),
        "EUR/kWh": (Decimal("0.005"), Decimal("0.8")),
        "USD/MWh": (Decimal(-500), Decimal(9000)),
    },
    "pue": {"": (Decimal(1), Decimal(3))},
}
"""Plausible annual or monthly averages per printed unit; wholesale hours may be negative."""


def _implausible_energy(quotes: Sequence[Quote]) -> list[str]:
    """Energy figures of a known quantity in a known unit within its bounds, one value each; the subject and period in every sentence."""
    found = []
    seen: dict[tuple[str, ...], EnergyQuote] = {}
    for q in (q for q in quotes if isinstance(q, EnergyQuote)):
        bounds = ENERGY_BOUNDS.get(q.quantity, {}).get(q.unit)
        if bounds is None:
            found.append(f"{q.subject} {q.period}: expected a known quantity and unit, found {q.quantity} in {q.unit!r}")
        elif not bounds[0] <= q.value <= bounds[1]:
            found.append(f"{q.subject} {q.period} {q.qualifier}: {q.value_text} {q.unit} is outside {bounds[0]}..{bounds[1]}")
        other = seen.setdefault((q.quantity, q.subject, q.period, q.qualifier), q)
        if other.value != q.value:
            found.append(
                f"{q.subject} {q.period} {q.qualifier}: two values, {other.value_text} ({other.locator}) and {q.value_text} ({q.locator})"
            )
    return found


def foreign(contract: Contract, currencies: Sequence[str], words: Sequence[str]) -> list[str]:
    """What shows that today's page is another edition of it: prices in another currency, rows in another language."""
    found = []
    if contract.currencies and (other := sorted(set(currencies) - set(contract.currencies))):
        found.append(f"expected prices in {' or '.join(contract.currencies)} at this address, found {', '.join(other)}")
    written = language_of(" ".join(words))
    if written not in contract.languages:
        found.append(f"expected a page in {' or '.join(contract.languages)} at this address, found one in {written}")
    return found


_SCRIPTS = (("ja", r"[\u3040-\u30ff]"), ("ko", r"[\uac00-\ud7af]"), ("zh", r"[\u4e00-\u9fff]"))
FOREIGN_SHARE = 0.1
"""Beyond this share of its letters a text is in the language of that script: a name or two is not."""


def language_of(text: str) -> str:
    """The language a text's letters show: ``zh``, ``ja``, ``ko``, else ``en`` (any that is written in Latin letters)."""
    letters = sum(c.isalpha() for c in text)
    return next((name for name, script in _SCRIPTS if letters and len(re.findall(script, text)) > FOREIGN_SHARE * letters), "en")


def live_breaches(
    contract: Contract, rows: int, names: Sequence[str], previous_names: Sequence[str] = (), previous_rows: int = 0
) -> list[str]:
    """What today's page owes: enough rows, the must-see names, and no mass disappearance.

    ``rows`` counts what was read (price rows, or figures), ``names`` are the models (or accelerators) they
    are about, ``previous_names`` and ``previous_rows`` those of the last good reading.
    """
    found = []
    if rows < contract.minimum_rows:
        found.append(f"expected at least {contract.minimum_rows} rows, found {rows}")
    if rows < (1 - contract.allowed_row_loss) * previous_rows:
        found.append(
            f"{previous_rows - rows} of {previous_rows} rows of the last good reading are gone (allowed: {contract.allowed_row_loss:.0%})"
        )
    lowered = [n.lower() for n in names]
    missing = [m for m in contract.must_see if not any(m.lower() in n for n in lowered)]
    if missing:
        found.append(f"expected to see {', '.join(missing)}, found none of that name")
    before = set(previous_names)
    gone = before - set(names)
    if before and len(gone) / len(before) > contract.allowed_loss:
        found.append(
            f"{len(gone)} of {len(before)} names of the last good reading are gone "
            f"(allowed: {contract.allowed_loss:.0%}), for example {', '.join(sorted(gone)[:3])}"
        )
    return found
