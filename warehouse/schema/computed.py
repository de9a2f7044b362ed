"""The tables the engine and the statistics fill."""

from __future__ import annotations

from warehouse.schema.types import Table

COMPUTED: tuple[Table, ...] = ()
