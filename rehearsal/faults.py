"""Trouble on purpose: which call of which service goes wrong, how, and how often each fault was met.

A plan is data and counts calls, so the same requests in the same order meet the same faults.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rehearsal import draws
from rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from rehearsal.estate import Estate

EXCHANGE_ONLINE = "exchange_online"


class Kind(StrEnum):
    """What goes wrong. All but `drop` keep the call from having any effect."""

    THROTTLE = "throttle"
    """429 with a Retry-After in seconds, possibly with decimals (fact A26)."""
    UNAVAILABLE = "unavailable"
    """503 (fact A26)."""
    GATEWAY_TIMEOUT = "gateway_timeout"
    """504 (fact A26)."""
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
    DROP = "drop"
    """The effect takes place, and the connection is cut inside the answer."""


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One fault: the *nth* such *call* to *service* (from 1) and the *times* - 1 after it go wrong.

    *call* is a cmdlet's name, or `*` for any. For `drop` only calls that took effect are counted.
    *retry_after* is in seconds and only used by `throttle`.
    """

    service: str
    call: str
    nth: int
    fault: Kind
    times: int = 1
    retry_after: float = 1.25

    def meets(self, service: str, call: str) -> bool:
        """Tell whether this fault counts calls of this kind."""
        return self.service == service and self.call.lower() in ("*", call.lower())


class FaultFileBroken(RehearsalError):
    """A file of faults cannot be read; *problem* says what is wrong with it."""

    exit_code = 2
    advice = "correct that file, or leave --faults out to have the usual faults"

    def __init__(self, *, path: Path, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path} is not a list of faults: {problem}")


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
        """Read a JSON list of `{service, call, nth, fault, times?, retry_after?}`.

        :raises FaultFileBroken: if it is anything else.
        """
        try:
            return cls(msgspec.json.decode(path.read_bytes(), type=list[Fault]))
        except msgspec.DecodeError as problem:
            raise FaultFileBroken(path=path, problem=str(problem)) from None
        except OSError as problem:
            raise FaultFileBroken(path=path, problem=problem.strerror or "it cannot be opened") from None

    def before(self, service: str, call: str) -> Fault | None:
        """Count a call that has arrived and return the fault that keeps it from being carried out, if any."""
        return self._count(service, call, dropping=False)

    def after(self, service: str, call: str) -> Fault | None:
        """Count a call that has taken effect and return the fault that loses its answer, if any."""
        return self._count(service, call, dropping=True)

    def note(self, what: str) -> None:
        """Count trouble that the estate itself brings, such as a stall."""
        self._fired[what] = self._fired.get(what, 0) + 1

    def fired(self) -> dict[str, int]:
        """Return how often each fault was met, by a name fit to print."""
        return dict(self._fired)

    def _count(self, service: str, call: str, *, dropping: bool) -> Fault | None:
        met: Fault | None = None
        for n, fault in enumerate(self._faults):
            if (fault.fault is Kind.DROP) != dropping or not fault.meets(service, call):
                continue
            self._counted[n] += 1
            if met is None and fault.nth <= self._counted[n] < fault.nth + fault.times:
                met = fault
        if met is not None:
            self.note(f"{met.fault.value} {service} {call}")
        return met
