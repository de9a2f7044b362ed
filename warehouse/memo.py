"""Steps remembered by the hash of what they were made from: the same frames, day, code and data give the same tables.

A step is a pure function (no clock, no environment, no network), so that what it made once need not be made again.
The hash takes in the code of the whole product and its packaged data: a change anywhere makes every step anew. Kept
in the cache, where a damaged file is a miss.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sources.reading.cache import Cache

Frames = Mapping[str, pl.DataFrame]
KEPT = 2
"""Results kept of each step: a run for a past day in between does not push out today's."""


@dataclass(frozen=True)
class Memo:
    """What steps made. ``version``: a hash of the code and the packaged data."""

    cache: Cache
    version: str

    def made(self, step: str, make: Callable[..., Frames], frames: Sequence[pl.DataFrame], given: Mapping[str, Any]) -> Frames:
        """``make(*frames, **given)``, from the cache where it was made before."""
        digest = hashlib.sha256(f"{self.version} {step} {sorted(given.items())}".encode())
        for frame in frames:
            digest.update(fingerprint(frame))
        name = step.replace(".", "_")
        key = f"{name}-{digest.hexdigest()[:24]}.made"
        packed = self.cache.get(key)
        if packed is not None:
            return _unpacked(packed)
        result = make(*frames, **given)
        self.cache.put(key, _packed(result))
        self.cache.keep_newest(f"{name}-*.made", KEPT)
        return result


def fingerprint(frame: pl.DataFrame) -> bytes:
    """A hash of a frame's columns, types and rows in order."""
    digest = hashlib.sha256(str(list(frame.schema.items())).encode())
    digest.update(frame.hash_rows(1).to_numpy().tobytes() if frame.width and frame.height else b"")
    return digest.digest()


def _packed(frames: Frames) -> bytes:
    parts = {}
    for name, frame in frames.items():
        out = io.BytesIO()
        frame.write_parquet(out)
        parts[name] = out.getvalue()
    return json.dumps({name: len(part) for name, part in parts.items()}).encode() + b"\n" + b"".join(parts.values())


def _unpacked(packed: bytes) -> Frames:
    head, _, rest = packed.partition(b"\n")
    frames, at = {}, 0
    for name, size in json.loads(head).items():
        frames[name] = pl.read_parquet(io.BytesIO(rest[at : at + size]))
        at += size
    return frames
