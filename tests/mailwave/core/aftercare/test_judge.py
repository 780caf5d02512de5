"""What is a difference, and what is not, where the rehearsed damage does not tell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from mailwave.core.aftercare.differences import Difference, Tenant
from mailwave.core.aftercare.exceptions import Accepted, live, parted
from mailwave.core.aftercare.judge import Judge
from mailwave.core.aftercare.pictures import FULL_ACCESS, SEND_AS, Found, Picture, Right, Rule
from mailwave.core.aftercare.rights import People
from mailwave.core.intents import Intent, Outcome
from mailwave.core.licences import Held, Standing

GUID, ADDRESS, FRIEND = "g1", "a@x.example", "b@x.example"
NOW = datetime(2026, 9, 20, tzinfo=UTC)
KEPT: dict[str, Any] = {"RecipientTypeDetails": "UserMailbox"}
WAS = Picture(
    GUID, ADDRESS, "leeds", (f"smtp:{ADDRESS}",), "/o=X/cn=a", has_archive=False, items=9, settings=KEPT
)
IS = Found(
    GUID,
    there=True,
    at_site=False,
    routing="a@x.mail.onmicrosoft.com",
    address=ADDRESS,
    addresses=frozenset({f"smtp:{ADDRESS}", "x500:/o=x/cn=a"}),
    settings=KEPT,
)


def kinds(was: Picture = WAS, now: Found = IS, people: People | None = None, **changed: Any) -> list[str]:
    """The kinds of what is not as promised."""
    tenant = Tenant("x.mail.onmicrosoft.com", NOW, datetime(2026, 9, 17, tzinfo=UTC))
    found = msgspec.structs.replace(now, **changed)
    judge = Judge({GUID: found}, tenant, people or People({ADDRESS: "one"}, {ADDRESS}))
    return [each.kind for each in judge.wave([was])]


def held(*rights: Right) -> Picture:
    """The mailbox with these rights on it."""
    return msgspec.structs.replace(WAS, rights=rights)


def test_a_mailbox_that_is_as_promised_has_no_difference() -> None:
    """It should find nothing wrong."""
    assert [] == kinds()


def test_whoever_stays_may_have_no_mailbox_in_the_cloud() -> None:
    """It should look at whoever has not moved for a second primary and a second mailbox, and for nothing else."""
    nobody = People({}, frozenset())
    assert [] == kinds(people=nobody, there=False, at_site=True)
    assert ["two-primaries"] == kinds(people=nobody, at_site=True)
    assert ["second-mailbox"] == kinds(people=nobody, there=False, at_site=True, twin="g2")


def test_a_mailbox_without_its_licence_is_told_by_that() -> None:
    """It should name the licence where that is why the mailbox is gone (fact B51), and else the mailbox."""
    outside = Held(Standing.OUTSIDE)
    assert ["licence-missing"] == kinds(there=False, licence=outside)
    assert ["not-there"] == kinds(there=False, licence=Held(Standing.LICENSED))


def test_the_licence_of_a_group_has_a_day() -> None:
    """It should call a licence late a day after the window, and not before (fact C19)."""
    assert ["licence-late"] == kinds(licence=Held(Standing.JOINED))
    tenant = Tenant("x.mail.onmicrosoft.com", NOW, NOW)
    judge = Judge(
        {GUID: msgspec.structs.replace(IS, licence=Held(Standing.JOINED))},
        tenant,
        People({ADDRESS: "1"}, {ADDRESS}),
    )
    assert [] == list(judge.wave([WAS]))


def test_a_primary_that_changed_and_a_hold_of_a_search_are_told() -> None:
    """It should leave both to a person: neither has a remedy."""
    searched = msgspec.structs.replace(WAS, settings=KEPT | {"InPlaceHolds": ["c0ba"]})
    assert ["address-changed"] == kinds(address="other@x.example")
    assert ["in-place-hold-dropped"] == kinds(searched)
    assert [] == kinds(searched, settings=KEPT | {"InPlaceHolds": ["c0ba"]})


@pytest.mark.parametrize(
    ("batch", "mapped", "expected"),
    [
        ("one", (), []),
        ("two", (), ["automapping-lost"]),
        ("two", (f"{GUID} automapping-lost FullAccess of {FRIEND} after one two",), []),
        ("two", (f"{GUID} full-access-lost FullAccess of {FRIEND}",), []),
    ],
)
def test_what_opens_by_itself_is_told_by_who_moved_together(
    batch: str, mapped: tuple[str, ...], expected: list[str]
) -> None:
    """It should be lost for a person who moved apart, until Full Access was given again (peers 6)."""
    right = Right(FULL_ACCESS, FRIEND)
    people = People({ADDRESS: "one", FRIEND: batch}, {ADDRESS, FRIEND}, frozenset(mapped))
    assert expected == kinds(held(right), rights=frozenset({right}), people=people)


def test_a_group_opens_nothing_by_itself() -> None:
    """It should not promise of a group, or of whoever has not moved, what nobody had (peers 6)."""
    team, far = Right(FULL_ACCESS, "team@x.example", person=False), Right(FULL_ACCESS, FRIEND)
    assert [] == kinds(held(team, far), rights=frozenset({team, far}))


def test_send_as_is_needed_at_the_site_while_somebody_is_there() -> None:
    """It should want both sides for whoever has not moved, and the cloud alone for whoever has (peers 6)."""
    right = Right(SEND_AS, FRIEND, names=("x\\b",))
    both = People({ADDRESS: "one", FRIEND: "one"}, {ADDRESS, FRIEND})
    assert ["send-as-lost", "send-as-lost-at-site"] == kinds(held(right))
    assert ["send-as-lost"] == kinds(held(right), send_as_at_site=frozenset({"x\\b"}))
    assert ["send-as-lost"] == kinds(held(right), people=both)


def test_an_exception_covers_what_it_names_until_its_day() -> None:
    """It should cover one right of one kind, and be over on the day after."""
    said = Accepted("full-access-lost", "a.person", date(2026, 9, 30), what="FullAccess of b@x.example")
    intent = Intent(1, "aftercare.accept", said.kind, {"exception": msgspec.to_builtins(said)}, Outcome.OK)
    one = Difference("full-access-lost", GUID, ADDRESS, "FullAccess of b@x.example")
    other = Difference("full-access-lost", GUID, ADDRESS, "FullAccess of c@x.example")

    assert ([other], [one]) == parted([one, other], live([intent], date(2026, 9, 30)))
    assert [] == live([intent], date(2026, 10, 1))


ROTA = Rule("Rota", enabled=True, does=("MoveToFolder",))


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        (None, []),
        ((ROTA,), []),
        ((), ["inbox-rule-lost"]),
        ((Rule("Rota", enabled=False, does=ROTA.does),), ["inbox-rule-off"]),
        ((Rule("Rota", enabled=True, does=("DeleteMessage",)),), ["inbox-rule-changed"]),
        ((ROTA, Rule("x", enabled=True, does=("ForwardTo",))), ["inbox-rule-new"]),
        ((ROTA, Rule("x", enabled=False, does=("ForwardTo",))), []),
        ((ROTA, Rule("x", enabled=True, does=("MoveToFolder",))), []),
    ],
)
def test_rules_of_an_inbox_are_compared_by_name(rules: tuple[Rule, ...] | None, found: list[str]) -> None:
    """It should name a rule that is gone, off or another, and a new one only where it sends mail away."""
    was = msgspec.structs.replace(WAS, rules=(ROTA,))

    assert found == kinds(was, rules=rules)
    assert [] == kinds(msgspec.structs.replace(WAS, rules=None), rules=rules)


def test_a_rule_that_was_off_may_stay_off() -> None:
    """It should ask for no more than there was."""
    off = Rule("Rota", enabled=False, does=ROTA.does)

    assert [] == kinds(msgspec.structs.replace(WAS, rules=(off,)), rules=(off,))
    assert [] == kinds(msgspec.structs.replace(WAS, rules=(off,)), rules=(ROTA,))
