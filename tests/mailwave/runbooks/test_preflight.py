"""Before a wave begins: both halves are joined, and its people are ready as of today."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.kept_judgement import KeptJudgement
from mailwave.adapters.signatures import Ed25519Verifier
from mailwave.core.estate import Record
from mailwave.core.planner import Wave
from mailwave.core.states import MailboxState
from mailwave.runbooks.check_estate import CheckEstate
from mailwave.runbooks.wave.gate import GateShut, NeverChecked, NotReady
from mailwave.runbooks.wave.preflight import ACT, Preflight
from mailwave.runbooks.wave.run import RunWaves
from rehearsal import evidence
from tests.mailwave.rehearsed.coexistence import at_sites, both_halves, join
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import BOOK, ESTATE, REASON, Operator
from tests.mailwave.rehearsed.services import Services

LONG = timedelta(days=100)
"""Longer than any evidence counts."""

CONNECTOR = "ExchangeHybridOnPremisesToOnline"


class Careful(Operator):
    """An operator whose checks keep what they saw, and whose waves begin only where the gate is open."""

    def checking(self, ledger: Any) -> CheckEstate:
        kept = KeptJudgement(self.folder / "readiness")
        days = ESTATE.clients.evidence_days
        return CheckEstate(self.clock, ledger, BOOK, days, Ed25519Verifier(), REASON, kept)

    def check(self) -> None:
        """`estate check`."""
        with self.ledger() as ledger:
            runbook = self.checking(ledger)
            logs = self.services.logs(self.folder / "client-logs")
            runbook.run(runbook.prepare(logs, read_evidence(self.handed_in)))

    @property
    def handed_in(self) -> Path:
        return self.services.evidence(self.folder / "evidence")

    def gate(self, ledger: Any) -> Preflight:
        check = self.checking(ledger)

        def judges() -> Any:
            return {found.guid: found for found in check.again(read_evidence(self.handed_in)).findings}

        return Preflight(self.clock, ledger, both_halves(self.services), judges, REASON, self.said.append)

    @contextmanager
    def running(self, **replaced: Any) -> Iterator[RunWaves]:
        """The runbook behind `wave run`, with its gate."""
        with super().running(**replaced) as runbook:
            yield replace(runbook, gate=self.gate(runbook.ledger).open)


@pytest.fixture
def operator(tmp_path: Path) -> Careful:
    """An operator with a plan that is approved, between halves that are joined."""
    found = Careful(Services(), tmp_path)
    join(found.services)
    found.prepare()
    return found


def first(ledger: Any) -> tuple[Wave, list[Record]]:
    """The first wave, and its mailboxes as they are."""
    wave = ledger.waves()[0]
    return wave, ledger.mailboxes(wave=wave.id)


def test_no_wave_begins_between_halves_that_are_apart(operator: Careful) -> None:
    """It should tell and start nobody, and name what is broken and who mends it."""
    at_sites(operator.services, "Set-IntraOrganizationConnector", Identity=CONNECTOR, Enabled=False)

    with pytest.raises(GateShut) as raised:
        operator.run()

    with operator.ledger() as ledger:
        wave, _ = first(ledger)
        begun = {MailboxState.SYNCING, MailboxState.SYNCED, MailboxState.COMPLETING, MailboxState.MOVED}
        assert not [record for state in begun for record in ledger.mailboxes(state)]
        assert [] == ledger.notices()
    says = str(raised.value)
    assert f"wave {wave.id} does not begin: free/busy of moved people" in says
    assert "play 28_hybrid_trust" in says


def test_waves_begin_where_the_gate_is_open(operator: Careful) -> None:
    """It should move people where the halves are joined and everybody is as ready as when the plan was made."""
    operator.run()

    _, findings = operator.verify()
    assert [] == findings
    with operator.ledger() as ledger:
        assert ledger.mailboxes(MailboxState.MOVED)
    assert [] == problems(operator)


def test_what_was_read_counts_for_a_day(operator: Careful) -> None:
    """It should read both halves once for all waves of a day, and again the day after, as the journal shows."""
    with operator.ledger() as ledger:
        wave, waiting = first(ledger)
        gate = operator.gate(ledger)
        for hours in (0, 23, 2):
            operator.services.clock.advance_to(operator.services.clock.now + timedelta(hours=hours))
            gate.open(wave, waiting)

        assert [wave.id, wave.id] == [intent.subject for intent in ledger.intents(ACT)]


def test_a_shut_gate_is_looked_at_again(operator: Careful) -> None:
    """It should not rely on a reading that found faults: whoever has mended them need not wait a day."""
    at_sites(operator.services, "Set-IntraOrganizationConnector", Identity=CONNECTOR, Enabled=False)
    with operator.ledger() as ledger:
        wave, waiting = first(ledger)
        gate = operator.gate(ledger)
        with pytest.raises(GateShut):
            gate.open(wave, waiting)
        at_sites(operator.services, "Set-IntraOrganizationConnector", Identity=CONNECTOR, Enabled=True)

        gate.open(wave, waiting)

        assert [1, 0] == [len(intent.detail["faults"]) for intent in ledger.intents(ACT)]


def test_whose_evidence_has_expired_is_deferred(operator: Careful) -> None:
    """It should defer the people of an organisation whose evidence is too old by now, and let the others begin."""
    with operator.ledger() as ledger:
        wave, waiting = first(ledger)
        late = waiting[0].mailbox.organisation
        others = {record.mailbox.organisation for record in waiting} - {late}
        age(operator, late)

        operator.gate(ledger).open(wave, waiting)

        now = ledger.mailboxes(wave=wave.id)
    assert others
    assert {MailboxState.DEFERRED} == {r.state for r in now if r.mailbox.organisation == late}
    assert {MailboxState.WAITING} == {r.state for r in now if r.mailbox.organisation in others}
    why = next(record.why for record in now if record.mailbox.organisation == late)
    assert "days old and counts for" in why


def test_a_wave_waits_where_nobody_is_ready(operator: Careful) -> None:
    """It should hold the wave, and defer nobody, where the evidence of all its people has expired."""
    operator.services.clock.advance_to(operator.services.clock.now + LONG)
    with operator.ledger() as ledger:
        wave, waiting = first(ledger)

        with pytest.raises(NotReady) as raised:
            operator.gate(ledger).open(wave, waiting)

        assert waiting == ledger.mailboxes(wave=wave.id)
    assert f"none of its {len(waiting)} mailboxes is ready any more" in str(raised.value)


def test_nobody_begins_who_was_never_checked(operator: Careful) -> None:
    """It should take a check of which nothing is kept for none."""
    (operator.folder / "readiness" / "judgement.json").unlink()
    with operator.ledger() as ledger:
        wave, waiting = first(ledger)

        with pytest.raises(NeverChecked):
            operator.gate(ledger).open(wave, waiting)


def age(operator: Careful, organisation: str) -> None:
    """Let twenty days pass, and all hand in anew but *organisation*, whose facts are a month old."""
    services = operator.services
    services.clock.advance_to(services.clock.now + timedelta(days=20))
    today = services.clock.now.date()
    evidence.write(operator.handed_in, services.estate, services.clock.now)
    rows = [
        row
        for day, stale in ((today - timedelta(days=31), True), (today, False))
        for row in evidence.organisations(services.estate, day)
        if (row["organisation"] == organisation) is stale
    ]
    evidence.write_table(operator.handed_in / "organisations.csv", evidence.ORGANISATION_COLUMNS, rows)
