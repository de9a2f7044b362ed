"""``docs/sources.md``: one section per source, made from its contract and its parser's docstring.

    python -m sources.source_docs > docs/sources.md

Here is only the rendering; what a source promises is in its ``contract.toml``, which layouts it reads in
the docstring of its ``parse.py``. A test holds the file equal to this rendering, so it is never edited.
"""

from __future__ import annotations

import ast
import inspect
import sys
from itertools import takewhile
from pathlib import Path

from sources.catalogue import FOLDERS, WITHOUT_CODE, Source, sources
from sources.trials.check import recorded

KINDS = {
    "prices": "Prices",
    "hardware": "Hardware",
    "rentals": "Rentals",
    "energy": "Electricity",
    "scores": "Benchmark scores",
    "volumes": "Token volumes",
    "retirements": "Retirements",
}
RANKS = {
    "first_party": "first party (the maker's own page)",
    "host": "host (sells others' models)",
    "feed": "feed (repeats prices of others)",
    "official": "official (the maker's own sheet)",
    "secondary": "secondary (a database of others' figures)",
}
HEAD = """# Sources

Made by `python -m sources.source_docs > docs/sources.md` from the sources' contracts and parsers and from what
`deflation sources check --record` last saw; do not edit.
How to add one: [adding-a-source.md](adding-a-source.md). Their state today: `deflation sources`.
"""


def section(source: Source) -> str:
    """The section of one source in Markdown."""
    c = source.contract
    lines = [f"### {source.key}: {c.title}", "", f"{c.publisher}; {RANKS[c.rank]}."]
    lines += ["", *(f"- <{url}>" for url in c.urls)] if c.urls else []
    often = "every day" if c.cadence_days == 1 else f"every {c.cadence_days} days"
    lines += [
        "",
        f"- Format {c.format}; asked {often}." if c.live else f"- Format {c.format}; never asked: only archived captures are read.",
    ]
    lines += [f"- Pages follow the field `{c.paging}`."] if c.paging else []
    lines += [f"- Needs a key: `{c.key_setting}`."] if c.key_setting else []
    lines += [f"- Robots: {c.robots}", f"- Terms: {c.terms}"]
    lines += [
        f"- Today's page owes at least {c.minimum_rows} rows"
        + (f" and the names {', '.join(c.must_see)}" if c.must_see else "")
        + f"; at most {c.allowed_loss:.0%} of its names may vanish at once."
    ]
    if source.kind == "prices":
        lines += [
            f"- Prices per {' or '.join(c.units) or 'no token unit'} in {', '.join(c.currencies)}, plausible from {c.bounds.low} to {c.bounds.high} USD per 1M tokens; "
            f"a step of more than {c.allowed_change} times is held back until confirmed."
        ]
    lines += [f"- One witness together with all of the group `{c.witness}`."] if c.witness else []
    lines += [f"- Former addresses, for the archives: {', '.join(f'<{u}>' for u in c.former_urls)}."] if c.former_urls else []
    lines += (
        [f"- Its content states its own day (`{c.stated_by}`); older than {c.stated_days} days it is stale, however fresh the answer."]
        if c.stated_by
        else []
    )
    lines += [f"- Never asked: {c.not_readable}."] if c.not_readable else []
    lines += [_proof(source), *_seen(source)]
    specimens = sorted(p.name for p in (source.folder / "specimens").glob("*.golden.csv"))
    lines += [f"- Specimens with golden rows: {', '.join(s.removesuffix('.golden.csv') for s in specimens)}."] if specimens else []
    return "\n".join([*lines, "", *layouts(source)])


def _proof(source: Source) -> str:
    if not source.contract.live:
        return "- Not live: nothing to prove."
    return (
        f"- Canary: {source.contract.canary} has the shape of the body as served."
        if source.contract.canary
        else "- Unproven: no body of its real shape is held against it."
    )


def _seen(source: Source) -> list[str]:
    """What ``deflation sources check --record`` last saw of each address."""
    seen = [r for r in recorded() if r.source == source.key and r.outcome != "not asked"]
    if not seen and source.contract.live:
        return ["- Check: no address has been asked by `deflation sources check --record` yet."]
    return [
        f"- Check of {r.checked_on} ({THROUGH.get(r.through, r.through)}): <{r.url}> {r.outcome}"
        + (f", {r.rows} rows" if r.rows else "")
        + (f", {r.left_out} not understood" if r.left_out else "")
        + (f"; {r.remedy}" if r.remedy else "")
        + "."
        for r in seen
    ]


THROUGH = {"internet": "over the internet", "mirror": "through a mirror of archived bodies"}


def layouts(source: Source) -> list[str]:
    """What is read: the comment at the top of the declaration and the docstring of the code, each paragraph on one line."""
    said = "\n\n".join(filter(None, (_comment(source.folder / name) for name in ("list.toml", "layout.toml", "sheet.toml"))))
    code = source.folder / "parse.py" if source.kind not in WITHOUT_CODE else Path(inspect.getfile(WITHOUT_CODE[source.kind]))
    doc = said + "\n\n" + ((ast.get_docstring(ast.parse(code.read_text(encoding="utf-8"))) or "") if code.exists() else "")
    return [f"{' '.join(p.split())}\n".replace("<", "&lt;").replace("``", "`") for p in doc.split("\n\n") if p.strip()]


def _comment(path: Path) -> str:
    """The comment at the top of a declaration."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return " ".join(line.removeprefix("#").strip() for line in takewhile(lambda line: line.startswith("#"), lines))


def page() -> str:
    """The whole file."""
    parts = [HEAD]
    for kind in FOLDERS:
        found = [s for s in sources().values() if s.kind == kind]
        parts.append(f"## {KINDS[kind]}: {len(found)} sources\n")
        parts += [section(s) for s in found]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
