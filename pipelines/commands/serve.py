"""Open the Dagster UI with its daemon, so that the daily schedule ticks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]


@click.command(epilog="\b\nExamples:\n  deflation serve\n  deflation serve --port 3030 --host 0.0.0.0\n"
               "\b\nThe schedule is DEFLATION_SCHEDULE (cron in UTC, default 05:30 every day).")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=3000, show_default=True, help="Port to listen on.")
def command(host: str, port: int) -> None:
    """Run the Dagster web server and its daemon until interrupted (Ctrl-C or SIGTERM ends both).

    State (runs, schedules) lives below the state folder in dagster/. Exit status: 0 ended by the user,
    1 one of the two ended by itself.
    """
    from pipelines.instance import dagster_home
    from pipelines.settings import load_settings

    home = dagster_home(load_settings())
    env = os.environ | {"DAGSTER_HOME": str(home), "DEFLATION_HOME": str(home.parent)}
    programs = [
        ["dagster-webserver", "-m", "pipelines.definitions", "-h", host, "-p", str(port)],
        ["dagster-daemon", "run", "-m", "pipelines.definitions"],
    ]
    running = [subprocess.Popen([Path(sys.executable).with_name(p[0]), *p[1:]], env=env, cwd=ROOT) for p in programs]
    click.echo(f"Dagster UI on http://{host}:{port}; the daemon ticks the schedule; Ctrl-C ends both")

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
