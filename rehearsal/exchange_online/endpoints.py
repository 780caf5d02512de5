"""The migration endpoint's cmdlets, Test-MigrationServerAvailability and Get-MigrationConfig (facts B1-B8, A19)."""

from __future__ import annotations

from rehearsal.exchange_online.cmdlet import NOTHING, Bound, Handler, Output, chosen, handler
from rehearsal.exchange_online.errors import AlreadyExists, BadArgument, NoConnection, NotModelled
from rehearsal.exchange_online.mover import PASS
from rehearsal.exchange_online.processor import Processor
from rehearsal.exchange_online.tenant import TENANT_CONCURRENCY, Endpoint, Tenant
from rehearsal.exchange_online.values import Guid, Row

_LIMITS = "MaxConcurrentMigrations MaxConcurrentIncrementalSyncs"


class Endpoints:
    """The cmdlets of migration endpoints and of the migration service's settings."""

    def __init__(self, tenant: Tenant, processor: Processor) -> None:
        self._tenant = tenant
        self._processor = processor
        self._options = tenant.options

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {
            "Get-MigrationEndpoint": handler(self._get, "Identity Type"),
            "Set-MigrationEndpoint": handler(self._set, f"Identity RemoteServer SkipVerification {_LIMITS}"),
            "New-MigrationEndpoint": handler(
                self._new, f"Name ExchangeRemoteMove RemoteServer Credentials SkipVerification {_LIMITS}"
            ),
            "Test-MigrationServerAvailability": handler(self._test, "Endpoint"),
            "Get-MigrationConfig": handler(self._config),
        }

    def _get(self, bound: Bound) -> Output:
        """Null or unknown means all of them (fact B24)."""
        every = list(self._tenant.endpoints.values())
        wanted = str(bound.get("Identity")).lower()
        found = [each for each in every if wanted in (each.name.lower(), each.guid)]
        found = chosen(found, lambda: every, bound, unknown_means_all=self._options.unknown_means_all)
        if bound.get("Type") not in (None, "ExchangeRemoteMove"):
            return NOTHING
        return Output([self._row(each) for each in found])

    def _set(self, bound: Bound) -> Output:
        endpoint = self._tenant.endpoint(bound.identity())
        migrations = _limit(bound, "MaxConcurrentMigrations", endpoint.migrations)
        increments = _limit(bound, "MaxConcurrentIncrementalSyncs", endpoint.increments)
        others = sum(each.migrations for each in self._tenant.endpoints.values() if each is not endpoint)
        if increments > migrations and self._options.increments_below_migrations:
            raise BadArgument("MaxConcurrentIncrementalSyncs can't be greater than MaxConcurrentMigrations.")
        if migrations + others > TENANT_CONCURRENCY and self._options.three_hundred:
            raise BadArgument(
                f"The total of MaxConcurrentMigrations of all endpoints of type ExchangeRemoteMove would be "
                f"{migrations + others}. The maximum is {TENANT_CONCURRENCY}."
            )
        server = bound.text("RemoteServer") or endpoint.remote_server
        if server not in self._tenant.source_servers and not bound.flag("SkipVerification"):
            raise NoConnection(server)
        endpoint.remote_server = server
        endpoint.migrations, endpoint.increments = migrations, increments
        endpoint.modified = self._tenant.now
        self._give_slots_out(endpoint)
        return NOTHING

    def _give_slots_out(self, endpoint: Endpoint) -> None:
        """A change reaches running batches at the next pass (fact B7)."""
        if not self._options.keeps_slots:
            self._processor.take_slots_away(endpoint)
        for pool in (endpoint.initial, endpoint.incremental):
            if self._options.limits_wait_for_a_pass:
                self._tenant.clock.call_at(self._tenant.now + PASS, pool.fill)
            else:
                pool.fill()

    def _new(self, bound: Bound) -> Output:
        """A credential cannot come through this channel (fact A19), and without one the source does not answer."""
        name = str(bound["Name"])
        if name.lower() in self._tenant.endpoints:
            raise AlreadyExists("MigrationEndpoint", name)
        if isinstance(bound.get("Credentials"), dict):  # only where the channel takes one
            endpoint = self._tenant.new_endpoint(name, str(bound.get("RemoteServer")))
            self._tenant.endpoints[name.lower()] = endpoint
            return Output([self._row(endpoint)])
        if bound.flag("SkipVerification"):
            raise NotModelled("an endpoint without credentials")
        raise NoConnection(str(bound.get("RemoteServer")))

    def _test(self, bound: Bound) -> Output:
        endpoint = self._tenant.endpoint(bound.text("Endpoint"))
        reached = endpoint.remote_server in self._tenant.source_servers
        error = None if reached else str(NoConnection(endpoint.remote_server))
        row: Row = {
            "Identity": endpoint.name,
            "Result": "Success" if reached else "Failed",
            "Message": "" if reached else error,
            "ConnectionSettings": f"<ExchangeConnectionSettings {endpoint.remote_server}>",
            "SupportsCutover": False,
            "ErrorDetail": "" if reached else error,
            "IsValid": True,
        }
        return Output([row])

    def _config(self, _: Bound) -> Output:
        most = self._options.most_batches
        row: Row = {
            "Identity": str(self._tenant.estate.tenant_id),
            "MaxNumberOfBatches": most,
            "MaxConcurrentMigrations": TENANT_CONCURRENCY,
            "CanSubmitNewBatch": most is None or len(self._tenant.batches) < most,
            "SupportsCutover": False,
            "Features": ["MultiBatch", "Endpoints"],
        }
        return Output([row])

    def _row(self, endpoint: Endpoint) -> Row:
        return {
            "Identity": endpoint.name,
            "Guid": Guid(endpoint.guid),
            "EndpointType": "ExchangeRemoteMove",
            "RemoteServer": endpoint.remote_server,
            "MaxConcurrentMigrations": endpoint.migrations,
            "MaxConcurrentIncrementalSyncs": endpoint.increments,
            "ActiveMigrationCount": endpoint.initial.active,
            "ActiveIncrementalSyncCount": endpoint.incremental.active,
            "LastModifiedTime": endpoint.modified,
            "IsValid": True,
        }


def _limit(bound: Bound, name: str, now: int) -> int:
    if name not in bound:
        return now
    number = bound.number(name)
    if number is None or number < 1:
        raise BadArgument(f"{name} must be a number from 1 to {TENANT_CONCURRENCY}.")
    return number
