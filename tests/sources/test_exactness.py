"""The exactness check counts what differs, and the mutation judge sees what is wrong: neither can be pleased by noise."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources.trials.exactness import check_folder, compare, render
from tests.sources.mutation.mutate import Mutation, mutations, tables
from tests.sources.mutation.mutation_faults import fault

ROW = {
    "model": "m",
    "unit": "1M tokens",
    "input": "1.50",
    "output": "6",
    "cached": "",
    "currency": "USD",
    "tier": "standard",
    "condition": "",
    "cache_write_5m": "",
    "cache_write_1h": "",
    "valid_from": "",
    "valid_to": "",
}
PAGE = "| Model | Input | Output |\n|---|---|---|\n| a | $1 / MTok | $5 / MTok |\n| b | $2 / MTok | $9 / MTok |\n| c | $3 / MTok | $15 / MTok |\n"


def test_trailing_zeros_are_no_difference_and_another_figure_is() -> None:
    assert compare("prices", [ROW], [{**ROW, "input": "1.5"}])[:3] == (0, 0, 0)
    assert compare("prices", [ROW], [{**ROW, "input": "1.51"}])[:3] == (1, 0, 0)


def test_missing_extra_and_order_are_counted_apart() -> None:
    other = {**ROW, "model": "n"}
    assert compare("prices", [ROW, other], [ROW])[:3] == (0, 1, 0)
    assert compare("prices", [ROW], [ROW, other])[:3] == (0, 0, 1)
    assert compare("prices", [ROW, other], [other, ROW])[3] is False


def test_a_row_expected_twice_must_be_found_twice() -> None:
    assert compare("prices", [ROW, ROW], [ROW])[:3] == (0, 1, 0)


def test_a_capture_of_no_source_is_not_exact(tmp_path: Path) -> None:
    (tmp_path / "captures" / "nobody").mkdir(parents=True)
    (tmp_path / "expected" / "nobody").mkdir(parents=True)
    (tmp_path / "captures" / "nobody" / "x.md").write_text("nothing")
    (tmp_path / "expected" / "nobody" / "x.md.csv").write_text("model,unit,input\nm,1M tokens,1\n")
    results = check_folder(tmp_path)
    assert not results[0].exact and results[0].missing == 1
    assert "nobody" in render(results)


@pytest.mark.parametrize("changed", [{"input": "15"}, {"unit": "1K tokens"}, {"currency": "EUR"}, {"model": "x"}])
def test_a_wrong_row_after_a_harmless_mutation_is_a_fault(changed: dict[str, str]) -> None:
    assert fault(Mutation("table duplicated", "", ""), [ROW], [{**ROW, **changed}], [])


def test_a_lost_row_is_a_fault_unless_the_page_lost_it_or_the_contract_broke() -> None:
    other = {**ROW, "model": "n"}
    assert fault(Mutation("columns swapped", "", ""), [ROW, other], [ROW], [])
    assert fault(Mutation("row dropped", "", "", "| m | $1 |"), [ROW, other], [ROW], [])
    assert not fault(Mutation("row dropped", "", "", "| n | $1 |"), [ROW, other], [ROW], [])
    assert not fault(Mutation("table emptied", "", ""), [ROW, other], [ROW], ["expected at least 2 rows, found 1"])


def test_an_unnoticed_change_of_unit_or_currency_is_a_fault() -> None:
    assert fault(Mutation("unit 1M -> 1K", "", ""), [ROW], [ROW], [])
    assert fault(Mutation("currency changed", "", ""), [ROW], [ROW], [])
    assert not fault(Mutation("unit 1M -> 1K", "", ""), [ROW], [{**ROW, "unit": "1K tokens"}], [])


def test_every_kind_of_mutation_is_made_and_changes_the_page() -> None:
    made = list(mutations(PAGE))
    assert {m.kind for m in made} == {
        "row dropped",
        "columns swapped",
        "column inserted",
        "header renamed",
        "table duplicated",
        "table emptied",
        "unit 1M -> 1K",
        "currency changed",
        "footnote digit glued",
        "price struck",
        "truncated",
    }
    assert all(m.text != PAGE for m in made)


def test_html_and_pipe_tables_are_found_cell_by_cell() -> None:
    html = "<table><tr><th>Model</th><th>Input</th></tr><tr><td>a</td><td>$1</td></tr></table>"
    found = tables(PAGE + html)
    assert [len(t.rows) for t in found] == [4, 2]
    start, end = found[1].rows[1][1]
    assert (PAGE + html)[start:end] == "$1"
