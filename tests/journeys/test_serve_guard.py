"""Nobody drives `deflation serve` from outside: the real server, asked with the headers a browser sends."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright import sync_api as playwright

from pipelines.settings import load_settings
from tests.conftest import ROOT

IMAGE = {"Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site", "Accept": "image/*"}
JSON = {"Content-Type": "application/json"}
STOP = 'mutation { stopRunningSchedule(id: "x") { __typename } }'


class Served:
    """A running `deflation serve` with its address and token."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def own(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.ask(method, path, body, Cookie=f"deflation_token={self.token}", **headers)


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, port = tmp_path_factory.mktemp("served"), _free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DEFLATION_", "DAGSTER_"))} | {
        "DEFLATION_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
    }
    program = subprocess.Popen(
        [Path(sys.executable).with_name("deflation"), "serve", "--port", str(port)],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    token = re.search(r"token=([\w-]+)", program.stdout.readline())
    assert token, "the printed address carries no token"
    one = Served(port, token[1])
    try:
        for _ in range(600):
            try:
                one.ask("GET", "/")
                break
            except OSError:
                assert program.poll() is None, program.stdout.read()
                time.sleep(0.5)
        assert (home / "dagster" / "serve.token").stat().st_mode & 0o077 == 0
        yield one
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait(timeout=60)


def test_without_the_token_nothing_is_answered(served: Served) -> None:
    for method, path, body in (
        ("GET", "/", None),
        ("GET", "/server_info", None),
        ("POST", "/graphql", json.dumps({"query": "{ version }"})),
    ):
        status, headers, said = served.ask(method, path, body, **JSON)
        assert status == 401 and b"token" in said and headers["x-frame-options"] == "DENY"
    assert served.ask("GET", "/?token=wrong")[0] == 401


def test_the_printed_address_gives_a_cookie_of_this_site_alone_and_then_the_page(served: Served) -> None:
    status, headers, _ = served.ask("GET", f"/?token={served.token}&a=1")
    assert status == 303 and headers["location"] == "/?a=1"
    assert "HttpOnly" in headers["set-cookie"] and "SameSite=Strict" in headers["set-cookie"]
    status, headers, page = served.own("GET", "/")
    assert status == 200 and b"<html" in page.lower()
    status, _, said = served.own("POST", "/graphql", json.dumps({"query": "{ version }"}), **JSON)
    assert status == 200 and b"version" in said


def test_an_image_of_another_site_changes_nothing_even_with_the_operators_cookie(served: Served) -> None:
    assert served.own("GET", "/graphql?query=" + quote(STOP), **IMAGE)[0] == 403
    assert served.own("GET", "/graphql?query=" + quote(STOP))[0] == 405


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/graphql", "multipart/form-data; boundary=x"]
)
def test_a_form_of_any_kind_is_no_request_that_may_change_something(served: Served, kind: str) -> None:
    assert served.own("POST", "/graphql", json.dumps({"query": STOP}), **{"Content-Type": kind})[0] == 415
    assert served.own("POST", "/graphql?query=" + quote(STOP), "", **{"Content-Type": kind})[0] == 415
    assert served.own("POST", "/graphql", json.dumps({"query": STOP}), **{"Content-Type": kind, "Origin": "https://evil.example"})[0] == 403


def test_another_host_name_another_origin_and_a_forged_materialization_are_refused(served: Served) -> None:
    question = json.dumps({"query": "{ version }"})
    assert served.own("POST", "/graphql", question, **JSON, Host="evil.example")[0] == 421
    assert served.own("POST", "/graphql", question, **JSON, Origin="https://evil.example")[0] == 403
    assert served.own("POST", "/report_asset_materialization/raw/capture?description=forged", None)[0] == 415
    assert served.own("POST", "/report_asset_materialization/raw/capture", "{}", **JSON)[0] == 403


def test_read_only_is_the_default_and_dagster_holds_it_too(served: Served) -> None:
    launch = (
        'mutation { launchRun(executionParams: {selector: {repositoryLocationName: "pipelines.definitions", repositoryName: "__repository__", '
        'jobName: "daily"}, runConfigData: {}, mode: "default"}) { __typename } }'
    )
    status, _, said = served.own("POST", "/graphql", json.dumps({"query": launch}), **JSON, Origin=f"http://127.0.0.1:{served.port}")
    assert status == 200 and b"LaunchRunSuccess" not in said
    assert b"Unauthorized" in said or b"ermission" in said, said[:300]


def test_dagsters_own_pages_work_in_a_real_browser_behind_the_guard(served: Served) -> None:
    """Its pages name each question in the address (``?op=NAME``); what refuses that leaves an operator a blank page."""
    chromium = Path(load_settings().chromium)
    if not chromium.exists():
        pytest.skip(f"no browser at {chromium}: apt-get install -y --no-install-recommends chromium, or set DEFLATION_CHROMIUM")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"])
        page, refused, thrown = browser.new_page(), [], []
        page.on("response", lambda answer: refused.append((answer.status, answer.url)) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.goto(f"http://127.0.0.1:{served.port}/?token={served.token}", timeout=120_000)
        page.goto(f"http://127.0.0.1:{served.port}/asset-groups", timeout=120_000)
        page.get_by_text("publish", exact=True).first.wait_for(timeout=120_000)
        browser.close()
    assert not refused and not thrown, (refused, thrown)


def test_a_name_of_the_question_may_stand_in_the_address_and_nothing_else(served: Served) -> None:
    question = json.dumps({"operationName": "V", "query": "query V { version }"})
    given = {"Content-Type": "application/json"}
    assert served.own("POST", "/graphql?op=V", question, **given)[0] == 200
    for address in ("/graphql?op=V&query=x", "/graphql?query=x", "/graphql?op=", "/graphql?op=a%20b"):
        assert served.own("POST", address, question, **given)[0] == 400, address
