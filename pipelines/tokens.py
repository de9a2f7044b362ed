"""A number of tokens as people write it on a command line: ``300M``, ``50k``, ``1.5B``, ``2000``."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import click

SIZES = {"k": 10**3, "m": 10**6, "b": 10**9, "g": 10**9, "t": 10**12}


class TokenCount(click.ParamType):
    """A whole number of tokens, zero or more; ``k``, ``M``, ``B`` and ``T`` multiply."""

    name = "tokens"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; refuses anything else with examples."""
        if isinstance(value, int):
            return value
        text = str(value).strip().replace("_", "").replace(",", "").lower()
        size = SIZES.get(text[-1:], 1)
        try:
            count = Decimal(text[:-1] if size > 1 else text) * size
            whole = int(count)
        except (InvalidOperation, ValueError, OverflowError):
            self.fail(f"{str(value)[:40]!r} is no number of tokens, for example 2000, 50k, 300M or 1.5B", param, ctx)
        if whole != count or whole < 0 or whole > 10**18:
            self.fail(f"{str(value)[:40]!r} is no whole number of tokens from zero to 10^18", param, ctx)
        return whole


TOKENS = TokenCount()
