"""What can go wrong with the national estate.

RehearsalError
├── EstateRefused          2
├── BadOrganisations       2
└── FolderUnusable         4
"""

from __future__ import annotations

from rehearsal.errors import RehearsalError


class EstateRefused(RehearsalError):
    """A number that an estate is made from is out of its bounds."""

    exit_code = 2
    advice = "choose a number inside the bounds"

    def __init__(self, *, what: str, asked: int, least: int, most: int) -> None:
        self.what = what
        self.asked = asked
        self.least = least
        self.most = most
        super().__init__(f"{what} is {asked}; it must lie between {least} and {most}")


class BadOrganisations(RehearsalError):
    """A row of an export of the Organisation Data Service cannot be taken."""

    exit_code = 2
    advice = "restore rehearsal/data/ods; its files are kept as downloaded"

    def __init__(self, *, file: str, line: int, problem: str) -> None:
        self.file = file
        self.line = line
        self.problem = problem
        super().__init__(f"{file}, line {line}: {problem}")


class FolderUnusable(RehearsalError):
    """The folder for the estate's files cannot be read or written."""

    exit_code = 4
    advice = "name another folder, or make this one usable"

    def __init__(self, *, folder: str, problem: str) -> None:
        self.folder = folder
        self.problem = problem
        super().__init__(f"{folder} cannot be used: {problem.lower()}")
