"""What others' clients, unmodified, see of moved mailboxes: pypsrp at the sites, msgraph-sdk in the tenant."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import msgspec
from azure.core.credentials import AccessToken
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.message import Message
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.calendar.get_schedule.get_schedule_post_request_body import (
    GetSchedulePostRequestBody,
)
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory
from pypsrp.powershell import RunspacePool

from rehearsal.identity import GRAPH
from rehearsal.wire import Request
from tests.mailwave.rehearsed.services import CLIENT, SECRET, Services
from tests.rehearsal.site.conftest import run, serve

_FOREVER = 2**33


@dataclass(frozen=True)
class Sites:
    """Open runspaces at every site, by its name."""

    pools: Mapping[str, RunspacePool]

    def rows(self, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
        """What a cmdlet writes at all sites together."""
        return [row for pool in self.pools.values() for row in run(pool, cmdlet, **parameters).rows]

    def at(self, site: str, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
        """What it writes at one."""
        return run(self.pools[site], cmdlet, **parameters).rows


@contextmanager
def at_sites(services: Services) -> Iterator[Sites]:
    """The sites, served on loopback."""
    with ExitStack() as stack:
        pools = {
            name: stack.enter_context(stack.enter_context(serve(site.invoke)).pool())
            for name, site in services.sites.items()
        }
        yield Sites(pools)


@dataclass(frozen=True)
class Licensed:
    """What the directory shows of somebody: whether they have a licence, and with what errors one was refused."""

    licensed: bool
    errors: tuple[str, ...]


def in_directory(services: Services, keys: Iterable[str]) -> dict[str, Licensed]:
    """What msgraph-sdk reads of the users *keys*, by their ids."""

    async def read() -> dict[str, Licensed]:
        async with httpx.AsyncClient(transport=_Carrier(services)) as http:
            graph = _sdk(services, http)
            return {key: await _one(graph, key) for key in keys}

    return asyncio.run(read())


def sent_by_sdk(services: Services, sender: str, recipient: str, message_id: str) -> str:
    """Send a message by msgraph-sdk; the code with which Graph refuses it, empty where it takes it."""
    to = Recipient(email_address=EmailAddress(address=recipient))
    message = Message(subject="by hand", to_recipients=[to], internet_message_id=message_id)
    body = SendMailPostRequestBody(message=message, save_to_sent_items=False)

    async def send() -> str:
        async with httpx.AsyncClient(transport=_Carrier(services)) as http:
            try:
                await _sdk(services, http).users.by_user_id(sender).send_mail.post(body)
            except ODataError as error:
                return str(error.error.code) if error.error else "unknown"
            return ""

    return asyncio.run(send())


def schedules_by_sdk(services: Services, asker: str, of: Sequence[str], *, days: int = 1) -> dict[str, str]:
    """Ask by msgraph-sdk for calendars: each address with its response code, empty where it is shown.

    A question that Graph refuses has its error's code under no address.
    """
    begin, end = (
        DateTimeTimeZone(date_time=when.strftime("%Y-%m-%dT%H:%M:%S"), time_zone="UTC")
        for when in (services.clock.now, services.clock.now + timedelta(days=days))
    )
    body = GetSchedulePostRequestBody(
        schedules=list(of), start_time=begin, end_time=end, availability_view_interval=60
    )

    async def ask() -> dict[str, str]:
        async with httpx.AsyncClient(transport=_Carrier(services)) as http:
            calendar = _sdk(services, http).users.by_user_id(asker).calendar
            try:
                found = await calendar.get_schedule.post(body)
            except ODataError as error:
                return {"": str(error.error.code) if error.error else "unknown"}
            rows = (found.value if found else None) or []
            return {str(row.schedule_id): str(row.error.response_code) if row.error else "" for row in rows}

    return asyncio.run(ask())


def _sdk(services: Services, http: httpx.AsyncClient) -> GraphServiceClient:
    client = GraphClientFactory.create_with_default_middleware(client=http)
    provider = AzureIdentityAuthenticationProvider(_Credential(services), scopes=[f"{GRAPH}/.default"])
    return GraphServiceClient(request_adapter=GraphRequestAdapter(provider, client))


async def _one(graph: GraphServiceClient, key: str) -> Licensed:
    fields = ["id", "assignedLicenses", "licenseAssignmentStates"]
    query = UserItemRequestBuilder.UserItemRequestBuilderGetQueryParameters(select=fields)
    made: Any = RequestConfiguration(query_parameters=query)
    user = await graph.users.by_user_id(key).get(request_configuration=made)
    assert user is not None
    states = user.license_assignment_states or []
    errors = tuple(str(each.error) for each in states if each.state == "Error")
    return Licensed(bool(user.assigned_licenses), errors)


class _Carrier(httpx.AsyncBaseTransport):
    """Carries requests to the tenant's Graph."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        body, url = await request.aread(), request.url
        reply = self._services.graph.handle(
            Request(request.method, url.path, url.query.decode(), headers, body)
        )
        return httpx.Response(reply.status, headers=reply.headers, content=reply.body)


class _Credential:
    """The token of the operator's application."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        """Sign in by the secret."""
        form = {
            "grant_type": "client_credentials",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "scope": f"{GRAPH}/.default",
        }
        path = f"/{self._services.estate.tenant_id}/oauth2/v2.0/token"
        reply = self._services.tokens.handle(Request("POST", path, body=urlencode(form).encode()))
        return AccessToken(str(msgspec.json.decode(reply.body)["access_token"]), _FOREVER)
