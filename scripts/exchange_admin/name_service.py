"""Asks DNS where a mail domain leads, by dnspython (decision 0051)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from estate_schema.connection_map import place_of
from estate_schema.endpoints import Endpoints
from exchange_admin.reach import Reach

SECONDS = 5.0
"""How long one question may take in all."""


class NameService:
    """The name server at *address*, or without one those of this machine.

    Questions go over TCP, where an answer is never cut short and cannot be slipped in by whoever only guesses.
    """

    def __init__(self, address: tuple[str, int] | None = None) -> None:
        self._resolver = dns.resolver.Resolver(configure=address is None)
        self._resolver.lifetime = SECONDS
        if address is not None:
            self._resolver.nameservers = [address[0]]
            self._resolver.port = address[1]

    @classmethod
    def of(cls, endpoints: Endpoints) -> Self | None:
        """That of *endpoints*; None where a connection map leads to no name server, as nothing else is asked then."""
        if endpoints.dns is None:
            return None if endpoints.connect else cls()
        named = place_of(endpoints.dns)
        reach = Reach.of(endpoints)
        place = reach.address(named.host, named.port) if endpoints.connect else named
        return cls((place.host, place.port))

    def mail_exchangers(self, domain: str) -> tuple[str, ...] | None:
        """The hosts of the MX of *domain*, in lower case; None where no answer came."""
        exchangers = self._ask(domain, dns.rdatatype.MX)
        return None if exchangers is None else _hosts(exchangers)

    def autodiscover(self, domain: str) -> tuple[str, ...] | None:
        """Where autodiscover of *domain* leads, in lower case; None where no answer came.

        As Outlook looks for it: the host of that name, wherever that leads, and else the service record.
        """
        own = f"autodiscover.{domain}"
        for name, kind in (
            (own, "CNAME"),
            (own, "A"),
            (own, "AAAA"),
            (f"_autodiscover._tcp.{domain}", "SRV"),
        ):
            answers = self._ask(name, dns.rdatatype.from_text(kind))
            if answers is None:
                return None
            if answers:
                return (own,) if kind in ("A", "AAAA") else _hosts(answers)
        return ()

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list[str] | None:
        """The hosts, or addresses, that records of *kind* give for *name*; empty for none, None without an answer."""
        try:
            answer = self._resolver.resolve(
                f"{name}.", kind, tcp=True, search=False, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError):
            return None
        return [str(getattr(each, "exchange", getattr(each, "target", each))) for each in answer]


def _hosts(names: Iterable[str]) -> tuple[str, ...]:
    """*names* without their last dot; the root alone means that there is none (RFC 7505)."""
    return tuple(sorted({name.rstrip(".").lower() for name in names} - {""}))
