# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What a play can find wrong by itself, beside what Exchange refuses (exchange_admin.errors).

    PlayError
    ├── NotTaken         the set cmdlet was accepted, but the read-back shows another value
    ├── CreateOnly       a property that only New- can give differs on an object that exists
    ├── NotMade          an object that should be there from the beginning is missing
    ├── NotInVersion     the version of Exchange that answers has no such cmdlet or parameter

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


class NotMade(PlayError):
    """*identity*, a *noun* that Exchange itself makes, is missing."""

    def __init__(self, *, identity: str, noun: str) -> None:
        self.identity = identity
        self.noun = noun
        super().__init__(
            f"there is no {noun} called {identity!r}, and no play makes one: look at the server first"
        )


class NotInVersion(PlayError):
    """*cmdlet*, or its *parameter*, does not exist in the *versions* of Exchange that may answer."""

    def __init__(self, *, cmdlet: str, parameter: str, versions: Sequence[str]) -> None:
        self.cmdlet = cmdlet
        self.parameter = parameter
        self.versions = list(versions)
        what = f"{cmdlet} -{parameter}" if parameter else cmdlet
        super().__init__(f"{what} does not exist in Exchange {' and '.join(versions)}, which answers here")


def some(names: Sequence[str]) -> str:
    """The first few of *names*, and how many more there are."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
