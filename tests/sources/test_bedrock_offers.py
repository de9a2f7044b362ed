"""Amazon Bedrock's offer file: what a product's feature, usage type and kind say of its tier, its scope and whether it is inference at all."""

from __future__ import annotations

import json

import pytest

from sources.pages.page import Page
from sources.pages.quote import LeftOut, PriceQuote
from sources.pages.wide import wide_rows
from sources.providers.bedrock.parse import parse


def product(price: str, kind: str, feature: str = "On-demand Inference", **told: str) -> tuple[dict[str, object], str]:
    return {"attributes": {"model": "Nova Lite", "regionCode": "us-east-1", "inferenceType": kind, "feature": feature, **told}}, price


def read(*products: tuple[dict[str, object], str]) -> list[PriceQuote | LeftOut]:
    term = {
        str(n): {"t": {"priceDimensions": {"d": {"unit": "1K tokens", "pricePerUnit": {"USD": p}}}}} for n, (_, p) in enumerate(products)
    }
    body = {"products": {str(n): p for n, (p, _) in enumerate(products)}, "terms": {"OnDemand": term}}
    return parse(Page(json.dumps(body).encode()))


def rows(*products: tuple[dict[str, object], str]) -> list[tuple[str, str, str, str]]:
    found = wide_rows(q for q in read(*products) if isinstance(q, PriceQuote))
    return [(r["tier"], r["condition"], r["input"], r["output"]) for r in found]


PLAIN = (product("0.0006", "Input tokens"), product("0.0024", "Output tokens"))


@pytest.mark.parametrize(
    "kind,told",
    [
        ("Input tokens", {"feature": "Batch Inference"}),
        ("Input tokens", {"usagetype": "USE1-NovaLite-input-tokens-batch"}),
        ("Input tokens", {"batch": "true"}),
        ("Batch input tokens", {}),
        ("Input tokens batch", {}),
    ],
    ids=["its feature", "its usage type", "an attribute", "the word before", "the word behind"],
)
def test_a_batch_is_known_by(kind: str, told: dict[str, str]) -> None:
    assert rows(*PLAIN, product("0.0003", kind, **told)) == [
        ("standard", "us-east-1", "0.0006", "0.0024"),
        ("batch", "us-east-1", "0.0003", ""),
    ]


@pytest.mark.parametrize(
    "kind,told",
    [("Input tokens", {"usagetype": "USE1-NovaLite-input-tokens-cross-region-global"}), ("Cross-region global input tokens", {})],
)
def test_what_any_region_may_answer_is_a_row_of_its_own(kind: str, told: dict[str, str]) -> None:
    assert rows(*PLAIN, product("0.0005", kind, **told))[1] == ("standard", "us-east-1, global", "0.0005", "")


def test_tokens_of_customised_models_are_no_inference() -> None:
    found = read(*PLAIN, product("0.001", "Input tokens", feature="Model Customization"))
    assert [q.component for q in found if isinstance(q, PriceQuote)].count("input") == 1
    assert [(q.component, q.value_text) for q in found if isinstance(q, PriceQuote) and q.row is None] == [("other", "0.001")]


def test_two_prices_of_one_kind_leave_their_model_out_and_keep_the_others() -> None:
    other, price = product("0.0001", "Input tokens", model="Nova Micro")
    found = read(*PLAIN, product("0.0007", "Input tokens"), (other, price))
    assert [q.model_label for q in found if isinstance(q, PriceQuote)] == ["Nova Micro"]
    assert [(o.subject, o.extent) for o in found if isinstance(o, LeftOut)] == [("Nova Lite", "block")]
