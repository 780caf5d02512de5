"""The certificate for OAuth turned over step by step, and what is wrong with it, on simulated servers in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils.auth_certificates import (
    Dates,
    NotEverywhere,
    NotNext,
    Step,
    TooSoon,
    checks,
    turn,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import judge

from exchange_admin.errors import Unreachable
from exchange_admin.port import NOTHING, Result
from rehearsal.estate import START
from rehearsal.site.machine import Machine
from tests.playbooks.oauth import NEW, oauth, with_new
from tests.playbooks.servers import Premises
from tests.plugins.plugin_utils.test_certificates import an_admin

DATES = Dates(START + timedelta(hours=48), START)


def without(machine: Machine) -> Machine:
    """*machine* that lost the private key of the old one."""
    return machine.with_certificate(replace(oauth(machine), has_private_key=False))


def outdated(machine: Machine) -> Machine:
    """*machine* whose certificate has expired."""
    return machine.with_certificate(replace(oauth(machine), not_after=START - timedelta(days=1)))


@pytest.fixture
def premises() -> Premises:
    made = Premises()
    made.change("EX01", with_new)
    return made


def found(premises: Premises, step: Step | None = None) -> set[tuple[str, str]]:
    """The findings of the twin; nothing may be unread."""
    verdict = judge(checks(an_admin(premises), premises.clock.now, step, NEW), server="EX01")
    assert verdict.unknown == []
    return {(each["id"], each["subject"]) for each in verdict.findings}


def test_step_by_step(premises: Premises) -> None:
    """It should do each step once, predict it without a write, and keep the old one until every server has the new."""
    admin = an_admin(premises)

    assert turn(admin, Step.STAGE, NEW, DATES, check=True) == ["stage"]
    assert admin.writes == []
    assert turn(admin, Step.STAGE, NEW, DATES, check=False) == ["stage"]
    assert turn(admin, Step.STAGE, NEW, DATES, check=False) == []
    with pytest.raises(NotEverywhere, match="EX02, EX03"):
        turn(admin, Step.PUBLISH, NEW, check=False)
    assert {("auth-certificate-next-missing", "EX02"), ("auth-certificate-next-missing", "EX03")} == found(
        premises
    )

    premises.clock.advance_to(START + timedelta(hours=2))
    assert found(premises, Step.STAGE) == set()
    assert found(premises, Step.PUBLISH) == {("auth-certificate-not-turned", "")}
    assert turn(admin, Step.PUBLISH, NEW, check=False) == ["publish"]
    assert found(premises, Step.PUBLISH) == set()
    assert turn(admin, Step.CLEAR, NEW, check=False) == ["clear"]
    for step in Step:
        assert turn(admin, step, NEW.lower(), DATES, check=False) == []
    assert admin.writes == ["Set-AuthConfig"] * 3


def test_refusals(premises: Premises) -> None:
    """It should publish only what was staged, clear only behind the current one, and stage nothing for a near date."""
    admin = an_admin(premises)

    for step in (Step.PUBLISH, Step.CLEAR):
        with pytest.raises(NotNext, match="there is none"):
            turn(admin, step, NEW, check=False)
    with pytest.raises(TooSoon, match="48 hours"):
        turn(admin, Step.STAGE, NEW, Dates(START + timedelta(hours=47), START), check=False)
    assert admin.writes == []


@pytest.mark.parametrize(
    ("plant", "near", "finding"),
    [
        (without, with_new, "auth-certificate-missing"),
        (outdated, lambda each: each.service_stopped("MSExchangeServiceHost"), "auth-certificate-expired"),
    ],
)
def test_faults(
    plant: Callable[[Machine], Machine], near: Callable[[Machine], Machine], finding: str
) -> None:
    """It should find each fault by name, and nothing where something only looks like it."""
    premises = Premises()
    premises.change("EX01", plant)
    assert {finding} == {name for name, _ in found(premises)}

    premises = Premises()
    premises.change("EX01", near)
    assert found(premises) == set()


class Silent:
    """A site that does not answer."""

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        raise Unreachable(cmdlet=cmdlet, why="no answer", attempts=6)


def test_what_nobody_could_read() -> None:
    """It should say of a certificate that nobody could read that nobody knows."""
    (check,) = checks(Silent(), START)

    assert check["id"] == "auth-certificate-missing"
    assert "no answer" in check["unknown"]


@pytest.mark.parametrize(
    ("days", "staged", "finding"),
    [
        (60, None, set()),
        (59, None, {"auth-certificate-expiring"}),
        (59, 119, {"auth-certificate-expiring"}),
        (59, 120, set()),
        (0, None, {"auth-certificate-expired"}),
    ],
)
def test_expiring(days: int, staged: int | None, finding: set[str]) -> None:
    """It should warn 60 days before the end, unless a next one that lasts 120 days or more stands ready (fact D21)."""
    premises = Premises()
    for name in premises.names:
        premises.change(name, lambda each: ending(each, oauth(each).thumbprint, days))
        if staged:
            premises.change(name, lambda each: ending(with_new(each), NEW, staged))
    if staged:
        turn(an_admin(premises), Step.STAGE, NEW, DATES, check=False)

    assert finding == {name for name, _ in found(premises)}


def ending(machine: Machine, thumbprint: str, days: int) -> Machine:
    """*machine* on which that certificate ends in so many days."""
    ends = START + timedelta(days=days)
    return machine.with_certificate(replace(machine.certificates[thumbprint], not_after=ends))
