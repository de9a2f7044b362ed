"""Every SQL model is held by value: given rows, expected rows, on a real DuckDB."""

from __future__ import annotations

import pytest

from warehouse.cases import Case, case_path, cases, differences
from warehouse.models import SQL, Model, models

HELD = [m for folder in ("core", "marts", "checks", "facts") for m in models(folder)]
ALL_CASES = [pytest.param(m, one, id=f"{m.name}: {one.name}") for m in HELD for one in cases(m)]


@pytest.mark.parametrize("model", HELD, ids=lambda m: m.name)
def test_every_model_has_a_case(model: Model) -> None:
    assert cases(model), f"{model.name} has no case; write {case_path(model).name} beside it"


@pytest.mark.parametrize(("model", "case"), ALL_CASES)
def test_a_model_gives_the_expected_rows(model: Model, case: Case) -> None:
    wrong = differences(model, case)
    assert not wrong, wrong


def test_no_case_stands_beside_a_model_that_is_gone() -> None:
    orphans = [p.name for p in SQL.rglob("*.case.yaml") if not p.with_name(p.name.replace(".case.yaml", ".sql")).exists()]
    assert not orphans, orphans


def test_a_wrong_row_and_an_unknown_column_are_told() -> None:
    model = next(m for m in models("marts") if m.name == "marts.quarantine")
    given = {"core.quarantine": [{"provider": "p", "model": "m"}]}
    assert "missing" in differences(model, Case("wrong", given, [{"provider": "q"}]))
    assert "does not give" in differences(model, Case("unknown", given, [{"colour": "red"}]))
    with pytest.raises(ValueError, match=r"has no column \['colour'\]"):
        differences(model, Case("bad", {"core.quarantine": [{"colour": "red"}]}, []))
