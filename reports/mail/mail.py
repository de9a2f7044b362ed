"""One SMTP session, exact about how far each message got. The only user of ``smtplib``.

Belongs here: opening, securing and renewing the session, handing over one message, and saying whether the
server certainly did not take it (``TryLater``, ``Refused``) or may have (``Unknown``). Not here: who is to get
what, and whether to try again (``delivery``). No address and no secret enters an error: a server's words are
stripped of addresses.
"""

from __future__ import annotations

import re
import select
import smtplib
import ssl
from collections.abc import Callable

from reports.mail.message import MailSettings
from reports.writing.shown import clean

ATTEMPTS = 4
"""Tries per run for what is refused for now: at once, then after 5, 20 and 80 seconds."""
MESSAGES_PER_CONNECTION = 200


def pause_s(attempt: int) -> float:
    """Seconds to wait before try number ``attempt`` (1 is the second one)."""
    return 5.0 * 4.0 ** (attempt - 1)


class DeliveryRefused(RuntimeError):
    """The server cannot be used at all (not found, no TLS, wrong password, sender refused)."""


class TryLater(RuntimeError):
    """The server did not take this message, certainly, and might later."""


class Refused(RuntimeError):
    """The server will not take this message."""


class Unknown(RuntimeError):
    """The server may have taken this message."""


class Connection:
    """One SMTP session that is opened when needed, renewed now and then, and always closed."""

    def __init__(self, settings: MailSettings, sleep: Callable[[float], None]) -> None:
        self._settings, self._sleep = settings, sleep
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def ready(self) -> None:
        """Have a session, before anything is claimed. Raises ``DeliveryRefused``."""
        if self._server is not None and self._sent >= MESSAGES_PER_CONNECTION:
            self._close()
        if self._server is None:
            self._server, self._sent = self._connect(), 0

    def send(self, sender: str, recipient: str, raw: bytes) -> None:
        """Hand over one message, or say exactly how far it got."""
        assert self._server is not None
        self._sent += 1
        try:
            self._envelope(sender, recipient)
            self._server.send(_dotted(raw))
            if self._server.sock and select.select([self._server.sock], [], [], 0)[0]:
                # A server that speaks before the end has given up on the message, or is gone.
                code, words = self._server.getreply()
                self._close()
                raise TryLater(f"message: {code} {redact(words)} before its end")
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._close()
            raise TryLater(f"connection: lost before the message was complete ({type(error).__name__})") from error
        try:
            self._server.send(b".\r\n")
            code, words = self._server.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._close()
            raise Unknown(f"connection: lost after the message was complete ({type(error).__name__})") from error
        _check(code, words, "message")

    def _envelope(self, sender: str, recipient: str) -> None:
        assert self._server is not None
        code, words = self._server.mail(sender)
        if code >= 500:
            self._server.rset()
            raise DeliveryRefused(
                f"SMTP server: expected to accept the sender, answered {code} {redact(words)}; check DEFLATION_MAIL_FROM and the login"
            )
        self._accept(code, words, "sender")
        self._accept(*self._server.rcpt(recipient), "recipient")
        code, words = self._server.docmd("DATA")
        if code != 354:
            self._accept(code if code >= 400 else 451, words, "message")

    def _accept(self, code: int, words: bytes, stage: str) -> None:
        try:
            _check(code, words, stage)
        except (TryLater, Refused):
            if code == 421:
                self._close()
            elif self._server is not None:
                self._server.rset()
            raise

    def _connect(self) -> smtplib.SMTP:
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(pause_s(attempt))
            try:
                return _open(self._settings)
            except smtplib.SMTPConnectError as error:
                failure = f"answered {error.smtp_code} {redact(error.smtp_error)}"
                if error.smtp_code >= 500:
                    break
            except ssl.SSLCertVerificationError as error:
                failure = f"its certificate is not trusted ({error.verify_message}); set DEFLATION_SMTP_CA_FILE for a private authority"
                break
            except smtplib.SMTPAuthenticationError as error:
                failure = f"refused the login with {error.smtp_code} {redact(error.smtp_error)}"
                if error.smtp_code >= 500:
                    break
            except smtplib.SMTPNotSupportedError as error:
                failure = f"does not offer what the settings ask for ({error})"
                break
            except (smtplib.SMTPException, OSError) as error:
                failure = f"{type(error).__name__}: {redact(str(error))}"
        raise DeliveryRefused(
            f"SMTP server {self._settings.host}:{_port(self._settings)}: expected a session, but it {failure}. "
            "Nothing was sent to those who have no mail yet; check the DEFLATION_SMTP_ settings"
        )

    def _close(self) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except (smtplib.SMTPException, OSError):
                self._server.close()
            self._server = None


def _open(settings: MailSettings) -> smtplib.SMTP:
    """Connect, secure, log in. A login never crosses a line in the clear, but for this machine itself."""
    if settings.user and settings.tls == "none" and settings.host not in ("127.0.0.1", "::1", "localhost"):
        raise smtplib.SMTPNotSupportedError("a password without TLS; set DEFLATION_SMTP_TLS to starttls or tls")
    # create_default_context verifies the certificate and the name; starttls() without one accepts anything.
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    port, wait = _port(settings), settings.timeout_s
    server = (
        smtplib.SMTP_SSL(settings.host, port, timeout=wait, context=context)
        if settings.tls == "tls"
        else smtplib.SMTP(settings.host, port, timeout=wait)
    )
    try:
        if settings.tls == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _port(settings: MailSettings) -> int:
    return settings.port or {"tls": 465, "starttls": 587, "none": 25}[settings.tls]


def _check(code: int, words: bytes, stage: str) -> None:
    if 200 <= code < 400:
        return
    said = f"{stage}: {code} {redact(words)}"
    raise Refused(said) if code >= 500 else TryLater(said)


def _dotted(raw: bytes) -> bytes:
    """The message with CRLF line ends and leading dots doubled (RFC 5321, 4.5.2), without the final dot."""
    lines = re.sub(rb"\r?\n", b"\r\n", raw)
    lines = re.sub(rb"(?m)^\.", b"..", lines)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def redact(words: bytes | str) -> str:
    """A server's words without addresses, on one line."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return clean(re.sub(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+", "<address>", text), 160)
