"""The first files of a new source: contract, declaration and specimen folder, ready to be tried on a saved page.

The declaration is empty: the reader of all pages knows what most of them print. What a page says in words of its own is added to
it. Golden rows are written from what is read, to be compared with the page by eye before they are kept.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from sources.catalogue import FOLDERS, ROOT, Source
from sources.pages.wide import to_csv

CONTRACT = """title = "{title} pricing"
publisher = "{title}"
rank = "{rank}"
urls = ["{url}"]
format = "{format}"
cadence_days = 1
robots = "To be read before the first fetch (noted {day})."
terms = "To be read before the first fetch (noted {day})."
live = false
minimum_rows = 1
must_see = []
"""

LAYOUT = """# {title}: say here in a sentence or two how the page prints its prices.
# Most pages need nothing below; deflation parse prices/NAME FILE names what it does not understand.

# [words]
# "tokens read" = "input"
"""

SPECIMEN = """| Model | Input | Output |
| --- | --- | --- |
| example-large | $2.00 / 1M tokens | $8.00 / 1M tokens |
| example-small | $0.20 / 1M tokens | $0.80 / 1M tokens |
"""


def new_source(key: str, url: str, *, day: date, root: Path = ROOT) -> list[Path]:
    """Write the first files of source ``KIND/NAME`` and return their paths.

    ``day`` is noted in the contract; ``root`` is the ``sources`` package. Raises ``ValueError`` for a name that
    is no Python package name, a kind that is not known, an address that is not http(s), or a folder that exists.
    """
    kind, _, name = key.partition("/")
    if kind not in FOLDERS or not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", name):
        raise ValueError(f"expected KIND/NAME with KIND one of {', '.join(FOLDERS)} and NAME in lower case, found {key!r}")
    if kind != "prices":
        raise ValueError(f"only price sources have a scaffold; copy the folder of a {kind} source instead")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise ValueError(f"expected an http or https address, found {url!r}")
    if any((root / folder / name).exists() for folder in FOLDERS[kind]):
        raise ValueError(f"there is already a source {key}")
    folder = root / FOLDERS[kind][0] / name
    title = name.replace("_", " ").title()
    page_format = "markdown" if url.endswith((".md", ".md.txt")) else "html"
    files = {
        "__init__.py": "",
        "contract.toml": CONTRACT.format(title=title, rank="first_party", url=url, format=page_format, day=day),
        "layout.toml": LAYOUT.format(title=title),
        "specimens/table.md": SPECIMEN,
    }
    written = []
    for relative, text in files.items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def write_golden(source: Source) -> list[Path]:
    """Write ``NAME.golden.csv`` beside every specimen of a source and return their paths.

    Raises the source's own refusal when a specimen cannot be read; nothing is written for that one.
    """
    written = []
    for page in sorted(p for p in (source.folder / "specimens").glob("*") if not p.name.endswith(".golden.csv")):
        text = to_csv(source.kind, source.read(page.read_bytes()), long=True)
        path = page.with_name(f"{page.stem}.golden.csv")
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written
