"""Where the tracebacks go: one rotating file below the state folder, for the operator. Readers get sentences."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOGGERS = ("sources", "belief", "throughput", "forecasting", "warehouse", "reports", "assets", "pipelines")
MAX_BYTES, FILES_KEPT = 2_000_000, 3


@contextmanager
def logged(home: Path) -> Iterator[Path]:
    """Write what the product's modules log to ``log/deflation.log`` below ``home`` while a run lasts (UTC, newest file last)."""
    path = home / "log" / "deflation.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            path, maxBytes=MAX_BYTES, backupCount=FILES_KEPT, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        handler = logging.NullHandler()  # a log that cannot be written is no reason not to publish
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(name) for name in LOGGERS]
    try:
        for logger in loggers:
            logger.addHandler(handler)
            logger.propagate = False
        yield path
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.propagate = True
        handler.close()
