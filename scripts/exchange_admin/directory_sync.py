"""The server of directory synchronisation (Microsoft Entra Connect): the ADSync module by Windows' remote PowerShell.

Its cmdlets are no Exchange cmdlets, so the few that are used are listed here, with the parameters that are used.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from estate_schema.endpoints import Endpoints
from exchange_admin.errors import NotOffered
from exchange_admin.onpremises import OnPremises
from exchange_admin.psrp import Account, PsrpShell
from exchange_admin.reach import Reach

CONFIGURATION = "Microsoft.PowerShell"
CMDLETS: Mapping[str, frozenset[str]] = {
    "Get-ADSyncConnector": frozenset(),
    "Get-ADSyncGlobalSettingsParameter": frozenset(),
    "Get-ADSyncScheduler": frozenset(),
    "Set-ADSyncScheduler": frozenset({"SyncCycleEnabled"}),
    "Start-ADSyncSyncCycle": frozenset({"PolicyType"}),
}


def prepare(cmdlet: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """Return *parameters* without those that are None.

    :raises NotOffered: for a cmdlet or a parameter that is not used here.
    """
    sent = {name: value for name, value in parameters.items() if value is not None}
    known = CMDLETS.get(cmdlet)
    unknown = [None] if known is None else [name for name in sent if name not in known]
    for name in unknown:
        raise NotOffered(
            cmdlet=cmdlet, side="directory synchronisation", parameter=name, why="nothing here uses it"
        )
    return sent


def directory_sync(
    endpoints: Endpoints, url: str, *, dry_run: bool = True, sleep: Callable[[float], None] = time.sleep
) -> OnPremises:
    """Return the adapter for the server at *url*, its `/wsman` address; use it as a context manager.

    It signs in as the account of the sites, which needs the right to the ADSync cmdlets there.
    """
    credential = endpoints.credentials.sites
    account = Account(url, credential.username, credential.secret, Reach.of(endpoints), CONFIGURATION)
    return OnPremises(lambda: PsrpShell(account), dry_run=dry_run, sleep=sleep, prepare=prepare)
