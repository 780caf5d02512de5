"""The identity service: client credentials for the services that are simulated, and signing people in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qs

import msgspec

from rehearsal.identity import assertions
from rehearsal.identity.assertions import Trust, Unproved
from rehearsal.identity.people import People, SignInRefused
from rehearsal.wire import Reply, Request, json_reply

EXCHANGE = "https://outlook.office365.com"
GRAPH = "https://graph.microsoft.com"
"""The services that tokens are for; a client asks for one by its name and `/.default` (facts A10, C.5)."""
LIFETIME = 3599
"""Seconds that a token is said to live."""
USUAL_ROLES: Mapping[str, tuple[str, ...]] = {EXCHANGE: ("Exchange.ManageAsApp",), GRAPH: ()}
"""The application permissions of whoever was given no others, by service (fact A10)."""
USUAL_DIRECTORY_ROLES = ("29232cdf-9323-42fd-ade2-1d097af3e4de",)
"""The roles in the directory of whoever was given no others, by the id of their template: Exchange Administrator."""
_SUFFIX = "/.default"
_DISCOVERY = "v2.0/.well-known/openid-configuration"
_METADATA = {
    "preferred_network": "login.microsoftonline.com",
    "preferred_cache": "login.windows.net",
    "aliases": ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
}


class TokenService:
    """Gives and checks opaque tokens of the tenant *tenant_id*.

    *clients* maps a client id to its secret. *roles* are the permissions of a client, by service, and *directory_roles*
    its roles in the directory; *certificates* (PEM) and *trusts* are its other ways to prove who it is. *people* signs
    people in; without it nobody can. A token is a signed list of claims, so it outlives the process that gave it; its
    age is not checked.
    """

    def __init__(
        self,
        tenant_id: str,
        clients: Mapping[str, str],
        *,
        roles: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        directory_roles: Mapping[str, Sequence[str]] | None = None,
        certificates: Mapping[str, Sequence[bytes]] | None = None,
        trusts: Mapping[str, Sequence[Trust]] | None = None,
        people: People | None = None,
    ) -> None:
        self.tenant_id = tenant_id.lower()
        self._clients = {client.lower(): secret for client, secret in clients.items()}
        self._roles = {client.lower(): granted for client, granted in (roles or {}).items()}
        self._wids = {client.lower(): granted for client, granted in (directory_roles or {}).items()}
        self._certificates = {client.lower(): given for client, given in (certificates or {}).items()}
        self._trusts = {client.lower(): given for client, given in (trusts or {}).items()}
        self._people = people
        self._key = hashlib.sha256("\0".join([self.tenant_id, *sorted(clients.values())]).encode()).digest()

    def handle(self, request: Request) -> Reply:
        """Answer the discovery documents and the token request of the v2.0 endpoint."""
        tenant, _, rest = request.path.lstrip("/").partition("/")
        host = request.headers.get("host", "localhost")
        if (tenant, rest, request.method) == ("common", "discovery/instance", "GET"):
            return self._instance(host)
        if tenant.lower() != self.tenant_id:
            return _refused(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
        answers: dict[tuple[str, str], Callable[[], Reply]] = {
            (_DISCOVERY, "GET"): lambda: self._discovery(host),
            ("oauth2/v2.0/token", "POST"): lambda: self._token(request, host),
        }
        if (people := self._people) is not None:
            answers |= {
                ("oauth2/v2.0/authorize", "GET"): lambda: people.authorize(request),
                ("oauth2/v2.0/authorize", "POST"): lambda: people.authorize(request),
                ("discovery/v2.0/keys", "GET"): people.keys,
            }
        if (answer := answers.get((rest, request.method))) is not None:
            return answer()
        return json_reply({"error": "not_found"}, 404)

    def accepts(self, authorization: str, audience: str = EXCHANGE) -> bool:
        """Tell whether the value of an Authorization header carries a token of this tenant for *audience*."""
        claims = self.claims(authorization)
        return claims is not None and claims["aud"] == audience

    def claims(self, authorization: str) -> dict[str, object] | None:
        """Return the claims (aud, tid, appid, roles, wids) of a token that this tenant gave, None for any other."""
        scheme, _, token = authorization.partition(" ")
        signed, _, proof = token.rpartition(".")
        if scheme.lower() != "bearer" or not hmac.compare_digest(
            proof.encode(), self._proof(signed).encode()
        ):
            return None
        claims: dict[str, object] = msgspec.json.decode(_unpacked(signed.rpartition(".")[2]))
        return claims

    def _instance(self, host: str) -> Reply:
        """The document by which clients find out that an authority is one of Microsoft's."""
        where = f"https://{host}/{self.tenant_id}/v2.0/.well-known/openid-configuration"
        return json_reply(
            {"tenant_discovery_endpoint": where, "api-version": "1.1", "metadata": [_METADATA]},
        )

    def _discovery(self, host: str) -> Reply:
        base = f"https://{host}/{self.tenant_id}"
        return json_reply(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "issuer": f"{base}/v2.0",
                "response_types_supported": ["token"],
                "scopes_supported": [f"{service}{_SUFFIX}" for service in USUAL_ROLES],
                **(self._people.discovery(base) if self._people else {}),
            }
        )

    def _token(self, request: Request, host: str) -> Reply:
        form = {
            name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()
        }
        grant = form.get("grant_type")
        if grant != "client_credentials" and (self._people is None or grant != "authorization_code"):
            return _refused(
                400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type."
            )
        client = form.get("client_id", "").lower()
        if client not in self._clients:
            return _refused(400, "unauthorized_client", 700016, f"Application '{client}' was not found.")
        try:
            self._prove(client, form, host)
        except Unproved as problem:
            return _refused(401, "invalid_client", problem.code, problem.text)
        if self._people is not None and grant == "authorization_code":
            return _redeemed(self._people, client, form, f"https://{host}/{self.tenant_id}")
        return self._granted(client, form.get("scope", ""))

    def _granted(self, client: str, scope: str) -> Reply:
        audience = _audience(scope)
        if audience is None:
            return _refused(400, "invalid_scope", 70011, f"The scope '{scope}' is not valid.")
        return json_reply(
            {
                "token_type": "Bearer",
                "expires_in": LIFETIME,
                "ext_expires_in": LIFETIME,
                "access_token": self._make(client, audience),
            },
            cache_control="no-store",
        )

    def _prove(self, client: str, form: Mapping[str, str], host: str) -> None:
        """Check the secret or the assertion. Raises `Unproved`."""
        assertion = form.get("client_assertion")
        if assertion is None:
            secret = form.get("client_secret", "")
            if not hmac.compare_digest(self._clients[client].encode(), secret.encode()):
                raise Unproved(7000215, "Invalid client secret provided.")
            return
        if form.get("client_assertion_type") != assertions.ASSERTION_TYPE:
            raise Unproved(
                90014, "The required field 'client_assertion_type' is missing from the credential."
            )
        if assertions.issuer(assertion).casefold() == client:
            base = f"https://{host}/{self.tenant_id}"
            names = (f"{base}/oauth2/v2.0/token", f"{base}/v2.0")
            assertions.check_certificate(assertion, client, names, self._certificates.get(client, ()))
        else:
            assertions.check_trust(assertion, self._trusts.get(client, ()))

    def _make(self, client: str, audience: str) -> str:
        roles = self._roles.get(client, {}).get(audience, USUAL_ROLES[audience])
        wids = self._wids.get(client, USUAL_DIRECTORY_ROLES)
        claims = {
            "aud": audience,
            "tid": self.tenant_id,
            "appid": client,
            "roles": list(roles),
            "wids": list(wids),
        }
        signed = ".".join(
            _packed(msgspec.json.encode(part)) for part in ({"typ": "JWT", "alg": "HS256"}, claims)
        )
        return f"{signed}.{self._proof(signed)}"

    def _proof(self, signed: str) -> str:
        return _packed(hmac.digest(self._key, signed.encode(), "sha256"))


def _redeemed(people: People, client: str, form: Mapping[str, str], base: str) -> Reply:
    try:
        return json_reply(people.redeem(client, form, base), cache_control="no-store")
    except SignInRefused as refused:
        return _refused(400, refused.error, refused.code, refused.text)


def _audience(scope: str) -> str | None:
    for name in scope.split():
        service = name.removesuffix(_SUFFIX).rstrip("/")
        if name.endswith(_SUFFIX) and service in USUAL_ROLES:
            return service
    return None


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _refused(status: int, error: str, code: int, text: str) -> Reply:
    return json_reply(
        {"error": error, "error_description": f"AADSTS{code}: {text}", "error_codes": [code]}, status
    )
