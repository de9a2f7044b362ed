"""The one Dagster instance of an installation: every run lands in it, whether the schedule, the command line or a timer
started it, so that the UI shows each run with its checks and logs.

``dagster.yaml`` is written from the settings, and again when they change; a file that somebody edited stays as it is. It
holds no secret: the address of the database is read from the environment.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster._core.instance.ref import InstanceRef

from pipelines.event_log import set_damaged_aside
from pipelines.settings import PREFIX, Settings, environment, provide

HEADER = (
    "# Written by deflation from its settings, and again when they change. Edit it freely: what differs from this hash is\n"
    "# never overwritten. One run at a time: the warehouse has one writer. A run that fails for a passing reason is tried again.\n"
    "# sha256 {hash}\n"
)
WRITTEN = re.compile(r"(?:#.*\n)*# sha256 (\w+)\n(.*)", re.DOTALL)
STORAGE = f"{PREFIX}DAGSTER_POSTGRES_URL"


def config(settings: Settings) -> dict[str, Any]:
    """What ``dagster.yaml`` says for these settings."""
    return {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},  # no invitation to sign up in front of the graph
        "concurrency": {"runs": {"max_concurrent_runs": 1}},
        "run_monitoring": {"enabled": True, "start_timeout_seconds": 600, "max_runtime_seconds": 4 * 3600},
        "run_retries": {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False},
        "code_servers": {"local_startup_timeout": 300},
        "retention": {"schedule": {"purge_after_days": 90}, "sensor": {"purge_after_days": 30}},
        **({"storage": {"postgres": {"postgres_url": {"env": STORAGE}}}} if settings.dagster_postgres_url.get_secret_value() else {}),
        **({"run_launcher": _launcher(settings)} if settings.run_image else {}),
    }


def _launcher(settings: Settings) -> dict[str, Any]:
    """A container per run, of the image that is set, with the state mounted and the settings of the daemon."""
    given = sorted(name for name, value in environment().items() if name.startswith(PREFIX) and value and name != f"{PREFIX}HOME")
    state = str(settings.home)
    if settings.run_on == "docker":
        network = {"network": settings.run_network} if settings.run_network else {}
        volumes = {"volumes": [f"{settings.run_volume or state}:{state}"], "auto_remove": True}
        container = {"image": settings.run_image, "env_vars": [*given, f"{PREFIX}HOME={state}"], **network, "container_kwargs": volumes}
        return {"module": "dagster_docker", "class": "DockerRunLauncher", "config": container}
    told: dict[str, Any] = {
        "dagster_home": f"{state}/dagster",
        "job_image": settings.run_image,
        "instance_config_map": "deflation-dagster",
        "service_account_name": "deflation",
        "env_vars": [*given, f"{PREFIX}HOME={state}"],
        "volumes": [{"name": "state", "persistentVolumeClaim": {"claimName": settings.run_volume or "deflation-state"}}],
        "volume_mounts": [{"name": "state", "mountPath": state}],
    }
    return {"module": "dagster_k8s", "class": "K8sRunLauncher", "config": told}


def text(settings: Settings) -> str:
    """The file as it is written."""
    body = yaml.safe_dump(config(settings), sort_keys=False)
    return HEADER.format(hash=_hash(body)) + body


def _hash(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def dagster_home(settings: Settings) -> Path:
    """The instance's folder below the state folder, with its ``dagster.yaml``; made where it is missing."""
    home = settings.home / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    path = home / "dagster.yaml"
    if not path.exists() or _is_ours(path):
        path.write_text(text(settings), encoding="utf-8")
    if address := settings.dagster_postgres_url.get_secret_value():
        # of the drivers of PostgreSQL, Dagster's events work with psycopg2 alone
        provide(STORAGE, re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg2://", address))
    return home


def _is_ours(path: Path) -> bool:
    """Whether nobody edited the file since it was written here."""
    found = WRITTEN.fullmatch(path.read_text(encoding="utf-8"))
    return found is not None and found[1] == _hash(found[2])


def unheeded(settings: Settings) -> list[str]:
    """The parts of the settings (storage, run_launcher) that an edited ``dagster.yaml`` does not follow."""
    path = settings.home / "dagster" / "dagster.yaml"
    if not path.exists() or _is_ours(path):
        return []
    written = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return [part for part in ("storage", "run_launcher") if part in config(settings) and written.get(part) != config(settings)[part]]


STORED = {"storage", "run_storage", "event_log_storage", "schedule_storage", "instance_class"}
"""Keys of ``dagster.yaml`` that say where events go."""


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance, to be used as a context manager; its event log keeps its connections open unless the file names a storage."""
    home = dagster_home(settings)
    set_damaged_aside(home)
    said = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8")) or {}
    events = {"module": "pipelines.event_log", "class": "OpenSqliteEventLog", "config": {"base_dir": str(home / "history" / "runs")}}
    overrides = {} if STORED & set(said) else {"event_log_storage": events}
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=overrides))
