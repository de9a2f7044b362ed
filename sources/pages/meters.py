"""What is priced per something other than a text token: images, minutes, hours, pages, requests.

Hosts print such tables beside their token prices. They are kept in the long form with their own unit, so
that no row of a page is lost and none is taken for a token price.
"""

from __future__ import annotations

import re

from units.quantity import plain

_METERS = (
    (r"(?:gpu|accelerator)[- ]?(?:hour|hr)|hour|hr\b", "hour", "1 hour"),
    (r"audio minute|minute|min\b", "audio_minute", "1 minute"),
    (r"audio hour", "audio_hour", "1 hour"),
    (r"video second|second of video", "video_second", "1 second"),
    (r"audio second|second|sec\b|s\b", "other", "1 second"),
    (r"(?:1m|million|m) (?:utf-8 )?(?:characters|bytes|chars)", "character", "1M characters"),
    (r"(?:1k|1,?000|thousand) characters", "character", "1K characters"),
    (r"character", "character", "1 character"),
    (r"image(?: megapixel)?|edit|picture", "image", "1 image"),
    (r"(?:1m|million) pixels|megapixel|mp\b", "image", "1 megapixel"),
    (r"billion pixels", "image", "1G pixels"),
    (r"frame", "image", "1 frame"),
    (r"step", "other", "1 step"),
    (r"video", "other", "1 video"),
    (r"song|generation|track", "other", "1 generation"),
    (
        r"(?:1k|1,?000|thousand|k) (?:search queries|grounded prompts|grounded|prompts|calls|requests|searches|urls|results|queries)",
        "request",
        "1K requests",
    ),
    (r"request|call|search|query", "request", "1 request"),
    (r"page", "page", "1 page"),
    (r"张", "image", "1 image"),
    (r"秒", "other", "1 second"),
    (r"分钟", "audio_minute", "1 minute"),
    (r"次", "request", "1 request"),
    (r"万 ?字符", "character", "10K characters"),
    (r"千 ?字符", "character", "1K characters"),
    (r"首", "other", "1 song"),
    (r"视频|个|音色|积分", "other", "1 other"),
    (r"小时|天|月", "other", "1 period"),
    (r"month|day|week|seat|user|gb|vcpu|gib", "other", "1 other"),
)


_TOKENS = re.compile(r"(?:1?\s?[mk]|million|thousand|1,?000(?:,?000)?)?\s?(?:input |output |cached )*(?:token|tok)|mt$")


def meter_as_printed(text: str) -> tuple[str, str] | None:
    """Like ``meter``, and for a unit it does not know the page's own word (``/voice`` -> ``1 voice``)."""
    known = meter(text)
    if known is not None:
        return known
    match = re.search(r"(?:\bper|/)\s*(?P<what>[a-z0-9][a-z0-9 \-]{1,30})$", plain(text).lower())
    return None if match is None or _TOKENS.match(match["what"].strip()) else ("other", f"1 {match['what'].strip()}")


def meter(text: str) -> tuple[str, str] | None:
    """(component, unit) of the meter that ``text`` names after ``per`` or ``/``; None when it names none."""
    told = plain(text).lower()
    for match in re.finditer(r"(?:\bper|/|每)\s*(?P<what>[a-z0-9, \-\u4e00-\u9fff]+)", told):
        what = re.sub(r"^(?:1|a|an|one)\s", "", match["what"].strip())
        if _TOKENS.match(what):
            return None
        for pattern, component, unit in _METERS:
            if re.match(pattern, what):
                return component, unit
    return None
