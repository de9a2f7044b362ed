"""gpuhunt's catalogue: a zip with one CSV per provider, prices per instance with GPU name and count.

Providers whose own terms forbid collection are not read, CPU-only instances are no offers. Slices of a GPU, parts
nobody has mapped, absurd listings and providers whose terms nobody has read are left out with that reason. An
instance listed twice in a region (with other disks) is its first listing. A TPU listing is of a whole slice
counted as one: its name says how many chips. The file's own name is the provider.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from decimal import Decimal

from sources.pages.page import MAX_BYTES, Page
from sources.pages.quote import LeftOut, PageChanged, RentalQuote
from sources.pages.rentals.names import accelerator_of, why_not
from sources.pages.rentals.offers import Offers

PROVIDERS = frozenset(
    {
        "aws",
        "azure",
        "gcp",
        "lambdalabs",
        "nebius",
        "oci",
        "datacrunch",
        "verda",
        "cudo",
        "vultr",
        "hotaisle",
        "digitalocean",
        "amddevcloud",
        "cloudrift",
    }
)
LEFT_OUT = frozenset({"vastai", "runpod", "tensordock", "crusoe"})
"""Their terms forbid automated collection of offers (audited in the design notes)."""
_COLUMNS = {"instance_name", "location", "price", "gpu_count", "gpu_name", "gpu_memory", "spot"}


_TPU = re.compile(r"(?:tpu-)?(v\d+[a-z]*)-(\d+)$")
_CORES_PER_CHIP = {"v2": 2, "v3": 2, "v4": 2, "v5p": 2}
"""TPU slices of these versions are named by cores, later ones by chips (Google's TPU configurations)."""


def parse(page: Page) -> list[RentalQuote | LeftOut]:
    """On-demand and spot offers per accelerator-hour; raises ``PageChanged`` for another archive or missing columns."""
    offers = Offers("gpuhunt", first_stands=True)
    for provider, text in _members(page.raw):
        rows = csv.DictReader(io.StringIO(text))
        if not _COLUMNS <= set(rows.fieldnames or ()):
            raise PageChanged(f"expected the columns {sorted(_COLUMNS)} for {provider}, found {rows.fieldnames}")
        if provider not in PROVIDERS:
            offers.leave_out(
                provider,
                Decimal(0),
                "",
                "a provider nobody has reviewed; read its terms and list it",
                f"{provider}.csv",
                f"{provider}.csv",
                provider=provider,
            )
            continue
        for i, row in enumerate(rows):
            with offers.entry(f"{provider} {row.get('instance_name')}", f"{provider}.csv, row {i + 2}", row):
                _row(offers, provider, row, f"{provider}.csv, row {i + 2}")
    return offers.quotes()


def _members(raw: bytes) -> list[tuple[str, str]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        return [
            (name[1], _text(archive, info))
            for info in sorted(archive.infolist(), key=lambda i: i.filename)
            if (name := re.fullmatch(r"(?:\w+/)*(\w+)\.csv", info.filename)) and name[1] not in LEFT_OUT
        ]
    except zipfile.BadZipFile as error:
        raise PageChanged(f"expected a zip archive, found another body ({error})") from error


def _text(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    if info.file_size > MAX_BYTES:
        raise PageChanged(f"expected at most {MAX_BYTES} bytes in {info.filename}, found {info.file_size}")
    return archive.read(info).decode("utf-8")


def _row(offers: Offers, provider: str, row: dict[str, str], locator: str) -> None:
    if not row["gpu_name"] or not re.fullmatch(r"[1-9]\d*", row["gpu_count"]) or not row["price"]:
        return
    if not re.fullmatch(r"\d+(?:\.\d*)?(?:[eE][-+]?\d+)?", row["price"]):
        raise PageChanged(f"expected a price, found {row['price']!r} ({locator})")
    name, price = row["gpu_name"], Decimal(row["price"])
    slice_of = _TPU.fullmatch(name.lower()) or _TPU.fullmatch(row["instance_name"].lower())
    label, memory, count = name, row["gpu_memory"], int(row["gpu_count"])
    if slice_of:
        label, memory, count = f"TPU {slice_of[1]}", "", max(1, int(slice_of[2]) // _CORES_PER_CHIP.get(slice_of[1], 1))
    accelerator = accelerator_of(label.removeprefix("TPU ") if "lite" in label else label, memory)
    evidence = f"{row['instance_name']} {row['gpu_count']}x {name} {row['price']}"
    where = {
        "term": "spot" if row["spot"].strip().lower() == "true" else "on_demand",
        "sku": row["instance_name"],
        "region": row["location"],
        "provider": provider,
    }
    printed = f"{label} {memory} GB" if memory else label
    offers.counted(
        printed, (accelerator, count) if accelerator else None, price, row["price"], evidence, locator, why=why_not(label), **where
    )
