"""Captures a person has set aside: decisions kept beside the archive, which itself is never changed.

One line per decision, the newest on a body counts: set aside with a reason, or taken back. A line that cannot be
read is passed over and named; what it decided is lost, so its capture is read again.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SetAside:
    """The decisions in one file (``set_aside.jsonl`` of the state folder)."""

    path: Path

    def reasons(self) -> dict[str, str]:
        """Body hash -> reason of every capture set aside now."""
        newest = {row["sha256"]: row for row in self._rows()[0]}
        return {sha256: row["reason"] for sha256, row in newest.items() if row["aside"]}

    def damages(self) -> dict[str, str]:
        """The file -> what is lost, where a line of it cannot be read."""
        unread = self._rows()[1]
        lost = f"lines {', '.join(map(str, unread))} cannot be read: the decisions in them are lost and their captures are read again; set them aside again and remove the lines"
        return {self.path.name: lost} if unread else {}

    def decide(self, sha256: str, reason: str, at: datetime, *, aside: bool) -> None:
        """Note that a body is set aside, or read again (``aside`` False)."""
        line = json.dumps({"sha256": sha256, "aside": aside, "reason": reason, "at": at.isoformat()}).encode() + b"\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = self.path.read_bytes() if self.path.exists() else b""
        cut = b"\n" if kept and not kept.endswith(b"\n") else b""  # a line that a crash cut short costs itself alone
        with open(self.path, "ab", buffering=0) as file:
            try:
                if file.write(cut + line) < len(cut + line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
                os.fsync(file.fileno())
            except OSError:
                file.truncate(len(kept))
                raise

    def _rows(self) -> tuple[list[dict[str, Any]], list[int]]:
        rows, unread = [], []
        for n, line in enumerate(self.path.read_bytes().splitlines() if self.path.exists() else (), 1):
            try:
                row = json.loads(line)
                rows.append({"sha256": str(row["sha256"]), "aside": bool(row["aside"]), "reason": str(row["reason"])})
            except (ValueError, KeyError, TypeError, RecursionError):
                unread.append(n)
        return rows, unread
