"""Belief and indices on a real local Spark session: the same functions, the same numbers."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import reference
from belief import history, prices
from belief.judgement import evidence
from belief.names.aliases import resolve
from belief.names.offer_keys import one_key
from forecasting.indices import family, item_panel
from pipelines.groups import by_group

DAY = date(2026, 11, 22)
JAVA = os.path.exists("/usr/bin/java") or "JAVA_HOME" in os.environ


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if not JAVA:
        pytest.skip("Spark needs Java 17")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def statements() -> pl.DataFrame:
    """What the packaged witnesses state of the sellers of the most models, names resolved."""
    stated = history.packaged_intervals(reference.at("price_history", DAY), reference.at("price_snapshots", DAY), prices.OWN_LISTS)
    named = one_key(resolve(stated, reference.at("model_aliases", DAY))).drop_nulls("model")
    many = named["provider"].value_counts(sort=True)["provider"].head(12)
    return named.filter(pl.col("provider").is_in(many.to_list()))


def test_belief_by_seller_is_belief_of_all_and_spark_says_the_same(spark: Any, statements: pl.DataFrame) -> None:
    def believed(rows: pl.DataFrame) -> pl.DataFrame:  # here, so that it travels to the workers
        found = evidence.weigh(rows, DAY).intervals
        return found.drop([c for c in ("line", "offer", "term") if c in found.columns])  # numbers that count the rows at hand

    whole = believed(statements)
    assert whole.height > 1000 and whole["provider"].n_unique() == 12
    here = by_group(statements, ["provider"], believed, whole)
    there = pl.DataFrame(by_group(spark.createDataFrame(statements.to_arrow()), ["provider"], believed, whole).toArrow())
    order = ["provider", "model", "tier", "condition", "valid_from"]
    for made in (here, there.select(whole.columns).cast(dict(whole.schema))):
        assert_frame_equal(made.sort(order), whole.sort(order), rel_tol=1e-9, abs_tol=1e-12)


def test_indices_of_many_panels_are_the_same_on_spark(spark: Any) -> None:
    draw = random.Random(5)
    rows = pl.DataFrame(
        [
            {
                "panel": f"p{p}",
                "item": f"i{i}",
                "day": date(2026, 1, 1) + timedelta(days=d),
                "price": draw.uniform(1, 3) * 0.99**d,
                "quantity": draw.uniform(1, 9),
            }
            for p in range(6)
            for i in range(15)
            for d in range(20)
            if draw.random() < 0.9
        ]
    )

    def indices(one: pl.DataFrame) -> pl.DataFrame:
        table, _ = family.compute(item_panel.read(one.drop("panel")))
        return table.insert_column(0, pl.Series("panel", [one["panel"][0]] * table.height))

    here = pl.concat([indices(part) for part in rows.partition_by("panel", maintain_order=True)])
    assert here["index"].n_unique() > 5 and here["value"].drop_nulls().n_unique() > 100
    assert_frame_equal(by_group(rows, ["panel"], indices, here), here)
    there = pl.DataFrame(by_group(spark.createDataFrame(rows.to_arrow()), ["panel"], indices, here).toArrow())
    order = ["panel", "index", "day"]
    assert_frame_equal(there.select(here.columns).cast(dict(here.schema)).sort(order), here.sort(order), rel_tol=1e-9, abs_tol=1e-12)


def test_a_step_that_fails_on_one_group_fails_the_whole_and_says_why(spark: Any) -> None:
    def step(rows: pl.DataFrame) -> pl.DataFrame:
        if rows["g"][0] == 2:
            raise ValueError("group two cannot be weighed")
        return rows

    rows = pl.DataFrame({"g": [1, 2], "x": [1.0, 2.0]})
    with pytest.raises(ValueError, match="group two"):
        by_group(rows, ["g"], step, rows)
    with pytest.raises(Exception, match="group two cannot be weighed"):
        by_group(spark.createDataFrame(rows.to_arrow()), ["g"], step, rows).toArrow()
