"""How the service says no: one status and one list of error kind and message."""

from __future__ import annotations

from rehearsal.wire import Reply, json_reply


class Refusal(RuntimeError):
    """The service refuses a request. Clients may rely on the kind, *error*, and not on the wording, *message*."""

    def __init__(self, status: int, error: str, message: str) -> None:
        self.status = status
        self.error = error
        self.message = message
        super().__init__(f"{status} {error}: {message}")

    def reply(self) -> Reply:
        """The refusal as the service words it."""
        errors = [{"error": self.error, "message": self.message}]
        return json_reply({"errors": errors, "status_code": self.status}, self.status)


def invalid(message: str) -> Refusal:
    """The request does not have the shape that the interface asks for."""
    return Refusal(400, "ValidationError", message)


def bad(message: str) -> Refusal:
    """The shape is right, and the content cannot be sent."""
    return Refusal(400, "BadRequestError", message)
