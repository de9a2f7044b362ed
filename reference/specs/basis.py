"""Whether a page is the maker's own word or somebody's copy of it.

A saved page says so in the comment it was kept with; a live page is what its contract says.
"""

from __future__ import annotations

import re

_SECONDARY = re.compile(r"\bSECONDARY\b|reseller copy|third-party|NEGATIVE fixture|not an? [A-Z]\w+ page")


def of_text(text: str, default: str = "official") -> str:
    """``secondary`` where the first comment lines of a saved page call it a copy, else ``default``."""
    head = "\n".join(line for line in text.splitlines()[:4] if line.startswith(("#", "<!--", "//")))
    return "secondary" if _SECONDARY.search(head) else default


def without_comments(text: str) -> str:
    """The page without ``#`` lines and HTML comments: what the page itself says."""
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not re.match(r"#(?!#| TPU)", line) or line.startswith("# TPU"))
