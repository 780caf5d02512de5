"""Show an organisation its own move, and a person theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from mailwave.core.mending import Care, problems_of
from mailwave.core.organisation_view import (
    OrganisationView,
    OwnView,
    Signed,
    apart_of,
    counts_of,
    mover_of,
    nights_of,
)
from mailwave.core.placement.asked_dates import Asked, Asks
from mailwave.core.readiness.board import columns_of, standing
from mailwave.core.readiness.rules import RuleBook
from mailwave.core.readiness.scope import Scope
from mailwave.ports import Clock
from mailwave.ports.shown import Shown
from mailwave.runbooks.ask_dates import ASKED
from mailwave.runbooks.mind_problem import MINDED


@dataclass(frozen=True)
class ShowOrganisation:
    """Reads what concerns one organisation, or one person, and nothing else.

    *signed* is asked what counts today of what was signed for an organisation.
    """

    clock: Clock
    ledger: Shown
    book: RuleBook
    signed: Callable[[str], Signed]

    def run(self, code: str, who: str) -> OrganisationView | None:
        """The organisation *code* as *who*, its administrator, sees it; None where there is none."""
        organisation = self.ledger.organisation(code)
        if organisation is None:
            return None
        nights = {night.wave: night for night in self.ledger.nights()}
        records = self.ledger.records_of(code)
        movers = tuple(mover_of(record, nights) for record in records)
        rights = self.ledger.rights_of([record.mailbox.guid for record in records])
        named = self.ledger.named(sorted({end for right in rights for end in (right.guid, right.trustee)}))
        undelivered = tuple(self.ledger.undelivered(code))
        return OrganisationView(
            organisation,
            counts_of(records),
            tuple(standing(columns_of(records), self.book, Scope(code, who))),
            nights_of(movers),
            movers,
            apart_of(rights, named, nights, code, self.clock.now().date()),
            problems_of(records, undelivered, self._cares(code), self._owners),
            undelivered,
            self._asked(code),
            self.signed(code),
        )

    def own(self, address: str) -> OwnView:
        """What the person with that *address* sees."""
        held = self.ledger.around(address)
        if held is None:
            return OwnView(None)
        today, organisation = self.clock.now().date(), held.record.mailbox.organisation
        apart = apart_of(held.rights, held.named, held.nights, organisation, today)
        return OwnView(mover_of(held.record, held.nights), apart)

    @property
    def _owners(self) -> dict[str, str]:
        codes = (self.book.code(number) for number in range(2 * len(self.book.rules)))
        return {code.name: code.rule.owner for code in codes}

    def _cares(self, code: str) -> list[Care]:
        """What was said of the problems of *code*, in order."""
        said = self.ledger.intents_on(MINDED, [code])
        return [msgspec.convert(dict(intent.detail), Care) for intent in said]

    def _asked(self, code: str) -> Asked | None:
        """What the organisation asked last, None where it asks for nothing."""
        said = self.ledger.intents_on(ASKED, [code])
        asked = msgspec.convert(dict(said[-1].detail), Asked) if said else None
        return asked if asked is not None and asked.asks is not Asks.NOTHING else None
