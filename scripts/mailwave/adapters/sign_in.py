"""Signing people in by OpenID Connect (authorization code with PKCE) at the tenant, through msal.

msal makes state, nonce and the proof key, and checks the claims of the ID token; its signature is checked here against
the tenant's own keys, so that nothing rests on the connection alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import jwt
import msal

from mailwave.core.refusals import Refusal
from mailwave.core.visitors import Signed

# The answer comes in the address: one that came as another site's form would need a cookie that goes with those.
warnings.filterwarnings("ignore", "response_mode='form_post' is recommended", UserWarning)

_MSAL_ADDS_THE_REST: list[str] = []
"""msal asks for `openid profile offline_access` by itself; no other service is asked for."""


class NotSignedIn(Refusal):
    """The tenant, or what it sent, does not say who is there: *why*, in words that name nobody."""

    def __init__(self, *, why: str) -> None:
        self.why = why
        super().__init__(f"nobody was signed in: {why}")


class TenantSignIn:
    """Signs in at *authority*, of the *tenant* with that id, for the application *client_id*."""

    def __init__(
        self,
        authority: str,
        tenant: str,
        client_id: str,
        read_secret: Callable[[], str],
        http: httpx2.Client,
    ) -> None:
        self._authority = f"{authority.rstrip('/')}/{tenant}"
        self._tenant = tenant
        self._client_id = client_id
        self._read_secret = read_secret
        self._http = http

    def begin(self, back_to: str) -> dict[str, Any]:
        """A way to sign in that ends at the address *back_to*; its `auth_uri` is where the person goes.

        Raises `NotSignedIn` where the tenant cannot be asked.
        """
        try:
            way: dict[str, Any] = self._application().initiate_auth_code_flow(
                _MSAL_ADDS_THE_REST, redirect_uri=back_to
            )
        except (httpx2.TransportError, ValueError) as error:
            raise NotSignedIn(why="the identity service cannot be asked") from error
        return way

    def end(self, way: dict[str, Any], answer: Mapping[str, str]) -> Signed:
        """Who came back on *way* with the query *answer*; raises `NotSignedIn`."""
        try:
            said = self._application().acquire_token_by_auth_code_flow(way, dict(answer))
            if "id_token" not in said:
                raise NotSignedIn(why=f"the identity service says {str(said.get('error'))[:40]!r}")
            claims = self._claims(said["id_token"], way)
            return Signed(
                str(claims["oid"]).lower(),
                str(claims.get("preferred_username", "")),
                str(claims.get("name", "")),
                frozenset(map(str, claims.get("roles", ()))),
            )
        except (httpx2.TransportError, ValueError, RuntimeError, KeyError, jwt.PyJWTError) as error:
            raise NotSignedIn(why=f"what came back cannot be trusted ({type(error).__name__})") from error

    def _claims(self, token: str, way: Mapping[str, Any]) -> dict[str, Any]:
        keys = jwt.PyJWKSet.from_dict(self._http.get(f"{self._authority}/discovery/v2.0/keys").json())
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=["RS256"],
            audience=self._client_id,
            issuer=f"{self._authority}/v2.0",
            options={"require": ["exp", "nbf", "iat", "iss", "aud", "oid", "tid"]},
        )
        if claims["tid"] != self._tenant:
            raise NotSignedIn(why="they are of another tenant")
        return claims

    def _application(self) -> Any:
        return msal.ConfidentialClientApplication(
            self._client_id,
            client_credential=self._read_secret(),
            authority=self._authority,
            instance_discovery=False,  # the tenant is configured, not discovered
            http_client=self._http,
            token_cache=msal.TokenCache(),  # of this one way: nobody's token is kept
        )
