"""The tenant as the application sees it that mends: by the role group which the stack hybrid gives it, and no more."""

from __future__ import annotations

import httpx2

from exchange_admin.online import ExchangeOnline as Admin
from exchange_admin.tokens import ClientSecretTokens
from rehearsal import mender
from rehearsal.identity import TokenService
from rehearsal.mender import MENDER
from rehearsal.wire import Request
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.services import HOST, SECRET, Services


def as_mender(services: Services, boundary: Boundary) -> Admin:
    """The real client of Exchange Online, signed in as the mender, whom Exchange knows from now on."""
    tenant = services.estate.tenant_id
    mender.allow(services.online)
    giver = TokenService(tenant, {MENDER: SECRET}, directory_roles={MENDER: ()})
    http = httpx2.Client(transport=_Giving(giver))
    admin = services.cloud(boundary)
    admin._tokens = ClientSecretTokens(HOST, tenant, MENDER, lambda: SECRET, http)
    return admin


class _Giving(httpx2.BaseTransport):
    """Carries what signs in to the token service."""

    def __init__(self, giver: TokenService) -> None:
        self._giver = giver

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.url
        reply = self._giver.handle(
            Request(request.method, url.path, url.query.decode(), headers, request.read())
        )
        return httpx2.Response(reply.status, headers=reply.headers, stream=httpx2.ByteStream(reply.body))
