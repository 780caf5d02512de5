"""Remove what the moved mailboxes of a wave left behind and nobody needs: each an intent, and everything read back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from mailwave.core.aftercare import stale
from mailwave.core.aftercare.leftovers import LEFT, TIDY, Away, Leftover, Named, Rests
from mailwave.core.intents import Outcome
from mailwave.core.outcomes import ActError
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState
from mailwave.ports import Ledger
from mailwave.ports.aftercare import Kept
from mailwave.ports.leftovers import LeftAtSites, LeftInTenant
from mailwave.runbooks.acting import acting, close_cut_off
from mailwave.runbooks.aftercare.reported import Reported


@dataclass(frozen=True)
class Seen:
    """What was left behind: *surplus* is removed, *named* is somebody's to settle, *rests* end by themselves."""

    surplus: Sequence[Leftover] = ()
    named: Sequence[Named] = ()
    rests: Sequence[Rests] = ()


@dataclass(frozen=True)
class Tidied:
    """How many leftovers were *removed*, by kind, and what was *left* when both sides were read again."""

    removed: Counter[str]
    left: Sequence[Leftover]
    seen: Seen = field(default_factory=Seen)


@dataclass(frozen=True)
class Tidier:
    """Removes mobile partnerships of people who have moved, and entries of accounts that are nobody's any more.

    Whoever has not moved, or came back, keeps theirs: the site itself is asked who lives there.
    """

    ledger: Ledger
    premises: LeftAtSites
    tenant: LeftInTenant
    kept: Kept
    reason: Reason
    say: Callable[[str], None]

    def look(self, wave: Wave) -> Seen:
        """What the moved mailboxes of *wave* have left behind."""
        moved = [each.mailbox for each in self.ledger.mailboxes(MailboxState.MOVED, wave.id)]
        if not moved:
            return Seen()
        away = self.premises.away(moved)
        surplus, strangers = self._surplus(away)
        seconds = [*self.tenant.seconds(away), *self.premises.seconds(away)]
        return Seen(surplus, sorted([*strangers, *seconds]), sorted(self.premises.rests(moved)))

    def run(self, wave: Wave) -> Tidied:
        """Remove it, and read both sides again; done again, it changes nothing."""
        close_cut_off(self.ledger, TIDY, LEFT)
        seen = self.look(wave)
        for each in seen.surplus:
            detail = {"mailbox": each.guid, "site": each.site, "kind": each.kind}
            side = self.tenant if each.in_cloud else self.premises
            try:
                with acting(self.ledger, act=TIDY, subject=each.subject, reason=self.reason, detail=detail):
                    side.change(*each.step, each.site)
            except ActError as error:
                self.say(f"{each.address}: {error}")
        left = self._again(wave, {each.guid for each in seen.surplus})
        self._settle({each.subject for each in left})
        gone = set(seen.surplus) - set(left)
        self._keep(wave, left, seen)
        return Tidied(Counter(each.kind for each in gone), left, seen)

    def _surplus(self, away: Sequence[Away]) -> tuple[list[Leftover], list[Named]]:
        """What is surplus without doubt, and entries of which nobody can tell."""
        entries = self.tenant.entries(away)
        sids = stale.identifiers(entries)
        accounts = self.tenant.accounts(sids) | self.premises.accounts(sids)
        nobodies, unknown = stale.sorted_out(entries, accounts)
        return sorted([*self.premises.partnerships(away), *nobodies]), unknown

    def _again(self, wave: Wave, guids: set[str]) -> list[Leftover]:
        """What is still there of those of whom something was removed; the others are not read again."""
        moved = self.ledger.mailboxes(MailboxState.MOVED, wave.id)
        touched = [each.mailbox for each in moved if each.mailbox.guid in guids]
        return self._surplus(self.premises.away(touched))[0] if touched else []

    def _settle(self, still: set[str]) -> None:
        """Say of every removal whose outcome was unknown whether it is still there."""
        for intent in self.ledger.doubtful(TIDY):
            outcome = Outcome.FAILED if intent.subject in still else Outcome.OK
            self.ledger.outcome(intent.id, outcome, {"why": "read back"})

    def _keep(self, wave: Wave, left: Sequence[Leftover], seen: Seen) -> None:
        """Keep what is left under a digest that the journal has; what was kept already is not kept again."""
        named = Counter(map(attrgetter("kind"), seen.named))
        detail = {"left": len(left), "named": dict(sorted(named.items()))}
        made = Reported.of(LEFT, wave.id, f"aftercare-{wave.id}-tidy", _report(wave, left, seen), detail)
        kept = [each for each in self.ledger.intents(LEFT) if each.subject == wave.id]
        if kept and (kept[-1].outcome, kept[-1].detail["digest"]) == (Outcome.OK, made.digest):
            return
        made.keep(self.ledger, self.kept, self.reason)


def _report(wave: Wave, left: Iterable[Leftover], seen: Seen) -> dict[str, object]:
    return {
        "wave": wave.id,
        "left": [each._asdict() for each in left],
        "named": [each._asdict() | {"owner": each.owner} for each in seen.named],
        "rests": [each._asdict() for each in seen.rests],
    }
