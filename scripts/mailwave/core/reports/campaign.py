"""A campaign in virtual time as a course: what `python -m rehearsal.campaign --figures FILE` writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from mailwave.core import record
from mailwave.core.refusals import Refusal
from mailwave.core.reports.course import Assumed, Course, Night, Support

_HANDS = "mailboxes that a person had to look at in the model: refused, failed, or with items to approve"


class CampaignUnreadable(Refusal):
    """A *file* holds no figures of a campaign."""

    def __init__(self, *, file: str, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(
            f"{file} holds no figures of a campaign: {problem}; "
            "`python -m rehearsal.campaign --profile record-move --figures FILE` writes them"
        )


class Campaign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figures as they are written.

    *slots* is the share of the profile's slots that there was, *binding* the limit that held most in each week in which
    one held somebody, *left* who was deferred at the end by cause, of which *limits* are limits, *hands* the mailboxes
    that somebody had to look at.
    """

    profile: str
    seed: int
    weeks: int
    slots: float
    begins: date
    mailboxes: int
    bytes: int
    nights: tuple[Night, ...]
    binding: tuple[str, ...]
    failed: Mapping[str, int]
    left: Mapping[str, int]
    limits: tuple[str, ...]
    hands: int
    assumes: tuple[Assumed, ...]


def read(content: bytes, file: str) -> Campaign:
    """The figures in *content*, the bytes of *file*.

    Raises:
        CampaignUnreadable: it is no such file.
    """
    try:
        return msgspec.json.decode(content, type=Campaign)
    except msgspec.DecodeError as error:
        raise CampaignUnreadable(file=file, problem=str(error)) from error


def course_of(campaign: Campaign) -> Course:
    """The course that *campaign* took; its deadline is the record move's, and its last day the one after its weeks.

    Weeks count for the limit that held most mailbox-days in them.
    """
    own = {f"failed ({cause})": number for cause, number in campaign.failed.items()}
    own |= {
        f"deferred ({cause})": number
        for cause, number in campaign.left.items()
        if cause not in campaign.limits
    }
    held, ended = Counter(campaign.binding), campaign.begins + timedelta(weeks=campaign.weeks)
    slots = "" if campaign.slots == 1 else f", {campaign.slots:.0%} of its slots"
    return Course(
        name=f"a campaign in virtual time: profile {campaign.profile}{slots}, seed {campaign.seed}",
        on=ended,
        over=ended >= record.DEADLINE,
        mailboxes=campaign.mailboxes,
        size_bytes=campaign.bytes,
        moved=sum(night.moved for night in campaign.nights),
        moved_bytes=sum(night.size_bytes for night in campaign.nights),
        left=sum(number for cause, number in campaign.left.items() if cause in campaign.limits),
        aside=own,
        nights=campaign.nights,
        support=Support(campaign.hands, _HANDS),
        deadline=record.DEADLINE,
        why=tuple((f"weeks held by {name}", weeks) for name, weeks in held.most_common()),
        assumes=campaign.assumes,
    )
