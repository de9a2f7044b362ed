"""Every run lands in one Dagster instance, under the day it speaks of; an operator's configuration stays his."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import psycopg2
import pytest
import yaml
from pydantic import SecretStr

from pipelines.instance import config, dagster_home, open_instance, text, unheeded
from pipelines.operation.retention import prune
from pipelines.settings import Settings
from tests.conftest import ROOT


def test_a_run_of_the_command_line_is_seen_in_the_instance_with_its_day_and_checks(offline_home: Path) -> None:
    with dg.DagsterInstance.from_config(str(offline_home / "dagster")) as instance:
        run = instance.get_runs(limit=1)[0]
        assert run.status is dg.DagsterRunStatus.SUCCESS and run.tags["deflation/started_by"] == "command line"
        events = instance.all_logs(run.run_id)
        assert sum(e.is_dagster_event and e.get_dagster_event().event_type_value == "ASSET_CHECK_EVALUATION" for e in events) > 50
        made = instance.get_materialized_partitions(dg.AssetKey(["site", "edition"]))
        assert made == {run.tags["dagster/partition"]}


def test_an_operators_configuration_is_never_overwritten(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    path = dagster_home(settings) / "dagster.yaml"
    assert yaml.safe_load(path.read_text()) == config(settings)
    path.write_text("telemetry: {enabled: false}\n")
    dagster_home(settings)
    assert path.read_text() == "telemetry: {enabled: false}\n"


def test_a_file_nobody_edited_follows_the_settings(tmp_path: Path) -> None:
    path = dagster_home(Settings(home=tmp_path)) / "dagster.yaml"
    set_now = Settings(home=tmp_path, run_image="deflation:1", run_volume="state", run_network="team")
    dagster_home(set_now)
    assert yaml.safe_load(path.read_text()) == config(set_now) != config(Settings(home=tmp_path))
    path.write_text(path.read_text() + "# mine\n")
    dagster_home(Settings(home=tmp_path))
    assert yaml.safe_load(path.read_text()) == config(set_now), "one that was edited is left alone"
    assert unheeded(set_now) == [] and unheeded(Settings(home=tmp_path, run_image="deflation:2")) == ["run_launcher"]


def test_the_launchers_take_what_is_written_for_them(tmp_path: Path) -> None:
    with open_instance(Settings(home=tmp_path / "docker", run_image="deflation:1", run_network="team")) as instance:
        assert type(instance.run_launcher).__name__ == "DockerRunLauncher"
    from dagster._config import process_config, resolve_to_config_type
    from dagster_k8s import K8sRunLauncher

    told = config(Settings(home=tmp_path, run_image="deflation:1", run_on="kubernetes"))["run_launcher"]["config"]
    processed = process_config(resolve_to_config_type(K8sRunLauncher.config_type()), told)
    assert processed.success, processed.errors


def test_runs_and_events_lie_in_postgresql_when_its_address_is_set(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEFLATION_DAGSTER_POSTGRES_URL", "")  # restored after the test
    where = dict(part.split("=") for part in postgres.split())
    url = f"postgresql://{where['user']}:hush@{where['host']}:{where['port']}/postgres"
    settings = Settings(home=tmp_path, dagster_postgres_url=SecretStr(url))

    @dg.op
    def step() -> None: ...

    @dg.job
    def small() -> None:
        step()

    with open_instance(settings) as instance:
        run = small.execute_in_process(instance=instance).run_id
    assert "hush" not in (tmp_path / "dagster" / "dagster.yaml").read_text()
    with psycopg2.connect(url) as con, con.cursor() as cursor:
        cursor.execute("select status from runs where run_id = %s", [run])
        assert cursor.fetchall() == [("SUCCESS",)]
        cursor.execute("select count(*) from event_logs where run_id = %s", [run])
        assert cursor.fetchall()[0][0] > 5
    con.close()
    assert not list(tmp_path.rglob("*.db")), "nothing lies in SQLite"
    with pytest.raises(ValueError, match="expected postgresql://"):
        Settings(home=tmp_path, dagster_postgres_url=SecretStr("mysql://x"))


def test_the_file_at_the_top_of_the_project_is_what_is_written() -> None:
    shown = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    assert shown == config(Settings()) == yaml.safe_load(text(Settings()))


def test_what_is_kept_per_day_is_a_partition() -> None:
    from pipelines.definitions import defs

    graph = defs.resolve_asset_graph()
    kept = {".".join(key.path) for key in graph.materializable_asset_keys if graph.get(key).is_partitioned}
    assert kept == {"raw.capture", "published.warehouse", "issued.forecast", "site.edition", "mail.delivery"}


def test_the_three_that_people_wait_for_have_a_freshness_policy_and_everything_an_owner() -> None:
    from pipelines.definitions import defs

    graph = defs.resolve_asset_graph()
    for name in ("published.warehouse", "site.edition", "mail.delivery"):
        assert graph.get(dg.AssetKey(name.split("."))).freshness_policy is not None, name
    orphans = [key.to_user_string() for key in graph.materializable_asset_keys if not graph.get(key).owners]
    assert not orphans, orphans


def test_pruning_takes_old_logs_caches_and_vintages_and_nothing_that_cannot_be_made_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    kept = ["archive/a", "issued/f.parquet", "site/editions/1/index.html", "ledger.sqlite", "published.duckdb", "cache/parsed/new"]
    goes = ["cache/parsed/old", "outbox/m.eml", "published-2025-01-01.duckdb"]
    for name in (*kept, *goes):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        if name != "cache/parsed/new":
            os.utime(path, (1.6e9, 1.6e9))
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        dg.materialize([dg.asset(lambda: None, name="a")], instance=instance)
    told = prune(settings, 30, dry_run=True)
    assert sum(one.things for one in told) == len(goes) and all((tmp_path / name).exists() for name in goes)
    prune(settings, 30, dry_run=False)
    assert all((tmp_path / name).exists() for name in kept) and not any((tmp_path / name).exists() for name in goes)
    future = Settings(home=tmp_path, now=datetime(2036, 1, 1, tzinfo=UTC))
    assert [one.kind for one in prune(future, 30, dry_run=False)] == ["cached readings and steps", "run logs"]
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        assert instance.get_runs_count() == 0
