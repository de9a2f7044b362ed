"""Drift: each mutated page gives the right rows, a refusal or a contract failure, never a silent error."""

from __future__ import annotations

from pathlib import Path

import pytest
from readable import name, pages, read, reading

from sources.contract import live_breaches
from sources.pages.quote import PriceQuote, SpecQuote
from tests.sources.mutation.mutate import mutations
from tests.sources.mutation.mutation_faults import fault


def _chosen() -> list[tuple[str, Path]]:
    """Every specimen, and of each source's captures the smallest, the middle and the largest that are not long."""
    found = [page for page in pages(largest=80_000) if page[0].startswith("prices/")]
    real = {
        key: sorted((p for k, p in found if k == key and p.parent.name != "specimens"), key=lambda p: p.stat().st_size) for key, _ in found
    }
    kept = {p for paths in real.values() for p in {*paths[:1], *paths[len(paths) // 2 :][:1], *paths[-1:]}}
    return [(k, p) for k, p in found if p.parent.name == "specimens" or p in kept]


PAGES = _chosen()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_no_mutation_is_silently_misread(page: tuple[str, Path]) -> None:
    key, path = page
    before = reading(key, path)
    if before.refusal:
        pytest.skip("the page is refused as it is")
    names = _names(before.quotes)
    faults, made = [], 0
    for mutation in mutations(before.text, limit=4 if len(before.text) < 30_000 else 1):
        made += 1
        after = read(key, path, mutation.text.encode())
        if after.refusal:
            continue
        broken = live_breaches(after.source.contract, len(after.rows), _names(after.quotes), names)
        wrong = fault(mutation, before.rows, after.rows, broken, any(out.extent != "amount" for out in after.left_out))
        if wrong:
            faults.append(f"{mutation.kind} ({mutation.where}): {wrong}")
    assert not faults, "\n".join(faults)
    assert made


@pytest.mark.parametrize("key", sorted({key for key, _ in PAGES}))
def test_some_mutations_of_a_source_are_noticed(key: str) -> None:
    """A source that never refuses anything is not reading strictly."""
    noticed = 0
    for key_of, path in PAGES:
        if key_of == key and not reading(key, path).refusal:
            noticed += sum(
                bool((after := read(key, path, m.text.encode())).refusal or after.left_out)
                for m in mutations(reading(key, path).text, limit=1)
            )
            break
    assert noticed


def _names(quotes: tuple) -> list[str]:
    return [q.model_label if isinstance(q, PriceQuote) else q.accelerator for q in quotes if isinstance(q, PriceQuote | SpecQuote)]
