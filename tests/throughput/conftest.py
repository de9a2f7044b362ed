"""Fixtures of the engine's tests: the packaged tables, the packaged constants, and one question in numbers."""

from __future__ import annotations

from importlib import resources

import polars as pl
import pytest

from throughput.engine import efficiency
from throughput.engine.efficiency import Constants
from throughput.products import catalogue
from throughput.questions import scenarios


@pytest.fixture(scope="session")
def tables() -> tuple[pl.DataFrame, pl.DataFrame]:
    """(accelerators, architectures) as packaged."""
    return catalogue.load(resources.files("reference"))


@pytest.fixture(scope="session")
def constants() -> Constants:
    return efficiency.load_constants()


@pytest.fixture(scope="session")
def ask(tables, constants):
    """``ask(model=..., accelerator=..., ...)`` -> all outputs of one scenario."""

    def one(**question: object) -> dict:
        base = {
            "model": "Llama-3.1-70B",
            "accelerator": "H100-SXM",
            "weight_precision": "fp8",
            "kv_precision": "fp8",
            "n_accelerators": 4,
            "tensor_parallel": 4,
            "isl": 1024,
            "osl": 1024,
            "concurrency": 64,
        }
        return scenarios.one({**base, **question}, *tables, constants)

    return one
