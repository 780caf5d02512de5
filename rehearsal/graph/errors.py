"""What Graph itself refuses, beside what the directory does."""

from __future__ import annotations

from rehearsal.directory.errors import Refusal


class UnsupportedQuery(Refusal):
    """A query that the directory does not answer, or only with the parameters of advanced queries (fact E2)."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "Request_UnsupportedQuery", message)


class BadRequest(Refusal):
    """A request that is not well formed."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "BadRequest", message)


class Unauthenticated(Refusal):
    """No token, or one for somebody else."""

    def __init__(self, message: str) -> None:
        super().__init__(401, "InvalidAuthenticationToken", message)


class Denied(Refusal):
    """The application has none of the permissions that this takes."""

    def __init__(self) -> None:
        super().__init__(
            403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
        )


class NotModelled(Refusal):
    """The real service may well know this; the rehearsal does not."""

    def __init__(self, what: str) -> None:
        super().__init__(501, "NotModelled", f"The rehearsal does not model {what}.")


class Gone(Refusal):
    """A delta link too old to be followed; *start* is where to begin again (fact E3)."""

    def __init__(self, start: str) -> None:
        self.start = start
        super().__init__(
            410, "syncStateNotFound", "The sync state is too old. Start over with a full synchronization."
        )


class Throttled(Refusal):
    """A limit is reached: *scope* and *reason* as the headers tell them; *wait* in seconds (fact C24)."""

    def __init__(self, *, code: str, scope: str, reason: str, wait: float) -> None:
        self.scope = scope
        self.reason = reason
        self.wait = wait
        super().__init__(429, code, "Too many requests.")
