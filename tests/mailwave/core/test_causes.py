"""What the service's words say of why a move failed (section B.10 of the facts)."""

from __future__ import annotations

import pytest

from mailwave.core.causes import Nature
from tests.mailwave.rehearsed.operator import CAUSES

T, P, W = Nature.TRANSIENT, Nature.PERMANENT, Nature.PERSON


@pytest.mark.parametrize(
    ("error", "text", "nature"),
    [
        (1, "MigrationPermanentException: Cannot find a recipient that has mailbox GUID 'x'", P),
        (2, "UserAlreadyBeingMigratedException: x", P),
        (3, "Target mailbox doesn't have an SMTP proxy matching 'x.mail.onmicrosoft.com'", P),
        (4, "You can't use the domain because it's not an accepted domain for your organization", P),
        (5, "TooManyBadItemsPermanentException: x", W),
        (6, "MapiExceptionMaxSubmissionExceeded: x", W),
        (7, "TooManyMissingItemsPermanentException: x", W),
        (8, "DataConsistencyScore is Investigate. Skipped items must be approved before completion.", W),
        (9, "ParameterValueRequiredPermanentException: You must specify the PrimaryOnly parameter", P),
        (10, "Archive database is not explicitly set. x", P),
        (11, "Target user 'A' already has a primary mailbox.", P),
        (12, "The operation couldn't be performed because 'x' matches multiple entries.", P),
        (13, "Active Directory property 'homeMDB' isn't writeable on recipient 'x'.", P),
        (14, "FolderHierarchyChildrenCountReceiveQuota exceeded", P),
        (15, "The folder has a non-canonical ACL", P),
        (16, "StoragePermanentException: Too many transient failures", W),
        (17, "MRSProxyConnectionLimitReachedTransientException: Current connections: 100", T),
        (18, "CommunicationErrorTransientException: the call to 'https://x/EWS/mrsproxy.svc' timed out", T),
        (18, "RemoteTransientException: the request timed out", T),
        (
            19,
            "RemoteTransientException: The remote server returned an error: (403) Forbidden. 'Negotiate'",
            W,
        ),
        (20, "RemoteTransientException: Access is denied.", W),
        (21, "MapiFxProxyTransientException: x", T),
        (22, "RestartMoveCorruptSyncStateTransientException: x", T),
        (23, "SourceMailboxAlreadyBeingMovedTransientException: x", T),
        (24, "Resource 'CiAgeOfLastNotification(System)' is unhealthy", T),
        (25, "MigrationTransientException: couldn't connect to the remote server 'x'", T),
        (26, "Warning: Target mailbox unlock operation was not replicated. x", W),
        (27, "The source mailbox could not be converted to a mail user", W),
    ],
)
def test_each_documented_error_has_its_cause(error: int, text: str, nature: Nature) -> None:
    """It should know each of the 27 documented errors, whatever the case of its text, and what follows from it."""
    found = CAUSES.of(text.upper())

    assert (error, nature) == (found.error, found.nature)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SomethingNewTransientException: x", "other-transient"),
        ("SomethingNewPermanentException: x", "not-known"),
        ("", "not-known"),
    ],
)
def test_what_is_in_no_table_goes_by_its_class(text: str, name: str) -> None:
    """It should try again what only its class calls transient, and fail the rest (fact B51b)."""
    assert name == CAUSES.of(text).name


def test_who_asks_whom_for_what() -> None:
    """It should name cause, owner and remedy in one line, and find a cause by its name."""
    found = CAUSES.named("access-denied")
    assert found is not None

    remedy = "take the server's computer account out of the protected group"
    assert f"access-denied, for the site team: {remedy}" == found.asks
    assert CAUSES.named("nothing") is None
