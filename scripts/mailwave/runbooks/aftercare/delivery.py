"""Try after a wave whether mail arrives: a message to each of a sample of its people, and one the other way.

Each is an intent before it is handed over. Within one verification none is handed over twice: what nobody knows the
outcome of is read back by its Message-ID.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailwave.core.aftercare.delivery import (
    SETTLED,
    Boxes,
    Fate,
    Probe,
    Sampling,
    Standing,
    judged,
    not_sent,
    probes,
    sample,
)
from mailwave.core.aftercare.differences import Difference
from mailwave.core.aftercare.exceptions import ACCEPT, live, parted
from mailwave.core.intents import Intent, Outcome
from mailwave.core.outcomes import ActError, ActUnknown
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger
from mailwave.ports.aftercare import Kept, Post
from mailwave.runbooks.acting import acting, close_cut_off
from mailwave.runbooks.aftercare.reported import Reported, by_kind, rows

DELIVERY, PROBE = "aftercare.delivery", "aftercare.probe"
BETWEEN_LOOKS = timedelta(minutes=2)
"""The trace may be asked a hundred times in five minutes, and is minutes behind."""


REMEMBERED = timedelta(days=30)
"""How far back the sites' logs of messages reach, unless somebody set it otherwise (docs/unproved.md). The cloud's
trace reaches back 90 days (Microsoft's page of Get-MessageTraceV2)."""


class LogsForgot(Refusal):
    """The messages of verification *turn* of *wave* were *sent* so long ago that logs of them are gone."""

    def __init__(self, *, wave: str, turn: int, sent: datetime) -> None:
        self.wave = wave
        self.turn = turn
        self.sent = sent
        super().__init__(
            f"messages of verification {turn} of wave {wave} were sent on {sent:%d %b %Y}, and the sites' logs reach "
            f"back {REMEMBERED.days} days"
        )


@dataclass(frozen=True)
class Tried:
    """What became of the messages of the verification *turn* of a *wave*: *sent* now, and *seen* by how they stand.

    *open* is what is not as promised, *covered* what an exception covers; *people* were tried.
    """

    wave: str
    turn: int
    people: int
    sent: int
    seen: Mapping[str, int]
    open: Sequence[Difference]
    covered: Sequence[Difference]


@dataclass(frozen=True)
class TryDelivery:
    """Sends by *post* between *boxes* and to the people that *sampling* takes, and waits for *patience* at most."""

    clock: Clock
    ledger: Ledger
    post: Post
    boxes: Boxes
    sampling: Sampling
    patience: timedelta
    kept: Kept
    reason: Reason
    say: Callable[[str], None]

    def prepare(self, wave: Wave, *, again: bool = False) -> tuple[int, list[Probe]]:
        """The number of the verification, and its messages; *again* begins another one. It changes nothing."""
        return self._prepared(wave, self._intents(wave), again=again)

    def _prepared(self, wave: Wave, tried: Sequence[Intent], *, again: bool) -> tuple[int, list[Probe]]:
        turns = [int(each.detail["turn"]) for each in tried]
        turn = max(turns, default=0) + again if turns else 1
        moved = {
            each.mailbox.guid: each.mailbox.smtp
            for each in self.ledger.mailboxes(wave=wave.id)
            if each.state is MailboxState.MOVED
        }
        people = [(guid, moved[guid]) for guid in sample(wave.id, moved, self.sampling)]
        return turn, probes(wave.id, turn, people, self.boxes)

    def run(self, wave: Wave, *, again: bool = False) -> Tried:
        """Send what was not sent, wait, and keep what became of all, under a digest that the journal has.

        Where nobody of the wave has moved there is nothing to send or to keep, and *people* is 0.

        Raises:
            LogsForgot: what became of the messages of this verification is in no log any more; nothing was sent.
        """
        close_cut_off(self.ledger, PROBE)
        tried_before = self._intents(wave)
        turn, wanted = self._prepared(wave, tried_before, again=again)
        if not wanted:
            return Tried(wave.id, turn, 0, 0, {}, (), ())
        before = {each.subject: each for each in tried_before if int(each.detail["turn"]) == turn}
        self._require_logs(wave, turn, before.values())
        refused = [each for probe in wanted for each in self._send(wave, turn, probe, before.get(probe.name))]
        lost = {each.name for each, _ in refused}
        out = [each for each in wanted if each.name not in lost]
        fates = self._wait(wave, out)
        found = [difference for _, difference in refused]
        self._settle(fates)
        found += [each for probe in out if (each := judged(probe, fates[probe.name])) is not None]
        exceptions = live(self.ledger.intents(ACCEPT), self.clock.now().date())
        sent = sum(_is_due(before.get(each.name)) for each in out)
        seen = dict(sorted(Counter(each.standing.value for each in fates.values()).items()))
        people = sum(1 for each in wanted if each.guid)
        tried = Tried(wave.id, turn, people, sent, seen, *parted(found, exceptions))
        self._keep(tried, wanted, fates)
        return tried

    def _intents(self, wave: Wave) -> list[Intent]:
        return [each for each in self.ledger.intents(PROBE) if each.detail["wave"] == wave.id]

    def _send(
        self, wave: Wave, turn: int, probe: Probe, before: Intent | None
    ) -> list[tuple[Probe, Difference]]:
        """Hand *probe* over, unless that was done or may have been; what is wrong where it is refused."""
        if not _is_due(before):
            return []
        detail = {
            "wave": wave.id,
            "turn": turn,
            "way": probe.way.name.lower(),
            "mailbox": probe.guid,
            "at": self.clock.now().isoformat(),
        }
        try:
            with acting(self.ledger, act=PROBE, subject=probe.name, reason=self.reason, detail=detail):
                self.post.send(probe)
        except ActUnknown as error:
            self.say(f"{probe.recipient}: {error}; it is looked for by its Message-ID")
        except ActError as error:
            return [(probe, not_sent(probe, error.why))]
        return []

    def _wait(self, wave: Wave, out: Sequence[Probe]) -> dict[str, Fate]:
        """What became of *out*, looked at again and again until all is settled or patience has an end."""
        if not out:
            return {}
        names = {each.name for each in out}
        moments = [
            datetime.fromisoformat(str(each.detail["at"]))
            for each in self._intents(wave)
            if each.subject in names
        ]
        end = max(moments) + self.patience
        fates: dict[str, Fate] = {}
        while True:
            left = [each for each in out if each.name not in fates or not _is_settled(fates[each.name])]
            fates |= self.post.fates(left, min(moments))
            now = self.clock.now()
            if now >= end or all(map(_is_settled, fates.values())):
                return fates
            self.clock.sleep_until(min(now + BETWEEN_LOOKS, end))

    def _require_logs(self, wave: Wave, turn: int, before: Iterable[Intent]) -> None:
        moments = [datetime.fromisoformat(str(each.detail["at"])) for each in before if not _is_due(each)]
        if moments and self.clock.now() - min(moments) > REMEMBERED:
            raise LogsForgot(wave=wave.id, turn=turn, sent=min(moments))

    def _settle(self, fates: Mapping[str, Fate]) -> None:
        """Whoever wrote anything down of a message has taken it.

        Where nobody has, its outcome stays unknown: a trace may come later, so that it is not handed over again.
        """
        for each in self.ledger.doubtful(PROBE):
            fate = fates.get(each.subject)
            if fate is not None and fate.standing is not Standing.UNSEEN:
                self.ledger.outcome(each.id, Outcome.OK, {"why": f"read back: {fate.standing}"})

    def _keep(self, tried: Tried, wanted: Sequence[Probe], fates: Mapping[str, Fate]) -> None:
        detail = {
            "turn": tried.turn,
            "people": tried.people,
            "seen": dict(tried.seen),
            "open": by_kind(tried.open),
            "excepted": len(tried.covered),
        }
        name = f"aftercare-{tried.wave}-delivery"
        made = Reported.of(DELIVERY, tried.wave, name, _report(tried, wanted, fates), detail)
        made.keep(self.ledger, self.kept, self.reason)


def _is_due(before: Intent | None) -> bool:
    """Whether a message has to be handed over: it never was, or is known not to have been taken."""
    return before is None or before.outcome is Outcome.FAILED


def _is_settled(fate: Fate) -> bool:
    return fate.standing in SETTLED


def _report(tried: Tried, wanted: Sequence[Probe], fates: Mapping[str, Fate]) -> dict[str, object]:
    return {
        "wave": tried.wave,
        "turn": tried.turn,
        "messages": [
            {
                "id": each.message_id,
                "way": each.way.value,
                "mailbox": each.guid,
                "stands": fates[each.name].standing.value if each.name in fates else "not sent",
            }
            for each in wanted
        ],
        "left": "what arrived stays where it is: nothing here may open a mailbox",
        "open": rows(tried.open),
        "excepted": rows(tried.covered),
    }
