"""A step on polars frames, taken group by group: here, or on a Spark cluster when the rows are Spark's.

The step is the product's own function; Spark only brings it the rows of one group at a time (as Arrow) and takes what it
returns. So there is one implementation, and what is independent by its keys scales with the machines: belief by provider
(``evidence.weigh`` compares what is said of one offer, and the lists of one seller), indices by panel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from pyspark.sql import DataFrame as SparkFrame

Step = Callable[[pl.DataFrame], pl.DataFrame]


def by_group(rows: Any, keys: Sequence[str], step: Step, like: pl.DataFrame) -> Any:
    """The frames that ``step`` makes of the rows of each group, one below the other.

    ``rows``: a polars frame, or a Spark frame; the result is of the same kind. ``like``: a frame with the columns and types
    that the step returns (it may be empty). The order of the groups is not defined on Spark.
    """
    if isinstance(rows, pl.DataFrame):
        made = [step(part).select(like.columns).cast(like.schema) for part in rows.partition_by(*keys, maintain_order=True)]
        return pl.concat([like.clear(), *made])
    return _on_spark(rows, keys, step, like)


def _on_spark(rows: SparkFrame, keys: Sequence[str], step: Step, like: pl.DataFrame) -> SparkFrame:
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    columns = like.columns
    # Spark has no unsigned numbers
    types = pl.Schema({name: pl.Int64() if kind.is_unsigned_integer() else kind for name, kind in like.schema.items()})
    schema = from_arrow_schema(like.clear().cast(types).to_arrow().schema)
    wanted = to_arrow_schema(schema)

    def take(group: Any) -> Any:
        made = step(pl.DataFrame(group))
        return made.select(columns).cast(types).to_arrow().cast(wanted)

    return rows.groupBy(*keys).applyInArrow(take, schema)
