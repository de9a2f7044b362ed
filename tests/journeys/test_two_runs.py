"""Two schedulers start the day at once: the second waits or gives up in a sentence, both publish the same, nobody is mailed twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import duckdb

from tests.journeys.conftest import Run
from tests.reports import smtp_server


def _facts(home: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "published.duckdb"), read_only=True) as con:
        return con.execute("FROM facts.fact ORDER BY fact_id").fetchall()


def test_of_two_runs_at_once_the_second_waits_publishes_the_same_and_mails_nobody_again(warm_home: Path, deflation: Run) -> None:
    people = [f"p{n}@example.org" for n in range(3)]
    for person in people:
        assert deflation(warm_home, "subscribers", "add", person).returncode == 0
    inbox = smtp_server.Inbox()
    server = smtp_server.start(inbox)
    mail = {
        "DEFLATION_NOW": "2026-11-29T06:00:00Z",
        "DEFLATION_SMTP_HOST": "localhost",
        "DEFLATION_SMTP_PORT": str(smtp_server.port_of(server)),
        "DEFLATION_SMTP_TLS": "none",
        "DEFLATION_MAIL_FROM": "desk@example.org",
    }
    env = (
        {k: v for k, v in os.environ.items() if not k.startswith("DEFLATION_")}
        | mail
        | {"DEFLATION_HOME": str(warm_home), "PYTHONUNBUFFERED": "1"}
    )
    try:
        with subprocess.Popen(
            [Path(sys.executable).with_name("deflation"), "run", "--offline"],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as first:
            assert first.stdout is not None
            assert any("steps" in line for line in first.stdout), "the first run holds the folder now"
            hurried = deflation(warm_home, "run", "--offline", **mail, DEFLATION_WAIT_S="0.5")
            assert hurried.returncode == 1 and first.poll() is None, hurried.stderr
            assert "did not end within 0.5 s; wait for it to end, then run again" in hurried.stderr and "Traceback" not in hurried.stderr
            patient = subprocess.Popen(
                [Path(sys.executable).with_name("deflation"), "run", "--offline"],
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            said = first.communicate()[0]
            assert first.returncode == 0, said[-2000:]
            published = _facts(warm_home)
            waited = patient.communicate(timeout=300)[0]
    finally:
        server.stop()
    assert patient.returncode == 0 and "another run holds" in waited and "waiting up to 900 s" in waited, waited[-2000:]
    assert _facts(warm_home) == published and len(published) > 50
    served = Counter((who, message_from_bytes(raw)["X-Deflation-Edition"]) for who, raw in inbox.received)
    assert sorted(who for who, _ in served) == people and set(served.values()) == {1}
    assert not list(warm_home.glob("*_new.duckdb*")) and len(list((warm_home / "site" / "editions").iterdir())) == 1
