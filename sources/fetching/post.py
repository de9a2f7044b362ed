"""Telling an address of the operator's own something: one POST of JSON, or one ping. No page is read here.

The addresses come from the settings, so they are trusted; what they answer is not looked at beyond its status. A message
goes by https alone, except to this very machine, and no redirect is followed: it reaches whom the operator named.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

TIMEOUT_S = 10.0


class NotTold(Exception):
    """The address could not be told; the sentence hides its path, which often is a secret."""


def post_json(url: str, payload: Mapping[str, Any]) -> None:
    """POST ``payload`` as JSON. Raises ``NotTold``."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(parts.hostname or "")):
        raise NotTold("expected an https address, found another")
    _ask("POST", url, json=dict(payload))


def ping(url: str) -> None:
    """GET ``url``: a heartbeat somebody else watches. Raises ``NotTold``."""
    _ask("GET", url)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ask(method: str, url: str, **more: Any) -> None:
    host = urlsplit(url).netloc.rpartition("@")[2]
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, url, timeout=TIMEOUT_S, allow_redirects=False, stream=True, **more)
            answer.close()
    except (requests.RequestException, ValueError) as error:
        raise NotTold(f"{host or 'the address'} could not be told ({type(error).__name__})") from error
    if answer.status_code >= 300:
        raise NotTold(f"{host} answered {answer.status_code}")
