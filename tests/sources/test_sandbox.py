"""Code that hangs, eats memory or kills its process costs the sandbox's child and becomes a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sources.captures import read_captures
from sources.catalogue import source
from sources.fetching.archive import Archive
from sources.pages.quote import PageChanged
from sources.reading.parsed import Confined, in_process, unpacked
from sources.reading.sandbox import Allowance, Crashed, Sandbox


def sandbox(name: str) -> Sandbox:
    return Sandbox(f"tests.sources.misbehaving:{name}", Allowance(cpu_s=1, wall_s=2.0 if name == "sleep" else 60.0, memory_bytes=1 << 30))


def test_bytes_and_texts_go_in_and_bytes_come_out_of_one_child() -> None:
    with sandbox("echo") as run:
        assert run(b"body", "a", "ü") == b"bodya|\xc3\xbc"
        child = run._child
        assert run(b"\x00" * 20_000_000)[-1:] == b"\x00" and run._child is child


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("spin", "more than 1 s of processor time"),
        ("sleep", "no answer within 2 s"),
        ("eat", "MemoryError|memory"),
        ("abort", "SIGABRT"),
        ("crash", "SIGSEGV"),
        ("leave", "SystemExit"),
        ("recurse", "RecursionError"),
        ("refuse", "Unheard: of this"),
    ],
)
def test_a_reader_that_misbehaves_is_one_sentence_and_the_next_call_works(name: str, said: str) -> None:
    with sandbox(name) as run:
        with pytest.raises(Crashed, match=said) as told:
            run(b"x")
        assert "\n" not in str(told.value)
        run.close()
        run.function = "tests.sources.misbehaving:echo"
        assert run(b"still here") == b"still here"


def test_the_last_words_of_a_dead_reader_and_the_traceback_of_one_that_raised_are_for_the_log() -> None:
    with sandbox("abort") as run, pytest.raises(Crashed) as told:
        run(b"x")
    assert "last words" in told.value.log
    with sandbox("refuse") as run, pytest.raises(Crashed) as told:
        run(b"x")
    assert "misbehaving.py" in told.value.log and "Traceback" in told.value.log


def test_what_a_reader_prints_disturbs_nothing() -> None:
    with sandbox("chat") as run:
        assert [run(b"x") for _ in range(3)] == [b"x"] * 3


def test_a_function_that_is_not_there_is_a_sentence() -> None:
    with sandbox("nothing") as run, pytest.raises(Crashed, match="ended its process"):
        run(b"x")


def test_reading_in_the_sandbox_and_in_process_give_the_same_bytes() -> None:
    confined = Confined()
    try:
        for key in ("prices/anthropic", "hardware/apple", "rentals/lambda", "energy/eurostat"):
            said = source(key)
            for path in sorted((said.folder / "specimens").iterdir()):
                if path.suffix != ".csv":
                    assert confined(said, path.read_bytes()) == in_process(said, path.read_bytes()), path
        for body in (b"", b"\x1f\x8b damaged", b"<html>", b'{"data": ["\\ud800"]}'):
            with pytest.raises(PageChanged, match="prices/openrouter"):
                unpacked(confined(source("prices/openrouter"), body))
    finally:
        confined.close()


def test_a_page_whose_reading_was_only_too_slow_is_read_again_by_the_next_run(tmp_path: Path) -> None:
    said, archive, slow = source("prices/anthropic"), Archive(tmp_path / "a"), Confined(sandbox("sleep"))
    archive.put(said.key, said.contract.urls[0], b"x", datetime(2026, 11, 1, tzinfo=UTC))
    try:
        assert "no answer within" in read_captures(said, archive, date(2026, 11, 2), tmp_path / "c", read=slow).problems[0]
    finally:
        slow.close()
    assert "no answer within" not in read_captures(said, archive, date(2026, 11, 2), tmp_path / "c").problems[0]


def test_a_child_that_dies_while_reading_is_a_refusal_of_that_page() -> None:
    confined = Confined(sandbox("spin"))
    try:
        with pytest.raises(PageChanged, match="prices/openrouter: .* more than 1 s of processor time"):
            unpacked(confined(source("prices/openrouter"), b"x"))
    finally:
        confined.close()
