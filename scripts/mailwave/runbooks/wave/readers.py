"""Whom a notice goes to: whose mailbox it is, who works in it, and who answers for the organisation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mailwave.core.estate import Record
from mailwave.core.notice_templates import Reader, Templates
from mailwave.core.notices import Audience, has_reader
from mailwave.core.planner import Wave
from mailwave.ports import Ledger

WORKS_THERE = frozenset({"FullAccess", "SendAs", "SendOnBehalf"})
"""The rights that somebody works in a shared mailbox by; a role on single folders is none of them."""


@dataclass(frozen=True)
class LocalAdministrator:
    """Somebody who answers for *organisation*: their id in Entra, their name, and the address they are told at."""

    who: str
    name: str
    address: str
    organisation: str


@dataclass(frozen=True)
class Readers:
    """Finds them in *ledger* and among *administrators*; *lanes* has mailboxes that are in a lane of their own."""

    ledger: Ledger
    templates: Templates
    administrators: Sequence[LocalAdministrator] = ()
    lanes: Mapping[str, str] = field(default_factory=dict)

    def users(self, people: Sequence[Record]) -> list[Reader]:
        """Those of *people* who read their own mailbox."""
        return [self.user(person) for person in people if has_reader(person.mailbox)]

    def user(self, person: Record) -> Reader:
        """*person* as the reader of their own mailbox."""
        mailbox = person.mailbox
        lane = self.lanes.get(mailbox.guid, "usual")
        return Reader(mailbox.guid, mailbox.address, mailbox.display_name, mailbox.organisation, lane=lane)

    def others(self, wave: Wave, people: Sequence[Record]) -> list[Reader]:
        """Who works in the shared mailboxes among *people* and does not move with *wave*, and the administrators."""
        return [*self._delegates(people, frozenset(wave.mailboxes)), *self._administrators(people)]

    def _delegates(self, people: Sequence[Record], moving: Collection[str]) -> list[Reader]:
        shared = {each.mailbox.guid: each.mailbox for each in people if not has_reader(each.mailbox)}
        uses: dict[str, set[str]] = defaultdict(set)
        for right in self.ledger.rights_on(sorted(shared)) if shared else ():
            if right.kind in WORKS_THERE and right.trustee not in moving:
                uses[right.trustee].add(right.guid)
        return [
            Reader(
                each.guid,
                each.address,
                each.display_name,
                each.organisation,
                Audience.DELEGATE,
                mailboxes=tuple(sorted(shared[guid].display_name for guid in uses[each.guid])),
            )
            for each in self.ledger.mailboxes_of(sorted(uses))
            if has_reader(each)
        ]

    def _administrators(self, people: Sequence[Record]) -> list[Reader]:
        numbers = Counter(person.mailbox.organisation for person in people)
        return [
            Reader(
                f"{each.organisation}/{each.who}",
                each.address,
                each.name,
                each.organisation,
                Audience.ADMINISTRATOR,
                number=numbers[each.organisation],
            )
            for each in self.administrators
            if numbers[each.organisation]
        ]
