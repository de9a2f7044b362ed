"""The operator's log: one JSON object a line, with run, step and source, and no secret in any form."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from urllib.parse import quote

import dagster as dg
import pytest
from pydantic import SecretStr

from pipelines.operation.logs import FILE, FILES_KEPT, MAX_BYTES, logged
from pipelines.settings import Settings
from sources.catalogue import sources

SECRET = "pass/word +ü&x"


def lines(home: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (home / FILE).read_text(encoding="utf-8").splitlines()]


def test_a_run_logs_every_step_and_every_reading_under_its_own_id(offline_home: Path) -> None:
    told = lines(offline_home)
    with dg.DagsterInstance.from_config(str(offline_home / "dagster")) as instance:
        [run] = instance.get_runs()
        steps = {stats.step_key for stats in instance.get_run_step_stats(run.run_id)}
    assert {line["run"] for line in told} == {run.run_id}
    assert {line["step"] for line in told if line["message"] == "done"} == steps
    read = {line["source"]: line["step"] for line in told if line["logger"] == "warehouse.bulkhead"}
    assert set(read) == set(sources()) and read["prices/openai"] == "raw__prices_openai"
    assert (told[-1]["level"], told[-1]["message"], told[-1]["step"]) == ("INFO", "published", "")


def test_no_secret_of_the_settings_reaches_the_log_in_any_form(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, smtp_password=SecretStr(SECRET), heartbeat_url=SecretStr("https://ping.example/token"))
    with logged(settings, "run-1"):
        log = logging.getLogger("reports.mail")
        try:
            raise ValueError(f"user:{SECRET}@host and {quote(SECRET, safe='')}")
        except ValueError:
            log.exception("asking https://ping.example/token with %s failed", SECRET, extra={"source": f"x {SECRET}"})
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    assert SECRET not in json.dumps(lines(tmp_path), ensure_ascii=False)
    assert not any(form in text for form in (quote(SECRET, safe=""), "word", "ping.example")) and text.count("REDACTED") == 5


def test_a_message_with_line_breaks_and_control_characters_stays_one_line(tmp_path: Path) -> None:
    with logged(Settings(home=tmp_path), "r"):
        logging.getLogger("sources.x").error('a\n{"level": "INFO"}\x1b[31m', extra={"source": "prices/x"})
    [line] = lines(tmp_path)
    assert line["message"].startswith("a\n") and "\x1b" not in (tmp_path / FILE).read_text() and line["source"] == "prices/x"


def test_the_log_is_bounded_and_one_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    with logged(Settings(home=tmp_path), "r"):
        for _ in range(MAX_BYTES * (FILES_KEPT + 3) // 1_000_000):
            logging.getLogger("belief").info("x" * 1_000_000)
    assert sum(p.stat().st_size for p in (tmp_path / FILE).parent.iterdir()) <= MAX_BYTES * (FILES_KEPT + 1)
    (tmp_path / "file").write_text("")
    with logged(Settings(home=tmp_path / "file"), "r"):
        logging.getLogger("belief").info("lost")


def test_what_a_run_changes_of_logging_it_puts_back(tmp_path: Path) -> None:
    logger = logging.getLogger("warehouse")
    before = (logger.level, logger.propagate, list(logger.handlers))
    with pytest.raises(ZeroDivisionError), logged(Settings(home=tmp_path), "r"):
        raise ZeroDivisionError
    assert (logger.level, logger.propagate, list(logger.handlers)) == before
