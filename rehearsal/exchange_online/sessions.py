"""How many sessions there may be at once.

Remote PowerShell had three a user. The REST channel that took its place has no runspace, and no limit of it was
published; what a client calls a session is the GUID in its header `connection-id` (fact A7). A migration tool's maker
warns of errors past some 300 in a tenant. A session ends when it was not used for a quarter of an hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from rehearsal.clock import VirtualClock
from rehearsal.exchange_online.errors import Refusal
from rehearsal.exchange_online.options import Options

IDLE = timedelta(minutes=15)
"""After which a session that was not used is over."""


class TooManySessions(Refusal):
    """A caller has as many sessions as one may have; the words are those of remote PowerShell."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(
            "Microsoft.Exchange.Configuration.Authorization.AuthorizationException",
            "Fail to create a runspace because you have exceeded the maximum number of connections allowed : "
            f"{most} for the policy party : MaxConcurrency. Please close existing runspace and try again.",
        )


class TenantBusy(Refusal):
    """The tenant has too much at once, which is no 429 (fact A28)."""

    def __init__(self) -> None:
        super().__init__(
            "Microsoft.Exchange.Data.Storage.OverBudgetException",
            "You have reached the maximum number of concurrent requests per tenant. Please wait and try again",
        )


class Sessions:
    """The sessions of a tenant that were used lately, the longest unused first."""

    def __init__(self, clock: VirtualClock, options: Options) -> None:
        self._clock = clock
        self._options = options
        self._used: dict[tuple[str, str], datetime] = {}

    def use(self, caller: str, connection: str | None) -> None:
        """Let a *caller* use or open the session *connection*; one without a name is none.

        :raises TooManySessions: if the caller has too many.
        :raises TenantBusy: if the tenant has.
        """
        if not connection:
            return
        self._forget()
        session = caller, connection
        if session not in self._used:
            self._check(caller)
        self._used.pop(session, None)
        self._used[session] = self._clock.now

    def _check(self, caller: str) -> None:
        most, all_most = self._options.sessions_a_user, self._options.sessions_a_tenant
        if most is not None and sum(each == caller for each, _ in self._used) >= most:
            raise TooManySessions(most)
        if all_most is not None and len(self._used) >= all_most:
            raise TenantBusy

    def _forget(self) -> None:
        for session in list(self._used):
            if self._clock.now - self._used[session] < IDLE:
                return
            del self._used[session]
