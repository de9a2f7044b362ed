"""What the operator is told of the sources: their state in the published run, and what to do about a broken one."""

from __future__ import annotations

import re
from typing import Any

from pipelines.settings import load_settings
from sources.catalogue import Source

KINDS = ("prices", "hardware", "rentals", "energy", "scores", "volumes", "retirements")


def states() -> dict[str, dict[str, Any]] | None:
    """The sources' rows of the published run by key; None before the first one."""
    from warehouse.store import WarehouseUnusable, query

    try:
        rows = query(load_settings().published, "from core.source")
    except (WarehouseUnusable, ValueError):
        return None
    return {r["source"]: r for r in rows.iter_rows(named=True)}


def broken_lines(source: Source, state: dict[str, Any]) -> list[str]:
    """What is wrong, since when, how old what is used is, what to do, and the command that shows it again."""
    day, age, message = state["observed_at"], state["age_days"], state["message"] or state["status"]
    parse = re.search(rf"deflation parse {re.escape(source.key)} \S+?(?=[\s)]|$)", message)
    sentences = re.split(rf" (?={re.escape(source.key)}: )", message)
    return [
        *(f"what   {said}" for said in sentences[:3]),
        *([f"what   and {len(sentences) - 3} more like it"] if len(sentences) > 3 else []),
        f"since  the reading after {day}; rows of that day are used, {age} days old"
        if day
        else "since  ever: never read here; packaged facts are used",
        f"do     {_remedy(message, state['status'], bool(parse))}",
        f"again  {parse[0] if parse else f'deflation sources check {source.key}'}",
    ]


def _remedy(message: str, status: str, was_read: bool) -> str:
    asked = re.search(r"expected [^;]+? at \S+, found [^;]*; ([^;()]+?)(?= [a-z]+/\w+: |$)", message)  # a failed fetch says its own remedy
    if asked:
        return asked[1].strip().rstrip(".")
    if status == "stale":
        return "see whether the address has moved or the feed has ended; correct urls or cadence_days in its contract.toml"
    if was_read:
        return "read the kept body with the command below; if the page is right, mend its layout, parser or contract"
    return "ask its address once with the command below and do what it says"
