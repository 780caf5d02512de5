"""What the Windows face refuses, and how a module says that it failed."""

from __future__ import annotations

from rehearsal.errors import RehearsalError


class NotModelled(ValueError):
    """Windows would do this and the rehearsal does not: never to be mistaken for a refusal of Windows."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"Not modelled: {what}.")


class ModuleFailed(Exception):
    """A module ends by saying *problem*; *result* are the values that it returns all the same."""

    def __init__(self, problem: str, **result: object) -> None:
        self.problem = problem
        self.result = result
        super().__init__(problem)


class ModuleSkipped(Exception):
    """A module that has no check mode was run in check mode, and did nothing."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class NoCollections(RehearsalError):
    """Ansible's Windows collections are not where setting up puts them."""

    exit_code = 2
    advice = "run `make setup`"

    def __init__(self, *, file: str) -> None:
        self.file = file
        super().__init__(f"{file}, of Ansible's Windows collections, is missing")


def not_modelled(what: str) -> ModuleFailed:
    """The failure of a module that meets something on the server that the rehearsal does not have."""
    return ModuleFailed(str(NotModelled(what)))
