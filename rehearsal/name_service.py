"""DNS as a recursive resolver answers it, over TCP (RFC 1035, 4.2.2): what is published, and nothing else.

It keeps nothing and changes nothing: each answer is what the zones say at that moment.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Mapping, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

Records = Mapping[str, Sequence[str]]
"""What a name has: the data of its records, as a zone file writes them, by type."""

Zones = Callable[[str], Records | None]
"""The records of a name in lower case without its last dot: empty where there is no such name, None where its servers
do not answer."""

TTL = 300
_LENGTH = struct.Struct("!H")


def answered(query: bytes, zones: Zones) -> bytes | None:
    """The answer to *query*; None to what is no question."""
    try:
        asked = dns.message.from_wire(query)
    except dns.exception.DNSException:
        return None
    if len(asked.question) != 1:
        return None
    reply = dns.message.make_response(asked, recursion_available=True)
    (question,) = asked.question
    name, kind = question.name, dns.rdatatype.to_text(question.rdtype)
    for _ in range(8):  # a chain of aliases is followed, and a circle is left
        records = zones(name.to_text(omit_final_dot=True).lower())
        if records is None:
            reply.set_rcode(dns.rcode.SERVFAIL)
            break
        if not records and not reply.answer:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        shown = kind if kind in records else "CNAME"
        if shown not in records:
            break
        reply.answer.append(
            dns.rrset.from_text_list(name, TTL, dns.rdataclass.IN, shown, list(records[shown]))
        )
        if shown == kind:
            break
        name = dns.name.from_text(records[shown][0])
    return reply.to_wire()


class Connection(asyncio.Protocol):
    """One client's connection: each message has its length before it."""

    def __init__(self, zones: Zones) -> None:
        self._zones = zones
        self._read = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each question that is there whole; what is no question ends the connection."""
        self._read += data
        while self._transport is not None and len(self._read) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._read)
            end = _LENGTH.size + length
            if len(self._read) < end:
                return
            answer = answered(self._read[_LENGTH.size : end], self._zones)
            self._read = self._read[end:]
            if answer is None:
                self._transport.close()
                return
            self._transport.write(_LENGTH.pack(len(answer)) + answer)
