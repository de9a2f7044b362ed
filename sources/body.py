"""The bytes of an answer: decompressed within a limit, and the pages of a paged feed joined to one.

A body is untrusted: a few kilobytes can unfold to gigabytes, so unfolding stops at the limit. Joining
copies the text of every figure; nothing is read as a number and written again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence

_UNFOLDED_AT_ONCE = 1 << 20


class BodyRefused(Exception):
    """A body that is too large, damaged or in an unknown encoding; the message says what was found."""


def unfold(chunks: Iterable[bytes], encoding: str, limit_bytes: int) -> bytes:
    """Decompress a streamed body (``gzip``, ``deflate`` or none), stopping at ``limit_bytes``.

    Raises ``BodyRefused`` for a body beyond the limit, cut short, damaged, or in another encoding.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _collect(chunks, limit_bytes)
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise BodyRefused(f"the content encoding {encoding!r}, which was not asked for")
    unfolder = zlib.decompressobj(wbits=47 if encoding != "deflate" else zlib.MAX_WBITS)
    return _collect(_unfolded(chunks, unfolder), limit_bytes)


def _unfolded(chunks: Iterable[bytes], unfolder: zlib._Decompress) -> Iterable[bytes]:
    try:
        for chunk in chunks:
            pending = chunk
            while pending and not unfolder.eof:
                yield unfolder.decompress(pending, _UNFOLDED_AT_ONCE)
                pending = unfolder.unconsumed_tail
        yield unfolder.flush()
    except zlib.error as error:
        raise BodyRefused(f"a damaged compressed body ({error})") from error
    if not unfolder.eof:
        raise BodyRefused("a compressed body that was cut short")


def _collect(chunks: Iterable[bytes], limit_bytes: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit_bytes:
            raise BodyRefused(f"a body of more than {limit_bytes:,} bytes")
    return bytes(body)


def next_page(page: bytes, field: str) -> str:
    """The address in the JSON field ``field`` of a page of a feed; empty on the last page."""
    try:
        value = json.loads(page)[field]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BodyRefused(f"a page of the feed without the field {field!r} ({type(error).__name__})") from error
    if value is not None and not isinstance(value, str):
        raise BodyRefused(f"a field {field!r} that is not an address")
    return value or ""


def join_pages(pages: Sequence[bytes], field: str) -> bytes:
    """One page that holds the lists of all pages in order, as if the feed had not been paged.

    Every page is a JSON object; lists of the same name are concatenated, ``field`` becomes null, and any
    other member is the first page's. Raises ``BodyRefused`` when the pages are not alike.
    """
    if len(pages) == 1:
        return pages[0]
    members = [_members(page) for page in pages]
    if any(set(m) != set(members[0]) for m in members):
        raise BodyRefused("pages of one feed with different members")
    joined = {}
    for name, first in members[0].items():
        joined[name] = first
        if first.startswith("["):
            inner = (m[name][1:-1].strip() for m in members)
            joined[name] = "[" + ",\n".join(part for part in inner if part) + "]"
    joined[field] = "null"
    return ("{" + ",\n".join(f"{json.dumps(k)}: {v}" for k, v in joined.items()) + "}").encode()


def _after_space(text: str, at: int) -> int:
    """Where the white space of JSON that may stand at ``at`` ends."""
    while text[at:at + 1] and text[at] in " \t\n\r":
        at += 1
    return at


def _members(page: bytes) -> dict[str, str]:
    """The members of a JSON object as name -> the text of the value, exactly as written."""
    text = page.decode("utf-8-sig", errors="strict").strip()
    decoder = json.JSONDecoder()
    found: dict[str, str] = {}
    try:
        if text[:1] != "{":
            raise ValueError("not an object")
        at = _after_space(text, 1)
        while text[at] != "}":
            name, at = decoder.raw_decode(text, at)
            at = _after_space(text, at)
            if text[at] != ":":
                raise ValueError("no colon")
            start = _after_space(text, at + 1)
            _, end = decoder.raw_decode(text, start)
            found[name] = text[start:end]
            at = _after_space(text, end)
            if text[at] == ",":
                at = _after_space(text, at + 1)
    except (ValueError, IndexError, RecursionError) as error:
        raise BodyRefused(f"a page of the feed that is not a JSON object ({error})") from error
    return found
