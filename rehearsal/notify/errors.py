"""How the service says no: one status and one list of error kind and message."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from rehearsal.wire import Reply, json_reply


class Refusal(RuntimeError):
    """The service refuses a request. Clients may rely on the kind, *error*, and not on the wording, *message*."""

    def __init__(
        self, status: int, error: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.error = error
        self.message = message
        self.headers = dict(headers or {})
        super().__init__(f"{status} {error}: {message}")

    def reply(self) -> Reply:
        """The refusal as the service words it."""
        errors = [{"error": self.error, "message": self.message}]
        said = json_reply({"errors": errors, "status_code": self.status}, self.status)
        return msgspec.structs.replace(said, headers=said.headers | self.headers)


def invalid(message: str) -> Refusal:
    """The request does not have the shape that the interface asks for."""
    return Refusal(400, "ValidationError", message)


def bad(message: str) -> Refusal:
    """The shape is right, and the content cannot be sent."""
    return Refusal(400, "BadRequestError", message)
