"""What stands above and beside a chart or table speaks of what is drawn in it, in the order that it says."""

from __future__ import annotations

from datetime import date

import editions
import pytest
from test_questions import book

from reports.charts import cost
from reports.facts import FactBook
from reports.questions import floors
from reports.sections import price


def test_the_title_over_accelerators_names_the_cheapest_that_is_drawn():
    rows = [
        {"model": model, "accelerator": chip, "cost_usd_per_mtok": usd, "service_level_tok_s_per_user": 50.0, "basis": "owned"}
        for model, chip, usd in (("large", "Y", 0.5), ("large", "X", 0.4), ("small", "Z", 0.1))
    ]
    made = cost.hardware(book(hardware_league=rows))
    assert made is not None and made.data["accelerator"].to_list() == ["X", "Y"]
    assert str(made.title).startswith("X makes the cheapest tokens: $0.40")
    bar = next(layer for layer in made.spec["layer"] if layer["mark"]["type"] == "bar")
    assert bar["encoding"]["y"]["sort"] == ["X", "Y"]


def test_the_title_over_levers_names_the_one_worth_most_of_those_drawn():
    rows = [
        {
            "scenario": scenario,
            "lever": lever,
            "shapley_factor": factor,
            "first_in_factor": factor,
            "last_in_factor": factor,
            "order": 1 + (scenario == "other"),
        }
        for scenario, lever, factor in (("drawn", "software", 3.0), ("drawn", "chips", 2.0), ("other", "bits", 9.0))
    ]
    made = cost.stack(book(stack_shown=rows))
    assert made is not None and set(made.data["lever"]) == {"software", "chips"}
    assert str(made.title).startswith("Worth most: software")


def test_vendors_beyond_the_palette_are_drawn_as_others():
    rows = [
        {"accelerator": f"a{n}", "vendor": f"v{n % 7}", "launch_date": date(2024, 1, 1 + n), "ceiling_tok_per_s": 10.0 + n}
        for n in range(20)
    ]
    made = cost.ceiling(book(bandwidth_ceiling=rows))
    scale = made.spec["encoding"]["color"]["scale"]
    assert len(set(scale["range"])) == len(scale["domain"]) and scale["domain"][-1] == "others"


def test_price_events_stand_newest_first_and_those_of_no_known_day_last():
    told = [
        ("no day", None, None, None),
        ("stated", date(2026, 11, 10), None, None),
        ("between looks", None, date(2026, 9, 1), date(2026, 11, 20)),
        ("by a look", None, None, date(2026, 11, 15)),
    ]
    rows = [
        {"kind": "cut", "provider": "p", "model": name, "token_class": "output", "status": "confirmed", "event_date": day, "changed_after": after, "changed_before": before}
        for name, day, after, before in told
    ]  # fmt: skip
    [made] = price.price_events(book(price_events=rows)).tables
    assert [(str(r[0]), str(r[2])) for r in made.rows] == [
        ("2026-09-01 to 2026-11-20", "between looks"), ("by 2026-11-15", "by a look"), ("2026-11-10", "stated"), ("not known", "no day"),
    ]  # fmt: skip


@pytest.mark.parametrize(("then", "words"), [(0.1, "fall to $0.10"), (0.4, "rise to $0.40"), (0.2, "stay at $0.20"), (None, None)])
def test_what_hardware_will_cost_when_the_forecast_comes_due_follows_its_sign(then, words):
    ends = {"floor_lower_usd_per_mtok": 0.05, "floor_upper_usd_per_mtok": 0.5}
    rows = [
        {"series": "A", "floor_kind": "gpu_hour", "obs_date": day, "floor_usd_per_mtok": usd, **ends}
        for day, usd in ((date(2026, 11, 22), 0.2), (date(2027, 11, 22), then)) if usd is not None
    ]  # fmt: skip
    said = book(
        editions.fact("headline.gpu_hour_floor", 0.2, "usd_per_mtok"),
        editions.fact("headline.price_to_gpu_hour_floor", 2.0, "ratio"),
        floors=rows,
        frontier=[{"series": "A", "is_headline": True, "obs_date": editions.AS_OF}],
    )
    told = str(floors.floors(said).said[0])
    assert f"Hardware is expected to {words}" in told if words else "expected" not in told


def test_a_cost_is_printed_to_the_digit_that_its_interval_allows(full):
    made = floors.floors(FactBook(full)).table
    assert made is not None
    for row in made.rows:
        assert len(str(row[3]).strip("$0.")) <= 2 and len(str(row[4]).rstrip("×").replace(".", "").lstrip("0")) <= 2, row


def test_declared_words_are_printed_as_one_reads_them():
    rows = [
        {"kind": "cut", "provider": "p_1", "model": "m_1", "token_class": "cached_input", "status": "first_party", "change_share": -0.5}
    ]
    [made] = price.price_events(book(price_events=rows)).tables
    said = [str(cell) for cell in made.rows[0]]
    assert "cached input" in said and "first party" in said and "p_1" in said and "m_1" in said
