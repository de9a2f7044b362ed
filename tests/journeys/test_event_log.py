"""The event log that stays open holds what Dagster's own holds, for either class to read, and lets go of its files."""

from __future__ import annotations

import random
from pathlib import Path

import dagster as dg
import pytest

from pipelines.event_log import KEPT_OPEN, OpenSqliteEventLog, set_damaged_aside
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


def test_forty_damages_of_every_database_of_the_instance_stop_no_run(tmp_path: Path) -> None:
    settings, rng = Settings(home=tmp_path), random.Random(4)
    with open_instance(settings) as instance:
        dg.materialize([one], instance=instance)
    files = [tmp_path / "dagster" / name for name in ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")]
    whole = {path: path.read_bytes() for path in files}
    for n in range(40):
        for path in files:
            kept = bytearray(whole[path])
            if n < 4:
                kept = kept[: (0, 10, len(kept) // 2, len(kept) - 4096)[n]]
            else:
                at = rng.randrange(0, len(kept) // 4096) * 4096
                kept[at : at + 200] = rng.randbytes(200)
            path.write_bytes(kept)
        set_damaged_aside(tmp_path / "dagster")
        if n % 8 == 0:
            with open_instance(settings) as instance:
                assert dg.materialize([one], instance=instance).success, n
    assert len(list((tmp_path / "dagster").rglob("*.damaged"))) == len(files)


def test_a_database_that_is_whole_is_left_alone_even_while_another_writes_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with open_instance(settings) as instance:
        run = dg.materialize([one], instance=instance).run_id
        assert set_damaged_aside(tmp_path / "dagster") == []
        with open_instance(settings) as other:
            assert other.get_run_by_id(run) is not None


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
