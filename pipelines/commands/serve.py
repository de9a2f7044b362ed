"""Open the Dagster UI with its daemon, so that the daily schedule ticks."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

import click


@click.command(
    epilog="\b\nExamples:\n  deflation serve\n  deflation serve --port 3030 --allow-changes\n  deflation serve --host 0.0.0.0 --allow-host deflation.example.org\n"
    "\b\nThe schedule is DEFLATION_SCHEDULE (cron in UTC, default 05:30 every day)."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=3000, show_default=True, help="Port to listen on.")
@click.option(
    "--allow-host", "names", multiple=True, help="A host name under which the UI may be asked, besides this machine's own (repeatable)."
)
@click.option("--allow-changes", is_flag=True, help="Let the UI launch runs and stop schedules; without it, it is read only.")
def command(host: str, port: int, names: tuple[str, ...], allow_changes: bool) -> None:
    """Run the Dagster web server and its daemon until interrupted (Ctrl-C or SIGTERM ends both).

    The address printed at the start carries a token; without it nothing is answered (the token is made anew at every
    start and kept in dagster/serve.token, readable by you alone; DEFLATION_SERVE_TOKEN sets one that stays). State (runs,
    schedules) lives below the state folder in dagster/. Exit status: 0 ended by the user, 1 one of the two ended by itself.
    """
    from pipelines.instance import dagster_home
    from pipelines.settings import load_settings

    settings = load_settings()
    home = dagster_home(settings)
    token = settings.serve_token.get_secret_value() or secrets.token_urlsafe(24)
    token_file = home / "serve.token"
    token_file.unlink(missing_ok=True)
    with open(os.open(token_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write(token)
    env = os.environ | {"DAGSTER_HOME": str(home), "DEFLATION_HOME": str(home.parent)}
    web = [
        sys.executable,
        "-m",
        "pipelines.web.webserver",
        "--host",
        host,
        "--port",
        str(port),
        "--token-file",
        str(token_file),
        *(part for name in names for part in ("--allow-host", name)),
        *(["--allow-changes"] if allow_changes else []),
    ]
    daemon = [str(Path(sys.executable).with_name("dagster-daemon")), "run", "-m", "pipelines.definitions"]
    running = [subprocess.Popen(program, env=env) for program in (web, daemon)]
    shown = f"[{host}]" if ":" in host else host
    click.echo(
        f"Dagster UI on http://{shown}:{port}/?token={token}{'' if allow_changes else ' (read only)'}; the daemon ticks the schedule; Ctrl-C ends both"
    )

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        while all(p.poll() is None for p in running):
            time.sleep(0.5)
        click.echo("deflation serve: one of the two programs ended by itself; see its lines above", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("stopping")
    finally:
        for p in running:
            p.terminate()
        for p in running:
            try:
                p.wait(timeout=15)
            except subprocess.TimeoutExpired:
                p.kill()
