"""The token endpoint of the identity service: client credentials for the admin endpoint's scope, nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs

from rehearsal.wire import Reply, Request, json_reply

SCOPE = "https://outlook.office365.com/.default"
"""The one scope that the admin endpoint takes (fact A10)."""
LIFETIME = 3599
"""Seconds that a token is said to live."""


class TokenService:
    """Gives and checks opaque tokens of the tenant *tenant_id*; *clients* maps a client id to its secret.

    A token is an HMAC over tenant and client, so it outlives the process that gave it.
    """

    def __init__(self, tenant_id: str, clients: Mapping[str, str]) -> None:
        self.tenant_id = tenant_id.lower()
        self._clients = {client.lower(): secret for client, secret in clients.items()}
        self._key = hashlib.sha256("\0".join([self.tenant_id, *sorted(clients.values())]).encode()).digest()

    def handle(self, request: Request) -> Reply:
        """Answer the discovery document and the token request of the v2.0 endpoint."""
        tenant, _, rest = request.path.lstrip("/").partition("/")
        if tenant.lower() != self.tenant_id:
            return _refused(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
        if rest == "v2.0/.well-known/openid-configuration" and request.method == "GET":
            return self._discovery(request.headers.get("host", "localhost"))
        if rest == "oauth2/v2.0/token" and request.method == "POST":
            return self._token(request)
        return json_reply({"error": "not_found"}, 404)

    def accepts(self, authorization: str) -> bool:
        """Tell whether the value of an Authorization header carries a token of this tenant."""
        scheme, _, token = authorization.partition(" ")
        client = _client_of(token)
        return scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), self._make(client).encode())

    def _discovery(self, host: str) -> Reply:
        base = f"https://{host}/{self.tenant_id}"
        return json_reply(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "issuer": f"{base}/v2.0",
                "response_types_supported": ["token"],
                "scopes_supported": [SCOPE],
            }
        )

    def _token(self, request: Request) -> Reply:
        form = {
            name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()
        }
        client, secret = form.get("client_id", "").lower(), form.get("client_secret", "")
        known = self._clients.get(client)
        if form.get("grant_type") != "client_credentials":
            return _refused(
                400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."
            )
        if known is None:
            return _refused(400, "unauthorized_client", 700016, f"Application '{client}' was not found.")
        if not hmac.compare_digest(known.encode(), secret.encode()):
            return _refused(401, "invalid_client", 7000215, "Invalid client secret provided.")
        if SCOPE not in form.get("scope", "").split():
            return _refused(400, "invalid_scope", 70011, f"The scope '{form.get('scope', '')}' is not valid.")
        return json_reply(
            {
                "token_type": "Bearer",
                "expires_in": LIFETIME,
                "ext_expires_in": LIFETIME,
                "access_token": self._make(client),
            },
            cache_control="no-store",
        )

    def _make(self, client: str) -> str:
        proof = hmac.digest(self._key, client.encode(), "sha256")
        return ".".join(
            base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (client.encode(), proof)
        )


def _client_of(token: str) -> str:
    part = token.partition(".")[0]
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
    except ValueError:
        return ""


def _refused(status: int, error: str, code: int, text: str) -> Reply:
    return json_reply(
        {"error": error, "error_description": f"AADSTS{code}: {text}", "error_codes": [code]}, status
    )
