"""A definition has one home: reference/definitions.toml. Its values stand nowhere else in SQL or Python."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from reference import definitions
from tests.conftest import ROOT
from units.constants import DAYS_PER_YEAR, HOURS_PER_YEAR

PACKAGES = (
    "units",
    "reference",
    "sources",
    "belief",
    "throughput",
    "forecasting",
    "warehouse",
    "reports",
    "assets",
    "pipelines",
    "research",
)
CODE = sorted(
    p
    for folder in ("belief", "throughput", "forecasting", "warehouse", "reports", "assets", "pipelines")
    for p in (ROOT / folder).rglob("*")
    if p.suffix in (".py", ".sql")
)
TRACES = {
    "the headline scale": re.compile(r"['\"-]gpqa_diamond\b(?!'\s+then\b)(?!-hedonic)"),
    "the mix of tokens": re.compile(r"['\"-]3to1\b|\(3(\.0)? \* \w*\.?(price|cost)_input|input_per_output\w*: float = "),
    "the reference speed": re.compile(r"service_level_tok_s_per_user\s*=\s*\d|\b20(\.0)? as speed_tok_per_s|LEVEL_TOK_S_PER_USER = 20"),
    "the use of rented hours": re.compile(r"\b0?\.\d+ as utilisation_share"),
    "a facility's PUE": re.compile(r"coalesce\(\w*\.?(low_|high_)?pue, \d"),
}


def _code_only(path: Path) -> str:
    """The text without comments and docstrings, where a value may stand as an example."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return "\n".join(line.partition("--")[0] for line in text.splitlines())
    return re.sub(r'""".*?"""', "", text, flags=re.DOTALL)


@pytest.mark.parametrize("what", sorted(TRACES))
def test_a_defined_value_stands_only_in_the_file_of_definitions(what: str) -> None:
    repeats = [
        f"{path.relative_to(ROOT)}: {m[0]}" for path in CODE if "schema" not in path.parts for m in TRACES[what].finditer(_code_only(path))
    ]
    assert not repeats, f"{what} is set in reference/definitions.toml and repeated in {repeats}"


def test_every_definition_says_why_and_whence() -> None:
    table = definitions.table()
    assert table.height >= 10
    assert table["reason"].str.len_chars().min() > 15 and table["source"].str.len_chars().min() > 5
    assert table["definition_id"].is_unique().all()


def test_a_definition_without_a_reason_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = tmp_path / "definitions.toml"
    bare.write_text('[blend.input_per_output]\nvalue = 3\nunit = "ratio"\n')
    monkeypatch.setattr(definitions, "PATH", bare)
    with pytest.raises(ValueError, match=r"\[blend.input_per_output\] lacks reason, source"):
        definitions.number("blend.input_per_output")


def test_one_year_has_one_length() -> None:
    literal = re.compile(r"(?<![\w.$\"'-])(?:365\.25|365\.2425|8_?766|8_?760)(?![\w])|[*/]\s*365(?![\w.])")
    places = [p for folder in (*PACKAGES, "benchmarks") for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".sql")]
    repeats = [
        f"{path.relative_to(ROOT)}: {m[0]}"
        for path in places
        if path != ROOT / "units" / "constants.py" and path.parts[-2] != "schema"
        for m in literal.finditer(_code_only(path))
    ]
    assert not repeats, f"the length of a year is units.constants.DAYS_PER_YEAR (in SQL the definition year.length), repeated in {repeats}"
    assert HOURS_PER_YEAR == 24 * DAYS_PER_YEAR
    said = definitions.table().filter(pl.col("definition_id") == "year.length")["value"].item()
    assert said == DAYS_PER_YEAR
