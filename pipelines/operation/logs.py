"""What a run did and what went wrong, for the operator: one JSON object a line, below the state folder. Readers get sentences.

The modules log by Python's ``logging``; here a line gets its run, step and source, and loses every secret of the settings.

    {"at": "2026-11-27T05:30:11.123456+00:00", "level": "ERROR", "run": "b659680b-...", "step": "raw__prices_openai",
     "source": "prices/openai", "logger": "warehouse.bulkhead", "message": "prices/openai failed", "traceback": "..."}
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

import dagster as dg

from pipelines.settings import Settings
from sources.fetching.keys import without_secrets

LOGGERS = ("sources", "belief", "throughput", "forecasting", "warehouse", "reports", "assets", "pipelines")
MAX_BYTES, FILES_KEPT = 5_000_000, 5
FILE = Path("log") / "deflation.jsonl"


class JsonLines(logging.Formatter):
    """A record as one line of JSON: what the module gave as ``extra`` (``source``), and the run and step it happened in."""

    def __init__(self, run: str, secrets: Sequence[str]) -> None:
        super().__init__()
        self.run, self.secrets = run, tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without any secret and without line breaks of its own."""
        run, step = _where(self.run)
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "run": run,
            "step": getattr(record, "step", step),
            "source": getattr(record, "source", ""),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps({name: without_secrets(text, self.secrets) for name, text in told.items()})


@contextmanager
def logged(settings: Settings, run: str) -> Iterator[Path]:
    """Write what the product's modules log to ``log/deflation.jsonl`` below the state folder while a run lasts (newest line last)."""
    path = settings.home / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=FILES_KEPT, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        handler = logging.NullHandler()  # a log that cannot be written is no reason not to publish
    handler.setFormatter(JsonLines(run, settings.secrets()))
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(logger.level, logger.propagate) for logger in loggers]
    try:
        for logger in loggers:
            logger.addHandler(handler)
            logger.setLevel(logging.INFO)
            logger.propagate = False
        yield path
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
            logger.propagate = propagate
        handler.close()


def _where(run: str) -> tuple[str, str]:
    """The run and step under way; the run alone between steps."""
    try:
        context = dg.OpExecutionContext.get()
    except dg.DagsterInvariantViolationError:
        return run, ""
    return context.run_id, context.op_handle.name
