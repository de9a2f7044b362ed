"""Connects the settings to delivery: what the daily run's last asset calls. Sends nothing unless configured."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.settings import Settings


def deliver_with(settings: Settings) -> Callable[[], dict[str, int]] | None:
    """A function that sends the latest edition to the subscribers, or None where no mail host is set."""
    if not settings.smtp_host:
        return None

    def deliver() -> dict[str, int]:
        from pipelines.commands.send import send_latest

        return send_latest(settings)

    return deliver
