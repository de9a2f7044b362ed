"""One cell of a price table: the price in force, or a refusal that says why there is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sources.pages.columns import price
from sources.pages.quote import PageChanged
from sources.pages.tables import Cell


def test_a_struck_price_with_nothing_in_force_beside_it_is_refused_not_read_as_no_price() -> None:
    assert price(Cell("-"), unit="1M tokens", where="row 1") is None
    with pytest.raises(PageChanged, match=r"row 1: expected a price in force beside the struck '\$0.30', found none"):
        price(Cell("-", struck=("$0.30",)), unit="1M tokens", where="row 1")


def test_the_price_beside_a_struck_one_is_in_force() -> None:
    found = price(Cell("$0.10", struck=("$0.30",)), unit="1M tokens", where="row 1")
    assert found is not None and found.amount == Decimal("0.10")
