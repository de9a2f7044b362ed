"""The report's targets, measured: size and rendering of the site, time to interactive, questions in SQL, a thousand mails.

    .venv/bin/python -m benchmarks.report [--recipients 1000] [--refused 0] [--site var/site] [--published var/published.duckdb]

Targets: edition page under 600 kB and interactive in under 1 s, the whole site under 5 s, the questions of start_here p95 under
50 ms (wall, and processor time for a busy machine), 1,000 recipients delivered to a loopback SMTP server in under 60 s, none twice; ``--refused`` of them the server refuses for good, and a second delivery
must reach nobody again and name them. Uses the tests' full edition; the server is a process of its
own, so that it does not share the sender's interpreter. Nothing here is part of the product.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.inputs import Edition

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "reports"))

SERVER = """
import sys, time
sys.path.insert(0, {tests!r})
import smtp_server
inbox = smtp_server.Inbox(rcpt=lambda a, n: "550 no such mailbox" if int(a[1:a.index("@")]) < {refused} else None)
controller = smtp_server.start(inbox)
print(smtp_server.port_of(controller), flush=True)
sys.stdin.readline()
controller.stop(no_assert=True)
people = [a for a, _ in inbox.received]
print(len(people), len(set(people)), flush=True)
"""


def main() -> None:
    """Measure and print one JSON object."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--recipients", type=int, default=1000)
    options.add_argument("--refused", type=int, default=0, help="How many of the recipients the server refuses for good.")
    options.add_argument("--site", type=Path, help="A site folder: its newest edition instead of the tests' one.")
    options.add_argument("--published", type=Path, help="A published.duckdb whose questions are timed.")
    given = options.parse_args()
    import editions

    from reports.site import site

    edition = site.load(given.site) if given.site else editions.full_edition()
    result = {"site": _site(edition)}
    if given.recipients:
        result["mail"] = _mail(edition, given.recipients, given.refused)
    if given.published:
        result["queries"] = _queries(given.published)
    print(json.dumps(result, indent=1))


def _site(edition: Edition) -> dict[str, object]:
    """All files of an edition and its data files, and how soon the edition page and the calculator can be used."""
    from reports.site import api
    from reports.site.site import edition_files

    started, busy = time.perf_counter(), time.process_time()
    made = edition_files(edition) | dict(api.files(edition))
    cold, used = time.perf_counter() - started, time.process_time() - busy
    return {
        "files": len(made),
        "edition_bytes": len(made["index.html"]),
        "render_s": round(cold, 2),
        "render_cpu_s": round(used, 2),
        "interactive_ms": {name: _interactive(made[name]) for name in ("index.html", "calculator.html")},
    }


def _interactive(made: bytes) -> float | str:
    """Median over five loads of the time to the end of the load event, in ms."""
    from pipelines.settings import load_settings

    chromium = load_settings().chromium
    if not Path(chromium).exists():
        return f"no browser at {chromium}"
    from playwright.sync_api import sync_playwright

    times = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        path = Path(folder) / "index.html"
        path.write_bytes(made)
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(5):
            tab = browser.new_page()
            tab.goto(path.as_uri(), wait_until="load")
            times.append(float(tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")))
            tab.close()
        browser.close()
    return sorted(times)[2]


def _queries(published: Path) -> dict[str, object]:
    """The questions of ``marts.start_here`` as a reader asks them, in one open session: times in ms of twenty runs each."""
    import duckdb

    started = time.perf_counter()
    with duckdb.connect(str(published), read_only=True, config={"threads": 1}) as con:
        asked = con.execute("select table_name, sql from marts.start_here where table_name like 'example:%'").fetchall()
        opened = 1000 * (time.perf_counter() - started)
        wall: dict[str, list[float]] = {}
        cpu: list[float] = []
        for name, sql in asked:
            con.execute(sql).fetchall()
            for _ in range(20):
                started, busy = time.perf_counter(), time.process_time()
                con.execute(sql).fetchall()
                wall.setdefault(name.removeprefix("example: "), []).append(1000 * (time.perf_counter() - started))
                cpu.append(1000 * (time.process_time() - busy))
    every = [t for runs in wall.values() for t in runs]
    by_question = {name: {"median": _at(runs, 0.5), "p95": _at(runs, 0.95)} for name, runs in wall.items()}
    return {
        "open_ms": round(opened, 1),
        "median_ms": _at(every, 0.5),
        "p95_ms": _at(every, 0.95),
        "p95_cpu_ms": _at(cpu, 0.95),
        "by_question_ms": by_question,
    }


def _at(times: list[float], share: float) -> float:
    """The smallest time that ``share`` of them do not exceed."""
    return round(sorted(times)[math.ceil(share * len(times)) - 1], 1)


def _mail(edition: Edition, recipients: int, refused: int) -> dict[str, object]:
    """Deliver to everybody, then once more, and say what each delivery counted and named."""
    from reports.mail.delivery import deliver
    from reports.mail.ledger import Ledger
    from reports.mail.message import MailSettings
    from reports.mail.subscribers import Subscriber

    source = SERVER.format(tests=str(ROOT / "tests" / "reports"), refused=refused)
    server = subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin and server.stdout
    how = MailSettings("reports@deflation.example", "localhost", int(server.stdout.readline()), tls="none")
    people = [Subscriber(f"p{i}@example.org", token=f"token-{i:016d}") for i in range(recipients)]
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.sqlite")
        started, busy = time.perf_counter(), time.process_time()
        report = deliver(edition, people, ledger, how, clock=lambda: datetime.now(UTC), sleep=time.sleep)
        took, used = time.perf_counter() - started, time.process_time() - busy
        again = deliver(edition, people, ledger, how, clock=lambda: datetime.now(UTC), sleep=time.sleep)
    server.stdin.write("\n")
    server.stdin.flush()
    received, different = map(int, server.stdout.readline().split())
    return {
        "recipients": recipients,
        "seconds": round(took, 1),
        "cpu_s": round(used, 1),
        "counts": dict(report.counts),
        "named": [*report.problems, *report.waiting][:3],
        "counts_again": dict(again.counts),
        "named_again": [*again.problems, *again.waiting][:3],
        "received": received,
        "different": different,
    }


if __name__ == "__main__":
    main()
