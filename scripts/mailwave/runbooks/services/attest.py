"""Keep an owner's word that a service is there for organisations: who said so, under which ticket, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.core.services.table import ATTEST, Attested, Attests, Service
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.acting import acting


class NotAService(Refusal):
    """No service is called *name*; there are *known*."""

    def __init__(self, *, name: str, known: Sequence[str]) -> None:
        self.name = name
        self.known = tuple(known)
        super().__init__(f"no service is called {name!r}; there are {', '.join(known)}")


class NotByWord(Refusal):
    """The service *name* is read back, and nobody's word counts instead."""

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f"{name} is read back from the tenant: nobody's word counts instead")


class NotByGroup(Refusal):
    """Nobody gets the service *name* by joining a group; *others* are those that people get so."""

    def __init__(self, *, name: str, others: Sequence[str]) -> None:
        self.name = name
        self.others = tuple(others)
        super().__init__(f"nobody joins a group for {name}: a roll-out can only be of {', '.join(others)}")


class NotServed(Refusal):
    """The service *name* is for none of the mailboxes of *organisation*."""

    def __init__(self, *, name: str, organisation: str) -> None:
        self.name = name
        self.organisation = organisation
        super().__init__(f"{name} is for nobody of {organisation}")


def service_called(name: str, services: Sequence[Service]) -> Service:
    """The one of *services* that is called *name*.

    Raises:
        NotAService: there is none of that name.
    """
    found = next((each for each in services if each.name == name), None)
    if found is None:
        raise NotAService(name=name, known=[each.name for each in services])
    return found


@dataclass(frozen=True)
class AttestService:
    """Records that an owner has spoken."""

    clock: Clock
    ledger: Ledger
    services: Sequence[Service]
    reason: Reason

    def prepare(self, name: str, organisations: Sequence[str]) -> list[Attested]:
        """What would be recorded.

        Raises:
            NotAService: there is none of that name.
            NotByWord: it is read back.
            NotServed: it is for nobody of one of *organisations*.
        """
        found = service_called(name, self.services)
        if not isinstance(found.how, Attests):
            raise NotByWord(name=name)
        served = {each.mailbox.organisation for each in self.ledger.mailboxes() if found.is_for(each.mailbox)}
        for code in organisations:
            if code not in served:
                raise NotServed(name=name, organisation=code)
        until = self.clock.now().date() + timedelta(days=found.how.days)
        return [Attested(name, code, self.reason.who, until) for code in organisations]

    def run(self, wanted: Sequence[Attested]) -> None:
        """Record *wanted*, an entry each."""
        for each in wanted:
            subject = f"{each.service} {each.organisation}"
            detail = {"attested": msgspec.to_builtins(each)}
            with acting(self.ledger, act=ATTEST, subject=subject, reason=self.reason, detail=detail):
                pass
