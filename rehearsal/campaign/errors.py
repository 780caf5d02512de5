"""What can go wrong with a campaign, each with its sentence.

RehearsalError
├── UnknownProfile       2
├── ProfileBroken        2
├── EstateUnusable       2
├── AnnouncedNight       1   a replan changed a night that people were told of
├── NightOverbooked      1   a replan put more on a night than its limit
├── NightImpossible      1   a replan chose a night without a window, or too soon
├── IllegalEvent         1   an event happened to a mailbox in a state that does not allow it
├── NotConserved         1   mailboxes were lost or doubled
├── LogBroken            1   an event does not fit the log
├── LogFileBroken        2   a kept log is not what was written
├── LogUnusable          4   a kept log cannot be opened
└── OtherCampaign        2   a kept log is another campaign's
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rehearsal.errors import RehearsalError


class UnknownProfile(RehearsalError):
    """There is no profile of this name."""

    exit_code = 2

    def __init__(self, *, asked: str, known: Iterable[str]) -> None:
        self.asked = asked
        self.known = tuple(known)
        self.advice = f"Choose one of {', '.join(self.known)}."
        super().__init__(f"no limit profile is named {asked!r}")


class ProfileBroken(RehearsalError):
    """A profile lacks a value or its source, has one too many, or one that makes no sense."""

    exit_code = 2

    def __init__(self, *, profile: str, key: str, problem: str) -> None:
        self.profile = profile
        self.key = key
        self.problem = problem
        self.advice = "Correct rehearsal/campaign/profiles.yaml."
        super().__init__(f"limit profile {profile}, {key}: {problem}")


class EstateUnusable(RehearsalError):
    """The mailboxes cannot be read, or are too many."""

    exit_code = 2
    advice = "Make the folder with: python -m rehearsal.national --out DIR"

    def __init__(self, *, where: str, problem: str) -> None:
        self.where = where
        self.problem = problem
        super().__init__(f"{where}: {problem}")


class AnnouncedNight(RehearsalError):
    """A replan changed the night of mailboxes whose night is announced."""

    def __init__(self, *, day: int, mailbox: int, count: int) -> None:
        self.day = day
        self.mailbox = mailbox
        self.count = count
        super().__init__(
            f"the replan of day {day} changed {count} announced nights, first that of mailbox {mailbox}"
        )


class NightOverbooked(RehearsalError):
    """A replan put more mailboxes on a night than may be moved in it."""

    def __init__(self, *, day: int, night: int, planned: int, limit: int) -> None:
        self.day = day
        self.night = night
        self.planned = planned
        self.limit = limit
        super().__init__(
            f"the replan of day {day} put {planned} mailboxes on night {night}: {limit} are allowed"
        )


class NightImpossible(RehearsalError):
    """A replan chose a night that has no window, or that comes before the notice is over."""

    def __init__(self, *, day: int, mailbox: int, night: int) -> None:
        self.day = day
        self.mailbox = mailbox
        self.night = night
        super().__init__(f"the replan of day {day} gave mailbox {mailbox} night {night}, which cannot be had")


class IllegalEvent(RehearsalError):
    """An event was about to happen to a mailbox whose state does not allow it."""

    def __init__(self, *, event: str, mailbox: int, state: str) -> None:
        self.event = event
        self.mailbox = mailbox
        self.state = state
        super().__init__(f"mailbox {mailbox} is {state}, which does not allow {event}")


class NotConserved(RehearsalError):
    """The mailboxes in all states together are not the mailboxes of the estate."""

    def __init__(self, *, day: int, state: str, counted: int, kept: int) -> None:
        self.day = day
        self.state = state
        self.counted = counted
        self.kept = kept
        super().__init__(f"at the end of day {day}, {counted} mailboxes are {state}; the events say {kept}")


class LogBroken(RehearsalError):
    """An event that has no place in the log."""

    def __init__(self, *, field: str, value: int, most: int) -> None:
        self.field = field
        self.value = value
        self.most = most
        super().__init__(f"an event's {field} of {value} does not fit the log, which holds 0 to {most}")


class LogFileBroken(RehearsalError):
    """A record of a kept log is whole, and not what was written."""

    exit_code = 2
    advice = "that campaign is lost: remove the file and begin it again"

    def __init__(self, *, path: Path, day: int) -> None:
        self.path = path
        self.day = day
        super().__init__(f"{path}: the record of day {day} is damaged")


class LogUnusable(RehearsalError):
    """The file of a kept log cannot be opened."""

    exit_code = 4
    advice = "name another file with --log, or make this one usable"

    def __init__(self, *, path: Path, problem: OSError) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path} cannot be used: {(problem.strerror or str(problem)).lower()}")


class OtherCampaign(RehearsalError):
    """A kept log belongs to other mailboxes, another profile or another seed."""

    exit_code = 2
    advice = "go on with what that one was begun with, or name another file with --log"

    def __init__(self, *, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is the log of another campaign")
