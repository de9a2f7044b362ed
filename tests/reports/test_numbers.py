"""Figures are written to the digit that their interval allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.writing.numbers import unit_of, write, write_interval


@pytest.mark.parametrize(
    ("value", "unit", "half", "text"),
    [
        (2.634, "factor_per_year", 1.1, "2.6×"), (1.2, "factor_per_year", 0.31, "1.2×"), (1.2, "factor", 0.004, "1.200×"), (851.2, "factor", 1494.0, "900×"),
        (0.31, "usd_per_mtok", 2.49, "$0.31"), (0.0712, "usd_per_mtok", 0.006, "$0.071"), (0.15, "usd_per_mtok", None, "$0.15"), (2.5, "usd_per_mtok", None, "$2.50"),
        (0.0125, "usd_per_mtok", None, "$0.0125"), (0.00043, "usd_per_mtok", None, "$0.00043"), (0.0, "usd_per_mtok", None, "$0.00"), (-0.05, "usd_per_mtok", None, "−$0.05"),
        (0.123, "share", None, "12\u202f%"), (0.042, "share", None, "4.2\u202f%"), (-0.2, "share", None, "−20\u202f%"), (0.00001, "p_value", None, "< 0.001"), (0.0213, "p_value", None, "0.021"),
        (18344.0, "count", None, "18,344"), (5.1e6, "mtok_per_week", None, "5.10\u202ftrillion"), (4200.0, "mtok_per_month", None, "4.20\u202fbillion"), (4.6e6, "usd_per_week", None, "$4.60\u202fmillion"),
        (None, "usd_per_mtok", None, "–"), (float("nan"), "factor", None, "–"), (float("inf"), "factor", None, "–"), (-0.0001, "log", 1.0, "−0.0001"),
    ],
)  # fmt: skip
def test_a_figure_is_written_to_the_digit_its_interval_allows(value, unit, half, text):
    assert write(value, unit, half) == text


def test_both_ends_share_their_unit():
    assert write_interval(1.71, 3.92, "factor_per_year") == "1.7–3.9×"
    assert write_interval(-1.31, -0.93, "elasticity") == "−1.31 to −0.93"
    assert write_interval(5642.8, 11850.0, "mtok_per_month") == "5.64–11.8\u202fbillion"


def test_units_come_from_the_end_of_the_name():
    assert unit_of("price_output_usd_per_mtok") == "usd_per_mtok"
    assert unit_of("break_even_mtok_per_month") == "mtok_per_month"
    assert unit_of("age_days") == "days" and unit_of("bandwidth_gb_per_s") == "gb_per_s" and unit_of("model") == ""


@given(st.floats(1e-6, 1e6), st.floats(0.001, 2.0))
def test_rounding_never_leaves_the_interval_and_never_prints_a_false_zero(value, width):
    half = value * width
    shown = float(write(value, "factor", half).rstrip("×").replace(",", ""))
    assert shown != 0 and abs(shown - value) <= max(half, value) * 0.5001


@given(st.floats(1e-5, 1e4), st.floats(1e-5, 1e4))
def test_a_cheaper_price_is_never_printed_dearer(a, b):
    low, high = (float(write(v, "usd_per_mtok")[1:].replace(",", "")) for v in sorted((a, b)))
    assert low <= high * 1.0001


def test_a_small_price_beside_a_wide_interval_keeps_two_figures():
    assert write(0.0124, "usd_per_mtok", 0.08) == "$0.012"
    assert write_interval(0.0071, 0.172, "usd_per_mtok") == "$0.0071–$0.17"
