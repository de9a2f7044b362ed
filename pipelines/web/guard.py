"""What stands in front of Dagster's web UI: nobody drives it from outside.

Dagster answers changes of state by GET, to any origin, under any host name, without a login; a picture on any web page
could stop the schedule through the operator's browser. This ASGI middleware lets a request through only when it names
an allowed host (DNS rebinding), carries the token of the printed address (anybody else on the machine or network), and,
if it may change something, is a JSON request of the page itself (cross-site requests cannot be that without asking).

Belongs here: who may ask what. Not here: starting the server (``pipelines.web.webserver``).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "deflation_token"
READING = {"GET", "HEAD", "OPTIONS"}
HARDENING = ((b"x-frame-options", b"DENY"), (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))


class Guard:
    """ASGI middleware. ``hosts``: names a request may be addressed to; ``token``: the secret of the printed address;
    ``read_only``: refuse everything that changes state, GraphQL's own mutations included (Dagster holds those).
    """

    def __init__(self, app: App, *, hosts: Iterable[str], token: str, read_only: bool = True) -> None:
        self.app = app
        self.hosts = {host.lower() for host in hosts}
        self.token = token
        self.read_only = read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it with a refusal in one sentence."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        status, why = self.refusal(scope, headers)
        if status:
            await _refuse(scope, receive, send, status, why)
        elif given := _given_token(scope):
            await _welcome(scope, send, given)
        else:
            await self.app(scope, receive, _hardened(send))

    def refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str]:
        """(0, "") to let it through, else a status and the reason."""
        host = headers.get("host", "").lower()
        if _name(host) not in self.hosts:
            return 421, "this server does not answer under that host name; start it with --allow-host NAME to add one"
        if not self._knows(scope, headers):
            return 401, "open the address that `deflation serve` printed: it carries the token"
        origin = headers.get("origin", "")
        if (origin and urlsplit(origin).netloc.lower() != host) or headers.get("sec-fetch-site", "same-origin") not in (
            "same-origin",
            "none",
        ):
            return 403, "a request from another site is not answered"
        if scope["type"] == "websocket":
            return (0, "") if origin else (403, "a connection without an origin is not answered")
        return self._change(scope, headers)

    def _change(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str]:
        """The rules for what may change state: GraphQL only by POST of JSON, other changes only when asked for."""
        graphql = scope["path"].rstrip("/").endswith("/graphql")
        if scope["method"] in READING:
            return (405, "GraphQL is asked by POST") if graphql and scope.get("query_string") else (0, "")
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return 415, "a request that may change something must be JSON"
        if graphql and not _names_its_question(scope.get("query_string", b"")):
            return 400, "a GraphQL request is in the body, not in the address"
        if self.read_only and not graphql:
            return 403, "read only; start it with --allow-changes to change something here"
        return 0, ""

    def _knows(self, scope: Scope, headers: dict[str, str]) -> bool:
        bearer = headers.get("authorization", "")
        offered = [_given_token(scope), _cookie(headers), bearer[7:] if bearer.lower().startswith("bearer ") else ""]
        return any(hmac.compare_digest(one.encode(), self.token.encode()) for one in offered if one)


def _names_its_question(query: bytes) -> bool:
    """Whether an address carries nothing, or ``op=NAME`` as Dagster's own pages write it for their logs; never a question itself."""
    return not query or re.fullmatch(rb"op=\w{1,100}", query) is not None


def _name(host: str) -> str:
    """The host without its port: ``[::1]:3000`` -> ``::1``."""
    return (urlsplit(f"//{host}").hostname or "") if "/" not in host and "@" not in host else ""


def _cookie(headers: dict[str, str]) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _given_token(scope: Scope) -> str:
    if scope["type"] != "http" or scope["method"] != "GET":
        return ""
    return parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]


async def _welcome(scope: Scope, send: Send, token: str) -> None:
    """Keep the token in a cookie of this site alone and go on without it in the address."""
    rest = [(k, v) for k, v in parse_qs(scope["query_string"].decode("latin-1")).items() if k != "token"]
    query = urlencode(rest, doseq=True)
    target = "/" + scope["path"].lstrip("/\\") + (f"?{query}" if query else "")
    await send(
        {
            "type": "http.response.start",
            "status": 303,
            "headers": [
                (b"location", target.encode("latin-1", "ignore").replace(b"\r", b"").replace(b"\n", b"")),
                (b"set-cookie", f"{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/".encode()),
                *HARDENING,
            ],
        }
    )
    await send({"type": "http.response.body", "body": b""})


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": why})
        return
    body = f"deflation serve: {why}\n".encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *HARDENING],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _hardened(send: Send) -> Send:
    async def wrapped(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            had = {k.lower() for k, _ in message.get("headers", [])}
            message = {**message, "headers": [*message.get("headers", []), *((k, v) for k, v in HARDENING if k not in had)]}
        await send(message)

    return wrapped
