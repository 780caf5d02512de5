"""What a run announces, in the words that the platform's alerts count."""

from __future__ import annotations

import pytest

from infra.foundation.alert_table import RUNNERS, alerts
from mailwave.core.events import Event, Kind, of_moves
from mailwave.core.moves import Move
from tests.mailwave.rehearsed.operator import CAUSES

TIMED_OUT = "CommunicationErrorTransientException: The call to 'https://mail.leeds.example/EWS/mrsproxy.svc' timed out."


def move(status: str, error: str = "") -> Move:
    return Move("guid", "a@nhsmail.example", "W1-b", status, error=error)


def test_alerts_look_for_what_is_announced() -> None:
    """It should have an alert on the runners' log for each kind of event, under its very name, and for no other."""
    queries = [alert.query for alert in alerts(("a", "b")).values() if alert.source == RUNNERS]

    assert sorted(f'"{kind}"' for kind in Kind) == sorted(query.rpartition(" == ")[2] for query in queries)


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ([], []),
        ([move("Failed", "no"), move("Synced")], []),
        (
            [move("Failed", "no"), move("IncrementalFailed", "no")],
            [(Kind.BATCH_FAILED, f"all 2 moves have failed: {CAUSES.of('no').name}")],
        ),
        (
            [move("Failed", TIMED_OUT), move("Synced")],
            [(Kind.ENDPOINT_UNREACHABLE, f"1 moves could not reach their site: {CAUSES.of(TIMED_OUT).name}")],
        ),
    ],
    ids=["nothing yet", "one failed", "all failed", "cut off"],
)
def test_a_batch_is_judged_as_a_whole(moves: list[Move], expected: list[tuple[Kind, str]]) -> None:
    """It should call a batch failed when nothing of it moves any more, and name a site that cannot be reached."""
    assert [Event(kind, "W1-b", text) for kind, text in expected] == of_moves("W1-b", moves, CAUSES)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TIMED_OUT, True),
        ("RemoteTransientException: The remote server returned an error: (403) Forbidden.", True),
        ("MailboxLockedPermanentException: The source mailbox couldn't be locked.", False),
        ("", False),
    ],
)
def test_knows_a_shut_door_by_its_words(error: str, *, expected: bool) -> None:
    """It should tell the way to a site from other trouble by the cause that the words name (errors 18 to 20)."""
    assert expected == CAUSES.of(error).way_shut
