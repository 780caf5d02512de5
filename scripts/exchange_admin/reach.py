"""How the outside is reached: by the machine's own means, or, where there is a connection map, by that map alone.

`reach_httpx2` and `reach_requests` carry it out for the two HTTP libraries that this project's clients are built on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from estate_schema.connection_map import Place, place
from estate_schema.endpoints import Endpoints
from estate_schema.errors import ConfigurationError


class NotMapped(ConfigurationError):
    """There is a connection map, and it has no address for the host and port *wanted*: nothing was sent there."""

    def __init__(self, *, wanted: Place) -> None:
        self.wanted = wanted
        super().__init__(
            file="endpoints",
            key="connect",
            problem=f"has no entry for {wanted}, and where there is a map no other host is spoken to",
        )


class AuthorityUnreadable(ConfigurationError):
    """The certificate authority's file *ca* is absent or holds no certificate."""

    def __init__(self, *, ca: Path, why: str) -> None:
        self.ca = ca
        super().__init__(
            file="endpoints", key="ca", problem=f"{ca}: {why}", allowed="a file of certificates in PEM"
        )


@dataclass(frozen=True)
class Reach:
    """*connect* maps `host:port` to `address:port`, empty for none; *ca* is the authority to trust, None the machine's.

    With a map no proxy is used, whatever the machine's environment says: it would see what the map keeps here.
    """

    connect: Mapping[str, str] = field(default_factory=dict)
    ca: Path | None = None

    @classmethod
    def of(cls, endpoints: Endpoints) -> Self:
        """How the services of *endpoints* are reached."""
        return cls(endpoints.connect, endpoints.ca)

    def address(self, host: str, port: int) -> Place:
        """Where *port* of *host* answers according to the map, which is not empty; this machine answers for itself.

        :raises NotMapped: if the map does not say.
        """
        wanted = Place(host.lower(), port)
        where = self.connect.get(str(wanted))
        if where is not None:
            return place(where)
        if wanted.is_loopback:
            return wanted
        raise NotMapped(wanted=wanted)
