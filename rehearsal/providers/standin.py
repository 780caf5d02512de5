"""What the two stand-ins share: types by table, inputs by the installed SDK, objects in the simulated cloud."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from functools import cached_property, reduce
from importlib.metadata import version
from typing import Any, ClassVar

from infra.servicer import (
    UNKNOWN,
    CheckFailure,
    Difference,
    HalfMade,
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
from rehearsal.cloud.documents import overlaid, without
from rehearsal.providers.cloud_client import Answer, Cancelled, CloudClient, CloudRefused, Purpose
from rehearsal.providers.sdk import ResourceShape, resource_shape


class StandIn(Provider):
    """A provider without a cloud. Subclasses say how an object is made and changed, and which functions there are.

    *plane* is the part of the simulated cloud it speaks to; *settings* are its configuration values, by name, with
    the environment variable that the real provider takes each from when the stack does not say it. *resumes*: an
    object whose making was broken off is kept in the state, because the service had answered with its id.
    """

    plane: str
    package: str
    settings: ClassVar[Mapping[str, str]]
    resumes = False

    def __init__(self) -> None:
        self.version = version(self.package)
        self._configuration: dict[str, str] = {}
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Wait no longer for answers that are late."""
        self._cancelled.set()

    @cached_property
    def cloud(self) -> CloudClient:
        """The simulated cloud of the running rehearsal."""
        tenant = self.optional_setting("tenantId") or ""
        return CloudClient.from_environment(tenant=tenant, cancelled=self._cancelled)

    def configure(self, variables: Properties) -> None:
        """Take the settings from the stack's configuration, else from the environment as the real provider does.

        ARM_TENANT_ID is also the tenant of whoever is signed in: a stack that names another is refused, as the token
        service would refuse the login.
        """
        environment = {name: os.environ.get(variable, "") for name, variable in self.settings.items()}
        configured = {name: str(variables.get(name) or "") for name in self.settings}
        self._configuration = {name: configured[name] or environment[name] for name in self.settings}
        self.__dict__.pop("cloud", None)
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
        kind, shape = _kind(subject.type), self.shape(subject.type)
        inputs = self.completed(subject, kind, olds, news, seed)
        failures = list(shape.module.object_problems(without_marks(inputs), shape.inputs, ""))
        failures += _name_problems(kind, inputs)
        failures += [
            (name, "is not taken by the rehearsal; make it a resource of its own")
            for name in kind.refused
            if inputs.get(name) is not None
        ]
        if failures:
            raise CheckFailure(failures)
        return inputs

    def completed(
        self, subject: Subject, kind: ResourceType, olds: Properties, news: Properties, seed: bytes
    ) -> Properties:
        """*news* with what the provider adds: made-up names, its configuration, what it finds elsewhere."""
        del subject, kind, olds, seed
        return dict(news)

    def diff(
        self, subject: Subject, object_id: str, olds: Properties, news: Properties, state: Properties
    ) -> Difference:
        """Every difference is an update, but for the inputs in the path and those that the table names.

        Where the table says nothing of a changed property, the engine shows a warning.
        """
        kind = _kind(subject.type)
        changes = differences(
            without_marks(olds), without_marks(news), replacing=(*kind.replaces, *kind.parameters)
        )
        for change in changes:
            if not kind.knows(change.path):
                self.warn(
                    subject.urn,
                    f"the rehearsal has no rule for a change of {change.path} of {kind.token}: it is taken for an "
                    "update in place, which the real service may refuse; add the rule to rehearsal/cloud/types",
                )
        return Difference(changes, delete_first=self.deletes_first(olds))

    def deletes_first(self, olds: Properties) -> bool:
        """Whether a replaced object goes before its replacement comes."""
        del olds
        return False

    def create(self, subject: Subject, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Make the object; in a preview, what the service sets is unknown."""
        kind = _kind(subject.type)
        if preview:
            return "", self._outputs(kind, expected(kind, inputs))
        answer = self._answered(lambda: self.make(kind, inputs))
        object_id = kind.object_id(answer.path)
        return object_id, self._finished(object_id, inputs, answer.trouble, self._outputs(kind, answer.view))

    def read(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> Live | None:
        """The object as it is now; None only when the cloud says that it is not there."""
        kind = _kind(subject.type)
        try:
            answer = self.send("read", kind, "GET", _path(kind, object_id))
        except CloudRefused as refused:
            if refused.status == 404:
                return None
            raise
        live = answer.view | _told_once(kind, state)
        outputs = self._outputs(kind, live)
        known = self.importable(kind, {**(kind.match(answer.path) or {}), **live})
        return Live(inputs=self.live_inputs(kind, known, inputs, state) if inputs else known, outputs=outputs)

    def live_inputs(
        self, kind: ResourceType, known: Properties, inputs: Properties, state: Properties
    ) -> Properties:
        """What the program would have to say now, given all that is *known* and what it said before."""
        del kind, state
        projected: Properties = project(known, inputs)
        return projected

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
            return self._outputs(kind, self.foreseen(kind, news, state))
        answer = self._answered(lambda: self.change(kind, _path(kind, object_id), olds, news))
        outputs = self._outputs(kind, answer.view | _told_once(kind, state))
        return self._finished(object_id, news, answer.trouble, outputs)

    def foreseen(self, kind: ResourceType, news: Properties, state: Properties) -> Properties:
        """The outputs after an update, as far as a preview can know them."""
        del kind
        return overlaid(state, news)

    def delete(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> None:
        """Remove the object, if it is still there."""
        kind = _kind(subject.type)
        try:
            self.send("delete", kind, "DELETE", _path(kind, object_id))
        except CloudRefused as refused:
            if refused.status != 404:
                raise

    def make(self, kind: ResourceType, inputs: Properties) -> Answer:
        """Make an object."""
        raise NotImplementedError(kind.token)

    def change(self, kind: ResourceType, path: str, olds: Properties, news: Properties) -> Answer:
        """Change the object at *path*."""
        raise NotImplementedError(kind.token)

    def send(
        self, operation: str, kind: ResourceType, method: str, path: str, body: object = None, **headers: str
    ) -> Answer:
        """One request on behalf of the engine, which the fault plan may meet."""
        purpose = Purpose(operation, kind.token)
        return self.cloud.call(method, f"/{self.plane}{path}", body, purpose=purpose, **headers)

    def functions(self) -> Mapping[str, Callable[[Properties], Properties]]:
        """The functions of their arguments that a program may call, by token."""
        return {}

    def invoke(self, token: str, arguments: Properties) -> Mapping[str, Any]:
        """Answer a function from `functions`; refuse any other."""
        if token not in self.functions():
            raise ProviderError(f"the rehearsal's {self.name} has no function {token}")
        return self.functions()[token](arguments)

    def shape(self, token: str) -> ResourceShape:
        """What the installed SDK says of a type."""
        return resource_shape(self.package.replace("-", "_"), token)

    def _answered(self, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except Cancelled as cancelled:
            if not self.resumes:
                raise
            return Answer(cancelled.answer.path, cancelled.answer.view, str(cancelled))

    def _finished(self, object_id: str, inputs: Properties, trouble: str, outputs: Properties) -> Properties:
        if trouble:
            raise HalfMade(object_id, inputs, outputs, [trouble])
        return outputs

    def importable(self, kind: ResourceType, live: Properties) -> Properties:
        """All of *live* that a program could write; what only the service sets it could not."""
        shape = self.shape(kind.token)
        fixed = {name for name, item in kind.computed.items() if not isinstance(item, Mapping)}
        known = shape.module.pruned_object(live, shape.inputs)
        return {name: item for name, item in known.items() if name not in fixed - {*kind.parameters}}

    def _outputs(self, kind: ResourceType, live: Properties) -> Properties:
        """What of *live* the SDK's class gives out, with the table's secrets marked; nested ones are never given."""
        names = self.shape(kind.token).outputs
        told = reduce(without, (path for path in kind.secrets if "." in path), live)
        shown = {name: item for name, item in told.items() if name in names}
        return {name: Secret(item) if name in kind.secrets else item for name, item in shown.items()}


def without_marks(inputs: Properties) -> Properties:
    """*inputs* without what the provider noted there for itself."""
    return {name: item for name, item in inputs.items() if not name.startswith("__")}


def _kind(token: str) -> ResourceType:
    if token not in catalogue():
        raise ProviderError(f"the rehearsal has no resource type {token}; add it to rehearsal/cloud/types")
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
        path = filled(template, {name: str(value) for name, value in values.items() if value is not None})
    except KeyError as missing:
        raise ProviderError(f"{missing.args[0]} is needed for the path {template}") from None
    return f"/{path.lstrip('/')}"


def made_up(kind: ResourceType, name: str, seed: bytes) -> str:
    """The logical name *name*, alone or with eight random hexadecimal digits, or a GUID, as azure-native makes them."""
    digest = hashlib.blake2b(seed, digest_size=16).digest()
    match kind.made:
        case "uuid":
            return str(uuid.UUID(bytes=digest, version=4))
        case "random":
            return f"{name}{digest.hex()[:8]}"
        case _:
            return name


def _name_problems(kind: ResourceType, inputs: Properties) -> list[tuple[str, str]]:
    name = inputs.get(kind.name)
    if not isinstance(name, str) or name is UNKNOWN or re.fullmatch(kind.pattern, name):
        return []
    return [(kind.name, f"{name!r} does not have the form {kind.pattern}")]


def expected(kind: ResourceType, inputs: Properties) -> Properties:
    """The inputs, with everything that the service sets unknown."""
    known = without_marks(inputs)
    return overlaid(overlaid(_unknown(kind.defaults), known), _unknown(kind.computed))


def _unknown(template: Mapping[str, Any]) -> Properties:
    return {
        name: _unknown(item) if isinstance(item, Mapping) and item else UNKNOWN
        for name, item in template.items()
    }
