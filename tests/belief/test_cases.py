"""Belief asked from outside: tables of statements of every kind of dispute, and what a request must be charged.

Each case stands whole in ``cases/*.csv``: the statements, a blank line, then the questions (``at``, ``input_tokens``, the
answer; ``model:N`` asks for an answer of N tokens) and the events that must or must not be told. The kinds are those of public bug reports; names and days are ours
where the report's own figures are not needed.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from belief import answers, witness_table
from belief.judgement import evidence

FOLDER = Path(__file__).parent / "cases"
TODAY = datetime(2026, 11, 28, tzinfo=UTC)
ASIDE = ("stale", "held")


def tables(path: Path) -> tuple[str, list[dict[str, str]]]:
    stated, _, asked = path.read_text(encoding="utf-8").partition("\n\n")
    return stated, list(csv.DictReader(io.StringIO(asked)))


QUESTIONS = [
    pytest.param(path, row, id=f"{path.stem}-{n}") for path in sorted(FOLDER.glob("*.csv")) for n, row in enumerate(tables(path)[1])
]


def weighed(path: Path, at: datetime) -> tuple[evidence.Belief, pl.DataFrame]:
    raw = pl.read_csv(io.StringIO(tables(path)[0]), infer_schema=False)
    stated, unread = witness_table.statements(raw)
    return evidence.weigh(stated, max(at, TODAY)), unread


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@pytest.mark.parametrize(("path", "asked"), QUESTIONS)
def test_a_dispute_is_settled_as_the_evidence_says(path: Path, asked: dict[str, str]) -> None:
    at = moment(asked["at"])
    belief, unread = weighed(path, at)
    if asked["since"]:
        told = answers.moves(belief, moment(asked["since"]), at).filter(pl.col("model") == asked["model"])
        expected = sorted(filter(None, asked["events"].split(" ")))
        assert sorted({f"{r['event']}:{r['status']}" for r in told.iter_rows(named=True)}) == expected, told
        return
    model, _, output = asked["model"].partition(":")
    rows = answers.answers(belief, unread, at, int(asked["input_tokens"] or 1000), int(output) if output else None)
    rows = rows.filter(pl.col("model") == model)
    if asked["tier"]:
        rows = rows.filter(pl.col("tier") == asked["tier"])
    rows = rows.filter(
        pl.col("condition").str.contains(asked["condition"], literal=True)
        if asked["condition"]
        else ~pl.col("condition").str.contains("region|zone|regional")
    )
    answer = rows.filter(~pl.col("status").is_in(ASIDE))
    assert answer.height == 1, rows
    found = answer.row(0, named=True)
    wanted = tuple(float(asked[c]) if asked[c] else None for c in ("input", "output"))
    assert (found["input"], found["output"]) == wanted, rows
    assert not asked["status"] or found["status"] == asked["status"], rows
    assert asked["why"] in found["why"], found["why"]
    aside = {r["status"] for r in rows.filter(pl.col("status").is_in(ASIDE)).iter_rows(named=True)}
    assert set(filter(None, asked["aside"].split(" "))) <= aside, rows
