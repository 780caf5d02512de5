"""Mend what the move broke: each remedy an intent and its outcome, and everything read back at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailwave.core.aftercare.differences import CLOUD, LICENCES, Difference
from mailwave.core.intents import Outcome
from mailwave.core.licence_errors import is_tried
from mailwave.core.licences import JOIN, LEAVE, PEOPLE, group_of
from mailwave.core.outcomes import ActError
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.ports import Ledger, Licences
from mailwave.ports.aftercare import Cloud, Premises
from mailwave.runbooks.acting import acting, close_cut_off
from mailwave.runbooks.aftercare.check import REPAIR, Checked, Checker

REFUSED = "licence-refused"


@dataclass(frozen=True)
class Repaired:
    """How many differences were *mended*, and what was *left* when everything was read back."""

    mended: int
    left: Checked


@dataclass(frozen=True)
class Repairer:
    """Carries out the remedies of what *checker* finds."""

    ledger: Ledger
    checker: Checker
    premises: Premises
    cloud: Cloud
    licences: Licences
    reason: Reason
    say: Callable[[str], None]

    def run(self, wave: Wave) -> Repaired:
        """Mend what can be, and read everything back. What is as promised is not touched, so it may be done again."""
        close_cut_off(self.ledger, REPAIR, JOIN, LEAVE)
        found = self.checker.look(wave)
        wanted = [each for each in found.open if each.remedy is not None]
        left_out = self._in_vain([each for each in wanted if each.kind == REFUSED])
        wanted = [each for each in wanted if each.key not in left_out]
        for each in wanted:
            try:
                self._mend(each, found)
            except ActError as error:
                self.say(f"{each.address}: {each.kind}: {error}")
        left = self.checker.run(wave)
        still = {each.key for each in left.open}
        self._settle({each.key for each in wanted}, still)
        return Repaired(sum(each.key not in still for each in wanted), left)

    def _in_vain(self, refused: Sequence[Difference]) -> set[str]:
        """Those of the licences *refused* that it is no use to try again now, by their keys (fact E6)."""
        if not refused:
            return set()
        free = self.licences.free_seats()
        tried = Counter(each.subject for each in self.ledger.intents(REPAIR) if each.outcome is Outcome.OK)
        vain = set()
        for each in refused:
            again = is_tried(each.what, tries=tried[each.key], free=free)
            free -= again
            vain |= set() if again else {each.key}
        return vain

    def _mend(self, each: Difference, found: Checked) -> None:
        remedy = each.remedy
        assert remedy is not None, "only those with a remedy are mended"  # noqa: S101
        detail = {"kind": each.kind, "mailbox": each.guid, "side": remedy.side, "steps": _steps(each)}
        with acting(self.ledger, act=REPAIR, subject=each.key, reason=self.reason, detail=detail):
            if remedy.side == LICENCES:
                self._license(each, found.keys[each.guid])
                return
            side = self.cloud if remedy.side == CLOUD else self.premises
            for cmdlet, parameters in remedy.steps:
                side.change(cmdlet, parameters, found.sites[each.guid])

    def _license(self, each: Difference, key: str) -> None:
        """Let the owner join the group; whoever was refused leaves it first, so that it is looked at anew (fact E6).

        The directory can be told to look again without that, but only by whoever may assign any licence to anybody.
        """
        group = group_of(each.guid, self.licences.names)
        detail = {"group": group, PEOPLE: [each.guid]}
        if each.kind == REFUSED:
            with acting(
                self.ledger, act=LEAVE, subject=each.guid, reason=self.reason, detail={PEOPLE: [each.guid]}
            ):
                self.licences.leave([key])
        with acting(self.ledger, act=JOIN, subject=each.guid, reason=self.reason, detail=detail):
            self.licences.join(group, [key])

    def _settle(self, tried: set[str], still: set[str]) -> None:
        """Say of every remedy whose outcome was unknown whether what it was for is as promised now."""
        for intent in self.ledger.doubtful(REPAIR):
            if intent.subject in tried:
                outcome = Outcome.FAILED if intent.subject in still else Outcome.OK
                self.ledger.outcome(intent.id, outcome, {"why": "read back"})


def _steps(difference: Difference) -> list[str]:
    assert difference.remedy is not None  # noqa: S101
    return [cmdlet for cmdlet, _ in difference.remedy.steps]
