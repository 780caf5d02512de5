# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What a play can find wrong by itself, beside what Exchange refuses (exchange_admin.errors).

    PlayError
    ├── NotTaken         the set cmdlet was accepted, but the read-back shows another value
    ├── CreateOnly       a property that only New- can give differs on an object that exists
    ├── ManifestError    the manifest cannot be read, is not the approved one, or is for another tenant
    ├── BatchDiffers     a batch of this name exists and is not this manifest's
    ├── BatchUnreadable  a batch of this name exists and shows neither its users nor how many it has
    └── BatchNotStartable  the batch is in a state from which this play does not start it

Every error has an *outcome*: "refused" when it is certain that nothing was done or that what was done is visible,
"unknown" when only a later reading back can tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SHOWN = 5
"""How many names of a long list a sentence gives."""


class PlayError(Exception):
    """Root of the errors of this collection."""

    outcome = "refused"


class NotTaken(PlayError):
    """*identity* was set, and reading it back shows other values; *wanted* and *found* hold those that differ."""

    def __init__(self, *, identity: str, wanted: Mapping[str, object], found: Mapping[str, object]) -> None:
        self.identity = identity
        self.wanted = dict(wanted)
        self.found = dict(found)
        differing = ", ".join(
            f"{name} is {found.get(name)!r}, not {value!r}" for name, value in wanted.items()
        )
        super().__init__(
            f"{identity} was set, but reading it back shows that {differing or 'it does not exist'}"
        )


class CreateOnly(PlayError):
    """*option* of *identity* is *found* and cannot be changed to *wanted* while the object exists."""

    def __init__(self, *, identity: str, option: str, wanted: object, found: object) -> None:
        self.identity = identity
        self.option = option
        self.wanted = wanted
        self.found = found
        super().__init__(
            f"{identity} has {option} {found!r}; {wanted!r} can only be given when it is made, so remove it first"
        )


class ManifestError(PlayError):
    """The manifest at *path* must not be used; *problem* says why."""

    def __init__(self, *, path: str, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path}: {problem}")


class BatchDiffers(PlayError):
    """A batch called *batch* exists and is not the manifest's: *differences* say where."""

    def __init__(self, *, batch: str, differences: Sequence[str]) -> None:
        self.batch = batch
        self.differences = list(differences)
        super().__init__(
            f"a batch called {batch!r} exists and is not the manifest's: {'; '.join(differences)}"
        )


class BatchUnreadable(PlayError):
    """The batch called *batch* shows *shown* of *expected* users and no number, so nobody can say yet whose it is."""

    outcome = "unknown"

    def __init__(self, *, batch: str, shown: int, expected: int) -> None:
        self.batch = batch
        self.shown = shown
        self.expected = expected
        super().__init__(
            f"batch {batch!r} shows {shown} of {expected} users so far; read it back again later"
        )


class BatchNotStartable(PlayError):
    """The batch called *batch* stands at *status*, from which this play does not start it."""

    def __init__(self, *, batch: str, status: str) -> None:
        self.batch = batch
        self.status = status
        super().__init__(
            f"batch {batch!r} is {status}; starting it again needs a decision, so this play does not"
        )


def some(names: Sequence[str]) -> str:
    """The first few of *names*, and how many more there are."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
