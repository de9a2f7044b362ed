"""The bytes of an answer: decompressed within a limit, and the pages of a paged feed joined to one.

A body is untrusted: a few kilobytes can unfold to gigabytes, so unfolding stops at the limit. Joining
copies the text of every figure; nothing is read as a number and written again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import brotli

_UNFOLDED_AT_ONCE = 1 << 20


class BodyRefused(Exception):
    """A body that is too large, damaged or in an unknown encoding; the message says what was found."""


def unfold(chunks: Iterable[bytes], encoding: str, limit_bytes: int) -> bytes:
    """Decompress a streamed body (``gzip``, ``deflate``, ``br`` or none), stopping at ``limit_bytes``.

    Brotli is never asked for; archives serve it all the same, as they once got it.

    Raises ``BodyRefused`` for a body beyond the limit, cut short, damaged, or in another encoding.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _collect(chunks, limit_bytes)
    if encoding == "br":
        return _collect(_unfolded_brotli(chunks), limit_bytes)
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise BodyRefused(f"the content encoding {encoding!r}, which was not asked for")
    return _collect(_unfolded(chunks, 47 if encoding != "deflate" else zlib.MAX_WBITS), limit_bytes)


def _unfolded(chunks: Iterable[bytes], wbits: int) -> Iterable[bytes]:
    """All members of a compressed body: gzip may hold several, one after the other (RFC 1952, 2.2)."""
    unfolder = zlib.decompressobj(wbits)
    try:
        for chunk in chunks:
            pending = chunk
            while pending:
                if unfolder.eof:
                    unfolder = zlib.decompressobj(wbits)
                yield unfolder.decompress(pending, _UNFOLDED_AT_ONCE)
                pending = unfolder.unused_data if unfolder.eof else unfolder.unconsumed_tail
        yield unfolder.flush()
    except zlib.error as error:
        raise BodyRefused(f"a damaged compressed body ({error})") from error
    if not unfolder.eof:
        raise BodyRefused("a compressed body that was cut short")


def _unfolded_brotli(chunks: Iterable[bytes]) -> Iterable[bytes]:
    unfolder = brotli.Decompressor()
    try:
        for chunk in chunks:
            yield unfolder.process(chunk, output_buffer_limit=_UNFOLDED_AT_ONCE)
            while not unfolder.can_accept_more_data():
                yield unfolder.process(b"", output_buffer_limit=_UNFOLDED_AT_ONCE)
    except brotli.error as error:
        raise BodyRefused(f"a damaged compressed body ({error})") from error
    if not unfolder.is_finished():
        raise BodyRefused("a compressed body that was cut short")


def _collect(chunks: Iterable[bytes], limit_bytes: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit_bytes:
            raise BodyRefused(f"a body of more than {limit_bytes:,} bytes")
    return bytes(body)


def next_page(page: bytes, paging: str, asked: str = "") -> str:
    """The address of the page after ``page``; empty on the last page.

    ``paging`` as in a contract: the JSON field that holds the address, or where the number of all rows and the rows
    stand (``response.total response.data``); the next page is then ``asked`` with its ``offset`` moved on. Raises
    ``BodyRefused`` where the page does not say, or says that rows are missing and has none.
    """
    total, _, rows = paging.partition(" ")
    value = _member(page, total)
    if not rows:
        if value is not None and not isinstance(value, str):
            raise BodyRefused(f"a field {total!r} that is not an address")
        return value or ""
    read, offset = len(_member(page, rows) or ()), int(dict(parse_qsl(urlsplit(asked).query)).get("offset", "0"))
    if not (str(value).isascii() and str(value).isdigit()):
        raise BodyRefused(f"a field {total!r} that is not a number of rows")
    if offset + read >= int(str(value)):
        return ""
    if not read:
        raise BodyRefused(f"no rows from row {offset} of {value} on")
    return _with_offset(asked, offset + read)


def _with_offset(url: str, offset: int) -> str:
    parts = urlsplit(url)
    others = [p for p in parts.query.split("&") if p and not p.startswith("offset=")]
    return parts._replace(query="&".join([*others, f"offset={offset}"])).geturl()


def repeats(page: bytes, before: bytes, paging: str) -> bool:
    """Whether a page gives the rows of the one before it again, whatever it echoes of the request around them."""
    _, _, rows = paging.partition(" ")
    return page == before or bool(rows and _member(page, rows) and _member(page, rows) == _member(before, rows))


def shortfall(body: bytes, paging: str) -> str:
    """How many of the rows that a paged body counts it holds, where that is not all of them; else empty."""
    total, _, rows = paging.partition(" ")
    if not rows:
        return ""
    stated, read = int(str(_member(body, total))), len(_member(body, rows))
    return f"holds {read} of the {stated} rows it counts" if read < stated else ""


def _member(page: bytes, path: str) -> Any:
    try:
        value = json.loads(page)
        for name in path.split("."):
            value = value[name]
        return value
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BodyRefused(f"a page of the feed without the field {path!r} ({type(error).__name__})") from error


def join_pages(pages: Sequence[bytes], paging: str) -> bytes:
    """One page that holds the lists of all pages in order, as if the feed had not been paged.

    Every page is a JSON object; lists of the same name are concatenated, the field of the next address becomes null,
    and any other member is the first page's. Of a feed that counts its rows only the list of rows is joined. Raises
    ``BodyRefused`` when the pages are not alike.
    """
    if len(pages) == 1:
        return pages[0]
    field, _, rows = paging.partition(" ")
    if rows:
        return _joined([p.decode("utf-8-sig", errors="strict") for p in pages], rows.split(".")).encode()
    members = _alike([p.decode("utf-8-sig", errors="strict") for p in pages])
    joined = {name: _list_of([m[name] for m in members]) if first.startswith("[") else first for name, first in members[0].items()}
    joined[field] = "null"
    return _object(joined).encode()


def _joined(texts: Sequence[str], path: Sequence[str]) -> str:
    """The first of some objects with the lists at ``path`` of all of them."""
    members, inner = _alike(texts), path[0]
    if inner not in members[0]:
        raise BodyRefused(f"a page of the feed without the field {inner!r}")
    values = [m[inner] for m in members]
    return _object(members[0] | {inner: _joined(values, path[1:]) if path[1:] else _list_of(values)})


def _alike(texts: Sequence[str]) -> list[dict[str, str]]:
    members = [_members(text) for text in texts]
    if any(set(m) != set(members[0]) for m in members):
        raise BodyRefused("pages of one feed with different members")
    return members


def _list_of(lists: Iterable[str]) -> str:
    inner = (text[1:-1].strip() for text in lists)
    return "[" + ",\n".join(part for part in inner if part) + "]"


def _object(members: Mapping[str, str]) -> str:
    return "{" + ",\n".join(f"{json.dumps(k)}: {v}" for k, v in members.items()) + "}"


def _after_space(text: str, at: int) -> int:
    """Where the white space of JSON that may stand at ``at`` ends."""
    while text[at : at + 1] and text[at] in " \t\n\r":
        at += 1
    return at


def _members(text: str) -> dict[str, str]:
    """The members of a JSON object as name -> the text of the value, exactly as written."""
    text = text.strip()
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
