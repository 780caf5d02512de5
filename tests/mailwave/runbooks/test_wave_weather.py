"""A night in which something outside comes and goes: a site, a token, an hour of the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange_admin.onpremises import OnPremises
from exchange_admin.shell import ShellTrouble, Trouble
from mailwave import rules
from mailwave.core.states import Counts
from mailwave.runbooks.plan_waves import PlanWaves
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import ESTATE, REASON, Operator
from tests.mailwave.rehearsed.services import Services

CLEAN = Counts(planned=66, moved=29, deferred=34, failed=2, excluded=1)
"""How a campaign ends in which nothing outside fails."""

HOUR = timedelta(hours=1)
NIGHT = datetime(2026, 9, 15, 12, tzinfo=UTC)
"""Before the first window, and long after everybody was discovered."""


NIGHTLY = ESTATE.model_copy(
    update={"windows": ESTATE.windows.model_copy(update={"weekend": ESTATE.windows.weekday})}
)
"""The estate with windows in every night, so that one is open while the clocks change."""


class Vanishing(Services):
    """Services whose sites vanish for an hour when somebody arrives for the first time."""

    refused = 0
    gone: datetime | None = None

    def premises(self, name: str = "leeds") -> OnPremises:
        """The client of the site, while that answers."""
        there = super().premises(name)._open_shell

        def opened() -> Any:
            now = self.clock.now
            if now > NIGHT and now < (self.gone or now) + HOUR:
                self.gone = self.gone or now
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


@dataclass
class Later(Operator):
    """An operator whose first night is on *first* or soon after."""

    first: datetime = NIGHT

    def plan(self) -> None:
        """`wave plan`, some months ahead."""
        with self.ledger() as ledger:
            runbook = PlanWaves(
                "rehearsal",
                self.clock,
                ledger,
                lambda _: rules.season(NIGHTLY, self.first, 365),
                self.granted,
                rules.notices(ESTATE),
                REASON,
            )
            runbook.run(runbook.prepare())


@pytest.mark.parametrize(
    ("saturday", "hours"),
    [(date(2026, 10, 24), 1), (date(2027, 3, 27), -1)],
    ids=["the clocks go back", "the clocks go forward"],
)
def test_the_clock_changes_in_the_night(tmp_path: Path, saturday: date, hours: int) -> None:
    """It should keep to a window of an hour more or less, by the clock on the wall at its ends, and lose nobody."""
    operator = Later(Services(), tmp_path, first=datetime.combine(saturday, time(8), UTC))

    operator.everything()

    with operator.ledger() as ledger:
        change, usual = ledger.waves()[:2]
    assert saturday == change.night
    longer = (change.window_end - change.window_start) - (usual.window_end - usual.window_start)
    assert hours * HOUR == longer
    assert CLEAN == operator.account().counts
    assert [] == problems(operator)
