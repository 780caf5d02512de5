"""What the service shows of batches is kept before it deletes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec

from mailwave.core.intents import Outcome
from mailwave.runbooks.wave.removal import REPORT
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services

EMPTY = "rehearsal-20260917-leeds-001"
"""Its one mailbox has a score of Investigate, and was moved out at the window's end."""


def test_reports_outlive_batches(tmp_path: Path) -> None:
    """It should keep the users of each batch when its wave has ended, and archive them before 60 days are over."""
    operator = Operator(Services(), tmp_path)
    operator.prepare()
    archived: list[int] = []

    def archive() -> None:
        archived.append(len(list((tmp_path / "artifacts").glob("*-rehearsal-*.json"))))

    with operator.running() as runbook:
        replace(runbook, archive=archive).run()
    operator.clock.sleep_until(operator.clock.now() + timedelta(days=95))

    assert {} == operator.services.online.tenant.batches
    with operator.ledger() as ledger:
        kept = {each.subject: each for each in ledger.intents(REPORT)}
        batches = {batch.name for wave in ledger.waves() for batch in wave.batches}
    assert batches == kept.keys()
    assert {Outcome.OK} == {each.outcome for each in kept.values()}
    files = {name: tmp_path / "artifacts" / f"{each.id:08}-{name}.json" for name, each in kept.items()}
    users = {name: msgspec.json.decode(file.read_bytes()) for name, file in files.items() if file.exists()}
    assert {EMPTY} == batches - users.keys()
    assert all(users.values())
    each = [user for its in users.values() for user in its]
    assert {True} == {user["figures"]["items"] >= user["move"]["synced"] for user in each if user["figures"]}
    ended = {user["move"]["status"]: (user["figures"] is not None, bool(user["report"])) for user in each}
    assert (True, False) == ended["Completed"]
    assert {True} == {reported for status, (_, reported) in ended.items() if status != "Completed"}
    assert {"Completed"} < ended.keys()
    assert (3, len(users)) == (len(archived), archived[-1])
