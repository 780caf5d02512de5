"""What the service says of configuration objects instead of rows."""

from __future__ import annotations

from rehearsal.exchange_online.errors import Refusal

_DIRECTORY = "Microsoft.Exchange.Data.Directory."
_TASKS = "Microsoft.Exchange.Configuration.Tasks."
_BINDING = "System.Management.Automation.ParameterBindingException"


class ObjectExists(Refusal):
    """Another object of the kind stands at this distinguished *name* already."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{_DIRECTORY}ADObjectAlreadyExistsException",
            f"Active Directory operation failed. The object '{name}' already exists.",
        )


class ValueTaken(Refusal):
    """Another object, *owner*, has this *value* of a *property* that no two may share."""

    def __init__(self, *, property_name: str, value: str, owner: str) -> None:
        self.property_name = property_name
        self.value = value
        self.owner = owner
        super().__init__(
            f"{_TASKS}TaskInvalidOperationException",
            f"The value '{value}' of {property_name} is already used by '{owner}'.",
        )


class DefaultStays(Refusal):
    """A default object can be neither removed nor renamed."""

    def __init__(self, *, noun: str, name: str) -> None:
        self.noun = noun
        self.name = name
        super().__init__(
            f"{_TASKS}TaskInvalidOperationException",
            f"The operation can't be performed on the default {noun} '{name}'.",
        )


class OutOfRange(Refusal):
    """A number is not between *least* and *greatest*."""

    def __init__(self, *, name: str, value: object, least: int, greatest: int) -> None:
        self.name = name
        self.value = value
        super().__init__(
            _BINDING,
            f"Cannot bind parameter '{name}' to the target. "
            f"The value '{value}' must be between {least} and {greatest}.",
        )


class TooLong(Refusal):
    """A text of *length* characters is longer than the *longest* that the parameter takes."""

    def __init__(self, *, name: str, longest: int, length: int) -> None:
        self.name = name
        self.longest = longest
        super().__init__(
            "Microsoft.Exchange.Data.DataValidationException",
            f"The length of the property is too long. The maximum length of {name} is {longest} "
            f"and the length of the value provided is {length}.",
        )


class TooMany(Refusal):
    """A list has more than the *most* values that it may have, or that one request may carry."""

    def __init__(self, *, name: str, most: int) -> None:
        self.name = name
        self.most = most
        super().__init__(
            "Microsoft.Exchange.Data.DataValidationException", f"{name} takes no more than {most} values."
        )


class NotAccepted(Refusal):
    """A *domain* is no accepted domain of the tenant."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        super().__init__(
            f"{_TASKS}TaskArgumentException",
            f"The domain '{domain}' isn't an accepted domain of your organization.",
        )


class RecordsMissing(Refusal):
    """The CNAME records of a signing domain are not published: *hosts* by the names to which they must point."""

    def __init__(self, *, domain: str, hosts: dict[str, str]) -> None:
        self.domain = domain
        self.hosts = hosts
        wanted = " ".join(
            f"Host Name : {host} Points to address or value: {to}" for host, to in hosts.items()
        )
        super().__init__(
            "Microsoft.Exchange.Management.Tasks.ValidationException",
            "CNAME record does not exist for this config. Please publish the following two CNAME records first. "
            f"Domain Name : {domain} {wanted}",
        )
