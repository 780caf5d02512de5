"""One person's consent to a change: looked at again, and signed with a key of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from change_control.admission import Approver
from change_control.approvals import Approval, sign
from change_control.contents import Part, Window
from change_control.folder import Bundle
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.ports import Clock
from mailwave.ports.changes import Changes, ChangeSigner


class NotAnApprover(Refusal):
    """*who* may not approve changes of *environment*, and *why*."""

    def __init__(self, *, who: str, environment: str, why: str) -> None:
        self.who = who
        self.environment = environment
        self.why = why
        super().__init__(f"{who} may not approve changes of {environment}: {why}")


class NoSuchPart(Refusal):
    """The change has no part *asked* that can be approved; *known* are those it has."""

    def __init__(self, *, asked: str, known: Sequence[str]) -> None:
        self.asked = asked
        self.known = tuple(known)
        have = f"it has {', '.join(known)}" if known else "it has none, as all are provisional"
        super().__init__(f"the change has no part {asked!r} that can be approved; {have}")


def chosen(bundle: Bundle, asked: Sequence[str]) -> tuple[Part, ...]:
    """The parts of *bundle* that are *asked* for by name, or all that are firm.

    Raises:
        NoSuchPart: one that was asked for is not there, or provisional, or there is none at all.
    """
    firm = {part.name: part for part in bundle.contents.firm}
    for name in asked or (() if firm else ("any",)):
        if name not in firm:
            raise NoSuchPart(asked=name, known=list(firm))
    return tuple(part for name, part in firm.items() if not asked or name in asked)


@dataclass(frozen=True)
class ApproveChange:
    """Signs as one of *approvers*; *nonce* gives 32 hexadecimal digits that nobody has seen."""

    approvers: Sequence[Approver]
    changes: Changes
    clock: Clock
    reason: Reason
    nonce: Callable[[], str]

    def prepare(self, bundle: Bundle, asked: Sequence[str]) -> tuple[Part, ...]:
        """The parts of *bundle* that are *asked* for by name, or all that can be approved.

        Raises:
            BundleBroken: the report is not what the change makes of itself.
            NotAnApprover: the person of the reason has no say, or asked for the change.
            NoSuchPart: a part is not there, or provisional.
        """
        self.changes.require_reports(bundle)
        self._approver(bundle)
        return chosen(bundle, asked)

    def run(self, bundle: Bundle, parts: Sequence[Part], window: Window, signer: ChangeSigner) -> Path:
        """Sign the consent to *parts* for as long as *window*, with the key behind *signer*; the file of it."""
        mine = self._approver(bundle)
        nonce = self.nonce()
        approval = Approval(
            environment=bundle.contents.environment,
            tenant=bundle.contents.tenant,
            parts=tuple(part.name for part in parts),
            window=window,
            who=mine.who,
            role=mine.role,
            ticket=self.reason.ticket,
            nonce=nonce,
            approved_at=self.clock.now(),
        )
        return self.changes.add(bundle, nonce, sign(approval, bundle.subjects, signer(mine.key())))

    def _approver(self, bundle: Bundle) -> Approver:
        who, contents = self.reason.who, bundle.contents
        theirs = [each for each in self.approvers if each.who == who]
        now = self.clock.now()
        whys = (
            (bool(theirs), "they are not in its list of approvers"),
            (any(each.holds(now) for each in theirs), "their time is over, or has not begun"),
            (who != contents.requester, "they asked for this one"),
        )
        for holds, why in whys:
            if not holds:
                raise NotAnApprover(who=who, environment=contents.environment, why=why)
        return next(each for each in theirs if each.holds(now))
