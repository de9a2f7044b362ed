"""Rebuild reference/price_meters.csv: what sellers charge beside input, output and cached tokens, from genai-prices (MIT).

.venv/bin/python -m research.builders.prices.build_price_meters
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from reference.schema import SCHEMAS
from research.builders.prices.price_witnesses import GENAI, GENAI_DAY, GENAI_URL

FOLDER = Path(__file__).resolve().parents[3] / "reference"
METERS = {
    "web_searches_kcount": ("search", "1K searches"),
    "storage_searches_kcount": ("file_search", "1K searches"),
    "requests_kcount": ("request", "1K requests"),
    "output_reasoning_mtok": ("output_reasoning", "1M tokens"),
    "output_citation_mtok": ("output_citation", "1M tokens"),
    "input_audio_mtok": ("input_audio", "1M tokens"),
    "output_audio_mtok": ("output_audio", "1M tokens"),
    "cache_audio_read_mtok": ("cached_input_audio", "1M tokens"),
    "input_image_mtok": ("input_image", "1M tokens"),
    "output_image_mtok": ("output_image", "1M tokens"),
    "cache_image_read_mtok": ("cached_input_image", "1M tokens"),
    "input_video_mtok": ("input_video", "1M tokens"),
    "output_video_mtok": ("output_video", "1M tokens"),
    "audio_hours": ("audio_hour", "hour"),
    "input_audio_hours": ("audio_hour", "hour"),
    "input_mchars": ("character", "1M characters"),
    "input_document_kpages": ("page", "1K pages"),
    "input_annotated_document_kpages": ("annotated_page", "1K pages"),
    "input_text_messages_kcount": ("message", "1K messages"),
}
"""The package's name of a meter -> component and unit."""


def main() -> None:
    """Write the meters of every packaged provider, the price in force of each."""
    from genai_prices.data import providers

    with (FOLDER / "providers.csv").open(newline="") as file:
        slugs = {
            r["source_provider"]: r["provider"]
            for r in csv.DictReader(file)
            if r["source_name"] == "genai-prices" and r["packaged"] == "true"
        }
    rows = []
    for provider in providers:
        for model in provider.models if provider.id in slugs else ():
            found = model.prices if isinstance(model.prices, list) else [model.prices]
            price = getattr(found[-1], "prices", found[-1])
            for name, (component, unit) in METERS.items():
                value = getattr(price, name, None)
                value = getattr(value, "base", value)
                if value is not None:
                    rows.append(
                        {
                            "provider": slugs[provider.id],
                            "model_label": model.id,
                            "component": component,
                            "value": float(value),
                            "unit": unit,
                            "currency": "USD",
                            "source": "genai-prices",
                            "source_ref": GENAI,
                            "source_url": GENAI_URL,
                            "licence": "MIT",
                            "observed_at": GENAI_DAY,
                            "basis": "quoted",
                        }
                    )
    table = pl.DataFrame(rows, schema=SCHEMAS["price_meters"]).unique().sort("provider", "model_label", "component")
    table.write_csv(FOLDER / "price_meters.csv")
    print(f"{table.height} meters of {table.select('provider', 'model_label').n_unique()} offers")


if __name__ == "__main__":
    main()
