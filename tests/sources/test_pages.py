"""The page on the sources is current, names every source, and says what its contract says."""

from __future__ import annotations

from sources.catalogue import sources
from sources.source_docs import layouts, page
from tests.conftest import ROOT


def test_the_page_is_what_the_contracts_and_parsers_say_today() -> None:
    assert (ROOT / "docs" / "sources.md").read_text(encoding="utf-8") == page(), "run python -m sources.source_docs > docs/sources.md"


def test_every_source_has_a_section_with_its_address_and_terms() -> None:
    text = page()
    for key, source in sources().items():
        assert f"### {key}: {source.contract.title}" in text
        assert all(f"<{url}>" in text for url in source.contract.urls)
        assert source.contract.terms in text


def test_every_parser_says_which_layouts_it_reads() -> None:
    assert not [key for key, source in sources().items() if not layouts(source)]
