"""Settings: the only reader of environment variables. Everything else gets what it needs as arguments.

Secrets are ``SecretStr``: printing the settings, or an error that holds them, shows stars.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

if TYPE_CHECKING:
    from warehouse.opened import Published

PREFIX, LAKE = "DEFLATION_", "ducklake:postgres:"


class Settings(BaseModel):
    """All that a user can set, with the environment variable ``DEFLATION_<FIELD>`` of the same name; ``DEFLATION_<FIELD>_FILE``
    names a file that holds the value (secrets).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    home: Path = Path("var")
    """State folder: archive, warehouse, site, outbox, ledger."""
    data: Path = Path("../shared/data")
    """Study material for calibration and tests; not needed to run."""
    warehouse: SecretStr = SecretStr("")
    """Where to publish instead of a file in the state folder, for a team: ``ducklake:postgres:`` and libpq's address of the
    catalogue's database (``host=db dbname=lake user=writer``); needs ``DEFLATION_WAREHOUSE_DATA`` and the extra ``team``."""
    warehouse_data: Path | None = None
    """The shared folder of the lake's Parquet files, mounted at the same place wherever it is read."""
    dagster_postgres_url: SecretStr = SecretStr("")
    """``postgresql://user:password@host/database``: Dagster keeps runs, events and schedules there instead of below the state folder."""
    run_image: str = ""
    """A container image: `deflation serve` starts each scheduled run in a container of its own."""
    run_on: Literal["docker", "kubernetes"] = "docker"
    """Who runs that container."""
    run_volume: str = ""
    """The volume (Docker; the state folder when empty) or claim (Kubernetes) of the state, which that container gets."""
    run_network: str = ""
    """The network (Docker) on which that container finds PostgreSQL."""
    mirror: str = ""
    """``http(s)://`` base or folder that stands in for the internet: https://host/path -> MIRROR/host/path."""
    contact: str = "https://github.com/deflation-project/deflation"
    """Where a site's operator can reach us; part of the User-Agent."""
    eia_api_key: SecretStr = SecretStr("")
    openrouter_api_key: SecretStr = SecretStr("")
    """Any key of OpenRouter: opens its rankings dataset (token volumes)."""
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_ca_file: str = ""
    """A PEM file with the certificate authority of a private mail server."""
    mail_from: str = ""
    base_url: str = ""
    """Where the site is served, for links in mails and the feed."""
    webhook_url: SecretStr = SecretStr("")
    """A chat channel (Slack's incoming webhook, or what speaks its JSON) that is told of alerts."""
    unsubscribe_url: str = ""
    """An https address that forwards one-click unsubscriptions to `deflation subscribers listen`."""
    schedule: str = "30 5 * * *"
    """When the daily job runs (cron, UTC)."""
    now: datetime | None = None
    """What the clock says instead of the system's (ISO 8601, UTC), for simulations; the report says so."""
    wait_s: float = 900.0
    """How long a run waits for another one to end before it gives up."""
    retention_days: int = 90
    """How old run logs, caches and rebuilt vintages may get before `deflation prune` removes them."""
    edition_days: int = Field(default=0, ge=0)
    """How old an edition's files may get before `deflation prune` removes them (the last of each month stays); 0 keeps all."""
    serve_token: SecretStr = SecretStr("")
    """The token of the address of `deflation serve`; made anew at every start when empty."""
    operator_webhook_url: SecretStr = SecretStr("")
    """Where the operator is told of failures: an address that takes a POST of {"text": ...} (Slack-compatible)."""
    operator_mail: str = ""
    """Whom to mail about failures (needs the mail server)."""
    heartbeat_url: SecretStr = SecretStr("")
    """An address that is asked after every good run, so that somebody else notices silence."""
    chromium: str = "/usr/bin/chromium"

    @model_validator(mode="after")
    def a_lake_is_whole(self) -> Settings:
        """A shared warehouse has both its parts, and an address of the one kind there is."""
        address = self.warehouse.get_secret_value()
        if address and not (address.startswith(LAKE) and len(address) > len(LAKE)):
            raise ValueError(f"{PREFIX}WAREHOUSE: expected {LAKE}host=... dbname=... (libpq's form), found another kind of address")
        if address and not (self.warehouse_data and self.warehouse_data.is_absolute()):
            raise ValueError(
                f"{PREFIX}WAREHOUSE_DATA: expected the absolute path of the shared folder, found {self.warehouse_data or 'nothing'}"
            )
        return self

    @field_validator("dagster_postgres_url")
    @classmethod
    def of_postgres(cls, address: SecretStr) -> SecretStr:
        """An address in the form of a URL."""
        if address.get_secret_value() and not re.match(r"postgres(ql)?(\+\w+)?://", address.get_secret_value()):
            raise ValueError(f"{PREFIX}DAGSTER_POSTGRES_URL: expected postgresql://user:password@host/database")
        return address

    def secrets(self) -> tuple[str, ...]:
        """The values of all settings that are secret."""
        given = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in given if isinstance(value, SecretStr) and value)

    @field_validator("now")
    @classmethod
    def in_utc(cls, moment: datetime | None) -> datetime | None:
        """A time without a zone is UTC."""
        return moment and (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))

    @property
    def warehouse_path(self) -> Path:
        """The warehouse a run builds."""
        return self.home / "build.duckdb"

    @property
    def published(self) -> Published:
        """What readers open, replaced whole when a run has passed its checks: a file, or the lake that is set."""
        from warehouse.lake import Lake

        if address := self.warehouse.get_secret_value():
            assert self.warehouse_data is not None
            return Lake(address.removeprefix(LAKE), self.warehouse_data)
        return self.home / "published.duckdb"

    @property
    def archive_path(self) -> Path:
        """Every capture as it came, by content."""
        return self.home / "archive"

    @property
    def set_aside_path(self) -> Path:
        """Which captures a person set aside, and why."""
        return self.home / "set_aside.jsonl"

    @property
    def site_path(self) -> Path:
        """The rendered pages and the feed."""
        return self.home / "site"

    @property
    def outbox_path(self) -> Path:
        """Mails written to files where no mail server is set."""
        return self.home / "outbox"


def load_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read ``DEFLATION_*`` from the environment (empty values count as unset); raises ``ValidationError``."""
    env = os.environ if environ is None else environ
    given = {field: value for field in Settings.model_fields if (value := _given(env, PREFIX + field.upper())) != ""}
    settings = Settings.model_validate(given)
    return settings.model_copy(update={"home": settings.home.expanduser().resolve()})


def _given(env: Mapping[str, str], name: str) -> str:
    """The value of a variable, or the content of the file that ``NAME_FILE`` names (secrets of containers)."""
    if env.get(name, "") or not env.get(name + "_FILE", ""):
        return env.get(name, "")
    try:
        return Path(env[name + "_FILE"]).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{name}_FILE: expected a file that can be read, found {error.strerror} at {env[name + '_FILE']}") from error


def environment() -> dict[str, str]:
    """The environment as it is, for ``doctor`` and for what is started with the same settings."""
    return dict(os.environ)


def provide(name: str, value: str) -> None:
    """Set a variable for this process and those it starts, where a library reads it from the environment alone."""
    os.environ[name] = value
