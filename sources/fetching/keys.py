"""Keys of interfaces that want one: added on the wire, hidden everywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

from sources.fetching.answer import Passing, Refused

BEARER = "Authorization"
"""The name under which a key travels as a bearer token."""


class Keys:
    """Host -> (query parameter, secret), or (``BEARER``, secret) for interfaces that take the key in a header.

    No address, message, snapshot or body that leaves holds a secret.
    """

    def __init__(self, keys: Mapping[str, tuple[str, str]] | None) -> None:
        self._keys = {host: pair for host, pair in (keys or {}).items() if pair[1]}

    def __contains__(self, host: object) -> bool:
        return host in self._keys

    def parameters(self, host: str) -> list[tuple[str, str]] | None:
        """The query parameter that carries the key of ``host``; None when it wants none."""
        return [self._keys[host]] if host in self._keys and self._keys[host][0] != BEARER else None

    def headers(self, host: str) -> dict[str, str]:
        """The header that carries the key of ``host``; empty when it wants none."""
        return {BEARER: f"Bearer {self._keys[host][1]}"} if host in self._keys and self._keys[host][0] == BEARER else {}

    def hidden(self, text: str) -> str:
        """``text`` without any key."""
        return without_secrets(text, [secret for _, secret in self._keys.values()])

    def hidden_body(self, body: bytes) -> bytes:
        """``body`` without any key: interfaces echo the request."""
        for form in _forms(secret for _, secret in self._keys.values()):
            body = body.replace(form.encode(), b"REDACTED")
        return body

    @contextmanager
    def hiding(self) -> Iterator[None]:
        """Take keys out of the message of whatever is raised; the libraries' own errors carry the address asked."""
        try:
            yield
        except (Passing, Refused) as error:
            error.args = tuple(self.hidden(a) if isinstance(a, str) else a for a in error.args)
            if self._keys:
                error.__cause__ = error.__context__ = None
            raise


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """``text`` without any of the secrets, in whichever form they travel."""
    for form in _forms(secrets):
        text = text.replace(form, "REDACTED")
    return text


def _forms(secrets: Iterable[str]) -> list[str]:
    """Every secret, plain and percent-encoded."""
    return [form for secret in secrets for form in (secret, quote(secret, safe=""), quote_plus(secret))]
