"""How many sessions there may be at once (peers 6, facts A7, A28)."""

from __future__ import annotations

import pytest

from rehearsal.exchange_online.lab import CLIENT, READER, Lab
from rehearsal.exchange_online.options import Options

READ = "Get-AcceptedDomain"


def use(lab: Lab, *sessions: object) -> list[int]:
    """Call once in each session and return the statuses."""
    return [lab.post(READ, {}, connection_id=str(each)).status for each in sessions]


def test_the_rest_channel_limits_no_caller() -> None:
    """It should take one caller's sessions beyond the three of remote PowerShell, unless told otherwise."""
    assert [200] * 5 == use(Lab((None,)), *range(5))


def test_three_sessions_a_user() -> None:
    """It should refuse the fourth in the words of remote PowerShell, and let who has one go on, as others may."""
    lab = Lab((None,), options=Options(sessions_a_user=3))

    assert [200, 200, 200, 400, 200] == use(lab, 1, 2, 3, 4, 1)
    text = lab.post(READ, {}, connection_id="4").body.decode()
    assert "maximum number of connections allowed : 3" in text
    lab.sign_in(READER)
    assert [200] == use(lab, 4)


def test_a_session_ends_unused() -> None:
    """It should forget a session after a quarter of an hour, counted from its last call."""
    lab = Lab((None,), options=Options(sessions_a_user=3))
    use(lab, 1, 2, 3)
    lab.advance(minutes=10)
    use(lab, 1)
    lab.advance(minutes=5)

    assert [200, 200, 400] == use(lab, 4, 5, 6)


def test_three_hundred_sessions_a_tenant() -> None:
    """It should refuse the next with what is no 429, whoever asks (fact A28)."""
    lab = Lab((None,))

    assert [200] * 300 == use(lab, *range(300))
    lab.sign_in(READER)
    assert [400] == use(lab, "another")
    assert "concurrent requests per tenant" in lab.post(READ, {}, connection_id="another").body.decode()


@pytest.mark.parametrize("client", [CLIENT, READER])
def test_calls_without_a_session_are_not_counted(client: str) -> None:
    """It should take any number of calls that name none."""
    lab = Lab((None,), options=Options(sessions_a_user=3))
    lab.sign_in(client)

    assert [200] * 4 == [*use(lab, 1, 2, 3), lab.post(READ, {}).status]
