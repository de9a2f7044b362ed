"""Which addresses may be asked: schemes, hosts, private networks, and the mirror that stands in for the net.

Pure rules over addresses and a resolver given as argument; nothing here opens a connection.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

Resolver = Callable[[str, int], list[str]]
"""Host and port -> the addresses the host has; raises ``OSError`` when it has none."""

_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa", "lan")
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(Exception):
    """An address that must not be asked; the message says what was found."""


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the operating system."""
    return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})


def joined(base: str, location: str) -> str:
    """Where ``location``, as a stranger wrote it on ``base``, leads; raises ``AddressRefused`` where it cannot be read."""
    try:
        return urljoin(base, location)
    except ValueError as error:
        raise AddressRefused(f"an address that cannot be read ({error})") from error


def host_of(url: str) -> str:
    """``host`` or ``host:port`` of an address, lower case; raises ``AddressRefused`` when there is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"an address that cannot be read ({error})") from error
    if not parts.hostname:
        raise AddressRefused("an address without a host")
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{name}:{port}" if port else name


def check_url(url: str, *, after: str = "") -> None:
    """Refuse schemes other than http(s), a step down from https, credentials, and local names and addresses.

    ``after`` is the address that redirected here. Raises ``AddressRefused``.
    """
    joined(url, "")  # an address that cannot be split at all is refused in the same words
    scheme = urlsplit(url).scheme.lower()
    if scheme not in ("http", "https"):
        raise AddressRefused(f"the scheme {scheme or '(none)'!r}")
    if after and urlsplit(after).scheme.lower() == "https" and scheme == "http":
        raise AddressRefused("a step down from https to http")
    if urlsplit(url).username or urlsplit(url).password:
        raise AddressRefused("an address that carries a user name or password")
    host_of(url)
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host.rsplit(".", 1)[-1] in _LOCAL_NAMES or host.endswith(".home.arpa"):
        raise AddressRefused(f"the local name {host!r}")
    try:
        literal = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        if _NUMERIC_LABEL.fullmatch(host.rsplit(".", 1)[-1]):
            # 127.1, 2130706433, 0x7f.1: old spellings that some resolvers read as an address
            raise AddressRefused(f"the oddly written address {host!r}") from None
        return
    if not is_public(str(literal)):
        raise AddressRefused(f"the private address {host}")


def is_public(address: str) -> bool:
    """Whether an address is on the public internet, also when wrapped in IPv6."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def public_address(url: str, resolver: Resolver, trusted: frozenset[str] = frozenset()) -> str:
    """The one address to connect to for ``url``; all addresses of its host must be public or ``trusted``.

    Connecting to the address that was checked, and not to the name again, keeps a second, different
    answer of the name service (DNS rebinding) from mattering. Raises ``AddressRefused`` or ``OSError``.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = resolver(parts.hostname or "", port)
    if not found:
        raise OSError(f"the name {parts.hostname} has no address")
    private = [a for a in found if not is_public(a) and a not in trusted]
    if private:
        raise AddressRefused(f"the name {parts.hostname} at the private address {private[0]}")
    return min(found, key=lambda a: (":" in a, a))


@dataclass(frozen=True)
class Mirror:
    """A base address or folder that stands in for the internet: ``https://host/path`` -> ``BASE/host/path``."""

    base: str

    @property
    def is_web(self) -> bool:
        """Whether the base is a web address; else it is a folder."""
        return urlsplit(self.base).scheme.lower() in ("http", "https")

    def address(self, url: str) -> str:
        """The mirror's address of ``url`` (query kept)."""
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self.base.rstrip('/')}/{host_of(url).replace(':', '_')}{parts.path or '/'}{query}"

    def origin(self, location: str, asked: str, url: str) -> str:
        """Where a redirect of the mirror leads in terms of the internet.

        ``location`` is the header, ``asked`` the mirror's address that gave it, ``url`` the one it stood for.
        """
        absolute = joined(asked, location)
        base = self.base.rstrip("/") + "/"
        if absolute.startswith(base):
            host, _, path = absolute[len(base) :].partition("/")
            return f"{urlsplit(url).scheme}://{host}/{path}"
        return absolute

    def file(self, url: str) -> Path:
        """The file of ``url`` in a mirror folder; raises ``AddressRefused`` outside the folder."""
        root = Path(self.base).resolve()
        parts = urlsplit(url)
        relative = f"{host_of(url).replace(':', '_')}/{unquote(parts.path).lstrip('/')}"
        with_query = root / f"{relative}?{quote(parts.query, safe='=&,%$+')}"
        # a query may be longer than a file's name may be: such an address is the file of its path
        path = with_query if parts.query and len(with_query.name.encode()) <= 255 and with_query.is_file() else root / relative
        path = path / "index.html" if path.is_dir() else path
        if not path.resolve().is_relative_to(root):
            raise AddressRefused(f"a path outside the mirror folder {self.base}")
        return path
