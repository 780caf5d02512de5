"""What the on-premises adapter needs of a remote PowerShell, and what can go wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from exchange_admin.port import Row


@dataclass(frozen=True)
class ErrorSaid:
    """One error record: the exception's short name (empty when there is none) and its text."""

    error_type: str
    text: str


@dataclass(frozen=True)
class Output:
    """What one pipeline wrote."""

    rows: list[Row]
    warnings: list[str]
    errors: list[ErrorSaid]


class Trouble(Enum):
    """What is wrong with a shell."""

    LOST = "the server no longer knows the shell"
    BUSY = "the account has as many shells or calls as it may have"
    SIGN_IN = "the server refuses the account"
    BROKEN = "the connection failed"


class ShellTrouble(Exception):
    """A shell that could not be opened or did not answer; *begun* is false if the cmdlet certainly never started."""

    def __init__(self, *, trouble: Trouble, why: str, begun: bool) -> None:
        self.trouble = trouble
        self.why = why
        self.begun = begun
        super().__init__(f"{trouble.value}: {why}")


class Shell(Protocol):
    """An open remote PowerShell in no-language mode: named cmdlets with parameters, one at a time (fact D2)."""

    def run(self, cmdlet: str, parameters: Mapping[str, object], into: str | None = None) -> Output:
        """Run *cmdlet* to its end; with *into*, that cmdlet runs on every object that it writes (fact D2).

        :raises ShellTrouble: if it did not start, or its end was not seen.
        """
        ...

    def close(self) -> None:
        """Give the shell back to the server, whatever state it is in; an account has 18 (fact D7)."""
        ...
