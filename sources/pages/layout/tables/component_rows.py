"""Rows that hold one component of a model each: it is said in a column of its own, or at the end of the name (``Grok 4 - Output tokens``)."""

from __future__ import annotations

from sources.pages.layout.tables.heads import Table, body_of
from sources.pages.layout.words import DIRECTIONS, NOTHING, Meaning, Vocabulary


def split_name(text: str, vocabulary: Vocabulary) -> tuple[str, Meaning]:
    """A printed name without the component at its end, and what that says; the whole text where it ends in none."""
    words = text.split()
    for n in range(1, len(words)):
        said = vocabulary.read(" ".join(words[n:]))
        name = " ".join(words[:n]).rstrip(" (-–—:|,")
        if name and said.understood and (said.direction in DIRECTIONS or said.cache) and not said.thing:
            return name, said
    return text, NOTHING


def has_component_each(table: Table) -> bool:
    """Whether a column of the table says of every row which component its price is of."""
    return any(
        role == "component_column" and any(_is_component(table.vocabulary.read(row[n].text)) for _, row in body_of(table))
        for n, role in enumerate(table.roles)
    )


def ends_in_components(table: Table, name_column: int | None) -> bool:
    """Whether the names end in components, both ways of them, where no column says any."""
    if name_column is None or any(m.direction or m.cache for m in table.columns):
        return False
    said = [split_name(row[name_column].text, table.vocabulary)[1].direction for _, row in body_of(table)]
    return set(said) >= DIRECTIONS


def _is_component(said: Meaning) -> bool:
    return said.understood and bool(said.direction or said.cache)
