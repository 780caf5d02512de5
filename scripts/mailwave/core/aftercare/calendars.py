"""Whether calendars are seen between the halves after a wave: what was answered to each question, and what it means.

The cloud is asked for the calendars of a sample of the wave's people, and for that of the mailbox that stays at a site:
what it answers is what people see. At the sites nobody can be asked as a person: their tests prove the sign-in at the
cloud and compare the relationships of both sides, and what they leave open is told by what both sides are set to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from mailwave.core.aftercare.differences import Difference
from mailwave.core.coexistence import Aspect, Coexistence

_LONGEST = 120
_NOT_TAKEN = re.compile(r"\b(401|403)\b|Unauthorized|Forbidden")
_SEEN = frozenset({Aspect.FREE_BUSY_IN, Aspect.FREE_BUSY_OUT, Aspect.OAUTH, Aspect.APPLICATION})
"""What must be set for calendars to be seen."""


class Asked(StrEnum):
    """How a question was asked."""

    SCHEDULE = "from the cloud"
    SIGN_IN = "sign-in from the site"
    RELATIONSHIP = "relationship of the site"


NOT_ASKED = "not asked"
"""The code of a question that nobody took."""
NO_RELATIONSHIP = "no relationship"
"""The code of a site that has none with the cloud's domain."""


class Look(msgspec.Struct, frozen=True):
    """What was answered when *subject*, an address or a site, was *asked* about.

    *code* is empty where free/busy is shown or a test found nothing; else it is the availability service's response
    code, the result of a test, `NOT_ASKED` or `NO_RELATIONSHIP`. *said* are the words of who answered.
    """

    asked: Asked
    subject: str
    code: str = ""
    said: str = ""


RESULTS: Mapping[str, str] = {
    "AccessMismatchLocalRemote": "calendars-not-shared",
    "AccessMismatchRemoteLocal": "calendars-not-shared",
    "CouldNotParseRemoteValue": "calendars-not-shared",
    "NoOrganizationRelationshipInstancesWereReturnedByTheRemoteParty": "calendars-not-shared",
    "MultipleOrganizationRelationshipInstancesReturnedByTheRemoteParty": "calendars-not-shared",
    "VerificationOfRemoteOrganizationRelationshipFailed": "calendars-not-shared",
    "RemoteOrgRelationshipHasNoDomainsDefined": "calendars-not-shared",
    "UserFedDomainNotInRemoteOrgRelationship": "calendars-not-shared",
    "AutodiscoverUrlsDiffer": "calendars-astray",
    "AutodiscoverServiceCallFailed": "calendars-astray",
    "AutoDiscoverNotSetInOrgRelationship": "calendars-astray",
    "TargetSharingEprDoesNotMatchAnyExternalURI": "calendars-astray",
    "ApplicationUriMissing": "calendars-astray",
    "ApplicationUrisDiffer": "calendars-astray",
    "MismatchedFederation": "calendars-astray",
    "FailureToGetDelegationToken": "calendars-refused",
    "MismatchedSTS": "calendars-refused",
    NO_RELATIONSHIP: "calendars-not-shared",
}
"""The results of a test of a relationship that are about calendars, by their names in Exchange; others are not."""
_OF_OTHERS = "MailTips"


def is_of_calendars(result: str, description: str) -> bool:
    """Whether a result of the test of a relationship is about calendars, and not about what else it is for."""
    return result in RESULTS and _OF_OTHERS not in description


def judged(looks: Iterable[Look], people: Mapping[str, str], halves: Coexistence) -> list[Difference]:
    """What is wrong: *people* are who has moved, ExchangeGuids by address, *halves* what both sides are set to."""
    faults = [each for each in halves.faults if each.aspect in _SEEN]
    unset = any(each.aspect is Aspect.FREE_BUSY_IN for each in faults)
    found = [
        Difference(_kind(each, people, unset=unset), people.get(each.subject, ""), each.subject, _what(each))
        for each in looks
        if each.code
    ]
    found += [
        Difference("calendars-not-set", "", str(each.aspect), f"{each.why}; {each.remedy}") for each in faults
    ]
    return list(dict.fromkeys(found))


def _kind(look: Look, people: Mapping[str, str], *, unset: bool) -> str:
    if look.code == NOT_ASKED:
        return "calendar-not-asked"
    if look.asked is Asked.RELATIONSHIP:
        return RESULTS[look.code]
    if look.asked is Asked.SIGN_IN:
        return _of_sign_in(look)
    return _of_schedule(look, moved=look.subject in people, unset=unset)


def _of_schedule(look: Look, *, moved: bool, unset: bool) -> str:
    match look.code:
        case "ErrorNoFreeBusyAccess":
            return "calendar-hidden" if moved else "calendars-not-shared"
        case "ErrorMailRecipientNotFound" if "can't be used" not in look.said:
            # one code for two causes (Microsoft's page on it): nobody of the name, and no relationship that shows them
            return "calendars-not-shared" if unset and not moved else "calendar-unknown"
        case "ErrorMailRecipientNotFound" | "ErrorAutoDiscoverFailed":
            return "calendars-astray"
    return "calendars-refused" if _NOT_TAKEN.search(look.said) else "calendar-not-shown"


def _of_sign_in(look: Look) -> str:
    if "user-context" in look.said:
        return "calendar-unknown"
    return "calendars-astray" if "could not be resolved" in look.said else "calendars-refused"


def _what(look: Look) -> str:
    said = look.said.replace(look.subject, "it").strip()
    return f"{look.asked}: {look.code}: {said}"[:_LONGEST].rstrip(" :")
