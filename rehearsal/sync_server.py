"""The server of directory synchronisation: the ADSync module's cmdlets by Windows' own remote PowerShell (fact C16).

Scripts are not modelled: a session takes cmdlets with parameters only, and says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.applications import Starlette

from rehearsal.directory import SyncEngine
from rehearsal.directory.errors import SyncBusy
from rehearsal.site.app import endpoint
from rehearsal.site.failures import CmdletFailure, bad_value, unknown_command, unknown_parameter
from rehearsal.site.runspace import Invoke, Runspace
from rehearsal.site.shells import Configuration
from rehearsal.site.wire_options import WireOptions
from rehearsal.windows.app import MAX_SHELLS
from rehearsal.wire import CmdletCall, CmdletError, CmdletResult

NAME = "AADC01"
POLICIES = ("Delta", "Initial")
FEATURES = {
    "Microsoft.OptionalFeature.HybridExchange": "True",
    "Microsoft.OptionalFeature.FilterAAD": "False",
    "Microsoft.OptionalFeature.GroupFiltering": "False",
    "Microsoft.OptionalFeature.ExportDeletionThreshold": "True",
    "Microsoft.OptionalFeature.ExportDeletionThresholdValue": "500",
    "Microsoft.SynchronizationOption.UPNAttribute": "userPrincipalName",
}
"""Some of the settings that Get-ADSyncGlobalSettingsParameter lists; HybridExchange turns write-back on (fact D26)."""
TYPES = ("contact", "container", "domainDNS", "group", "inetOrgPerson", "organizationalUnit", "user")
"""The types of object that a connector to Active Directory takes in where nobody changed them."""


class SyncServer:
    """Runs cmdlets on *engine*; what it refuses comes back as an error record, never as an exception."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine
        self.features: dict[str, str] = dict(FEATURES)
        self.types = list(TYPES)
        self.staging = False
        self._cmdlets: Mapping[
            str, tuple[tuple[str, ...], Callable[[Mapping[str, object]], CmdletResult]]
        ] = {
            "start-adsyncsynccycle": (("PolicyType",), self._start),
            "get-adsyncscheduler": ((), self._scheduler),
            "set-adsyncscheduler": (("SyncCycleEnabled",), self._set_scheduler),
            "get-adsyncglobalsettingsparameter": ((), self._settings),
            "get-adsyncconnector": ((), self._connectors),
        }

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """Run one cmdlet."""
        try:
            if call.cmdlet.casefold() not in self._cmdlets:
                raise unknown_command(call.cmdlet)
            names, run = self._cmdlets[call.cmdlet.casefold()]
            proper = {name.casefold(): name for name in names}
            for name in call.parameters:
                if name.casefold() not in proper:
                    raise unknown_parameter(name)
            return run({proper[name.casefold()]: value for name, value in call.parameters.items()})
        except CmdletFailure as failure:
            return CmdletResult(errors=[failure.error])

    def _start(self, given: Mapping[str, object]) -> CmdletResult:
        """Start a cycle and return at once: it goes on by itself."""
        asked = given.get("PolicyType", POLICIES[0])
        policy = next((each for each in POLICIES if each.casefold() == str(asked).casefold()), None)
        if policy is None:
            raise bad_value("PolicyType", asked, "SynchronizationPolicyType")
        try:
            self._engine.start(policy)
        except SyncBusy as busy:
            error = CmdletError("System.InvalidOperationException", "WriteError", str(busy))
            return CmdletResult(errors=[error])
        return CmdletResult(rows=[{"Result": "Success"}])

    def _set_scheduler(self, given: Mapping[str, object]) -> CmdletResult:
        """Let the clock start cycles, or not; one can still be started by hand."""
        if (enabled := given.get("SyncCycleEnabled")) is not None:
            if not isinstance(enabled, bool):
                raise bad_value("SyncCycleEnabled", enabled, "Nullable`1[System.Boolean]")
            self._engine.scheduled = enabled
        return CmdletResult()

    def _settings(self, _: Mapping[str, object]) -> CmdletResult:
        return CmdletResult(rows=[{"Name": name, "Value": value} for name, value in self.features.items()])

    def _connectors(self, _: Mapping[str, object]) -> CmdletResult:
        tenant = self._engine.tenant
        here: dict[str, object] = {
            "Name": tenant.mail_domain,
            "Type": "AD",
            "ObjectInclusionList": list(self.types),
        }
        return CmdletResult(rows=[here, {"Name": f"{tenant.domain} - AAD", "Type": "Extensible2"}])

    def _scheduler(self, _: Mapping[str, object]) -> CmdletResult:
        interval = str(self._engine.interval).rjust(len("00:30:00"), "0")
        row: dict[str, object] = {
            "AllowedSyncCycleInterval": interval,
            "CurrentlyEffectiveSyncCycleInterval": interval,
            "CustomizedSyncCycleInterval": None,
            "NextSyncCyclePolicyType": POLICIES[0],
            "NextSyncCycleStartTimeInUTC": self._engine.next_cycle,
            "SyncCycleEnabled": self._engine.scheduled,
            "StagingModeEnabled": self.staging,
            "SyncCycleInProgress": self._engine.running is not None,
        }
        return CmdletResult(rows=[row])


def build(
    invoke: Invoke,
    users: Mapping[str, str],
    *,
    keytab: Path | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Starlette:
    r"""Make the application that lets *users*, names such as `DOMAIN\name` to passwords, run cmdlets by *invoke*.

    Where there is a *keytab*, whoever has a ticket for a name in it is let in, too.
    """
    options = WireOptions()
    configuration = Configuration(
        "wsman", "Microsoft.PowerShell", MAX_SHELLS, lambda user, _: Runspace(user, invoke, options, NAME)
    )
    return endpoint(configuration, users, keytab=keytab, monotonic=monotonic)
