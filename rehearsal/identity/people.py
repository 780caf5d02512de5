"""Signing people in: authorization code with PKCE, as the v2.0 endpoint does it for a confidential web application.

Stricter than the service where that is a matter of choice: PKCE is a must, a code lives a minute, and a form that
somebody signs in with belongs to the request that it was shown for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from rehearsal.identity.options import SignInOptions
from rehearsal.wire import Reply, Request, json_reply

CODE_SECONDS = 60
ID_TOKEN_SECONDS = 3600
_ASKED = ("client_id", "redirect_uri", "response_type", "scope")


class SignInRefused(Exception):
    """What the service says instead of a code or a token; *code* is the number after AADSTS."""

    def __init__(self, code: int, error: str, text: str) -> None:
        self.code = code
        self.error = error
        self.text = text
        super().__init__(f"AADSTS{code}: {text}")


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in: *key* is their object id, *roles* are the application's that they were given."""

    key: str
    sign_in_name: str
    name: str
    enabled: bool = True
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Code:
    person: Person
    asked: Mapping[str, str]
    until: float


@dataclass
class People:
    """Signs in whom *find* knows by sign-in name, with the one *password* of all; *signing_key* is RSA in PEM.

    *redirects* are the addresses that each application registered; of `http://localhost` any port is taken.
    """

    tenant_id: str
    find: Callable[[str], Person | None]
    password: str
    signing_key: bytes
    redirects: Mapping[str, Sequence[str]]
    now: Callable[[], float] = time.time
    options: SignInOptions = field(default_factory=SignInOptions)
    _codes: dict[str, _Code] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)

    def discovery(self, base: str) -> dict[str, object]:
        """What the discovery document says of it."""
        return {
            "response_modes_supported": ["query"],
            "response_types_supported": ["code", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "code_challenge_methods_supported": ["S256"],
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        }

    def keys(self) -> Reply:
        """The public half of the key that signs, as a set."""
        public: Any = load_pem_private_key(self.signing_key, None).public_key()
        jwk = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
        return json_reply({"keys": [{**jwk, "kid": self._kid, "use": "sig", "alg": "RS256"}]})

    def authorize(self, request: Request) -> Reply:
        """Show the form, or take it and go back to the application with a code; what is wrong is shown on a page."""
        asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
        try:
            self._check(asked)
        except SignInRefused as refused:
            return _page(
                f"<h1>Sorry, but we’re having trouble signing you in.</h1><p>{_text(refused)}</p>", 400
            )
        if request.method == "GET":
            return _form(request.query, "")
        form = {
            name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()
        }
        person = self.find(form.get("login", "").casefold())
        if person is None or not hmac.compare_digest(form.get("passwd", "").encode(), self.password.encode()):
            return _form(request.query, "Your account or password is incorrect.")
        if not person.enabled and self.options.disabled_kept_out:
            return _form(request.query, "Your account has been locked.")
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Code(person, asked, self.now() + CODE_SECONDS)
        answer = {"code": code, "session_state": secrets.token_hex(8)}
        if "state" in asked and self.options.state_returned:
            answer["state"] = asked["state"]
        joined = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        return Reply(302, {"location": f"{asked['redirect_uri']}{joined}{urlencode(answer)}"})

    def redeem(self, client: str, form: Mapping[str, str], base: str) -> dict[str, object]:
        """The answer to a code, for the application *client*, which has proved who it is. Raises `SignInRefused`."""
        held = self._held(form.get("code", ""))
        if self.options.code_of_application and held.asked["client_id"].lower() != client:
            raise SignInRefused(70000, "invalid_grant", "The code was issued to another application.")
        if self.options.code_of_address and held.asked["redirect_uri"] != form.get("redirect_uri"):
            raise SignInRefused(
                50011,
                "invalid_client",
                "The redirect URI does not match the one of the authorization request.",
            )
        if self.options.proof_key_checked and not _proved(held.asked, form.get("code_verifier", "")):
            raise SignInRefused(
                501481, "invalid_grant", "The Code_Verifier does not match the code_challenge."
            )
        return {
            "token_type": "Bearer",
            "scope": "openid profile",
            "expires_in": ID_TOKEN_SECONDS,
            "access_token": secrets.token_urlsafe(32),
            "id_token": self._id_token(client, held, base),
        }

    def _held(self, code: str) -> _Code:
        """What *code* was given for; it is used up by that."""
        if code in self._used and self.options.code_once:
            raise SignInRefused(54005, "invalid_grant", "OAuth2 Authorization code was already redeemed.")
        held = self._codes.get(code)
        if held is None:
            raise SignInRefused(
                9002313, "invalid_request", "Invalid request. Request is malformed or invalid."
            )
        self._used.add(code)
        if held.until < self.now() and self.options.code_short:
            raise SignInRefused(70008, "invalid_grant", "The provided authorization code has expired.")
        return held

    @property
    def _kid(self) -> str:
        return hashlib.sha256(self.signing_key).hexdigest()[:27]

    def _check(self, asked: Mapping[str, str]) -> None:
        for name in _ASKED:
            if not asked.get(name):
                raise SignInRefused(900144, "invalid_request", f"The request must contain '{name}'.")
        rules, registered = self.options, self.redirects.get(asked["client_id"].lower())
        if registered is None and rules.application_known:
            raise SignInRefused(
                700016, "unauthorized_client", "The application was not found in the directory."
            )
        address = asked["redirect_uri"]
        address = _without_port(address) if rules.localhost_any_port else address
        if rules.address_registered and address not in (registered or ()):
            raise SignInRefused(50011, "invalid_request", "The redirect URI does not match those configured.")
        if rules.code_alone and asked["response_type"] != "code":
            raise SignInRefused(700054, "unsupported_response_type", "The response_type is not enabled.")
        if rules.query_alone and asked.get("response_mode", "query") != "query":
            raise SignInRefused(70007, "unsupported_response_mode", "The response_mode is not supported.")
        if rules.openid_asked and "openid" not in asked["scope"].split():
            raise SignInRefused(70011, "invalid_scope", "The scope must hold openid.")
        self._check_proof_key(asked)

    def _check_proof_key(self, asked: Mapping[str, str]) -> None:
        challenge = asked.get("code_challenge", "")
        if not challenge:
            if self.options.proof_key_asked:
                raise SignInRefused(900144, "invalid_request", "The request must contain 'code_challenge'.")
            return
        plain = asked.get("code_challenge_method", "plain") != "S256"
        if (plain and self.options.proof_key_hashed) or not 43 <= len(challenge) <= 128:
            raise SignInRefused(9002325, "invalid_request", "Proof Key for Code Exchange is required.")

    def _id_token(self, client: str, held: _Code, base: str) -> str:
        person, at = held.person, int(self.now())
        audience = client if self.options.subject_pairwise else "everybody"
        subject = hashlib.sha256(f"{audience} {person.key}".encode()).digest()
        claims: dict[str, object] = {
            "iss": f"{base}/v2.0",
            "aud": client,
            "sub": base64.urlsafe_b64encode(subject).decode().rstrip("="),
            "oid": person.key,
            "tid": self.tenant_id,
            "name": person.name,
            "preferred_username": person.sign_in_name,
            "iat": at,
            "nbf": at,
            "exp": at + ID_TOKEN_SECONDS,
            "ver": "2.0",
        }
        if person.roles:
            claims["roles"] = list(person.roles)
        if "nonce" in held.asked and self.options.nonce_returned:
            claims["nonce"] = held.asked["nonce"]
        return jwt.encode(claims, self.signing_key, "RS256", headers={"kid": self._kid})


def _proved(asked: Mapping[str, str], verifier: str) -> bool:
    """Whether *verifier* is what the request *asked* with, if it asked with one."""
    if not (challenge := asked.get("code_challenge", "")):
        return True
    digest = hashlib.sha256(verifier.encode()).digest()
    hashed = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    told = hashed if asked.get("code_challenge_method") == "S256" else verifier
    return hmac.compare_digest(told.encode(), challenge.encode())


def _without_port(uri: str) -> str:
    """*uri* as it is registered: of this machine's own name, whatever the port (RFC 8252)."""
    parts = urlsplit(uri)
    if parts.scheme == "http" and parts.hostname == "localhost":
        return urlunsplit(parts._replace(netloc="localhost"))
    return uri


def _form(query: str, problem: str) -> Reply:
    where = html.escape(f"?{query}")
    return _page(
        f'<h1>Sign in</h1><p role="alert">{html.escape(problem)}</p><form method="post" action="{where}">'
        '<p><label>Account <input name="login" autocomplete="username"></label></p>'
        '<p><label>Password <input name="passwd" type="password" autocomplete="current-password"></label></p>'
        "<p><button>Sign in</button></p></form>",
        200,
    )


def _page(body: str, status: int) -> Reply:
    head = "<head><title>Sign in to your account</title></head>"
    text = f'<!doctype html><html lang="en">{head}<body>{body}</body></html>'
    return Reply(
        status,
        {"content-type": "text/html; charset=utf-8", "cache-control": "no-store", "x-frame-options": "DENY"},
        text.encode(),
    )


def _text(refused: SignInRefused) -> str:
    return html.escape(str(refused))
