"""Who waits for a person stays where it stands, and goes on once somebody says that the cause is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from mailwave.core.causes import Causes, Nature
from mailwave.core.states import MailboxState
from mailwave.runbooks.mend_cause import MendCause
from mailwave.runbooks.wave.moves import MENDED
from tests.mailwave.rehearsed.operator import CAUSES, REASON, Operator
from tests.mailwave.rehearsed.services import Services, small_estate

CAUSE = "site-unreachable"
NEVER_RETRIED = Causes(
    tuple(
        msgspec.structs.replace(row, nature=Nature.PERSON, retries=0) if row.name == CAUSE else row
        for row in CAUSES.rows
    )
)
ADDRESS = next(each.address for each in small_estate().mailboxes if each.cause == "transient")


class _Mending(Operator):
    """An operator who mends the cause as soon as anybody waits for it."""

    def _person(self, ledger: Any, target: Any) -> Callable[[str], None]:
        said = super()._person(ledger, target)
        mending = MendCause(ledger, self.causes, REASON)

        def say(text: str) -> None:
            said(text)
            if f"; {CAUSE}, for the network team" in text:
                (wave,) = {r.wave for r in ledger.mailboxes() if r.mailbox.smtp == text.split(maxsplit=1)[0]}
                mending.run(wave, mending.prepare(wave, CAUSE))

        return say


def test_who_waits_goes_on_once_the_cause_is_mended(tmp_path: Path) -> None:
    """It should try nobody again by itself, ask once, and move the mailbox after somebody has mended the cause."""
    operator = _Mending(Services(), tmp_path, causes=NEVER_RETRIED)

    operator.everything()

    asked = [text for text in operator.said if text.startswith(f"{ADDRESS} needs a person")]
    started = [s.parameters["Identity"] for s in operator.services.sent if s.cmdlet == "Start-MigrationUser"]
    with operator.ledger() as ledger:
        states = {record.state for record in ledger.mailboxes() if record.mailbox.smtp == ADDRESS}
        assert 1 == len(ledger.intents(MENDED))
    assert (1, [ADDRESS], {MailboxState.MOVED}) == (len(asked), started, states)
