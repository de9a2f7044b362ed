"""A run that fails is seen: by the webhook, by mail, by the missing heartbeat, by `status`; and telling never stops a run."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipelines.operation import notices
from pipelines.operation.condition import doctor, status
from pipelines.settings import Settings
from sources.fetching.post import NotTold, post_json
from tests.journeys.conftest import Run
from warehouse.store import query


class Hook(HTTPServer):
    """A real web server that keeps what it was told."""

    def __init__(self, answer: int = 200) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.answer = answer

        class Handler(BaseHTTPRequestHandler):
            def _keep(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                self.server.told.append((self.command, self.path, body))  # type: ignore[attr-defined]
                self.send_response(self.server.answer)  # type: ignore[attr-defined]
                self.end_headers()

            do_GET = do_POST = _keep

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def hook() -> Iterator[Hook]:
    one = Hook()
    yield one
    one.shutdown()


def test_a_failed_run_is_told_with_its_reason_and_gives_no_heartbeat(hook: Hook, tmp_path: Path) -> None:
    settings = Settings.model_validate({"home": tmp_path, "operator_webhook_url": hook.url + "/hook", "heartbeat_url": hook.url + "/alive"})
    notices.after_run(settings, "raw.x failed: a sentence")
    assert [(m, p) for m, p, _ in hook.told] == [("POST", "/hook")]
    assert "the run failed: raw.x failed: a sentence" in json.loads(hook.told[0][2])["text"]


def test_a_hook_that_refuses_or_is_gone_stops_nobody_and_its_path_is_hidden(hook: Hook, tmp_path: Path) -> None:
    hook.answer = 500
    with pytest.raises(NotTold) as refused:
        post_json(hook.url + "/secret-path", {"text": "x"})
    assert "500" in str(refused.value) and "secret-path" not in str(refused.value)
    gone = Settings.model_validate(
        {"home": tmp_path, "operator_webhook_url": "http://127.0.0.1:9/secret-path", "heartbeat_url": "http://127.0.0.1:9/"}
    )
    notices.after_run(gone, "why")


def test_a_run_that_cannot_publish_tells_the_hook_and_one_that_publishes_pings(
    hook: Hook, deflation: Run, offline_home: Path, tmp_path: Path
) -> None:
    told = {"DEFLATION_OPERATOR_WEBHOOK_URL": hook.url + "/hook", "DEFLATION_HEARTBEAT_URL": hook.url + "/alive"}
    (tmp_path / "file").write_text("no folder")
    done = deflation(tmp_path / "file" / "state", "run", "--offline", **told)
    assert done.returncode == 1 and not [p for _, p, _ in hook.told if p == "/alive"]
    assert any("the run failed" in json.loads(body)["text"] for _, path, body in hook.told if path == "/hook")


def test_status_of_a_published_state_says_when_and_of_an_empty_one_what_to_do(offline_home: Path, tmp_path: Path, deflation: Run) -> None:
    seen = query(offline_home / "published.duckdb", "select as_of from core.vintage").item()
    day_after = datetime.combine(seen, time(), tzinfo=UTC) + timedelta(days=1)
    found = {f.topic: f for f in status(Settings(home=offline_home, now=day_after))}
    assert found["published"].well and found["last run"].well and "command line" in found["last run"].found
    assert len(found) <= 10
    late = {f.topic: f for f in status(Settings(home=offline_home, now=day_after + timedelta(days=3)))}
    assert not late["published"].well and "4 days old" in late["published"].found
    done = deflation(tmp_path, "status")
    assert done.returncode == 1 and "nothing is published yet" in done.stdout and "deflation run" in done.stdout
    assert json.loads(deflation(tmp_path, "status", "--json").stdout)[0]["well"] is False


def test_doctor_names_a_setting_that_nobody_reads_and_a_ledger_that_others_may_read(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("")
    (tmp_path / "ledger.sqlite").chmod(0o644)
    found = {f.topic: f for f in doctor(Settings(home=tmp_path), {"DEFLATION_HOEM": "x", "DEFLATION_HOME": "y"})}
    assert not found["settings"].well and "DEFLATION_HOEM" in found["settings"].found
    assert not found["private"].well and "ledger.sqlite" in found["private"].found
