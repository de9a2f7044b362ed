"""The list of mutations keeps up with the code: what it would change is there, and the tests it names exist."""

from __future__ import annotations

import shlex

import pytest

from benchmarks.mutations import Mutation, mutations
from tests.conftest import ROOT


@pytest.mark.parametrize("mutation", mutations(), ids=lambda m: m.name.replace(" ", "-"))
def test_a_mutation_changes_one_place_and_names_tests_that_exist(mutation: Mutation) -> None:
    text = (ROOT / mutation.file).read_text(encoding="utf-8")
    assert text.count(mutation.old) == 1 and mutation.old != mutation.new
    assert all((ROOT / shlex.split(tests)[0]).is_file() for tests in mutation.tests)
