"""Readers that misbehave, for the sandbox's tests: each is called in the child process by its name."""

from __future__ import annotations

import ctypes
import os
import sys
import time


def echo(body: bytes, *texts: str) -> bytes:
    """Give back what came."""
    return body + "|".join(texts).encode()


def spin(body: bytes, *_: str) -> bytes:
    """Use the processor for ever."""
    while True:
        pass


def sleep(body: bytes, *_: str) -> bytes:
    """Wait for ever."""
    time.sleep(1000)
    return body


def eat(body: bytes, *_: str) -> bytes:
    """Take ever more memory."""
    held = []
    while True:
        held.append(bytearray(50_000_000))


def abort(body: bytes, *_: str) -> bytes:
    """End the process as a panic of native code does."""
    print("last words", file=sys.stderr, flush=True)
    os.abort()


def crash(body: bytes, *_: str) -> bytes:
    """Read where nothing is."""
    ctypes.string_at(0)
    return body


def leave(body: bytes, *_: str) -> bytes:
    """End the interpreter."""
    sys.exit(3)


def recurse(body: bytes, *_: str) -> bytes:
    """Call itself without end."""
    return recurse(body)


def refuse(body: bytes, *_: str) -> bytes:
    """Raise what no list of types holds."""
    raise type("Unheard", (Exception,), {})("of this")


def chat(body: bytes, *_: str) -> bytes:
    """Print on the way."""
    print("x" * 100_000)
    return body
