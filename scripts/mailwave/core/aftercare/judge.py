"""Every difference of a wave, in the order of its mailboxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mailwave.core.aftercare.differences import (
    Difference,
    Tenant,
    of_content,
    of_home,
    of_identity,
    of_licence,
    of_stayed,
)
from mailwave.core.aftercare.pictures import FULL_ACCESS, SEND_AS, Found, Picture
from mailwave.core.aftercare.rights import People, of_mapping, of_rights, of_send_as
from mailwave.core.aftercare.rules import of_rules
from mailwave.core.aftercare.settings import of_settings


@dataclass(frozen=True)
class Judge:
    """Compares what was with what was *found*, by ExchangeGuid, in the *tenant*, of *people*."""

    found: Mapping[str, Found]
    tenant: Tenant
    people: People

    def wave(self, pictures: Sequence[Picture]) -> Iterator[Difference]:
        """What is not as promised of *pictures*, a wave."""
        for was in pictures:
            now = self.found[was.guid]
            if was.address not in self.people.moved:
                yield from of_stayed(was, now)
                continue
            yield from of_home(was, now, self.tenant)
            yield from of_licence(was, now, self.tenant)
            if now.there:
                for look in (of_identity, of_content, of_settings, of_rules):
                    yield from look(was, now, self.tenant)
                yield from of_rights(was, now, self.people)

    def beside(self, pictures: Sequence[Picture], movers: AbstractSet[str]) -> Iterator[Difference]:
        """What the move of *movers*, by address, broke on *pictures*, none of their wave: Send-As, and what opens."""
        for was in pictures:
            now = self.found[was.guid]
            for right in was.rights:
                if right.trustee not in movers or right.folder:
                    continue
                if right.kind == SEND_AS:
                    yield from of_send_as(was, right, now, self.people)
                elif right.kind == FULL_ACCESS and now.there:
                    yield from of_mapping(was, right, self.people)
