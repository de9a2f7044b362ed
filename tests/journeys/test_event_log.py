"""The event log that stays open holds what Dagster's own holds, for either class to read, and lets go of its files."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.event_log import KEPT_OPEN, OpenSqliteEventLog
from pipelines.instance import dagster_home, open_instance
from pipelines.settings import Settings


@dg.asset
def one() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"rows": 3})


def test_either_class_reads_what_the_other_wrote(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as theirs:
        first = dg.materialize([one], instance=theirs).run_id
    with open_instance(settings) as ours:
        assert isinstance(ours.event_log_storage, OpenSqliteEventLog)
        second = dg.materialize([one], instance=ours).run_id
        kinds = [[e.dagster_event_type for e in ours.all_logs(run)] for run in (first, second)]
        assert kinds[0] == kinds[1] and dg.DagsterEventType.ASSET_MATERIALIZATION in kinds[0]
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as theirs:
        assert [e.dagster_event_type for e in theirs.all_logs(second)] == kinds[1]
        assert theirs.get_latest_materialization_event(one.key).run_id == second


def test_databases_are_closed_beyond_a_number_and_with_the_instance(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with open_instance(settings) as instance:
        runs = [dg.materialize([one], instance=instance).run_id for _ in range(KEPT_OPEN + 2)]
        log = instance.event_log_storage
        assert len(log._open) == KEPT_OPEN
        instance.delete_run(runs[-1])
        assert runs[-1] not in log._open
        assert len(instance.all_logs(runs[0])) > 3
    assert not log._open and not list((tmp_path / "dagster" / "history" / "runs").glob("*-wal"))


@pytest.mark.parametrize(
    "said",
    [
        "storage: {sqlite: {base_dir: %s}}",
        "run_storage: {module: dagster._core.storage.runs, class: SqliteRunStorage, config: {base_dir: %s}}",
    ],
)
def test_a_storage_that_an_operator_names_stays_his(tmp_path: Path, said: str) -> None:
    settings = Settings(home=tmp_path)
    (dagster_home(settings) / "dagster.yaml").write_text(said % (tmp_path / "other"))
    with open_instance(settings) as instance:
        assert not isinstance(instance.event_log_storage, OpenSqliteEventLog)
