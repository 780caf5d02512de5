"""Judge every mailbox that is not on its way, and keep out what may not move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Protocol

import msgspec
import polars as pl

from mailwave.core.bad_rows import BadRows
from mailwave.core.client_log import read_client_logs
from mailwave.core.estate import ClientSeen
from mailwave.core.readiness.attestation import Refused, Verifies
from mailwave.core.readiness.board import Blocking, NotAsked, blocking, not_asked
from mailwave.core.readiness.columns import Estate
from mailwave.core.readiness.findings import Blocked, Explainer
from mailwave.core.readiness.handed_in import Counted, HandedIn, counted
from mailwave.core.readiness.inventory import ASKED, estate_columns
from mailwave.core.readiness.judge import CODE, Judged
from mailwave.core.readiness.kept import Again, Kept, clients_of, clients_table, judge_since
from mailwave.core.readiness.rules import READY_CODE, Effect, RuleBook
from mailwave.core.readiness.scope import WHOLE, LogsBroken, Scope
from mailwave.core.readiness.verdicts import Finding
from mailwave.core.reason import Reason
from mailwave.core.refusals import NoScope
from mailwave.core.states import MailboxState, Transition
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.wave.gate import NeverChecked
from mailwave.runbooks.wave.moves import WITHDRAW, withdrawals

JUDGED = (MailboxState.WAITING, MailboxState.DEFERRED)
"""States in which a verdict still decides."""

NOTHING = HandedIn()

_STEPS_AT_ONCE = 20_000
"""Mailboxes in one entry of the journal."""


class KeepsJudgement(Protocol):
    """Keeps the last judgement of a whole estate."""

    def read(self) -> Kept | None:
        """What was kept; None where nothing whole is."""
        ...

    def write(self, kept: Kept) -> None:
        """Keep *kept* in place of whatever was kept."""
        ...


@dataclass(frozen=True)
class Findings:
    """A finding a mailbox that can still be judged, in the order of the guids, each made when somebody asks for it.

    *stands* has ``guid``, ``organisation``, ``state`` and the number of what blocks it; they are the *asked* rows of
    what *explainer* explains.
    """

    stands: pl.DataFrame
    explainer: Explainer
    asked: pl.Series

    def __len__(self) -> int:
        return len(self.stands)

    def __iter__(self) -> Iterator[Finding]:
        blocked = self.explainer.blocked(self.asked)
        for guid, organisation, state, code in self.stands.iter_rows():
            stands = (guid, organisation, MailboxState(state))
            if code == READY_CODE:
                yield Finding(*stands, MailboxState.WAITING)
            else:
                yield _finding(*stands, next(blocked))

    @property
    def ready(self) -> int:
        """How many mailboxes nothing blocks."""
        return int((self.stands[CODE] == READY_CODE).sum())


class Checked(msgspec.Struct, frozen=True):
    """What a check found: a finding a mailbox that can still be judged, and the same counted.

    *not_asked* did not pass and does not block; *refused* are statements that count for nothing. *again* is what is
    to be kept of the judgement, and how much of it was made anew.
    """

    findings: Findings
    blocking: list[Blocking]
    not_asked: list[NotAsked]
    refused: list[Refused]
    again: Again


@dataclass(frozen=True)
class CheckEstate:
    """Judge by *book*, on clients that were seen in the last *evidence_days*.

    *kept* keeps the judgement, so that the next check judges only organisations in which something changed.
    """

    clock: Clock
    ledger: Ledger
    book: RuleBook
    evidence_days: int
    verifies: Verifies
    reason: Reason
    kept: KeepsJudgement | None = None

    def prepare(
        self, client_logs: Mapping[str, bytes], handed_in: HandedIn = NOTHING, scope: Scope = WHOLE
    ) -> Checked:
        """The finding on every mailbox of *scope* that may still be judged; *client_logs* is file name to content.

        Whoever was withdrawn from a wave or has left stays out: being ready was not what it lacked. For a local
        administrator nothing is looked at but their organisation: what they are told does not depend on any other.

        Raises:
            NoScope: nothing was imported that could be judged.
            BadRows: a log cannot be read; evidence that may be incomplete is none.
            LogsBroken: the same, to a local administrator, who may not see whose line it is.
        """
        if self.ledger.scope() is None:
            raise NoScope
        looked_at = scope if scope.is_bound else WHOLE
        clients = self._clients(client_logs, self.clock.now(), looked_at)
        before = self.kept.read() if self.kept and not looked_at.is_bound else None
        return self._judged(clients, handed_in, scope, before)

    def again(self, handed_in: HandedIn) -> Checked:
        """The same as of today, on *handed_in* and on the clients that the last check has seen.

        Raises:
            NeverChecked: no check is kept.
        """
        before = self.kept.read() if self.kept else None
        if before is None:
            raise NeverChecked
        clients = clients_of(before.clients, self.clock.now() - timedelta(days=self.evidence_days))
        return self._judged(clients, handed_in, WHOLE, before)

    def _judged(
        self, clients: Mapping[str, ClientSeen], handed_in: HandedIn, scope: Scope, before: Kept | None
    ) -> Checked:
        looked_at = scope if scope.is_bound else WHOLE
        boxes = self.ledger.mailbox_columns(*ASKED, "state", organisation=looked_at.organisation)
        now = self.clock.now()
        owners = _owners(boxes, handed_in)
        given = counted(handed_in.within(looked_at), self.book, owners, self.verifies, now)
        estate = estate_columns(
            boxes,
            self.ledger.right_columns(),
            clients,
            handed_in.mailboxes,
            given.organisations.filter(
                pl.col("organisation").is_in(boxes["organisation"].unique().implode())
            ),
        )
        again = judge_since(before, estate, given.book, now.date())
        again = again._replace(kept=again.kept._replace(clients=clients_table(clients)))
        return self._checked(boxes, estate, given, again, scope)

    def run(self, checked: Checked) -> None:
        """Record what changed, so many at once, and keep the judgement; cut off, the next check takes the rest."""
        differing = (finding for finding in checked.findings if finding.to is not finding.state)
        for some in batched(differing, _STEPS_AT_ONCE):
            # excluding a deferred mailbox takes two steps: it is first no longer deferred
            self.ledger.move_state(
                [
                    Transition(finding.guid, MailboxState.WAITING, "judged again")
                    for finding in some
                    if (finding.state, finding.to) == (MailboxState.DEFERRED, MailboxState.EXCLUDED)
                ],
                self.reason,
            )
            self.ledger.move_state([Transition(each.guid, each.to, each.why) for each in some], self.reason)
        if self.kept:
            self.kept.write(checked.again.kept)

    def _clients(
        self, logs: Mapping[str, bytes], now: datetime, looked_at: Scope
    ) -> Mapping[str, ClientSeen]:
        try:
            return read_client_logs(logs, since=now - timedelta(days=self.evidence_days))
        except BadRows as error:
            if looked_at.is_bound:
                raise LogsBroken(who=looked_at.who) from error
            raise

    def _checked(
        self, boxes: pl.DataFrame, estate: Estate, given: Counted, again: Again, scope: Scope
    ) -> Checked:
        judged, book = again.kept.judged, given.book
        taken_out = withdrawals(self.ledger.intents(WITHDRAW)).keys() | self.ledger.leavers()
        is_asked = pl.col("state").is_in([state.value for state in JUDGED])
        is_asked &= ~pl.col("guid").is_in(sorted(taken_out))
        if scope.organisation is not None:
            is_asked &= pl.col("organisation") == scope.organisation
        stands = boxes.select("guid", "organisation", "state").with_columns(judged.mailboxes[CODE])
        asked = stands.select(is_asked).to_series()
        return Checked(
            Findings(stands.filter(asked), Explainer(judged, estate, book, again.kept.on), asked),
            blocking(*_part(judged, estate, asked), book),
            not_asked(_of(judged, estate, scope), book),
            [each for each in given.refused if scope.has(each.statement.organisation)],
            again,
        )


def _owners(boxes: pl.DataFrame, handed_in: HandedIn) -> dict[str, str]:
    """Whose those mailboxes are that somebody signed a waiver of."""
    subjects = [waiver.subject for waiver in handed_in.waivers]
    return dict(boxes.filter(pl.col("guid").is_in(subjects)).select("guid", "organisation").iter_rows())


def _part(judged: Judged, estate: Estate, rows: pl.Series) -> tuple[Judged, Estate]:
    return (
        judged._replace(mailboxes=judged.mailboxes.filter(rows)),
        estate._replace(mailboxes=estate.mailboxes.filter(rows)),
    )


def _of(judged: Judged, estate: Estate, scope: Scope) -> Judged:
    if scope.organisation is None:
        return judged
    rows = estate.mailboxes["organisation"] == scope.organisation
    organisations = judged.organisations.filter(pl.col("organisation") == scope.organisation)
    return Judged(judged.mailboxes.filter(rows), organisations)


def _finding(guid: str, organisation: str, state: MailboxState, blocked: Blocked) -> Finding:
    code = blocked.code
    to = MailboxState.EXCLUDED if code.effect is Effect.EXCLUDED else MailboxState.DEFERRED
    return Finding(
        guid, organisation, state, to, code.name, blocked.reason, code.rule.remedy, code.rule.owner
    )
