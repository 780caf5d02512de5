"""The Exchange provider's executable side: Pulumi's hooks over the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version

from estate_schema.endpoints import VARIABLE, endpoints_from_environment
from estate_schema.errors import ConfigurationError
from exchange_admin import ExchangeAdmin, ExchangeError, Row, Unauthorised
from exchange_admin.connect import exchange_online
from infra.exchange import engine, schema
from infra.exchange.kinds import ObjectType, Property
from infra.exchange.table import TYPES
from infra.servicer import (
    CheckFailure,
    Difference,
    Live,
    Properties,
    Provider,
    ProviderError,
    Subject,
    differences,
    has_unknown,
    serve,
)

PATIENCE = 120.0
"""Seconds for one answer: a person waits for the preview, and no stack reads long lists."""

Connect = Callable[[], tuple[str, ExchangeAdmin]]
"""Returns the tenant's GUID and a live adapter for it."""


class WrongTenant(ProviderError):
    """The stack is of one tenant, and *where* (the endpoints file, or who answers there) is of another."""

    def __init__(self, *, asked: str, where: str, found: str) -> None:
        self.asked = asked
        self.where = where
        self.found = found
        super().__init__(
            f"the stack's mailwave:tenant_id is {asked}, but {where} is of tenant {found or 'unknown'}: let "
            f"{VARIABLE} name the endpoints file of the stack's environment"
        )


class NotOpened(ProviderError):
    """The credential of the endpoints file is refused by the stack's tenant; *text* is what it says."""

    def __init__(self, *, asked: str, text: str) -> None:
        self.asked = asked
        self.text = text
        super().__init__(
            f"the stack's mailwave:tenant_id is {asked}, which the credential of the endpoints file does not open "
            f"({text}): let {VARIABLE} name the endpoints file of the stack's environment"
        )


