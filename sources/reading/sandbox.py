"""A child process for code that reads what strangers wrote: limits of processor time, of waiting and of memory.

A reader that loops, eats memory or aborts the interpreter costs the child, not the run. The child is started at
the first call, serves one call after the other, and is started anew after one that ended it. What a call runs is
``module:function``; it gets bytes and texts and gives bytes. Limits rest on ``setrlimit`` (POSIX).
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import IO

WORDS_BYTES = 2000
"""So much of what a child printed before it died is kept for the log."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one call may cost: seconds of processor time, seconds of waiting, bytes of address space."""

    cpu_s: int = 60
    wall_s: float = 300.0
    memory_bytes: int = 4 << 30


class Crashed(Exception):
    """The function raised, took too long, took too much memory, or ended its process.

    ``log`` is for the operator's log. ``passing``: another try may go better (the machine was slow or killed the child).
    """

    def __init__(self, sentence: str, log: str = "", *, passing: bool = False) -> None:
        super().__init__(sentence)
        self.log, self.passing = log, passing


class Sandbox:
    """Calls ``module:function(body, *texts) -> bytes`` in a child process. Safe for several threads: one call at a time."""

    def __init__(self, function: str, allowance: Allowance | None = None) -> None:
        self.function, self.allowance = function, allowance or Allowance()
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._wire: tuple[Connection, Connection] | None = None
        self._printed: IO[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, body: bytes, *texts: str) -> bytes:
        """The function's bytes; raises ``Crashed`` with one sentence, whatever went wrong in the child."""
        with self._turn:
            try:
                to_child, from_child = self._started()
                to_child.send_bytes(json.dumps(texts).encode())
                to_child.send_bytes(body)
                if not from_child.poll(self.allowance.wall_s):
                    raise Crashed(self._ended(f"no answer within {self.allowance.wall_s:g} s"), self._words(), passing=True)
                told = json.loads(from_child.recv_bytes())
                answer = from_child.recv_bytes()
            except (EOFError, OSError) as error:
                began = self._child is not None
                sentence = self._ended(f"ended its process ({type(error).__name__})")
                raise Crashed(sentence, self._words(), passing=not began or signal.SIGKILL.name in sentence) from error
            except BaseException:
                self._ended("")
                raise
            if told:
                raise Crashed(told["sentence"], told["log"])
            return answer

    def close(self) -> None:
        """End the child, if there is one."""
        with self._turn:
            self._ended("")

    def _started(self) -> tuple[Connection, Connection]:
        if self._child is None or self._wire is None:
            there, here = os.pipe(), os.pipe()
            self._printed = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the child
            program = [
                sys.executable,
                "-m",
                __spec__.name,
                self.function,
                str(there[0]),
                str(here[1]),
                str(self.allowance.cpu_s),
                str(self.allowance.memory_bytes),
            ]
            self._child = subprocess.Popen(
                program, pass_fds=(there[0], here[1]), stdin=subprocess.DEVNULL, stdout=self._printed, stderr=self._printed
            )
            os.close(there[0])
            os.close(here[1])
            self._wire = Connection(there[1], readable=False), Connection(here[0], writable=False)
        return self._wire

    def _ended(self, otherwise: str) -> str:
        """Kill the child and say why it ended."""
        child, self._child = self._child, None
        for end in self._wire or ():
            end.close()
        self._wire = None
        if child is None:
            return otherwise
        try:
            code = child.wait(timeout=1.0 if otherwise.startswith("ended") else 0.0)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return otherwise
        if code == -signal.SIGXCPU:
            return f"took more than {self.allowance.cpu_s} s of processor time"
        name = signal.Signals(-code).name if code < 0 else f"exit status {code}"
        return f"ended its process ({name}), perhaps by taking more than {self.allowance.memory_bytes >> 20:,} MB of memory"

    def _words(self) -> str:
        """The last words of a dead child."""
        printed, self._printed = self._printed, None
        if printed is None:
            return ""
        with printed:
            printed.seek(max(0, printed.seek(0, os.SEEK_END) - WORDS_BYTES))
            return printed.read().decode(errors="replace")


_THREADS = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def serve(function: str, receive: int, answer: int, cpu_s: int, memory_bytes: int) -> None:
    """The child: one call after the other until the parent hangs up."""
    import resource

    for setting in _THREADS:
        os.putenv(setting, "1")  # a reader needs one thread, and every thread more reserves address space
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module, _, name = function.partition(":")
    run = getattr(importlib.import_module(module), name)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    asked, told = Connection(receive, writable=False), Connection(answer, readable=False)
    while True:
        try:
            texts, body = json.loads(asked.recv_bytes()), asked.recv_bytes()
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + 1 + cpu_s
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        try:
            made = run(body, *texts)
        except BaseException as error:  # a reader may raise anything, SystemExit too: all of it is told
            last = not isinstance(error, Exception) or isinstance(error, MemoryError)
            reason = str(error).strip().splitlines() or [""]
            told.send_bytes(
                json.dumps(
                    {"sentence": f"{type(error).__name__}: {reason[0]}".rstrip(": "), "log": traceback.format_exc(limit=-30)[-20_000:]}
                ).encode()
            )
            told.send_bytes(b"")
            if last:
                return  # what is left of a process after such an error is not worth trusting
            continue
        told.send_bytes(b"{}")
        told.send_bytes(made)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
