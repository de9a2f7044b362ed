"""``layout.toml``: what a provider's words mean where the shared vocabulary does not know it."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sources.pages.layout.words import Vocabulary, vocabulary

_EXAMPLE = r"\bhow (?:we|it) compares?\b|\bcompetitors?\b|\bcompared? (?:to|with)\b|\b(?:old|previous|former|historical|past) (?:pric|rates?\b|tariff)|\bexamples?\b|\bcalculat(?:or|ion)|\bestimat|\bscenario|\bsavings\b|示例|举例"
"""Headings of examples, of other sellers and of the past: no prices of this seller today."""


class Layout(BaseModel):
    """A provider's declaration; every field has a meaning of its own and none is needed where the shared words do."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    words: dict[str, str] = {}
    """Pattern -> senses, added to (and stronger than) the shared vocabulary."""
    unit: str = ""
    """The token unit where the page states none; a unit on the page is always stronger."""
    currency: str = ""
    """The currency of ``Free`` and of bare figures."""
    bare: bool = False
    """Whether figures without a currency sign are prices in columns of prices."""
    one_price: str = ""
    """What a token price without a direction pays: ``both`` ways, or ``input`` alone; empty: it is not read."""
    input_alone: bool = True
    """Whether a model that is priced for input alone (an embedding) is a row of the wide form."""
    data: bool = False
    """Whether the data in the page's scripts is read beside what is printed (else only where no token price is printed)."""
    repeats: bool = False
    """Whether a model that is printed more than once is so for different places or inputs, so that each row stands for itself."""
    prose_names: bool = False
    """Whether a table without names is of the models (known from the page's other tables) that the lines above it name."""
    line_name: str = ""
    """Pattern of a line that holds a model with its prices; its first group is the name."""
    cell_order: list[list[str]] = []
    """What several amounts in one cell or line are the price of, in their order, where no word tells them apart: a list for each number of them."""
    name_column: str = ""
    """Pattern of the head of the column that names models, where several could."""
    name_keys: list[str] = []
    """The keys that name a model in a list of objects, the first that is there, in front of the usual ones."""
    skip_keys: list[str] = []
    """Patterns of keys (joined by dots) under which no price of tokens stands."""
    conditions: dict[str, str] = {}
    """Pattern -> replacement, done on a condition as printed: one wording for what layouts of one provider print in several."""
    rewrite: dict[str, str] = {}
    """Pattern -> replacement, done on every cell and line before it is read: what the provider prints in a way of its own."""
    skip: list[str] = []
    """Patterns of headings whose tables and lines hold no price of inference by tokens."""
    only: list[str] = []
    """Patterns of headings: where given, nothing else of the page is read."""
    sole_output: list[str] = ["audio"]
    """Kinds of tokens (``audio``) whose price is the output's where a model answers in nothing else."""
    headless: dict[str, list[str]] = {}
    """Column heads of tables without any, by their number of columns."""

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The shared vocabulary with this provider's words."""
        return vocabulary(self.words)

    @cached_property
    def _rewritten(self) -> list[tuple[re.Pattern[str], str]]:
        return [(re.compile(pattern, re.I), made) for pattern, made in self.rewrite.items()]

    def cleaned(self, text: str) -> str:
        """A text with the provider's own ways of printing rewritten."""
        for pattern, made in self._rewritten:
            text = pattern.sub(made, text)
        return " ".join(text.split()) if self.rewrite else text

    def condition(self, text: str) -> str:
        """A condition in the words the provider's other pages have for it."""
        for pattern, made in self.conditions.items():
            text = re.sub(pattern, made, text, flags=re.I)
        return text

    def columns_of(self, width: int) -> list[str] | None:
        """The declared heads of a table that has none."""
        return self.headless.get(str(width))

    def is_skipped(self, headings: tuple[str, ...]) -> bool:
        """Whether what stands under these headings is declared to be no price of inference by tokens."""
        if any(re.search(p, h, re.I) for p in (*self.skip, _EXAMPLE) for h in headings):
            return True
        return bool(self.only) and not any(re.search(p, h, re.I) for p in self.only for h in headings)


DEFAULTS = Layout()


@lru_cache(maxsize=256)
def read_layout(path: Path) -> Layout:
    """Read ``layout.toml``; raises ``pydantic.ValidationError`` naming the file's wrong fields."""
    return Layout(**tomllib.loads(path.read_text(encoding="utf-8")))


def layout_beside(module: str) -> Layout:
    """The ``layout.toml`` beside a provider's code, for a page that the code reads in part (``layout_beside(__file__)``)."""
    return read_layout(Path(module).with_name("layout.toml"))