class Exchange(Provider):
    """Pulumi's hooks. *connect* is called once, when the engine has said which tenant it means."""

    name = "exchange"
    version = version("mailwave")

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._admin: ExchangeAdmin | None = None

    def check_config(self, news: Properties) -> Properties:
        """Want the tenant, and nothing that could point elsewhere."""
        strange = sorted(set(news) - {"tenantId", "version"})
        failures = [(name, "is not a setting of this provider") for name in strange]
        if not news.get("tenantId"):
            failures.append(("tenantId", "is missing: the GUID of the tenant that the stack is for"))
        if failures:
            raise CheckFailure(failures)
        return news

    def configure(self, variables: Properties) -> None:
        """Connect, and compare the tenants (invariant: stack and credential belong to the same environment).

        What the endpoints file says of itself is compared first, then what the tenant says that the credential opens.
        """
        asked = variables.get("tenantId")
        if not isinstance(asked, str) or not asked:
            raise ProviderError("exchange:tenantId is not set: the GUID of the tenant that the stack is for")
        with _refusals():
            tenant, admin = self._connect()
            _require(asked, "the endpoints file", tenant)
            try:
                answering = engine.tenant(admin)
            except Unauthorised as error:
                raise NotOpened(asked=asked, text=str(error).rstrip(".")) from None
            _require(asked, "the organisation that answers", answering)
        self._admin = admin

    def schema(self) -> str:
        """The package's schema, from the table."""
        return schema.render(self.version)

    def check(self, subject: Subject, olds: Properties, news: Properties, seed: bytes) -> Properties:
        """Check each property by its rule; what a preview does not know yet is checked when it is known."""
        kind = _kind(subject)
        known = {name: value for name, value in news.items() if value is not None and not has_unknown(value)}
        properties = {one.name: one for one in kind.properties}
        key = [kind.key] if kind.key else []
        failures = [(name, "is not a property") for name in sorted(set(known) - {*properties, *key})]
        required = [*key, *(one.name for one in kind.properties if one.required)]
        failures += [(name, "is missing") for name in required if news.get(name) is None]
        for name in sorted(set(known) & set(properties)):
            problem = properties[name].rule.problem(known[name])
            if problem:
                failures.append((name, problem))
        failures = failures or list(kind.problems(known))
        if failures:
            raise CheckFailure(failures)
        return {name: value for name, value in news.items() if value is not None}

    def diff(
        self, subject: Subject, object_id: str, olds: Properties, news: Properties, state: Properties
    ) -> Difference:
        """Say what changes; two ways of writing the same do not differ.

        A property that is no longer said is no longer owned, which changes nothing at Exchange.
        """
        kind = _kind(subject)
        owned = {name: value for name, value in olds.items() if news.get(name) is not None}
        alike = {one.name: news[one.name] for one in kind.properties if _alike(one, owned, news)}
        replacing = [name for name in kind.replacing(olds, news) if name in owned]
        changes = differences(owned | alike, news, replacing=replacing)
        return Difference(changes, delete_first=bool(kind.key) and olds.get(kind.key) == news.get(kind.key))

    def create(self, subject: Subject, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Make or adopt the object; a preview says which."""
        kind = _kind(subject)
        if preview:
            if not has_unknown(inputs.get(kind.key)):
                self._foretell(subject, kind, inputs)
            return kind.identity(inputs), inputs
        with _refusals():
            return kind.identity(inputs), _state(inputs, engine.ensure(self._exchange, kind, inputs))

    def _foretell(self, subject: Subject, kind: ObjectType, inputs: Properties) -> None:
        with _refusals():
            live, changes = engine.foresee(self._exchange, kind, inputs)
        if live is not None:
            what = f"and sets {', '.join(sorted(changes))}" if changes else "as it is"
            self.tell(subject.urn, f"adopts {kind.noun} {kind.identity(inputs)!r}, which is there, {what}")

    def read(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> Live | None:
        """Read the object; only an answer that it does not exist makes it gone."""
        kind = _kind(subject)
        with _refusals():
            live = engine.find(self._exchange, kind, _name(kind, inputs, object_id))
        if live is None:
            return None
        seen = engine.reported(kind, inputs, live)
        return Live(inputs=seen, outputs=_state(seen, live), id=kind.identity(seen))

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
        """Set what differs from the live object, whatever the last update said."""
        kind = _kind(subject)
        old = _name(kind, olds, object_id)
        with _refusals():
            if preview:
                if not has_unknown(news.get(kind.key)):
                    engine.foresee(self._exchange, kind, {**news, kind.key: old} if kind.key else news)
                return {**news, "guid": state.get("guid")}
            if old != kind.identity(news):
                engine.rename(self._exchange, kind, old, kind.identity(news))
            return _state(news, engine.bring(self._exchange, kind, news))

    def delete(self, subject: Subject, object_id: str, inputs: Properties, state: Properties) -> None:
        """Remove an owned object, release an adopted one."""
        kind = _kind(subject)
        with _refusals():
            engine.release(self._exchange, kind, _name(kind, inputs, object_id))

    @property
    def _exchange(self) -> ExchangeAdmin:
        if self._admin is None:
            raise ProviderError("the provider was asked for a resource before it was configured")
        return self._admin


def _require(asked: str, where: str, found: str) -> None:
    if found.lower() != asked.lower():
        raise WrongTenant(asked=asked, where=where, found=found)


def _kind(subject: Subject) -> ObjectType:
    if subject.type not in TYPES:
        raise NotImplementedError(subject.type)
    return TYPES[subject.type]


def _name(kind: ObjectType, inputs: Properties, object_id: str) -> str:
    """The object's present name: what the engine calls it stays as it was when the object is renamed."""
    return str(inputs.get(kind.key) or object_id)


def _state(inputs: Properties, live: Row) -> Properties:
    return {**inputs, "guid": live.get("Guid")}


def _alike(one: Property, olds: Properties, news: Properties) -> bool:
    """Whether both values of a property mean the same to Exchange, such as one list in another order."""
    old, new = olds.get(one.name), news.get(one.name)
    if old is None or has_unknown(new) or isinstance(old, dict):
        return False
    return one.rule.wanted(new, old) is None


@contextmanager
def _refusals() -> Iterator[None]:
    """Let the engine show what Exchange or the configuration says."""
    try:
        yield
    except (ExchangeError, ConfigurationError) as error:
        raise ProviderError(str(error)) from error


def connect() -> tuple[str, ExchangeAdmin]:
    """Return the tenant and the live adapter of the endpoints file."""
    endpoints = endpoints_from_environment()
    return endpoints.tenant, exchange_online(endpoints, dry_run=False, patience=PATIENCE)


if __name__ == "__main__":
    serve(Exchange(connect))
