"""The wheel's import names belong to it alone, and ``doctor`` says where they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.operation.packages import import_names


def test_the_names_of_this_environment_are_shared_with_nobody() -> None:
    assert import_names().well and "import names" in import_names().found


def test_a_distribution_that_brings_a_package_of_the_same_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "measures-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: measures\nVersion: 1.0\n")
    (other / "top_level.txt").write_text("units\n")
    (other / "RECORD").write_text("units/__init__.py,,\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = import_names()
    assert not found.well and "units comes from measures as well" in found.found and "uvx" in found.remedy
