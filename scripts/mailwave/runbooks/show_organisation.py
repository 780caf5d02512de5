"""Show an organisation its own move, and a person theirs."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from mailwave.core.organisation_view import (
    OrganisationView,
    OwnView,
    apart_of,
    counts_of,
    mover_of,
    nights_of,
    problems_of,
)
from mailwave.core.overview import Night
from mailwave.core.placement.asked_dates import Asked, Asks
from mailwave.core.readiness.board import standing
from mailwave.core.readiness.rules import RuleBook
from mailwave.core.readiness.scope import Scope
from mailwave.ports import Clock
from mailwave.ports.shown import Shown
from mailwave.runbooks.ask_dates import ASKED


@dataclass(frozen=True)
class ShowOrganisation:
    """Reads what concerns one organisation, or one person, and nothing else."""

    clock: Clock
    ledger: Shown
    book: RuleBook

    def run(self, code: str, who: str) -> OrganisationView | None:
        """The organisation *code* as *who*, its administrator, sees it; None where there is none."""
        organisation = self.ledger.organisation(code)
        if organisation is None:
            return None
        nights, records = self._nights(), self.ledger.records_of(code)
        movers = tuple(mover_of(record, nights) for record in records)
        rights = self.ledger.rights_of([record.mailbox.guid for record in records])
        named = self.ledger.named(sorted({end for right in rights for end in (right.guid, right.trustee)}))
        return OrganisationView(
            organisation,
            counts_of(records),
            tuple(standing(records, self.book, Scope(code, who))),
            nights_of(movers),
            movers,
            apart_of(rights, named, nights, code, self.clock.now().date()),
            problems_of(records),
            tuple(self.ledger.undelivered(code)),
            self._asked(code),
        )

    def own(self, address: str) -> OwnView:
        """What the person with that *address* sees."""
        record = self.ledger.record_of_address(address)
        if record is None:
            return OwnView(None)
        nights, box = self._nights(), record.mailbox
        rights = self.ledger.rights_of([box.guid])
        named = self.ledger.named(sorted({end for right in rights for end in (right.guid, right.trustee)}))
        today = self.clock.now().date()
        return OwnView(mover_of(record, nights), apart_of(rights, named, nights, box.organisation, today))

    def _nights(self) -> dict[str, Night]:
        return {night.wave: night for night in self.ledger.nights()}

    def _asked(self, code: str) -> Asked | None:
        """What the organisation asked last, None where it asks for nothing."""
        said = [intent for intent in self.ledger.intents(ASKED) if intent.subject == code]
        asked = msgspec.convert(dict(said[-1].detail), Asked) if said else None
        return asked if asked is not None and asked.asks is not Asks.NOTHING else None
