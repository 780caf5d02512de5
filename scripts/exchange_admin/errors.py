"""Everything that can go wrong between this project and Exchange; every error carries its data.

The distinction that matters is between "it did not happen" (`Refused`, `Unauthorised`, `Unreachable`, `DryRunRefusal`,
`NotOffered`) and "nobody knows whether it happened" (`OutcomeUnknown`): only the first kind may be tried again.
"""

from __future__ import annotations


class ExchangeError(Exception):
    """Root of every error of this package; *cmdlet* is the one that was asked for."""

    def __init__(self, sentence: str, *, cmdlet: str) -> None:
        self.cmdlet = cmdlet
        super().__init__(sentence)


class Refused(ExchangeError):
    """Exchange answered that it did not do it.

    *error_type* is the short .NET name, such as `ManagementObjectNotFoundException`, or empty when the answer names
    none; *text* is Exchange's own sentence; *status* is the HTTP status, 0 on premises.
    """

    def __init__(self, *, cmdlet: str, error_type: str, text: str, status: int) -> None:
        self.error_type = error_type
        self.text = text
        self.status = status
        named = f"{error_type}: " if error_type else ""
        super().__init__(f"{cmdlet} was refused ({status or 'on premises'}): {named}{text}", cmdlet=cmdlet)


class NotFound(Refused):
    """The object that was named does not exist; the read that says so succeeded."""


class Unauthorised(ExchangeError):
    """The account, the token or its role does not permit the cmdlet, or no token was to be had (facts A10, A23)."""

    def __init__(self, *, cmdlet: str, status: int, text: str) -> None:
        self.status = status
        self.text = text
        super().__init__(f"{cmdlet} is not permitted to this account ({status}): {text}", cmdlet=cmdlet)


class OutcomeUnknown(ExchangeError):
    """A write was sent and its answer was lost: read back before anything else, never send it again blindly."""

    def __init__(self, *, cmdlet: str, why: str) -> None:
        self.why = why
        super().__init__(f"nobody knows whether {cmdlet} took effect: {why}", cmdlet=cmdlet)


class Unreachable(ExchangeError):
    """Exchange gave no usable answer after *attempts* tries, and nothing was changed."""

    def __init__(self, *, cmdlet: str, why: str, attempts: int) -> None:
        self.why = why
        self.attempts = attempts
        super().__init__(f"{cmdlet} got no usable answer in {attempts} attempts: {why}", cmdlet=cmdlet)


class Ambiguous(ExchangeError):
    """More than one object answers to *identity*; *found* are their identities."""

    def __init__(self, *, cmdlet: str, identity: str, found: list[str]) -> None:
        self.identity = identity
        self.found = found
        super().__init__(
            f"{cmdlet}: {identity!r} names {len(found)} objects: {', '.join(found)}", cmdlet=cmdlet
        )


class DryRunRefusal(ExchangeError):
    """A cmdlet that may change something was asked for in a dry run."""

    def __init__(self, *, cmdlet: str) -> None:
        super().__init__(f"{cmdlet} may change something and this is a dry run", cmdlet=cmdlet)


class NotOffered(ExchangeError):
    """The cmdlet, or a *parameter* of it, does not exist on that *side* or cannot be carried; found before sending."""

    def __init__(self, *, cmdlet: str, side: str, parameter: str | None, why: str) -> None:
        self.side = side
        self.parameter = parameter
        self.why = why
        what = f"{cmdlet} -{parameter}" if parameter else cmdlet
        super().__init__(f"{what} cannot be sent to {side}: {why}", cmdlet=cmdlet)
