"""The address behind the unsubscribe button: RFC 8058 one-click posts, and a page with one button for people.

Stands behind a web server that speaks https. A GET changes nothing (mail scanners follow links); only a POST with the
token of the mail does. Every answer is the same for a known and an unknown token, so that nobody can try tokens out.
"""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

BODY_LIMIT = 4096
DONE = "You will get no more mail from Deflation."
ASK = "Unsubscribe from Deflation?"


def server(host: str, port: int, unsubscribe: Callable[[str], bool]) -> ThreadingHTTPServer:
    """A server that calls ``unsubscribe(token)`` for each one-click post; the caller runs and closes it."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            token = quote(self._token(), safe="")
            self._answer(
                200,
                f'<h1>{ASK}</h1><form method="post" action="?token={token}"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Unsubscribe</button></form>',
            )

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > BODY_LIMIT:
                self._answer(413, "<h1>Too much was sent.</h1>")
                return
            body = self.rfile.read(int(length)).decode("latin-1")
            if "One-Click" not in body or "List-Unsubscribe" not in body:
                self._answer(400, "<h1>Expected List-Unsubscribe=One-Click.</h1>")
                return
            if self._token():
                unsubscribe(self._token())
            self._answer(200, f"<h1>{DONE}</h1>")

        def _token(self) -> str:
            return parse_qs(urlsplit(self.path).query).get("token", [""])[0][:100]

        def _answer(self, status: int, body: str) -> None:
            page = f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Deflation</title>{body}</html>'.encode()
            self.send_response(status)
            for name, value in (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(page))), ("Cache-Control", "no-store"),
                                ("Content-Security-Policy", "default-src 'none'; form-action 'self'"), ("Referrer-Policy", "no-referrer")):  # fmt: skip
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Nothing: an address bar's token is a secret."""

    return ThreadingHTTPServer((host, port), Handler)
