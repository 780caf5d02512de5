"""Adapters made from an endpoints file. A dry run is the default; nothing connects before the first cmdlet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from estate_schema.endpoints import ApplicationCredential, Endpoints
from exchange_admin.reach import Reach

if TYPE_CHECKING:
    from exchange_admin.online import ExchangeOnline
    from exchange_admin.onpremises import OnPremises


def exchange_online(
    endpoints: Endpoints,
    *,
    dry_run: bool = True,
    sleep: Callable[[float], None] = time.sleep,
    patience: float = 960.0,
    throttled: Callable[[str], None] | None = None,
    sent: Callable[[str], None] | None = None,
    application: ApplicationCredential | None = None,
) -> ExchangeOnline:
    """Return the adapter for the environment's Exchange Online, signed in as *application* or else the usual one.

    *sleep* waits the given seconds; *patience* is how many of them one answer may take: the service itself gives up
    after about 15 minutes (fact A26). *throttled* is told of each cmdlet that it put off with 429, *sent* of the
    cmdlet of each request, pages and repetitions included.

    :raises AuthorityUnreadable: if the file of the certificate authority cannot be used.
    """
    from exchange_admin.online import ExchangeOnline
    from exchange_admin.reach_httpx2 import http_client
    from exchange_admin.tokens import ClientSecretTokens

    http = http_client(Reach.of(endpoints), patience)
    credential = application or endpoints.credentials.exchange_online
    tokens = ClientSecretTokens(
        endpoints.token, endpoints.tenant, credential.client_id, credential.secret, http
    )
    return ExchangeOnline(
        endpoints.exchange_online,
        endpoints.tenant,
        tokens,
        http,
        dry_run=dry_run,
        sleep=sleep,
        throttled=throttled,
        sent=sent,
    )


def on_premises(
    endpoints: Endpoints,
    site: str,
    *,
    dry_run: bool = True,
    sleep: Callable[[float], None] = time.sleep,
) -> OnPremises:
    """Return the adapter for the servers of *site*; use it as a context manager.

    :raises ConfigurationError: if the endpoints file has no such site.
    """
    from exchange_admin.onpremises import OnPremises
    from exchange_admin.psrp import Account, PsrpShell

    credential = endpoints.credentials.sites
    account = Account(
        endpoints.site(site).powershell, credential.username, credential.secret, Reach.of(endpoints)
    )
    return OnPremises(lambda: PsrpShell(account), dry_run=dry_run, sleep=sleep)
