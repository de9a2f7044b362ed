"""A matched index knows only changes between neighbouring months."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from forecasting.indices.hedonic import matched_jevons


def listed(*rows: tuple[str, int, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [{"offer_id": o, "model": o, "month": date(2026, month, 1), "log_price": float(np.log(usd))} for o, month, usd in rows]
    )


def test_an_offer_that_skips_a_month_makes_no_change_over_the_gap() -> None:
    index = matched_jevons(listed(("a", 1, 4.0), ("a", 2, 2.0), ("a", 3, 2.0), ("b", 1, 8.0), ("b", 3, 1.0)))
    assert np.allclose(np.exp(index["index_log"].to_numpy()), [1.0, 0.5, 0.5])
    assert index["prices_count"].to_list() == [0, 1, 1]
