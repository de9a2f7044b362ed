"""A fetched page as untrusted bytes, and its safe readings: text, HTML tree, JSON.

Size limits, charset and decompression are handled here once. Nothing on a page is ever executed.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from sources.pages.quote import PageChanged

MAX_BYTES = 60_000_000
"""Largest body (after decompression) that is read; the largest feed known (LiteLLM, Azure) is under 20 MB."""

_BLOCKED = re.compile(
    r"(just a moment\.\.\.|cf-challenge|challenge-platform|attention required! \||"
    r"enable javascript and cookies to continue|access denied|verify you are human|captcha-delivery)",
    re.IGNORECASE,
)


MAX_DEPTH = 3000
"""Deepest nesting of elements that is parsed; the deepest page at hand has 23."""
_NESTING = re.compile(r"<(/?)(?:div|span|section|article|main|ul|ol|table|b|i|em|strong|a|font|form|blockquote|center|details)\b", re.I)


def _depth(text: str) -> int:
    """The deepest nesting of elements that must be closed, scripts aside; linear in the length of ``text``."""
    depth = deepest = 0
    for n, part in enumerate(re.split(r"(?i)<script\b", text)):
        outside = part if n == 0 else "".join(re.split(r"(?i)</script", part, maxsplit=1)[1:])
        for tag in _NESTING.finditer(outside):
            depth = max(depth + (-1 if tag[1] else 1), 0)
            deepest = max(deepest, depth)
    return deepest


class Printed(Decimal):
    """A JSON figure that is exact and remembers its own characters (``3e-06`` would else become ``0.000003``)."""

    text: str

    def __new__(cls, text: str) -> Printed:
        """The exact value of ``text``, which it keeps."""
        made = super().__new__(cls, text)
        made.text = text
        return made


@dataclass(frozen=True)
class Page:
    """The bytes of one capture. Parsers see nothing else: no file name, no date, no address."""

    body: bytes

    @cached_property
    def raw(self) -> bytes:
        """The body, gunzipped if it is gzip; raises ``PageChanged`` when it is too large or damaged."""
        body = self.body
        if body[:2] == b"\x1f\x8b":
            try:
                body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(MAX_BYTES + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise PageChanged(f"expected a whole gzip body, found a damaged one ({error})") from error
        if len(body) > MAX_BYTES:
            raise PageChanged(f"expected at most {MAX_BYTES} bytes, found more: the body is not read")
        if not body.strip():
            raise PageChanged("expected a page, found an empty body")
        return body

    @cached_property
    def text(self) -> str:
        """The body as text (UTF-8 or its declared charset, without BOM); refuses binary bodies."""
        raw = self.raw
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16", errors="replace")
        if raw[:3] == b"\xef\xbb\xbf":
            raw = raw[3:]
        if b"\x00" in raw[:4096]:
            raise PageChanged("expected text, found a binary body")
        try:
            return raw.decode("utf-8").replace("\x00", "")
        except UnicodeDecodeError:
            declared = re.search(rb"charset=[\"']?([A-Za-z0-9_-]+)", raw[:4096])
            name = declared[1].decode("ascii") if declared else "cp1252"
            try:
                return raw.decode(name, errors="strict").replace("\x00", "")
            except (LookupError, UnicodeDecodeError):
                return raw.decode("utf-8", errors="replace").replace("\x00", "")

    @cached_property
    def is_pdf(self) -> bool:
        """Whether the body is a PDF document (``sources.pages.specs.pdf`` reads it; it has no ``text``)."""
        return self.raw[:1024].lstrip()[:5] == b"%PDF-"

    @cached_property
    def is_zip(self) -> bool:
        """Whether the body is a zip archive, whose members a parser unfolds within limits."""
        return self.raw[:4] == b"PK\x03\x04"

    @cached_property
    def is_html(self) -> bool:
        """Whether the body starts like an HTML document or holds HTML block tags."""
        return bool(re.search(r"<(!doctype html|html|head|body|table|div|main|article)\b", self.text[:20000], re.I))

    @cached_property
    def is_markdown(self) -> bool:
        """Whether a text with HTML tags is Markdown that holds them: its headings or tables are Markdown's and nothing opens a document."""
        whole = re.search(r"<(?:html|body|!doctype)", self.text[:20000], re.I)
        return not whole and bool(re.search(r"^#{1,6}\s|^\s*\|.*\|\s*$", self.text, re.M))

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed HTML (lexbor through selectolax; scripts are data).

        Raises ``PageChanged`` for elements nested deeper than ``MAX_DEPTH``: the parser's time grows with the
        square of the depth, and 200,000 open elements cost minutes.
        """
        deepest = _depth(self.text)
        if deepest > MAX_DEPTH:
            raise PageChanged(f"expected elements at most {MAX_DEPTH} deep, found {deepest}: the page is not read")
        return LexborHTMLParser(self.text)

    @cached_property
    def is_blocked(self) -> bool:
        """Whether this is a challenge or denial page rather than content."""
        if self.is_pdf or self.is_zip:
            return False
        return bool(_BLOCKED.search(self.text[:30000])) and len(self.text) < 60_000

    @cached_property
    def is_cut_short(self) -> bool:
        """Whether an HTML document was opened and never closed: a transfer that ended too early."""
        if self.is_pdf or self.is_zip:
            return False
        return bool(re.search(r"<html\b", self.text[:20000], re.I)) and not re.search(r"</html\s*>", self.text, re.I)

    def json(self) -> Any:
        """The body as JSON (numbers stay text-exact: floats are ``Printed`` decimals); ``PageChanged`` otherwise."""
        try:
            return json.loads(self.text, parse_float=Printed)
        except (json.JSONDecodeError, RecursionError) as error:
            raise PageChanged(f"expected JSON, found text that is not ({error})") from error
