"""What the two stand-ins share: types by table, inputs by the installed SDK, objects in the simulated cloud."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import version
from typing import Any, ClassVar

from infra.servicer import (
    UNKNOWN,
    CheckFailure,
    Difference,
    Live,
    Properties,
    Provider,
    ProviderError,
    Secret,
    Subject,
    differences,
    project,
)
from rehearsal.cloud.catalogue import ResourceType, catalogue, filled
from rehearsal.cloud.documents import overlaid
from rehearsal.providers.cloud_client import CloudClient, CloudRefused
from rehearsal.providers.sdk import ResourceShape, resource_shape


class StandIn(Provider):
    """A provider without a cloud. Subclasses say how an object is made and changed, and which functions there are.

    *plane* is the part of the simulated cloud it speaks to; *settings* are its configuration values, by name, with
    the environment variable that the real provider takes each from when the stack does not say it.
    """

    plane: str
    package: str
    settings: ClassVar[Mapping[str, str]]
    deletes_before_replacing = False

    def __init__(self) -> None:
        self.version = version(self.package)
        self._configuration: dict[str, str] = {}

    @cached_property
    def cloud(self) -> CloudClient:
        """The simulated cloud of the running rehearsal."""
        return CloudClient.from_environment()

    def configure(self, variables: Properties) -> None:
        """Take the settings from the stack's configuration, else from the environment as the real provider does.

        ARM_TENANT_ID is also the tenant of whoever is signed in: a stack that names another is refused, as the token
        service would refuse the login.
        """
        environment = {name: os.environ.get(variable, "") for name, variable in self.settings.items()}
        configured = {name: str(variables.get(name) or "") for name in self.settings}
        self._configuration = {name: configured[name] or environment[name] for name in self.settings}
        if environment["tenantId"] not in {"", self._configuration["tenantId"]}:
            raise ProviderError(
                f"{self.name} cannot sign in to tenant {configured['tenantId']}: "
                f"the credential belongs to tenant {environment['tenantId']}"
            )

    def setting(self, name: str) -> str:
        """A configuration value. Raises ProviderError where neither the stack nor the environment says it."""
        if not self._configuration.get(name):
            raise ProviderError(f"set {self.name}:{name}, or {self.settings[name]} in the environment")
        return self._configuration[name]

    def optional_setting(self, name: str) -> str | None:
        """A configuration value, if there is one."""
        return self._configuration.get(name) or None

    def check(self, subject: Subject, olds: Properties, news: Properties, seed: bytes) -> Properties:
        """Refuse what the table or the SDK does not have, and make up the name that the program left out."""
        kind, shape = _kind(subject.type), self._shape(subject.type)
        inputs = self.completed(kind, shape, olds, news)
        if kind.name and inputs.get(kind.name) is None:
            inputs[kind.name] = olds.get(kind.name) or _made_up(kind, subject.name, seed)
        failures = list(shape.module.object_problems(inputs, shape.inputs, ""))
        failures += _name_problems(kind, inputs)
        if failures:
            raise CheckFailure(failures)
        return inputs

    def completed(
        self, kind: ResourceType, shape: ResourceShape, olds: Properties, news: Properties
    ) -> Properties:
        """*news* with what the provider adds from its configuration or from elsewhere."""
        return dict(news)

    def diff(
        self, subject: Subject, object_id: str, olds: Properties, news: Properties, state: Properties
    ) -> Difference:
        """Every difference is an update, but for the inputs in the path and those that the table names."""
        kind = _kind(subject.type)
        changes = differences(olds, news, replacing=(*kind.replaces, *kind.parameters))
        return Difference(changes, delete_first=self.deletes_before_replacing)

    def create(self, subject: Subject, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Make the object; in a preview, what the service sets is unknown."""
        kind = _kind(subject.type)
        if preview:
            return "", self._outputs(kind, _expected(kind, inputs))
        path, live = self.make(kind, inputs)
        return kind.object_id(path), self._outputs(kind, live)

    def read(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> Live | None:
        """The object as it is now; None only when the cloud says that it is not there."""
        kind, shape = _kind(subject.type), self._shape(subject.type)
        try:
            path, live = self.cloud.call("GET", f"/{self.plane}{_path(kind, object_id)}")
        except CloudRefused as refused:
            if refused.status == 404:
                return None
            raise
        live = {**(kind.match(path) or {}), **live}
        known = inputs or shape.module.pruned_object(live, shape.inputs)
        return Live(inputs=project(live, known), outputs=self._outputs(kind, live | _told_once(kind, state)))

    def update(
        self,
        subject: Subject,
        object_id: str,
        olds: Properties,
        news: Properties,
        state: Properties,
        *,
        preview: bool,
    ) -> Properties:
        """Change the object in place."""
        kind = _kind(subject.type)
        if preview:
            return self._outputs(kind, overlaid(state, news))
        live = self.change(kind, _path(kind, object_id), olds, news)
        return self._outputs(kind, live | _told_once(kind, state))

    def delete(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> None:
        """Remove the object, if it is still there."""
        try:
            self.cloud.call("DELETE", f"/{self.plane}{_path(_kind(subject.type), object_id)}")
        except CloudRefused as refused:
            if refused.status != 404:
                raise

    def make(self, kind: ResourceType, inputs: Properties) -> tuple[str, Properties]:
        """Make an object; return its path and its view."""
        raise NotImplementedError(kind.token)

    def change(self, kind: ResourceType, path: str, olds: Properties, news: Properties) -> Properties:
        """Change the object at *path*; return its view."""
        raise NotImplementedError(kind.token)

    def functions(self) -> Mapping[str, Callable[[], Properties]]:
        """The functions that a program may call, by token."""
        return {}

    def invoke(self, token: str, arguments: Properties) -> Mapping[str, Any]:
        """Answer a function from `functions`; refuse any other."""
        if token not in self.functions():
            raise ProviderError(f"the rehearsal's {self.name} has no function {token}")
        return self.functions()[token]()

    def _shape(self, token: str) -> ResourceShape:
        return resource_shape(self.package.replace("-", "_"), token)

    def _outputs(self, kind: ResourceType, live: Properties) -> Properties:
        """What of *live* the SDK's class gives out, with the table's secrets marked."""
        names = self._shape(kind.token).outputs
        shown = {name: item for name, item in live.items() if name in names}
        return {name: Secret(item) if name in kind.secrets else item for name, item in shown.items()}


def _kind(token: str) -> ResourceType:
    if token not in catalogue():
        raise ProviderError(
            f"the rehearsal has no resource type {token}; add it to rehearsal/cloud/types.yaml"
        )
    return catalogue()[token]


def _told_once(kind: ResourceType, state: Properties) -> Properties:
    return {name: state[name] for name in kind.secrets if name in state}


def _path(kind: ResourceType, object_id: str) -> str:
    path = kind.path_of(object_id)
    if path is None:
        raise ProviderError(
            f"{object_id!r} is no id of {kind.token}, which has the form {kind.id or kind.path}"
        )
    return path


def address(template: str, values: Mapping[str, Any]) -> str:
    """*template* filled from a resource's inputs. Raises ProviderError for one that is missing."""
    try:
        return filled(template, {name: str(value) for name, value in values.items() if value is not None})
    except KeyError as missing:
        raise ProviderError(f"{missing.args[0]} is needed for the path {template}") from None


def _made_up(kind: ResourceType, name: str, seed: bytes) -> str:
    """A GUID, or the logical name and eight random hexadecimal digits, as azure-native makes them."""
    digest = hashlib.blake2b(seed, digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4)) if kind.made == "uuid" else f"{name}{digest.hex()[:8]}"


def _name_problems(kind: ResourceType, inputs: Properties) -> list[tuple[str, str]]:
    name = inputs.get(kind.name)
    if not isinstance(name, str) or name is UNKNOWN or re.fullmatch(kind.pattern, name):
        return []
    return [(kind.name, f"{name!r} does not have the form {kind.pattern}")]


def _expected(kind: ResourceType, inputs: Properties) -> Properties:
    """The inputs, with everything that the service sets unknown."""
    return overlaid(overlaid(_unknown(kind.defaults), inputs), _unknown(kind.computed))


def _unknown(template: Mapping[str, Any]) -> Properties:
    return {
        name: _unknown(item) if isinstance(item, Mapping) and item else UNKNOWN
        for name, item in template.items()
    }
