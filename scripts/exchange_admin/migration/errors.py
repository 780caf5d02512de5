"""What an act on a whole batch finds wrong by itself, beside what Exchange refuses (`exchange_admin.errors`).

    BatchError
    ├── ManifestError       the manifest cannot be read, is not the approved one, or is for another tenant
    ├── BatchMissing        there is no batch of this name
    ├── BatchDiffers        a batch of this name exists and is not this manifest's
    ├── BatchUnreadable     it exists and shows neither its users nor how many it has
    ├── WrongState          the batch is in a state in which this is not done to it
    ├── OutsideRelease      completions may not be released now
    ├── HasCompleted        mailboxes of it live in the cloud already
    ├── NotEnded            mailboxes of it are still on their way
    └── BatchNotTaken       the cmdlet was accepted, but reading back shows otherwise

Every error has an *outcome*: "refused" when it is certain that nothing was done or that what was done is visible,
"unknown" when only a later reading back can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

SHOWN = 5
"""How many names of a long list a sentence gives."""


class BatchError(Exception):
    """Root of the errors of this package."""

    outcome = "refused"


class ManifestError(BatchError):
    """The manifest at *path* must not be used; *problem* says why."""

    def __init__(self, *, path: str, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path}: {problem}")


class BatchMissing(BatchError):
    """There is no batch called *batch*."""

    def __init__(self, *, batch: str) -> None:
        self.batch = batch
        super().__init__(f"there is no batch called {batch!r}")


class BatchDiffers(BatchError):
    """A batch called *batch* exists and is not the manifest's: *differences* say where."""

    def __init__(self, *, batch: str, differences: Sequence[str]) -> None:
        self.batch = batch
        self.differences = list(differences)
        super().__init__(
            f"a batch called {batch!r} exists and is not the manifest's: {'; '.join(differences)}"
        )


class BatchUnreadable(BatchError):
    """The batch called *batch* shows *shown* of *expected* users and no number, so nobody can say yet whose it is."""

    outcome = "unknown"

    def __init__(self, *, batch: str, shown: int, expected: int) -> None:
        self.batch = batch
        self.shown = shown
        self.expected = expected
        super().__init__(
            f"batch {batch!r} shows {shown} of {expected} users so far; read it back again later"
        )


class WrongState(BatchError):
    """The batch called *batch* stands at *status*, in which it is not *act*: *why*."""

    def __init__(self, *, batch: str, status: str, act: str, why: str) -> None:
        self.batch = batch
        self.status = status
        self.act = act
        self.why = why
        super().__init__(f"batch {batch!r} is {status} and is not {act}: {why}")


class OutsideRelease(BatchError):
    """Completions of *batch* may be released from *opens* until before *closes* (UTC), and it is *now*."""

    def __init__(self, *, batch: str, now: datetime, opens: datetime, closes: datetime) -> None:
        self.batch = batch
        self.now = now
        self.opens = opens
        self.closes = closes
        super().__init__(
            f"batch {batch!r} may complete from {opens:%Y-%m-%d %H:%M} to {closes:%Y-%m-%d %H:%M} UTC, and it is "
            f"{now:%Y-%m-%d %H:%M}"
        )


class HasCompleted(BatchError):
    """Of the batch called *batch*, *addresses* have moved or are just moving: removing it would not bring them back."""

    def __init__(self, *, batch: str, addresses: Sequence[str]) -> None:
        self.batch = batch
        self.addresses = list(addresses)
        super().__init__(
            f"batch {batch!r} has completed {some(self.addresses)}, which a batch of the other direction brings back"
        )


class NotEnded(BatchError):
    """The batch called *batch* stands at *status*, and *addresses* of it are still on their way."""

    def __init__(self, *, batch: str, status: str, addresses: Sequence[str]) -> None:
        self.batch = batch
        self.status = status
        self.addresses = list(addresses)
        who = some(self.addresses) if self.addresses else "it shows no users"
        super().__init__(f"batch {batch!r} is {status} and has not ended: {who}")


class BatchNotTaken(BatchError):
    """*cmdlet* was accepted for *batch*, and reading back shows *found*, not *wanted*."""

    def __init__(self, *, batch: str, cmdlet: str, wanted: str, found: str) -> None:
        self.batch = batch
        self.cmdlet = cmdlet
        self.wanted = wanted
        self.found = found
        super().__init__(f"{cmdlet} was accepted, but batch {batch!r} is {found}, not {wanted}")


def some(names: Sequence[str]) -> str:
    """The first few of *names*, and how many more there are."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
