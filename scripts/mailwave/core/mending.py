"""What went wrong with an organisation's mailboxes, and whether somebody is at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from mailwave.core.estate import Record
from mailwave.core.notices import Undelivered
from mailwave.core.refusals import Refusal
from mailwave.core.states import MailboxState

TROUBLED = frozenset({MailboxState.FAILED, MailboxState.UNKNOWN, MailboxState.DEFERRED})

MESSAGES = "messages"
"""What begins the key of a problem with somebody's messages, and not with their mailbox."""

OPERATOR = "operator"
"""Who acts where no rule names anybody."""


class Mending(StrEnum):
    """How far a problem is mended."""

    OPEN = "open"
    BEING_MENDED = "being mended"
    MENDED = "mended"


class Care(msgspec.Struct, frozen=True):
    """What somebody said of the problem *key*: *by* is the name that they sign in with, *at* when they said it."""

    key: str
    mending: Mending
    by: str
    at: datetime
    address: str = ""


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with the mailbox at *address*, *why* in a word, and who must act, by role (*owner*).

    *state* is the mailbox's, None where it is messages that do not arrive, or where nothing is wrong any more. *by* is
    who said last how far it is mended, *since* when.
    """

    key: str
    address: str
    state: MailboxState | None
    why: str
    owner: str
    mending: Mending = Mending.OPEN
    by: str = ""
    since: datetime | None = None


class NoSuchProblem(Refusal):
    """There is no problem *key* at the organisation, or not any more."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__("that problem is not there any more; open the page again")


def problems_of(
    records: Iterable[Record],
    undelivered: Sequence[Undelivered],
    cares: Iterable[Care],
    owners: Mapping[str, str],
) -> tuple[Problem, ...]:
    """What is wrong with *records* and with messages *undelivered* to them, and how far it is mended.

    *owners* are those who act, by the code that a reason begins with; the rest of a reason may name others, and is left
    out. Of *cares* the last for a problem counts. What is wrong no more is mended, and shown if somebody was at it.
    """
    said = {each.key: each for each in cares}
    found = [*_of_mailboxes(records, owners), *_of_messages(undelivered)]
    left = {each.key for each in found}
    gone = [
        Problem(key, care.address, None, "", "", Mending.MENDED, care.by, care.at)
        for key, care in said.items()
        if key not in left
    ]
    minded = [_minded(each, said.get(each.key)) for each in found]
    order = list(Mending)
    return tuple(
        sorted([*minded, *gone], key=lambda each: (order.index(each.mending), each.address, each.key))
    )


def _minded(problem: Problem, care: Care | None) -> Problem:
    if care is None:
        return problem
    return msgspec.structs.replace(problem, mending=care.mending, by=care.by, since=care.at)


def _of_mailboxes(records: Iterable[Record], owners: Mapping[str, str]) -> Iterable[Problem]:
    for record in records:
        if record.state in TROUBLED:
            code, box = record.why.partition(":")[0], record.mailbox
            yield Problem(box.guid, box.address, record.state, code, owners.get(code, OPERATOR))


def _of_messages(undelivered: Sequence[Undelivered]) -> Iterable[Problem]:
    """One problem for each person, however many of their messages were lost."""
    whys: dict[str, set[str]] = {}
    addresses: dict[str, str] = {}
    for each in undelivered:
        whys.setdefault(each.recipient, set()).add(each.why)
        addresses[each.recipient] = each.address or each.recipient
    for recipient, why in whys.items():
        yield Problem(
            f"{MESSAGES}/{recipient}",
            addresses[recipient],
            None,
            ", ".join(sorted(why)),
            "local administrator",
        )
