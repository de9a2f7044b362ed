"""The one Dagster instance of a state folder: every run lands in it, whether the schedule, the command line or a timer
started it, so that the UI shows each run with its checks and logs.

``dagster.yaml`` is written where there is none; an operator's own file stays as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster._core.instance.ref import InstanceRef

from pipelines.settings import Settings

HEADER = (
    "# Written by deflation where no such file was; edit it freely, it is never overwritten. One run at a time: the\n"
    "# warehouse has one writer. A run that fails for a passing reason is tried again.\n"
)


def config() -> dict[str, Any]:
    """What ``dagster.yaml`` says."""
    return {
        "telemetry": {"enabled": False},
        "concurrency": {"runs": {"max_concurrent_runs": 1}},
        "run_monitoring": {"enabled": True, "start_timeout_seconds": 600, "max_runtime_seconds": 4 * 3600},
        "run_retries": {"enabled": True, "max_retries": 2, "retry_on_asset_or_op_failure": False},
        "code_servers": {"local_startup_timeout": 300},
        "retention": {"schedule": {"purge_after_days": 90}, "sensor": {"purge_after_days": 30}},
    }


def text() -> str:
    """The file as it is written."""
    return HEADER + yaml.safe_dump(config(), sort_keys=False)


def dagster_home(settings: Settings) -> Path:
    """The instance's folder below the state folder, with its ``dagster.yaml``; made where it is missing."""
    home = settings.home / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    path = home / "dagster.yaml"
    if not path.exists():
        path.write_text(text(), encoding="utf-8")
    return home


STORAGE = {"storage", "run_storage", "event_log_storage", "schedule_storage", "instance_class"}
"""Keys of ``dagster.yaml`` that say where events go."""


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance, to be used as a context manager; its event log keeps its connections open unless the file names a storage."""
    home = dagster_home(settings)
    said = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8")) or {}
    events = {"module": "pipelines.event_log", "class": "OpenSqliteEventLog", "config": {"base_dir": str(home / "history" / "runs")}}
    overrides = {} if STORAGE & set(said) else {"event_log_storage": events}
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=overrides))
