"""What joins the two halves, judged without asking anybody."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from mailwave.core.coexistence import (
    COUNTS_FOR,
    RULES,
    SHARED_APPLICATION,
    Asked,
    Aspect,
    Coexistence,
    Fault,
    Joined,
    Reading,
    Row,
    Side,
    judged,
    questions,
)
from tests.mailwave.builders import NOW

JOINED = Joined("mail.example", "mail.onmicrosoft.example", NOW)


def test_every_aspect_has_a_rule() -> None:
    """It should hold each of the six aspects to something, and ask each question once for all rules."""
    assert set(Aspect) == {rule.aspect for rule in RULES}
    assert len(questions()) == len(set(questions())) == 15


def test_what_nobody_read_is_a_fault() -> None:
    """It should find a fault by every rule where nothing was read, and say that it was not."""
    found = judged({}, JOINED)

    assert [rule.aspect for rule in RULES] == [fault.aspect for fault in found.faults]
    assert all("could not be read: nobody asked" in fault.why for fault in found.faults)


def test_no_objects_are_no_evidence() -> None:
    """It should find a fault by every rule where a half has none of the objects that it is asked for."""
    found = judged({asked: Reading() for asked in questions()}, JOINED)

    assert len(RULES) == len(found.faults)


def test_evidence_ages() -> None:
    """It should count for a day, and not where it is of a day to come."""
    ages = (timedelta(0), COUNTS_FOR, COUNTS_FOR + timedelta(seconds=1), -timedelta(seconds=1))

    assert [True, True, False, False] == [Coexistence(NOW - age).counts(NOW) for age in ages]


def test_evidence_is_kept_whole() -> None:
    """It should come back from the journal's plain values as it was."""
    evidence = Coexistence(NOW, (Fault(Aspect.OAUTH, "it has expired", "renew it"),))

    assert evidence == msgspec.convert(msgspec.to_builtins(evidence), Coexistence)


def _said(asked: Asked, *rows: Row) -> list[str]:
    """What the rules on the rows of one question say."""
    found = judged({asked: Reading(rows)}, JOINED)
    return [fault.why for fault in found.faults if "could not be read" not in fault.why]


def test_the_shared_application_is_none() -> None:
    """It should not take Exchange Online's own application for a dedicated one (fact D21)."""
    asked = Asked(Side.SITES, "AuthServer")
    server = {"Type": "AzureAD", "Enabled": True, "ApplicationIdentifier": SHARED_APPLICATION.upper()}

    assert ["the sites: no dedicated application is named at the authorisation server"] == _said(
        asked, server
    )
    assert [] == _said(asked, server | {"ApplicationIdentifier": "7f1c33a2-0000-4000-8000-0000000000a1"})


def test_texts_of_the_rest_channel_are_taken() -> None:
    """It should read a yes, a list and a moment as either channel gives them."""
    asked = Asked(Side.DIRECTORY, "organization")
    row = {"onPremisesSyncEnabled": "True", "onPremisesLastSyncDateTime": "2026-09-01T07:30:00Z"}

    assert [] == _said(asked, row)
    assert ["Microsoft Graph: the directories were last synchronised 5 hours ago"] == _said(
        asked, row | {"onPremisesLastSyncDateTime": "2026-09-01T03:00:00Z"}
    )
    assert ["Microsoft Graph: the directories were never synchronised"] == _said(
        asked, row | {"onPremisesLastSyncDateTime": None}
    )
