"""gpuhunt's catalogue: a zip with one CSV per provider, prices per instance with GPU name and count.

Providers whose own terms forbid collection are left out here too. Fractions of a GPU, CPU-only instances
and parts outside the project are left out. The file's own name is the provider.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from decimal import Decimal, InvalidOperation

from sources.offers import Offers, accelerator_of
from sources.page import MAX_BYTES, Page
from sources.quote import ImplausibleValue, PageChanged, RentalQuote

PROVIDERS = frozenset({"aws", "azure", "gcp", "lambdalabs", "nebius", "oci", "datacrunch", "verda", "cudo", "vultr",
                       "hotaisle", "digitalocean", "amddevcloud", "cloudrift"})
LEFT_OUT = frozenset({"vastai", "runpod", "tensordock", "crusoe"})
"""Their terms forbid automated collection of offers (audited in the design notes)."""
_COLUMNS = {"instance_name", "location", "price", "gpu_count", "gpu_name", "gpu_memory", "spot"}


def parse(page: Page) -> list[RentalQuote]:
    """On-demand and spot offers per accelerator-hour; raises ``PageChanged`` for another archive or missing columns."""
    offers = Offers("gpuhunt")
    for provider, text in _members(page.raw):
        rows = csv.DictReader(io.StringIO(text))
        if not _COLUMNS <= set(rows.fieldnames or ()):
            raise PageChanged(f"expected the columns {sorted(_COLUMNS)} for {provider}, found {rows.fieldnames}")
        for i, row in enumerate(rows):
            _row(offers, provider, row, f"{provider}.csv, row {i + 2}")
    return offers.quotes()


def _members(raw: bytes) -> list[tuple[str, str]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except zipfile.BadZipFile as error:
        raise PageChanged(f"expected a zip archive, found another body ({error})") from error
    found = []
    for info in sorted(archive.infolist(), key=lambda i: i.filename):
        name = re.fullmatch(r"(?:\w+/)*(\w+)\.csv", info.filename)
        if name is None or name[1] in LEFT_OUT:
            continue
        if name[1] not in PROVIDERS:
            raise PageChanged(f"expected known providers, found {name[1]!r}; read its terms and list it")
        if info.file_size > MAX_BYTES:
            raise PageChanged(f"expected at most {MAX_BYTES} bytes in {info.filename}, found {info.file_size}")
        found.append((name[1], archive.read(info).decode("utf-8")))
    if not found:
        raise PageChanged("expected one CSV per provider in the archive, found none")
    return found


def _row(offers: Offers, provider: str, row: dict[str, str], locator: str) -> None:
    if not row["gpu_name"] or not re.fullmatch(r"[1-9]\d*", row["gpu_count"]) or not row["price"]:
        return
    try:
        accelerator = accelerator_of(row["gpu_name"], f"{row['gpu_memory']} GB")
        price = Decimal(row["price"])
    except PageChanged:
        return  # a feed of hundreds of parts: those the project does not follow are left out by name
    except InvalidOperation as error:
        raise PageChanged(f"expected a price, found {row['price']!r} ({locator})") from error
    if accelerator is None:
        return
    spot = row["spot"].strip().lower() == "true"
    try:
        offers.add(accelerator, price, row["price"], int(row["gpu_count"]), f"{row['instance_name']} {row['gpu_count']}x "
                   f"{row['gpu_name']} {row['price']}", locator, term="spot" if spot else "on_demand", sku=row["instance_name"],
                   region=row["location"], provider=provider)
    except ImplausibleValue:
        return  # one absurd listing does not discredit the others of a feed; the first-party sources are strict
    except PageChanged:
        return  # the same instance twice in a region with other disks: the first listing stands
