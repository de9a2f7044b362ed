"""Dagster's web UI behind the guard, as a program: ``python -m pipelines.web.webserver --port 3000 --token-file FILE``.

Started by ``deflation serve``. Belongs here: putting Dagster's ASGI application and the guard together.
"""

from __future__ import annotations

from pathlib import Path

import click

LOCAL = ("127.0.0.1", "localhost", "::1")
MODULE = "pipelines.definitions"


@click.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", type=int, default=3000)
@click.option("--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--allow-host", "names", multiple=True)
@click.option("--allow-changes", is_flag=True)
def main(host: str, port: int, token_file: Path, names: tuple[str, ...], allow_changes: bool) -> None:
    """Serve the UI of the instance in DAGSTER_HOME until interrupted."""
    import uvicorn
    from dagster import DagsterInstance
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import ModuleTarget
    from dagster_webserver.webserver import DagsterWebserver
    from starlette.applications import Starlette
    from starlette.routing import Mount

    from pipelines.web.guard import Guard

    target = ModuleTarget(module_name=MODULE, attribute=None, working_directory=None, location_name=MODULE)
    with DagsterInstance.get() as instance, WorkspaceProcessContext(instance, target, read_only=not allow_changes) as workspace:
        instance.optimize_for_webserver(statement_timeout=15000, pool_recycle=3600, max_overflow=20)
        ui: Starlette = DagsterWebserver(workspace).create_asgi_app()
        guarded = Guard(
            Starlette(routes=[Mount("/", ui)]),
            hosts=(*LOCAL, *names),
            token=token_file.read_text(encoding="utf-8").strip(),
            read_only=not allow_changes,
        )
        uvicorn.run(guarded, host=host, port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
