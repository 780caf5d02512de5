"""Trouble on purpose: which call of which service goes wrong, how, and how often each fault was met.

A plan is data and counts calls, so the same requests in the same order meet the same faults.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from rehearsal import draws
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from rehearsal.estate import Estate

EXCHANGE_ONLINE = "exchange_online"
CLOUD = "cloud"


class Kind(StrEnum):
    """What goes wrong. All but `AFTERWARDS` keep the call from having any effect."""

    THROTTLE = "throttle"
    """429 with a Retry-After in seconds, possibly with decimals (fact A26); of a site, from the load balancer before
    it, and without."""
    UNAVAILABLE = "unavailable"
    """503 (fact A26)."""
    GATEWAY_TIMEOUT = "gateway_timeout"
    """504 (fact A26); of a site, from the load balancer before it, which waited too long."""
    TENANT_BUSY = "tenant_busy"
    """The tenant's concurrency refusal, which is not a 429 (fact A28)."""
    TRANSIENT = "transient"
    """A transient exception inside a 400 (fact A27)."""
    UNAUTHORISED = "unauthorised"
    """401 with a claims challenge (fact A13)."""
    REDIRECT = "redirect"
    """302 to a regional host on port 446 (fact A25)."""
    UNREADABLE = "unreadable"
    """200 with a body that is not JSON (fact A24)."""
    FORBIDDEN = "forbidden"
    """403 with NUL bytes declared as gzip (fact A23)."""
    LOST_SHELLS = "lost_shells"
    """Of a site: the server that held its shells is gone, and they with it (fact D8)."""
    LOAD_QUOTA = "load_quota"
    """Of a site: the throttling policy's refusal of a request, which is no 429 but a fault (fact D7)."""
    DROP = "drop"
    """The effect takes place, and the connection is cut inside the answer."""
    REFUSE = "refuse"
    """The cloud refuses with *text*."""
    LATE = "late"
    """The cloud does it, and the answer comes *seconds* later."""
    HANG = "hang"
    """The cloud does it, and the answer does not come until the caller gives up."""
    PARTIAL = "partial"
    """The cloud makes the object, and then says with *text* that it did not come up."""


AFTERWARDS = frozenset({Kind.DROP, Kind.LATE, Kind.HANG, Kind.PARTIAL})
"""What goes wrong once the effect has taken place."""


_HTTP = frozenset({Kind.THROTTLE, Kind.UNAVAILABLE, Kind.GATEWAY_TIMEOUT, Kind.UNAUTHORISED, Kind.FORBIDDEN})
KINDS: dict[str, frozenset[Kind]] = {
    EXCHANGE_ONLINE: _HTTP | {Kind.TENANT_BUSY, Kind.TRANSIENT, Kind.REDIRECT, Kind.UNREADABLE, Kind.DROP},
    CLOUD: _HTTP | {Kind.REFUSE, *AFTERWARDS},
    "site-*": frozenset({Kind.LOST_SHELLS, Kind.LOAD_QUOTA, Kind.GATEWAY_TIMEOUT, Kind.THROTTLE}),
}
"""What can go wrong at each service; `*` stands for the name of a site."""

