"""The report's targets, measured: size and rendering of the page, time to interactive, a thousand mails.

    .venv/bin/python -m benchmarks.report [--recipients 1000]

Targets: page under 2.5 MB and interactive in under 1 s, rendering under 5 s, 1,000 recipients delivered to a
loopback SMTP server in under 60 s, none twice. Uses the tests' full edition; the server is a process of its
own, so that it does not share the sender's interpreter. Nothing here is part of the product.
"""

from __future__ import annotations

import argparse
import json
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
inbox = smtp_server.Inbox()
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
    given = options.parse_args()
    import editions

    edition = editions.full_edition()
    result = {"page": _page(edition), "mail": _mail(edition, given.recipients)}
    print(json.dumps(result, indent=1))


def _page(edition: Edition) -> dict[str, object]:
    from reports.page.render import page

    started, busy = time.perf_counter(), time.process_time()
    made = page(edition)
    cold, used = time.perf_counter() - started, time.process_time() - busy
    return {
        "bytes": len(made.encode()),
        "render_s": round(cold, 2),
        "render_cpu_s": round(used, 2),
        "interactive_ms": _interactive(made),
    }


def _interactive(made: str) -> float | str:
    from pipelines.settings import load_settings

    chromium = load_settings().chromium
    if not Path(chromium).exists():
        return f"no browser at {chromium}"
    from playwright.sync_api import sync_playwright

    times = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        path = Path(folder) / "index.html"
        path.write_text(made, encoding="utf-8")
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(5):
            tab = browser.new_page()
            tab.goto(path.as_uri())
            while not (ready := tab.evaluate("document.documentElement.dataset.ready")):
                tab.wait_for_timeout(20)
            times.append(float(ready))
            tab.close()
        browser.close()
    return sorted(times)[2]


def _mail(edition: Edition, recipients: int) -> dict[str, object]:
    from reports.mail.delivery import deliver
    from reports.mail.ledger import Ledger
    from reports.mail.message import MailSettings
    from reports.mail.subscribers import Subscriber

    source = SERVER.format(tests=str(ROOT / "tests" / "reports"))
    server = subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin and server.stdout
    how = MailSettings("reports@deflation.example", "localhost", int(server.stdout.readline()), tls="none")
    people = [Subscriber(f"p{i}@example.org", token=f"token-{i:016d}") for i in range(recipients)]
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.sqlite")
        started, busy = time.perf_counter(), time.process_time()
        report = deliver(edition, people, ledger, how, clock=lambda: datetime.now(UTC), sleep=time.sleep)
        took, used = time.perf_counter() - started, time.process_time() - busy
    server.stdin.write("\n")
    server.stdin.flush()
    received, different = map(int, server.stdout.readline().split())
    return {
        "recipients": recipients,
        "seconds": round(took, 1),
        "cpu_s": round(used, 1),
        "counts": dict(report.counts),
        "received": received,
        "different": different,
    }


if __name__ == "__main__":
    main()
