"""Files that may be deleted at any time: each carries the hash of its own bytes, so that a damaged one is a miss.

The key says everything the bytes depend on; what was computed from other inputs has another key.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

_HASH_BYTES = 32


@dataclass(frozen=True)
class Cache:
    """Bytes by key below one folder; ``None`` as the folder keeps nothing."""

    folder: Path | None

    def get(self, key: str) -> bytes | None:
        """The bytes kept under ``key``; None where there are none, or not those that were written."""
        return None if self.folder is None else _whole(self.folder / key)

    def newest(self, pattern: str) -> bytes | None:
        """The bytes written last under a key that matches a glob pattern; a damaged file is passed over."""
        return next((kept for path in reversed(self._files(pattern)) if (kept := _whole(path)) is not None), None)

    def put(self, key: str, content: bytes) -> None:
        """Keep ``content`` under ``key``, whole or not at all. A full disk is no error here: it is a miss later."""
        if self.folder is None:
            return
        draft = self.folder / f".{key}.{os.getpid()}.tmp"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(hashlib.sha256(content).digest() + content)
            draft.replace(self.folder / key)
        except OSError:
            draft.unlink(missing_ok=True)

    def keep_newest(self, pattern: str, n: int) -> None:
        """Forget all but the ``n`` keys of a glob pattern that were written last."""
        for path in self._files(pattern)[:-n]:
            path.unlink(missing_ok=True)

    def drop(self, pattern: str) -> None:
        """Forget every key that matches a glob pattern."""
        for path in self._files(pattern):
            path.unlink(missing_ok=True)

    def _files(self, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(pattern), key=lambda p: (p.stat().st_mtime_ns, p.name)) if self.folder else []


def _whole(path: Path) -> bytes | None:
    """The content of one file; None where it is missing or not what was written (it is removed then)."""
    try:
        kept = path.read_bytes()
    except OSError:
        return None
    if len(kept) < _HASH_BYTES or hashlib.sha256(kept[_HASH_BYTES:]).digest() != kept[:_HASH_BYTES]:
        path.unlink(missing_ok=True)
        return None
    return kept[_HASH_BYTES:]
