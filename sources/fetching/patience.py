"""How long a run waits for hosts that do not answer: a failure is remembered, and waiting ends.

Counted is only time that brought nothing: attempts that failed and the pauses between them. A host that let its
time run out is not asked again in this run; when the whole run has waited long enough, every further address gets
one attempt and no pause.
"""

from __future__ import annotations

import threading

from sources.fetching.answer import Passing, Refused
from sources.fetching.fetched import Limits


class Patience:
    """The waiting of one run, by host. Safe for several threads."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._waited_s: dict[str, float] = {}
        self._given_up: dict[str, Passing | Refused] = {}
        self._lock = threading.Lock()

    def given_up(self, host: str) -> Passing | Refused | None:
        """The failure for which a host is not asked again in this run; None while it may be."""
        with self._lock:
            return self._given_up.get(host)

    def waited(self, host: str, seconds: float) -> None:
        """Note time that brought nothing."""
        with self._lock:
            self._waited_s[host] = self._waited_s.get(host, 0.0) + max(seconds, 0.0)

    def another_try(self, host: str, error: Passing, attempts: int) -> bool:
        """Whether a failed address is worth one more attempt after ``attempts`` of them."""
        with self._lock:
            waited, in_all = self._waited_s.get(host, 0.0), sum(self._waited_s.values())
        tries = self.limits.attempts_timed_out if error.timed_out else self.limits.attempts
        pause = error.pause_s or 0.0
        return (
            attempts < tries
            and pause <= self.limits.retry_after_s
            and waited + pause < self.limits.host_wait_s
            and in_all < self.limits.run_wait_s
        )

    def ended(self, host: str, error: Passing | Refused) -> None:
        """Give a host up for this run where it let its time run out or cannot be reached; a page's own failure is not the host's."""
        with self._lock:
            whole = error.unreachable or (isinstance(error, Passing) and (error.timed_out or error.of_host))
            if whole or self._waited_s.get(host, 0.0) >= self.limits.host_wait_s:
                self._given_up.setdefault(host, error)
