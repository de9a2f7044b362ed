"""A real SMTP server for the delivery tests: aiosmtpd with STARTTLS (trustme's authority), AUTH, and moods."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "mailer", "correct horse battery staple"


class Inbox:
    """Keeps what was accepted; ``rcpt`` and ``data`` may answer differently for some recipients."""

    def __init__(
        self,
        rcpt: Callable[[str, int], str | None] = lambda _a, _n: None,
        data: Callable[[str, int], str | None] = lambda _a, _n: None,
    ) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.tries: Counter[str] = Counter()
        self._rcpt, self._data = rcpt, data

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        self.tries[address] += 1
        answer = self._rcpt(address, self.tries[address])
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        address = envelope.rcpt_tos[0]
        answer = self._data(address, self.tries[address])
        if answer == "drop before the answer":
            self.received.append((address, envelope.original_content))
            server.transport.abort()
            return "250 too late"
        if answer and answer.startswith("wait"):
            await asyncio.sleep(float(answer.split()[1]))
        elif answer:
            return answer
        self.received.append((address, envelope.original_content))
        return "250 OK"


class _Server(SMTP):
    async def smtp_DATA(self, arg: str) -> None:
        """Dies in the middle of the message for addresses that say so."""
        if (
            self.envelope
            and self.envelope.rcpt_tos
            and "diesmid" in self.envelope.rcpt_tos[0]
            and self.event_handler.tries[self.envelope.rcpt_tos[0]] == 1
        ):
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


def authority() -> trustme.CA:
    return trustme.CA()


def start(inbox: Inbox, ca: trustme.CA | None = None, login: bool = False, host_name: str = "localhost") -> Controller:
    """Start on a free port of this machine; with ``ca`` it demands STARTTLS, with ``login`` AUTH."""
    options: dict[str, Any] = {"data_size_limit": 10_000_000}
    if ca is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert(host_name).configure_cert(context)
        options |= {"tls_context": context, "require_starttls": True}
    if login:

        def check(_server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
            good = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
            return AuthResult(success=good, handled=good)

        options |= {"authenticator": check, "auth_required": True, "auth_require_tls": ca is not None}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = _Controller(inbox, hostname="localhost", port=port, **options)
    controller.start()
    return controller


def port_of(controller: Controller) -> int:
    return int(controller.port)
