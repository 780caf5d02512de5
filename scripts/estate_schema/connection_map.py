"""The connection map: at which address each named host and port answers, where the machine's resolver is not asked.

It is to every client what `--connect-to` is to curl: the name stays in the request, in the TLS handshake and in the
check of the certificate; only the connection goes elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")
_PORTS = {"http": 80, "https": 443, "smtp": 587, "dns": 53}
_NAME_ALLOWED = "a host in lower case and its port, such as outlook.office365.com:443"
_PLACE_ALLOWED = "an IP address and a port, such as 127.0.0.1:40123 or [::1]:40123"


class Place(NamedTuple):
    """A host, by name or by IP address, and a port of it."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine; a name other than `localhost` may be anywhere."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


def place_of(address: str) -> Place:
    """The host and port that the web address *address* names, the port of its scheme where it names none."""
    parts = urlsplit(address)
    return Place((parts.hostname or "").lower(), parts.port or _PORTS[parts.scheme])


def place(text: str) -> Place:
    """Read `host:port`; the host of an IPv6 address is in brackets.

    Raises:
        ValueError: it is something else.
    """
    host, colon, port = text.rpartition(":")
    digits = port.isascii() and port.isdigit()
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not bare or not digits or not 1 <= int(port) <= 65535 or (":" in bare) == (bare == host):
        raise ValueError(f"{text!r} is not a host and a port")
    return Place(bare, int(port))


def _checked(connect: Mapping[str, str]) -> Mapping[str, str]:
    for name, where in connect.items():
        if not _is_name(name):
            raise ValueError(f"{name!r} is not {_NAME_ALLOWED}")
        if not _is_address(where):
            raise ValueError(f"{name} is said to be at {where!r}, which is not {_PLACE_ALLOWED}")
    return connect


def _is_name(text: str) -> bool:
    try:
        return bool(_HOST.match(place(text).host))
    except ValueError:
        return False


def _is_address(text: str) -> bool:
    try:
        ip_address(place(text).host)
    except ValueError:
        return False
    return True


ConnectionMap = Annotated[
    Mapping[str, str],
    AfterValidator(_checked),
    Field(description="Host and port, as host:port, to the IP address and port at which it answers"),
]
