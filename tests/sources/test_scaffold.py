"""The scaffold writes a source that reads its specimen, and nothing over an existing one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sources.catalogue import UNTRUSTED, Source
from sources.scaffold import new_source, write_golden

DAY = date(2026, 11, 22)


def test_a_scaffolded_source_reads_its_specimen_and_refuses_another_page(tmp_path: Path) -> None:
    written = new_source("prices/acme_ai", "https://acme.example/pricing", day=DAY, root=tmp_path)
    folder = tmp_path / "providers" / "acme_ai"
    assert {p.relative_to(folder).as_posix() for p in written} == {"__init__.py", "contract.toml", "layout.toml", "specimens/table.md"}
    source = Source("prices", folder)
    golden = write_golden(source)
    assert golden[0].read_text(encoding="utf-8").count("example-large") == 4
    with pytest.raises(UNTRUSTED):
        source.read(b"| Model | Tokens in |\n|---|---|\n| x | $1 |\n")
    assert source.contract.urls == ["https://acme.example/pricing"] and not source.contract.live


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("prices/Acme", "https://a.example"),
        ("price/acme", "https://a.example"),
        ("prices/../x", "https://a.example"),
        ("prices/acme", "file:///etc/passwd"),
        ("prices/acme", "acme.example"),
        ("hardware/acme", "https://a.example"),
    ],
)
def test_a_wrong_name_or_address_is_refused_and_nothing_written(tmp_path: Path, key: str, url: str) -> None:
    with pytest.raises(ValueError):
        new_source(key, url, day=DAY, root=tmp_path)
    assert not list(tmp_path.rglob("*"))


def test_an_existing_source_is_never_written_over(tmp_path: Path) -> None:
    new_source("prices/acme", "https://a.example", day=DAY, root=tmp_path)
    with pytest.raises(ValueError, match="already"):
        new_source("prices/acme", "https://b.example", day=DAY, root=tmp_path)
