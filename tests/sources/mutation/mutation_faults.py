"""What would be silently wrong with the rows read from a mutated page.

The right rows, a refusal and a contract failure are right; a wrong or missing price that nothing tells of is a
fault. Not here: the mutations (``mutate``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tests.sources.mutation.mutate import Mutation


def fault(
    mutation: Mutation,
    before: Sequence[dict[str, str]],
    after: Sequence[dict[str, str]],
    contract_breaks: Sequence[str],
    partial: bool = False,
) -> str:
    """What is silently wrong with the rows read ``after`` a mutation; empty when nothing is.

    ``partial``: whether the reading says that it left something out; rows that are gone are then not silently gone.

    ``before`` and ``after`` are wide (or spec) rows; a refused page is never asked about. ``contract_breaks``
    are the sentences of the live contract (minimum rows, must-see names, mass disappearance).
    """
    had, has = Counter(map(_key, before)), Counter(map(_key, after))
    new, gone = has - had, had - has
    if mutation.kind == "unit 1M -> 1K":
        return _kept("unit", "1M tokens", before, after)
    if mutation.kind == "currency changed":
        return _kept("currency", "USD", before, after)
    if partial and not new:
        return ""
    if mutation.kind == "price struck":
        return _struck(mutation, before, after)
    if mutation.kind in ("row dropped", "truncated") and new:
        new, gone = _less(new, gone, mutation.lost)
    if new:
        return f"{len(new)} rows that the page does not say, for example {_say(new)}"
    if not gone or contract_breaks:
        return ""
    if mutation.kind in ("row dropped", "truncated", "table emptied") and mutation.lost:
        names = {k[0] for k in gone}
        unsaid = [n for n in names if not _said(n, mutation.lost)]
        if mutation.kind != "table emptied" and not unsaid:
            return ""
    return f"{sum(gone.values())} rows silently missing, for example {_say(gone)}"


def _less(
    new: Counter[tuple[str, ...]], gone: Counter[tuple[str, ...]], lost: str
) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    """Without the pairs where a row lost figures that stood in the text that is gone (a row of one component)."""
    left, rest = Counter(new), Counter(gone)
    for row in new.elements():
        for old in rest:
            apart = [(a, b) for a, b in zip(old, row, strict=True) if a != b]
            if apart and all(b == "" and a in lost for a, b in apart) and len(apart) < 3:
                left[row] -= 1
                rest[old] -= 1
                break
        rest = +rest
    return +left, rest


def _key(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row.values())


def _say(rows: Counter[tuple[str, ...]]) -> str:
    return " | ".join(v for v in min(rows) if v)


def _said(name: str, text: str) -> bool:
    """Whether ``text`` speaks of ``name``: its words, whatever their markup."""
    squeezed = re.sub(r"[^\w]", "", re.sub(r"<[^>]+>", "", text)).lower()
    return re.sub(r"[^\w]", "", name).lower() in squeezed


def _kept(column: str, value: str, before: Sequence[dict[str, str]], after: Sequence[dict[str, str]]) -> str:
    if not any(r.get(column) == value for r in before):
        return ""
    left = [r for r in after if r.get(column) == value]
    return f"{len(left)} rows still say {value}, for example {_say(Counter(map(_key, left)))}" if left else ""


def _struck(mutation: Mutation, before: Sequence[dict[str, str]], after: Sequence[dict[str, str]]) -> str:
    """Striking one price may take that figure out of one row, and nothing else."""
    had, has = Counter(map(_key, before)), Counter(map(_key, after))
    gone, new = list((had - has).elements()), list((has - had).elements())
    figure = mutation.lost.replace(",", "")
    for row in gone:
        twins = [
            n
            for n in new
            if sum(a != b for a, b in zip(row, n, strict=True)) == 1
            and all(a == b or (a == figure and b == "") for a, b in zip(row, n, strict=True))
        ]
        if twins:
            new.remove(twins[0])
        elif sum(v == figure for v in row) == 0:
            return f"a row without the struck {figure} is missing: {' | '.join(filter(None, row))}"
    if len(gone) > 1 or new:
        return f"striking {figure} changed {len(gone)} rows and made {len(new)}"
    return ""
