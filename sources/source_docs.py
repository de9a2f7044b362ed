"""``docs/sources.md``: one section per source, made from its contract and its parser's docstring.

    python -m sources.source_docs > docs/sources.md

Here is only the rendering; what a source promises is in its ``contract.toml``, which layouts it reads in
the docstring of its ``parse.py``. A test holds the file equal to this rendering, so it is never edited.
"""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

from sources.catalogue import FOLDERS, WITHOUT_CODE, Source, sources

KINDS = {"prices": "Prices", "hardware": "Hardware", "rentals": "Rentals", "energy": "Electricity", "retirements": "Retirements"}
RANKS = {"first_party": "first party (the maker's own page)", "host": "host (sells others' models)", "feed": "feed (repeats prices of others)",
         "official": "official (the maker's own sheet)", "secondary": "secondary (a database of others' figures)"}
HEAD = """# Sources

Made by `python -m sources.source_docs > docs/sources.md` from the sources' contracts and parsers; do not edit.
How to add one: [adding-a-source.md](adding-a-source.md). Their state today: `deflation sources`.
"""


def section(source: Source) -> str:
    """The section of one source in Markdown."""
    c = source.contract
    lines = [f"### {source.key}: {c.title}", "", f"{c.publisher}; {RANKS[c.rank]}."]
    lines += ["", *(f"- <{url}>" for url in c.urls)] if c.urls else []
    often = "every day" if c.cadence_days == 1 else f"every {c.cadence_days} days"
    lines += ["", f"- Format {c.format}; asked {often}." if c.live else f"- Format {c.format}; never asked: only archived captures are read."]
    lines += [f"- Pages follow the field `{c.paging}`."] if c.paging else []
    lines += [f"- Needs a key: `{c.key_setting}`."] if c.key_setting else []
    lines += [f"- Robots: {c.robots}", f"- Terms: {c.terms}"]
    lines += [f"- Today's page owes at least {c.minimum_rows} rows" + (f" and the names {', '.join(c.must_see)}" if c.must_see else "") + f"; at most {c.allowed_loss:.0%} of its names may vanish at once."]
    if source.kind == "prices":
        lines += [f"- Prices per {' or '.join(c.units) or 'no token unit'} in {', '.join(c.currencies)}, plausible from {c.bounds.low} to {c.bounds.high} USD per 1M tokens; "
                  f"a step of more than {c.allowed_change} times is held back until confirmed."]
    lines += [f"- One witness together with all of the group `{c.witness}`."] if c.witness else []
    specimens = sorted(p.name for p in (source.folder / "specimens").glob("*.golden.csv"))
    lines += [f"- Specimens with golden rows: {', '.join(s.removesuffix('.golden.csv') for s in specimens)}."] if specimens else []
    return "\n".join([*lines, "", *layouts(source)])


def layouts(source: Source) -> list[str]:
    """What the parser says it reads: the paragraphs of its docstring, each on one line, words that are code kept."""
    code = source.folder / "parse.py" if source.kind not in WITHOUT_CODE else Path(inspect.getfile(WITHOUT_CODE[source.kind]))
    doc = ast.get_docstring(ast.parse(code.read_text(encoding="utf-8"))) or ""
    return [f"{' '.join(p.split())}\n".replace("<", "&lt;").replace("``", "`") for p in doc.split("\n\n") if p.strip()]


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
