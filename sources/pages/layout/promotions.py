"""Until when a price below a struck one holds, where a note of the page says so and not the price itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sources.pages.layout.around import plain_text
from sources.pages.layout.claims import Block
from sources.pages.page import Page
from sources.pages.periods import period_in

_PROMOTION = re.compile(r"discount|promotion|\boffer|% off|优惠|折扣|\d ?折", re.I)
_SENTENCE = re.compile(r"[^\n。;；]+?(?:[。;；\n]|\.(?=\s|$)|$)")


def end_promotions(blocks: Sequence[Block], page: Page) -> None:
    """Give prices that stand beside a struck one the day on which a sentence that names their model, or none, ends the discount."""
    open_ended = [c for block in blocks for c in block.claims if c.status == "promotional" and not c.until]
    if not open_ended:
        return
    names = {c.name for block in blocks for c in block.claims if c.name}
    ends: dict[str, set[str]] = {}
    for sentence in (m[0] for m in _SENTENCE.finditer(plain_text(page)) if _PROMOTION.search(m[0])):
        until = period_in(sentence)[1].until
        for name in [n for n in names if n in sentence] or [""]:
            ends.setdefault(name, set()).update({until} - {""})
    for block in blocks:
        block.claims = [
            replace(c, until=next(iter(found)))
            if c in open_ended and len(found := ends.get(c.name, set()) or ends.get("", set())) == 1
            else c
            for c in block.claims
        ]
