# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What every action of this collection shares: options, connection, check mode, and errors as results.

Actions run on the controller. They find the outside systems by the endpoints file that MAILWAVE_ENDPOINTS names, so no
address and no secret is ever an option of a task. In check mode the connection itself refuses every write.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError

from estate_schema.endpoints import Endpoints, endpoints_from_environment
from estate_schema.errors import ConfigurationError
from exchange_admin.connect import exchange_online
from exchange_admin.errors import ExchangeError, OutcomeUnknown, Refused, Unreachable
from exchange_admin.migration.errors import BatchError
from exchange_admin.port import ExchangeAdmin

TENANT_VARIABLE = "exchange_tenant"
"""The inventory's variable with the GUID of the tenant that the play is meant for."""

Options = Mapping[str, Any]


class WrongTenant(PlayError):
    """The inventory is of one tenant and the endpoints file of another."""

    def __init__(self, *, inventory: object, endpoints: str) -> None:
        self.inventory = inventory
        self.endpoints = endpoints
        super().__init__(
            f"the inventory is of tenant {inventory or '(none)'}, but the endpoints file is of tenant {endpoints}"
        )


class ExchangeAction(ActionBase):  # type: ignore[misc]
    """Base of the actions: a subclass names its options and says what to do with them."""

    _supports_check_mode = True
    _requires_connection = False
    SPEC: ClassVar[Mapping[str, Any]] = {}

    def spec(self) -> Options:
        """The options of the task, as Ansible describes them."""
        return self.SPEC

    @abstractmethod
    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Check the options and the tenant, then act; a foreseen error becomes a failed result with its data.

        *throttled* of the result names the cmdlet of each request that Exchange Online has put off, if any, and *calls*
        how many requests of each cmdlet were sent to it: whoever runs the play has a budget of them.
        """
        super().run(tmp, task_vars)
        self._throttled: list[str] = []
        self._calls: Counter[str] = Counter()
        result = self._acted(task_vars or {})
        told = {"throttled": self._throttled, "calls": dict(self._calls)}
        return result | {name: value for name, value in told.items() if value}

    @contextmanager
    def tenant(self, endpoints: Endpoints, *, dry_run: bool) -> Iterator[ExchangeAdmin]:
        """Exchange Online of the endpoints file, for as long as the block lasts."""
        with exchange_online(
            endpoints, dry_run=dry_run, throttled=self._throttled.append, sent=self._count
        ) as admin:
            yield admin

    def _count(self, cmdlet: str) -> None:
        self._calls[cmdlet] += 1

    def _acted(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        _, options = self.validate_argument_spec(argument_spec=dict(self.spec()))
        try:
            endpoints = endpoints_from_environment()
            _refuse_other_tenant(task_vars.get(TENANT_VARIABLE), endpoints)
            return self.act(options, endpoints, check=bool(self._task.check_mode))
        except (PlayError, BatchError, ExchangeError, ConfigurationError, ValueError) as error:
            return failure(error)


def failure(error: Exception) -> dict[str, Any]:
    """A failed result: *outcome* says whether the effect is known, *error* is the error's own name."""
    return {"failed": True, "msg": str(error), "outcome": _outcome(error), "error": _name(error)}


def _refuse_other_tenant(inventory: object, endpoints: Endpoints) -> None:
    """Tenant and credential always belong to the same environment."""
    if str(inventory).casefold() != endpoints.tenant.casefold():
        raise WrongTenant(inventory=inventory, endpoints=endpoints.tenant)


def _outcome(error: Exception) -> str:
    if isinstance(error, PlayError | BatchError):
        return error.outcome
    if isinstance(error, OutcomeUnknown):
        return "unknown"
    return "unreachable" if isinstance(error, Unreachable) else "refused"


def _name(error: Exception) -> str:
    return (isinstance(error, Refused) and error.error_type) or type(error).__name__
