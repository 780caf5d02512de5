"""A night in which something outside comes and goes: a site, a token, an hour of the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exchange_admin.onpremises import OnPremises
from exchange_admin.shell import ShellTrouble, Trouble
from mailwave.core.states import Counts
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services

CLEAN = Counts(planned=66, moved=29, deferred=34, failed=2, excluded=1)
"""How a campaign ends in which nothing outside fails."""

HOUR = timedelta(hours=1)
SILENT = 23
"""The hour, UTC, in which somebody arrives in each night."""


class Vanishing(Services):
    """Services whose sites answer nobody for an hour of each night."""

    refused = 0

    def premises(self, name: str = "leeds") -> OnPremises:
        """The client of the site, while that answers."""
        there = super().premises(name)._open_shell

        def opened() -> Any:
            if self.clock.now.hour == SILENT:
                self.refused += 1
                raise ShellTrouble(trouble=Trouble.BUSY, why="no route to host", begun=False)
            return there()

        client = OnPremises(opened, sleep=lambda _: None)
        return _Forgetful(client)  # type: ignore[return-value]


@dataclass
class _Forgetful:
    """Opens a shell for each cmdlet, so that a site that has gone is noticed."""

    client: OnPremises

    def __getattr__(self, name: str) -> Any:
        if name in ("invoke", "invoke_each"):
            self.client.close()
        return getattr(self.client, name)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()


def test_a_site_that_vanishes_costs_nobody_a_night(tmp_path: Path) -> None:
    """It should confirm nobody while a site is silent, go on by itself when it answers again, and lose nobody."""
    services = Vanishing()
    operator = Operator(services, tmp_path)

    operator.everything()

    assert services.refused > 0
    assert any("are confirmed later: read back of mailboxes at" in said for said in operator.said)
    assert CLEAN == operator.account().counts
    assert [] == problems(operator)


def test_a_token_that_expires_is_renewed_in_the_middle(tmp_path: Path) -> None:
    """It should ask for another token when one is refused, in the middle of whatever it does, and end alike."""
    services = Services()
    first_used: dict[str, datetime] = {}
    refused: list[str] = []
    accepts: Callable[..., bool] = services.tokens.accepts

    def expiring(authorization: str, *audience: str) -> bool:
        begun = first_used.setdefault(authorization, services.clock.now)
        if services.clock.now - begun > HOUR:
            first_used[authorization] = services.clock.now  # the next one is as good as new
            refused.append(authorization)
            return False
        return accepts(authorization, *audience)

    services.tokens.accepts = expiring  # type: ignore[method-assign]
    operator = Operator(services, tmp_path)

    operator.everything()

    assert len(refused) > 10
    assert CLEAN == operator.account().counts
    assert [] == problems(operator)
