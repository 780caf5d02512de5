"""What the directory refuses: a status, a code and a sentence, as Graph's error body has them (fact E10)."""

from __future__ import annotations


class Refusal(Exception):
    """The directory says no; *status*, *code* and *message* are what a client sees of it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(f"{status} {code}: {message}")


class Invalid(Refusal):
    """The request asks for something that cannot be."""

    def __init__(self, message: str) -> None:
        super().__init__(400, "Request_BadRequest", message)


class Absent(Refusal):
    """There is no object of this id (or none that this replica knows yet)."""

    def __init__(self, identity: str) -> None:
        super().__init__(
            404,
            "Request_ResourceNotFound",
            f"Resource '{identity}' does not exist or one of its queried reference-property objects are not present.",
        )


class QuotaExceeded(Refusal):
    """The tenant holds as many objects as it may (fact C14)."""

    def __init__(self, *, quota: int) -> None:
        self.quota = quota
        super().__init__(
            403,
            "Directory_QuotaExceeded",
            "The directory object quota limit for the Tenant has been exceeded. Please ask your administrator to "
            "increase the quota limit or delete objects to reduce the used quota.",
        )


class SyncedObject(Refusal):
    """The property belongs to the directory on premises."""

    def __init__(self) -> None:
        super().__init__(
            400,
            "Request_BadRequest",
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects "
            "currently undergoing migration.",
        )


class SyncBusy(Exception):
    """A cycle was asked for while another one runs."""

    def __init__(self) -> None:
        super().__init__("Sync is already running. Cannot start a new run till this one completes.")
