"""A small internet on loopback for the journeys: what each address answers today, with EIA's interface in full.

Bodies are captures of the study data or specimens. Test code: it reads no clock and checks nothing itself.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from sources.catalogue import source

Answer = Callable[[dict[str, list[str]]], tuple[int, bytes]]


class MirrorServer:
    """Serves ``https://host/path`` as ``BASE/host/path``; an address without an answer is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                parts = urlsplit(self.path)
                status, body = outer.answers.get(parts.path, lambda _: (404, b"nothing here"))(parse_qs(parts.query))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def base(self) -> str:
        """The address to set as ``DEFLATION_MIRROR``."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def place(self, key: str, body: bytes, status: int = 200) -> None:
        """Let every address of a source answer with one body."""
        self.answer(key, lambda _: (status, body))

    def answer(self, key: str, given: Answer) -> None:
        """Let every address of a source answer what ``given`` makes of the query."""
        for url in source(key).contract.urls:
            parts = urlsplit(url)
            self.answers[f"/{parts.netloc}{parts.path}"] = given

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


def eia(rows: list[dict[str, object]], rows_at_once: int, echo: str) -> Answer:
    """EIA's interface: at most ``rows_at_once`` rows a call from ``offset`` on, their number as text, the request echoed with its key."""

    def given(query: dict[str, list[str]]) -> tuple[int, bytes]:
        start = int(query.get("offset", ["0"])[0])
        response = {"total": str(len(rows)), "dateFormat": "YYYY-MM", "frequency": "monthly", "data": rows[start : start + rows_at_once]}
        return 200, json.dumps(
            {"response": response, "request": {"command": "/v2/", "params": {"api_key": echo, "offset": start}}}
        ).encode()

    return given