Count = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One fault: the *nth* such *call* to *service* (from 1) and the *times* - 1 after it go wrong.

    *call* is a cmdlet's name, or at the cloud an operation (create, read, update, delete) and a type's token with a
    space between; `*` stands for anything in it. For what is in `AFTERWARDS` only calls that took effect are counted.
    *retry_after* is in seconds and only used by `throttle`, *seconds* only by `late`; *text* is what a service says.
    """

    service: str
    call: str
    nth: Count
    fault: Kind
    times: Count = 1
    retry_after: Seconds = 1.25
    seconds: Seconds = 0.0
    text: str = "the rehearsal's fault plan wants it so"

    def meets(self, service: str, call: str) -> bool:
        """Tell whether this fault counts calls of this kind."""
        return self.service == service and fnmatchcase(call.lower(), self.call.lower())

    @property
    def problem(self) -> str | None:
        """Why no call will ever meet it, None if one may."""
        kinds = next((kinds for name, kinds in KINDS.items() if fnmatchcase(self.service, name)), None)
        if kinds is None:
            return f"there is no service {self.service!r}; there are: {', '.join(KINDS)}"
        if self.fault not in kinds:
            possible = ", ".join(kind.value for kind in Kind if kind in kinds)
            return f"{self.service} has no fault {self.fault.value!r}; it has: {possible}"
        if self.service == EXCHANGE_ONLINE and not any(map(self._names, _cmdlets())):
            return f"Exchange Online has no cmdlet {self.call!r}"
        return None

    def _names(self, cmdlet: str) -> bool:
        return fnmatchcase(cmdlet, self.call.lower())


def _cmdlets() -> Iterable[str]:
    from rehearsal.exchange_online.metadata import online_cmdlets  # which takes its faults from here

    return online_cmdlets()


class FaultFileBroken(RehearsalError):
    """A plan of faults cannot be used; *problem* says what is wrong with it."""

    exit_code = 2
    advice = "correct it, or leave --faults out to have the usual faults"

    def __init__(self, *, where: str, problem: str) -> None:
        self.where = where
        self.problem = problem
        super().__init__(f"{where} is no plan of faults: {problem}")


class FaultPlan:
    """The faults of one rehearsal, and what became of them."""

    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults
        self._counted = [0] * len(faults)
        self._fired: dict[str, int] = {}

    @classmethod
    def default(cls, seed: int, estate: Estate) -> FaultPlan:
        """The faults of every run: one 429 on an early poll, and one unknown outcome on the first new batch.

        The stall and the doubtful consistency scores are causes seeded in *estate*; they are counted when met.
        """
        poll = 2 + int(3 * draws.uniform(seed, estate.tenant_id, "throttled-poll"))
        return cls(
            [
                Fault(EXCHANGE_ONLINE, "Get-MigrationUser", poll, Kind.THROTTLE),
                Fault(EXCHANGE_ONLINE, "New-MigrationBatch", 1, Kind.DROP),
            ]
        )

    @classmethod
    def none(cls) -> FaultPlan:
        """No faults at all."""
        return cls([])

    @classmethod
    def from_file(cls, path: Path) -> FaultPlan:
        """Read a JSON list of `{service, call, nth, fault, times?, retry_after?, seconds?, text?}`.

        :raises FaultFileBroken: if it is anything else, or has a fault that nothing can meet.
        """
        try:
            text = path.read_bytes()
        except OSError as problem:
            raise FaultFileBroken(
                where=str(path), problem=problem.strerror or "it cannot be opened"
            ) from None
        return cls.read(text, str(path))

    @classmethod
    def read(cls, text: bytes, where: str) -> FaultPlan:
        """Read what `from_file` reads, which stands at *where*; raises the same."""
        try:
            faults = msgspec.json.decode(text, type=list[Fault])
        except msgspec.DecodeError as problem:
            raise FaultFileBroken(where=where, problem=str(problem)) from None
        for n, fault in enumerate(faults, start=1):
            if fault.problem:
                raise FaultFileBroken(where=where, problem=f"fault {n}: {fault.problem}")
        return cls(faults)

    @property
    def json(self) -> str:
        """The plan in one line, as `from_file` reads it."""
        return msgspec.json.encode(self._faults).decode()

    def before(self, service: str, call: str) -> Fault | None:
        """Count a call that has arrived and return the fault that keeps it from being carried out, if any."""
        return self._count(service, call, afterwards=False)

    def after(self, service: str, call: str) -> Fault | None:
        """Count a call that has taken effect and return the fault that loses its answer, if any."""
        return self._count(service, call, afterwards=True)

    def replace(self, service: str, faults: list[Fault]) -> None:
        """Forget the faults of *service* and their counts, and plan *faults* instead."""
        kept = [(f, n) for f, n in zip(self._faults, self._counted, strict=True) if f.service != service]
        self._faults = [fault for fault, _ in kept] + faults
        self._counted = [count for _, count in kept] + [0] * len(faults)

    def note(self, what: str) -> None:
        """Count trouble that the estate itself brings, such as a stall."""
        self._fired[what] = self._fired.get(what, 0) + 1

    def fired(self) -> dict[str, int]:
        """Return how often each fault was met, by a name fit to print."""
        return dict(self._fired)

    def _count(self, service: str, call: str, *, afterwards: bool) -> Fault | None:
        met: Fault | None = None
        for n, fault in enumerate(self._faults):
            if (fault.fault in AFTERWARDS) != afterwards or not fault.meets(service, call):
                continue
            self._counted[n] += 1
            if met is None and fault.nth <= self._counted[n] < fault.nth + fault.times:
                met = fault
        if met is not None:
            self.note(f"{met.fault.value} {service} {call}")
        return met
