"""The target adapter against the simulated tenant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from exchange_admin import DryRunRefusal
from mailwave.adapters.target import Target
from mailwave.core.moves import Move, Score
from mailwave.core.outcomes import ActRefused, ActUnknown
from rehearsal.estate import ROUTING_DOMAIN
from rehearsal.faults import Fault, Kind
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.services import Services, small_estate

CAUSES = {each.cause: each for each in reversed(small_estate().mailboxes)}
PLAIN = CAUSES[None]


class Tenant:
    """A tenant in which one batch of those addresses has been started."""

    def __init__(self, *addresses: str, faults: tuple[Fault, ...] = (), hours: float = 48) -> None:
        self.services = Services(faults=faults)
        self.admin = self.services.cloud(Boundary())
        self.target = Target(self.admin)
        csv = "EmailAddress\r\n" + "\r\n".join(addresses) + "\r\n"
        self.admin.invoke(
            "New-MigrationBatch",
            {
                "Name": "b1",
                "SourceEndpoint": "leeds",
                "TargetDeliveryDomain": ROUTING_DOMAIN,
                "CSVData": csv.encode(),
            },
        )
        self.admin.invoke("Start-MigrationBatch", {"Identity": "b1"})
        self.wait(hours=hours)

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.services.clock.advance_to(self.services.clock.now + timedelta(**span))

    def move(self) -> Move:
        """The only move there is."""
        (move,) = self.target.moves("b1")
        return move


@pytest.fixture
def plain() -> Iterator[Tenant]:
    """One mailbox without trouble, synced."""
    made = Tenant(PLAIN.address)
    yield made
    made.admin.close()


def test_a_move_is_read_whole(plain: Tenant) -> None:
    """It should say whose move it is, in which batch, and how it stands."""
    move = plain.move()

    assert (PLAIN.exchange_guid, PLAIN.address, "b1") == (move.exchange_guid, move.address, move.batch)
    assert ("Synced", Score.PERFECT, "", None) == (move.status, move.score, move.error, move.complete_after)


def test_another_batchs_users_are_not_taken_for_ones_own(plain: Tenant) -> None:
    """It should not take what comes back for an unknown batch for that batch's users (fact B24)."""
    moves = plain.target.moves("b1")

    assert [] != moves
    assert [] == [move for move in moves if move.batch != "b1"]


@pytest.mark.parametrize(
    ("cause", "status", "score", "error"),
    [
        ("multiple_entries", "Failed", Score.UNKNOWN, "matches multiple entries"),
        ("transient", "Failed", Score.UNKNOWN, "TransientException"),
        ("investigate", "Synced", Score.INVESTIGATE, ""),
        ("poor", "Synced", Score.POOR, ""),
    ],
)
def test_trouble_is_read_with_its_words(cause: str, status: str, score: Score, error: str) -> None:
    """It should read status, score, skipped items and the service's own error."""
    tenant = Tenant(CAUSES[cause].address)

    move = tenant.move()

    assert (status, score) == (move.status, move.score)
    assert error in move.error
    assert (score in (Score.INVESTIGATE, Score.POOR)) == (move.skipped > 0)


def test_a_completed_move_is_a_mailbox_at_the_target(plain: Tenant) -> None:
    """It should complete from the moment given on, and then show a mailbox with its type and owner."""
    assert [] == plain.target.mailboxes()
    at = plain.services.clock.now + timedelta(hours=3)

    plain.target.complete(plain.move(), at)

    assert at == plain.move().complete_after
    plain.wait(hours=2)
    assert "Synced" == plain.move().status
    plain.wait(hours=3)
    (found,) = plain.target.mailboxes()
    assert (PLAIN.exchange_guid, PLAIN.address, "UserMailbox", PLAIN.organisation) == (
        found.exchange_guid,
        found.address,
        found.recipient_type,
        found.organisation,
    )


def test_skipped_items_are_approved() -> None:
    """It should let a mailbox of the score Investigate complete only once its items were approved."""
    tenant = Tenant(CAUSES["investigate"].address)
    tenant.target.complete(tenant.move(), tenant.services.clock.now)
    tenant.wait(hours=2)
    assert [] == tenant.target.mailboxes()

    tenant.target.approve_skipped(tenant.move())

    tenant.wait(hours=2)
    assert 1 == len(tenant.target.mailboxes())


def test_what_a_move_would_lose_is_listed() -> None:
    """It should list as many items as the service counts, each with its kind, folder, subject and size (fact B30)."""
    tenant = Tenant(CAUSES["investigate"].address)
    move = tenant.move()

    items = tenant.target.skipped_items(move)

    assert 0 < move.skipped == len(items)
    assert all((item.kind, item.folder, item.subject, item.size) for item in items)
    assert [] == tenant.target.skipped_items(replace(move, address="nobody@nhsmail.example"))


def test_a_failed_move_is_tried_again() -> None:
    """It should start a failed user again."""
    tenant = Tenant(CAUSES["transient"].address)

    tenant.target.retry(tenant.move())

    tenant.wait(hours=24)
    assert "Synced" == tenant.move().status


def test_a_stopped_move_rests_and_a_withdrawn_one_is_gone(plain: Tenant) -> None:
    """It should stop a move where it stands, and take it out of the service without touching the mailbox."""
    plain.target.stop(plain.move())
    plain.wait(minutes=5)
    stopped = plain.move().status

    plain.target.withdraw(plain.move())

    plain.wait(minutes=5)
    assert "IncrementalStopped" == stopped
    assert [] == plain.target.moves("b1")
    assert PLAIN in plain.services.at_source()


def test_a_refusal_says_so(plain: Tenant) -> None:
    """It should say that an act did not happen, in the service's words."""
    with pytest.raises(ActRefused) as caught:
        plain.target.retry(plain.move())

    assert PLAIN.address == caught.value.subject
    assert "retry" == caught.value.act


def test_a_lost_answer_is_unknown() -> None:
    """It should say that nobody knows when the answer to a change is lost."""
    tenant = Tenant(PLAIN.address, faults=(Fault("exchange_online", "Set-MigrationUser", 1, Kind.DROP),))

    with pytest.raises(ActUnknown) as caught:
        tenant.target.complete(tenant.move(), tenant.services.clock.now)

    assert PLAIN.address == caught.value.subject
    assert tenant.move().complete_after is not None


def test_a_dry_run_changes_nothing(plain: Tenant) -> None:
    """It should read and refuse to change on a dry connection."""
    with plain.services.cloud(Boundary(), dry_run=True) as admin:
        target = Target(admin)
        with pytest.raises(DryRunRefusal):
            target.complete(target.moves("b1")[0], datetime.now(UTC))

    assert plain.move().complete_after is None
