"""Verdicts: what was found, what was waived, and what nobody could see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from controls.baseline import Evidence, Judged, Reading, Unread, Verdict, judged, types_to_read
from controls.catalogue import Check, Control, controls
from controls.model import Resource, Waiver
from tests.controls.tenant import STACK, TODAY

KIND = "exchange:index:TransportConfig"
RULE = "no_smtp_sign_in"
LIVE = Check(means="live", rule=RULE, types=(KIND,), least=1)
DECLARED = Check(means="resource", rule=RULE, types=(KIND,))
WAIVER = Waiver(STACK, "transport", "mail team", "old scanners", TODAY)


def control(*checks: Check, waivers: tuple[Waiver, ...] = ()) -> Control:
    return Control(id=5, cites="", title="SMTP sign-in is off", wanted="PL", checks=checks, waivers=waivers)


def seen(*, off: bool, stack: str = STACK) -> tuple[Resource, ...]:
    return (Resource(stack, KIND, "transport", {"smtpClientAuthenticationDisabled": off}),)


def judge(asked: Control, stack: Reading = (), live: Reading = (), today: date = TODAY) -> Judged:
    """The verdict on one control, by the stack of one layer and by the tenant."""
    (found,) = judged([asked], Evidence({"hybrid": stack}, {KIND: live}), today)
    return found


def test_a_broken_control_says_where_and_what_it_must_be() -> None:
    """It should name the stack, the object, the value found and the value expected."""
    found = judge(control(LIVE), live=seen(off=False))

    says = "tenant-production: transport: smtpClientAuthenticationDisabled is False and must be True"
    assert (Verdict.FAILED, (says,)) == (found.verdict, found.found)


@pytest.mark.parametrize("live", [Unread("Get-TransportConfig was refused"), ()])
def test_what_was_not_read_is_unknown(live: Reading) -> None:
    """It should not pass on a failed read, nor on an answer that lacks what every tenant has."""
    assert Verdict.UNKNOWN is judge(control(LIVE), live=live).verdict


def test_a_fault_weighs_more_than_a_failed_read() -> None:
    """It should fail where one look finds a fault and another sees nothing, and tell of both."""
    found = judge(
        control(LIVE, DECLARED), stack=seen(off=False, stack="hybrid-production"), live=Unread("no")
    )

    assert (Verdict.FAILED, 1, ("no",)) == (found.verdict, len(found.found), found.unknown)


def test_a_stack_that_cannot_be_read_is_unknown() -> None:
    """It should not pass what is declared where no stack could be looked at."""
    assert Verdict.UNKNOWN is judge(control(DECLARED), stack=Unread("it is not deployed")).verdict
    (found,) = judged([control(DECLARED)], Evidence({}, {}), TODAY)
    assert Verdict.UNKNOWN is found.verdict


def test_an_expired_waiver_does_not_waive() -> None:
    """It should be waived, and say by whom, until the last day of the waiver, and fail after it."""
    asked = control(LIVE, waivers=(WAIVER,))

    waived = judge(asked, live=seen(off=False))
    assert Verdict.WAIVED is waived.verdict
    assert "(waived until 2026-11-21 by mail team: old scanners)" in waived.found[0]
    assert Verdict.FAILED is judge(asked, live=seen(off=False), today=TODAY + timedelta(days=1)).verdict
    assert Verdict.PASSED is judge(asked, live=seen(off=True)).verdict


def test_a_waiver_of_the_stack_does_not_waive_the_tenant() -> None:
    """It should fail in the tenant what is waived of a stack alone."""
    asked = control(LIVE, waivers=(replace(WAIVER, stack="hybrid-production"),))

    assert Verdict.FAILED is judge(asked, live=seen(off=False)).verdict


def test_controls_without_a_check_are_not_judged() -> None:
    """It should neither pass nor fail what it cannot look at."""
    assert [] == judged([control()], Evidence({}, {}), TODAY)


def test_each_type_is_read_once() -> None:
    """It should ask for each type of object once, whichever controls are about it."""
    kinds = types_to_read(controls())

    assert len(set(kinds)) == len(kinds)
    assert {"exchange:index:OrganizationConfig", "graph:authorizationPolicy"} <= set(kinds)
