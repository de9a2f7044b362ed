"""Makes the state folder of an earlier release by that release's own code, and packs what cannot be made again.

    git clone --local . /tmp/release && git -C /tmp/release checkout COMMIT && make -C /tmp/release setup
    .venv/bin/python -m tests.journeys.releases.make /tmp/release 2026-11-27T22:00:00Z tests/journeys/releases/2026-11-27.tar.xz

The release runs one day at the given moment: four of its sources answer with its own specimens through a mirror on loopback,
two people subscribe, and a real SMTP server takes their mail.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from tests.journeys.mirror_server import MirrorServer
from tests.reports import smtp_server

SOURCES = ("hardware/google", "energy/eurostat", "rentals/lambda", "providers/anthropic")
SUFFIX = {"markdown": ".md", "html": ".html", "json": ".json"}
PEOPLE = (("a@example.org", "daily"), ("b@example.org", "alert"))
KEPT = (
    "archive",
    "issued",
    "ledger.sqlite*",
    "subscribers.sqlite*",
    "state.json",
    "set_aside.jsonl",
    "site/editions.json",
    "site/editions/*/edition.json",
)


def place(server: MirrorServer, folder: Path) -> None:
    """Let a source's addresses answer with its largest specimen of the format that its contract names."""
    contract = tomllib.loads((folder / "contract.toml").read_text())
    bodies = [p.read_bytes() for p in (folder / "specimens").iterdir() if p.suffix == SUFFIX[contract["format"]]]
    for url in contract["urls"]:
        parts = urlsplit(url)
        server.answers[f"/{parts.netloc}{parts.path}"] = lambda _, body=max(bodies, key=len): (200, body)


def live(checkout: Path, moment: str, home: Path) -> int:
    """One day of the release in ``home``; returns how many mails were taken. Raises ``CalledProcessError``."""
    server, inbox = MirrorServer(), smtp_server.Inbox()
    mail = smtp_server.start(inbox)
    env = {k: v for k, v in os.environ.items() if not k.startswith("DEFLATION_")} | {
        "DEFLATION_HOME": str(home),
        "DEFLATION_NOW": moment,
        "DEFLATION_MIRROR": server.base,
        "DEFLATION_SMTP_HOST": "localhost",
        "DEFLATION_SMTP_PORT": str(smtp_server.port_of(mail)),
        "DEFLATION_SMTP_TLS": "none",
        "DEFLATION_MAIL_FROM": "desk@example.org",
    }
    try:
        for key in SOURCES:
            place(server, checkout / "sources" / key)
        for address, profile in PEOPLE:
            subprocess.run(
                [checkout / ".venv/bin/deflation", "subscribers", "add", address, "--profile", profile], env=env, check=True, cwd=checkout
            )
        subprocess.run([checkout / ".venv/bin/deflation", "run"], env=env, check=True, cwd=checkout)
    finally:
        server.close()
        mail.stop()
    return len(inbox.received)


def main(checkout: Path, moment: str, out: Path) -> None:
    """Live the day and pack it."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "var"
        mails = live(checkout.resolve(), moment, home)
        with tarfile.open(out, "w:xz", preset=9) as packed:
            for path in sorted(p for pattern in KEPT for p in home.glob(pattern)):
                packed.add(path, path.relative_to(home))
    print(f"{out}: {out.stat().st_size:,} bytes, {mails} mails taken")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
