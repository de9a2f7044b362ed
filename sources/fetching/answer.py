"""An answer of a server: is it usable, may its failure pass, and its body within the limits.

Duck-typed over a streamed ``requests`` response; opens nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sources.fetching.body import BodyRefused, unfold


class Passing(Exception):
    """A failure that may pass: 429, 5xx, a time-out. ``pause_s`` is what the server asked for.

    ``timed_out``: it let our time run out. ``of_host``: it concerns every address of the host (its robots.txt).
    """

    def __init__(
        self,
        found: str,
        *,
        status: int = 0,
        pause_s: float | None = None,
        unreachable: bool = False,
        timed_out: bool = False,
        of_host: bool = False,
    ) -> None:
        super().__init__(found)
        self.status, self.pause_s, self.unreachable = status, pause_s, unreachable
        self.timed_out, self.of_host = timed_out, of_host


class Refused(Exception):
    """A failure that asking again cannot mend."""

    def __init__(self, found: str, remedy: str, *, status: int = 0, unreachable: bool = False) -> None:
        super().__init__(found)
        self.remedy, self.status, self.unreachable = remedy, status, unreachable


def check_status(response: Any, clock: Callable[[], datetime], *, conditional: bool, part: bool = False) -> None:
    """Raise ``Passing`` or ``Refused`` unless the answer is a page, an unchanged one, or the ``part`` that was asked for."""
    status = response.status_code
    if status == 206 if part else status in (200, 203) or (status == 304 and conditional):
        return
    found = f"HTTP {status} {response.reason or ''}".strip()
    if status == 429 or status >= 500:
        raise Passing(found, status=status, pause_s=retry_after_s(response.headers.get("Retry-After", ""), clock))
    remedy = {
        401: "the page needs a login",
        403: "the page is closed to us",
        404: "see where the page has moved",
        410: "the page is gone",
    }.get(status, "look at the page")
    raise Refused(found, f"{remedy}; the last good one is kept", status=status)


def retry_after_s(value: str, clock: Callable[[], datetime]) -> float | None:
    """The pause a server asks for, in seconds or as a date (RFC 9110, 10.2.3); None when it asks for none."""
    if (seconds := _whole_number(value)) is not None:
        return float(seconds)
    with suppress(ValueError, TypeError):
        return max(0.0, (parsedate_to_datetime(value) - clock()).total_seconds())
    return None


def check_body(body: bytes, binary: bool) -> None:
    """Raise ``BodyRefused`` for an empty body, or a binary one where text is due."""
    if not body.strip():
        raise BodyRefused("an empty body")
    if not binary and body[:2] not in (b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff") and b"\x00" in body[:4096]:
        raise BodyRefused("a binary body")


def read_body(response: Any, limit_bytes: int, check_time: Callable[[], None]) -> bytes:
    """The decompressed body of a streamed answer; raises ``BodyRefused`` beyond the limit or when cut short."""
    announced = _whole_number(response.headers.get("Content-Length", ""))
    if announced is not None and announced > limit_bytes:
        raise BodyRefused(f"a body of {announced:,} bytes, more than {limit_bytes:,}")
    length = 0

    def chunks() -> Iterator[bytes]:
        nonlocal length
        while chunk := response.raw.read1(1 << 16, decode_content=False):
            length += len(chunk)
            check_time()
            if length > limit_bytes:
                raise BodyRefused(f"a body of more than {limit_bytes:,} bytes")
            yield chunk
        check_time()

    body = unfold(chunks(), response.headers.get("Content-Encoding", ""), limit_bytes)
    if announced is not None and announced != length and "chunked" not in response.headers.get("Transfer-Encoding", ""):
        raise BodyRefused(f"a body cut short ({length:,} of {announced:,} bytes)")
    return body


def _whole_number(text: str) -> int | None:
    """A number of a header (RFC 9110: ASCII digits only), at most a thousand million million; None for anything else."""
    digits = text.strip()
    return min(int(digits[:16]), 10**15) if digits.isascii() and digits.isdigit() else None
