"""A request's total time limit, kept by closing its sockets.

A server that drips a byte now and then resets every read time-out; only the total limit ends it. The
connections register their sockets with the deadline of the request that runs in their thread.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection


class TookTooLong(Exception):
    """A request that had no whole answer within its total time."""


class Deadline:
    """Ends a request by closing its sockets: a server that drips bytes resets every time-out but this one."""

    def __init__(self, total_s: float) -> None:
        self.total_s = total_s
        self.expired = False
        self._sockets: list[socket.socket] = []
        self.timer = threading.Timer(total_s, self._expire)
        self.timer.daemon = True

    def watch(self, sock: socket.socket) -> None:
        """Close this socket too when the time is over."""
        self._sockets.append(sock)
        if self.expired:
            self._expire()

    def _expire(self) -> None:
        self.expired = True
        for sock in self._sockets:
            with suppress(OSError, ValueError):
                sock.shutdown(socket.SHUT_RDWR)

    def check(self) -> None:
        """Raise ``TookTooLong`` when the time is over."""
        if self.expired:
            raise TookTooLong(f"no whole answer within {self.total_s:g} s")


_current = threading.local()


@contextmanager
def deadline(total_s: float) -> Iterator[Deadline]:
    """A block of at most ``total_s`` seconds; raises ``TookTooLong`` in place of the errors of closed sockets."""
    running = _current.deadline = Deadline(total_s)
    running.timer.start()
    try:
        yield running
    except Exception:
        running.check()  # a closed socket looks like any broken connection
        raise
    finally:
        running.timer.cancel()
        _current.deadline = None


class WatchedHTTP(HTTPConnection):
    """A connection whose socket the running deadline can close, and which serves one request only.

    One request, because a server may end a kept connection just when the next request is on its way, and a
    reused socket would belong to no deadline.
    """

    is_connected = False  # to the pool: never worth taking out again

    def _new_conn(self) -> Any:
        return _watched(super()._new_conn())


class WatchedHTTPS(HTTPSConnection):
    """The same under TLS, which wraps the socket in a new one."""

    is_connected = False

    def _new_conn(self) -> Any:
        return _watched(super()._new_conn())

    def connect(self) -> None:
        """Connect, then watch the socket that TLS wrapped."""
        super().connect()
        _watched(self.sock)


def _watched(sock: Any) -> Any:
    running = getattr(_current, "deadline", None)
    if running is not None and sock is not None:
        running.watch(sock)
    return sock
