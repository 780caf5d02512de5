"""What holds for all mailboxes: both halves work together, and each mail domain's autodiscover leads where it should.

Mail both ways and free/busy are told by what both halves are set to, which is read: nothing is sent and nobody asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from mailwave.core.aftercare.differences import Difference
from mailwave.core.readiness.observed import Leads
from mailwave.runbooks.wave.preflight import ReadsHalves


@dataclass(frozen=True)
class AroundWaves:
    """Reads *halves* and where the domains lead; *wanted* are the hosts to which autodiscover may.

    *leads* is None where no name server is to be asked, as in a rehearsal without one: nothing is said of it then.
    """

    halves: ReadsHalves
    leads: Callable[[str], Leads] | None
    wanted: frozenset[str]

    def differences(self, domains: AbstractSet[str]) -> list[Difference]:
        """See `mailwave.ports.aftercare.Around`."""
        return [*self._halves(), *self._domains(domains)]

    def _halves(self) -> Iterator[Difference]:
        for fault in self.halves.read().faults:
            yield Difference("halves-apart", "", str(fault.aspect), f"{fault.why}; {fault.remedy}")

    def _domains(self, domains: AbstractSet[str]) -> Iterator[Difference]:
        if self.leads is None:
            return
        for domain in sorted(domains):
            hosts = self.leads(domain).autodiscover
            if hosts is None:
                yield Difference("autodiscover-astray", "", domain, "nobody says where it leads")
            elif not hosts or not self.wanted.issuperset(hosts):
                others = sorted(set(hosts) - self.wanted)
                yield Difference("autodiscover-astray", "", domain, ", ".join(others) or "nowhere")
