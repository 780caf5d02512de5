"""What Test-OrganizationRelationship writes: its steps as bare texts, and its results (decompiled code of Exchange)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from rehearsal.site.surroundings import Row

AUTODISCOVER = "autodiscover-s.outlook.com"
"""Where the tenant's Autodiscover answers (fact D18)."""
_NOTHING = "No Significant Issues to Report"


def steps(here: Row, there: Sequence[Row], own: str, *, ignores_state: bool) -> Iterator[Row]:
    """Every row: *here* is the relationship that is tested, *there* are the tenant's, *own* the local namespace."""
    yield _text(
        f"Begin testing for organization relationship {here['DistinguishedName']}, enabled state {here['Enabled']}."
    )
    yield _text("STEP 1: Validating user configuration")
    yield _text("RESULT: Success.")
    yield _text("STEP 2: Getting federation information from remote organization...")
    reached = urlsplit(str(here["TargetAutodiscoverEpr"])).hostname == AUTODISCOVER
    yield _text(
        "RESULT: Success."
        if reached
        else "RESULT: Unable to retrieve federation information from remote organization.  Doing local testing only."
    )
    found = list(_found(here, there, own, reached=reached, ignores_state=ignores_state))
    yield _text("RESULT: Error." if any(each["Status"] == "Error" for each in found) else "RESULT: Success.")
    yield _text("LAST STEP: Writing results...")
    yield from found or [_text(_NOTHING)]
    yield _text("COMPLETE.")


def _text(said: str) -> Row:
    """A bare text, as clients keep one."""
    return {"Value": said}


def _found(here: Row, there: Sequence[Row], own: str, *, reached: bool, ignores_state: bool) -> Iterator[Row]:
    if not reached:
        yield _result(
            "AutodiscoverServiceCallFailed", "Error", "The call to the Autodiscover service failed."
        )
        return
    if not here["Enabled"] and not ignores_state:
        yield _result("VerificationOfRemoteOrganizationRelationshipFailed", "Error", "It is disabled.")
    if not there:
        name = "NoOrganizationRelationshipInstancesWereReturnedByTheRemoteParty"
        yield _result(name, "Error", "The remote organization returned no organization relationship.")
        return
    far = there[0]
    if str(far["TargetApplicationUri"]).casefold() != own.casefold():
        yield _result("ApplicationUrisDiffer", "Warning", f"{own} and {far['TargetApplicationUri']} differ.")
    for asks, tells in (
        ("FreeBusyAccessEnabled", "FreeBusyAccessLevel"),
        ("MailTipsAccessEnabled", "MailTipsAccessLevel"),
    ):
        if here[asks] and far[tells] in ("None", None):
            yield _mismatch("AccessMismatchLocalRemote", here, asks, far, tells)
        if far[asks] and here[tells] in ("None", None):
            yield _mismatch("AccessMismatchRemoteLocal", far, asks, here, tells)
    for name, status in (("MailboxMoveEnabled", "Warning"), ("DeliveryReportEnabled", "Error")):
        if bool(here[name]) is not bool(far[name]):
            said = f"{name} of {here['Name']} is {here[name]}, of {far['Name']} {far[name]}."
            yield _result("PropertiesDiffer", status, said)


def _mismatch(
    name: str, one: Mapping[str, object], asks: str, other: Mapping[str, object], tells: str
) -> Row:
    return _result(name, "Error", f"{asks} of {one['Name']} does not match {tells} of {other['Name']}.")


def _result(name: str, status: str, description: str) -> Row:
    return {"Id": name, "Status": status, "Description": description, "IsValid": True, "ObjectState": "New"}
