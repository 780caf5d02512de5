"""What can go wrong with the national estate.

RehearsalError
├── BadOrganisations       2
└── FolderUnusable         4
"""

from __future__ import annotations

from rehearsal.errors import RehearsalError


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
