"""Tokens for Exchange Online, by client credentials through msal (fact A10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

import httpx2
import msal
from msal.exceptions import MsalServiceError

from exchange_admin.errors import Unauthorised, Unreachable

SCOPE = "https://outlook.office365.com/.default"
_ACT = "sign-in"
_SAID = re.compile(r"AADSTS\d+: [^\"\\]+")


class TokenSource(Protocol):
    """Where an adapter gets its bearer token."""

    def token(self) -> str:
        """Return a token, a kept one if it is still good.

        :raises Unauthorised: if the token service refuses the application.
        :raises Unreachable: if it does not answer.
        """
        ...

    def renew(self, claims: str | None) -> str:
        """Return a fresh token that meets *claims*, the challenge of a 401 (fact A13); raises as `token` does."""
        ...


class ClientSecretTokens:
    """Tokens of one application in one tenant.

    *authority* is the token service's address and *http* the client to reach it with; *read_secret* is called at each
    sign-in, so that a rotated secret is seen. *scope* names the service that the tokens are for.
    """

    def __init__(
        self,
        authority: str,
        tenant: str,
        client_id: str,
        read_secret: Callable[[], str],
        http: httpx2.Client,
        scope: str = SCOPE,
    ) -> None:
        self._scope = scope
        self._authority = f"{authority.rstrip('/')}/{tenant}"
        self._client_id = client_id
        self._read_secret = read_secret
        self._http = http
        self._application: Any = None

    def token(self) -> str:
        """See `TokenSource.token`."""
        return self._acquire(None)

    def renew(self, claims: str | None) -> str:
        """See `TokenSource.renew`."""
        self._application = None  # and with it the kept token
        return self._acquire(claims)

    def _acquire(self, claims: str | None) -> str:
        try:
            if self._application is None:
                self._application = self._sign_in()
            answer = self._application.acquire_token_for_client([self._scope], claims_challenge=claims)
        except (httpx2.TransportError, MsalServiceError, ValueError) as error:
            # a ValueError is how msal says that the discovery document is refused, absent or no JSON
            self._application = None  # it would remember the failure and repeat it unasked
            if (text := _refusal(error)) is not None:
                raise Unauthorised(cmdlet=_ACT, status=400, text=text) from error
            why = f"no token from {self._authority}: {type(error).__name__}"
            raise Unreachable(cmdlet=_ACT, why=why, attempts=1) from error
        if "access_token" not in answer:
            text = str(answer.get("error_description") or answer.get("error"))
            raise Unauthorised(cmdlet=_ACT, status=401, text=text)
        return str(answer["access_token"])

    def _sign_in(self) -> Any:
        return msal.ConfidentialClientApplication(
            self._client_id,
            client_credential=self._read_secret(),
            authority=self._authority,
            instance_discovery=False,  # the tenant is configured, not discovered
            http_client=self._http,
        )


def _refusal(error: BaseException | None) -> str | None:
    """What the token service said when it refused, such as that there is no such tenant; msal hides it in a cause."""
    while error is not None:
        if (said := _SAID.search(str(error))) is not None:
            return said[0]
        error = error.__context__
    return None
