"""What the one session is made of: connections to the checked address alone, and the libraries' errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from sources.fetching.answer import Passing, Refused
from sources.fetching.body import BodyRefused
from sources.fetching.deadline import TookTooLong, WatchedHTTP, WatchedHTTPS


@contextmanager
def translated() -> Iterator[None]:
    """Turn the libraries' errors into ours: what may pass, and what asking again cannot mend."""
    try:
        yield
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError) as error:
        raise Refused(f"an address or header that cannot be used ({error})", "correct the contract's urls") from error
    except TookTooLong as error:
        raise Passing(str(error), timed_out=True) from error
    except requests.exceptions.SSLError as error:
        raise Refused(f"a certificate that cannot be trusted ({_short(error)})", "do not fetch it") from error
    except requests.exceptions.ConnectTimeout as error:
        raise Passing("no connection in time", unreachable=True, timed_out=True) from error
    except (requests.exceptions.Timeout, TimeoutError) as error:
        raise Passing("no answer in time", timed_out=True) from error
    except (requests.RequestException, HTTPError, OSError) as error:
        if "timed out" in str(error).lower():
            raise Passing("no answer in time", timed_out=True) from error
        if "IncompleteRead" in repr(error) or "Connection broken" in str(error):
            raise BodyRefused(f"a body cut short ({_short(error)})") from error
        raise Refused(f"no connection ({_short(error)})", "check the network; the last good page is kept", unreachable=True) from error


def _short(error: BaseException) -> str:
    reason = getattr(error.args[0], "reason", error) if error.args else error
    return str(reason).split(": ", 1)[-1][:160]


class PinnedAdapter(HTTPAdapter):
    """Connects to the address that was checked, while TLS still proves the name."""

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """The pool of the checked address; the certificate is still asked for the name in the URL."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        pinned = getattr(request, "pinned_address", "")
        if pinned:
            name: Any = {"server_hostname": host["host"], "assert_hostname": host["host"]}
            if host["scheme"] == "https":
                pool.update(name)
            host["host"] = pinned
        return host, pool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool, whose connections are watched for size and time."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = WatchedHTTPS if pool.scheme == "https" else WatchedHTTP
        return pool
