"""msal, azure-identity and msgraph-sdk, unmodified, over TLS and by the real host names."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import msal
import pytest
import requests
import trustme
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import RequestsTransport
from azure.identity import CertificateCredential, ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from msgraph.generated.groups.item.assign_license.assign_license_post_request_body import (
    AssignLicensePostRequestBody,
)
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_response_content import BatchResponseContent
from msgraph_core.tasks.page_iterator import PageIterator

from rehearsal.directory.objects import OFFICE_E3
from rehearsal.environments import REHEARSAL
from rehearsal.estate import generate
from rehearsal.world import ADMINISTRATION
from tests.rehearsal.graph.conftest import Rehearsal

pytestmark = pytest.mark.conformance
TENANT = REHEARSAL.id
LOGIN = "https://login.microsoftonline.com"
GRAPH = "https://graph.microsoft.com"
SCOPE = f"{GRAPH}/.default"
PEOPLE = generate(7).mailboxes
Query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters


def by_secret(rehearsal: Rehearsal, secret: str | None = None) -> ClientSecretCredential:
    """azure-identity's credential by the rehearsal's secret, or by another."""
    known = (rehearsal.folder / "client-secret").read_text(encoding="ascii")
    transport = RequestsTransport(session=rehearsal.session())
    return ClientSecretCredential(TENANT, rehearsal.client, secret or known, transport=transport)


def by_certificate(rehearsal: Rehearsal, client: str = "") -> CertificateCredential:
    """azure-identity's credential of *client*, or of the rehearsal's own, by certificate."""
    transport = RequestsTransport(session=rehearsal.session())
    file = str(rehearsal.folder / "client-certificate.pem")
    return CertificateCredential(TENANT, client or rehearsal.client, file, transport=transport)


def with_sdk[T](rehearsal: Rehearsal, act: Callable[[GraphServiceClient], Awaitable[T]]) -> T:
    """Do something with msgraph-sdk, signed in by certificate as the tenant's administration."""

    async def signed_in() -> T:
        # msgraph-core wraps the transport in another that does not close it
        async with rehearsal.transport() as transport, httpx.AsyncClient(transport=transport) as http:
            client = GraphClientFactory.create_with_default_middleware(client=http)
            provider = AzureIdentityAuthenticationProvider(
                by_certificate(rehearsal, ADMINISTRATION), scopes=[SCOPE]
            )
            return await act(GraphServiceClient(request_adapter=GraphRequestAdapter(provider, client)))

    return asyncio.run(signed_in())


def asked(query: Query, *, eventual: bool = False) -> Any:
    """A request's configuration, with or without the header of advanced queries (fact E2)."""
    made: Any = RequestConfiguration(query_parameters=query)
    if eventual:
        made.headers.add("ConsistencyLevel", "eventual")
    return made


def test_msal_signs_in_by_secret(rehearsal: Rehearsal) -> None:
    """It should get a token that opens Graph, after msal's own discovery."""
    secret = (rehearsal.folder / "client-secret").read_text(encoding="ascii")
    application = msal.ConfidentialClientApplication(
        rehearsal.client, secret, authority=f"{LOGIN}/{TENANT}", http_client=rehearsal.session()
    )

    token = application.acquire_token_for_client([SCOPE])["access_token"]

    headers = {"Authorization": f"Bearer {token}"}
    assert 200 == rehearsal.session().get(f"{GRAPH}/v1.0/organization", headers=headers).status_code


def test_azure_identity_signs_in_by_secret_and_by_certificate(rehearsal: Rehearsal) -> None:
    """It should get the same rights by either proof (fact A12)."""
    found = [credential(rehearsal).get_token(SCOPE).token for credential in (by_secret, by_certificate)]

    assert found[0] == found[1]


def test_a_wrong_secret_is_told_in_the_words_of_entra(rehearsal: Rehearsal) -> None:
    """It should have azure-identity raise its own error."""
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        by_secret(rehearsal, "wrong").get_token(SCOPE)


def test_another_authority_is_not_trusted(rehearsal: Rehearsal, tmp_path: Path) -> None:
    """It should check certificates: who trusts another authority does not connect."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))

    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        rehearsal.session(tmp_path / "other.pem").get(f"{GRAPH}/v1.0/users")


def test_pages_are_followed_to_the_end(rehearsal: Rehearsal) -> None:
    """It should let the SDK's page iterator reach every mailbox's user (facts E1, D26)."""

    async def act(graph: GraphServiceClient) -> list[str | None]:
        first = await graph.users.get(request_configuration=asked(Query(top=200, select=["mail"])))
        found: list[str | None] = []

        def keep(user: User) -> bool:
            found.append(user.mail)
            return True

        await PageIterator(first, graph.request_adapter).iterate(keep)
        return found

    assert [mailbox.address for mailbox in PEOPLE] == with_sdk(rehearsal, act)


def test_an_advanced_query_needs_its_header(rehearsal: Rehearsal) -> None:
    """It should refuse `ne` without the header as an error of the SDK, and count with it (fact E2)."""
    code = PEOPLE[0].organisation
    others = sum(mailbox.organisation != code for mailbox in PEOPLE)

    async def act(graph: GraphServiceClient) -> tuple[str | None, int | None]:
        query = Query(filter=f"department ne '{code}'", count=True, select=["id"])
        with pytest.raises(ODataError) as refused:
            await graph.users.get(request_configuration=asked(query))
        answer = await graph.users.get(request_configuration=asked(query, eventual=True))
        error = refused.value.error
        return error.code if error else None, answer.odata_count if answer else None

    assert ("Request_UnsupportedQuery", others) == with_sdk(rehearsal, act)


def test_a_group_is_made_filled_and_licensed(rehearsal: Rehearsal) -> None:
    """It should take the SDK's writes; the licence comes later (facts C19, E5)."""
    address = PEOPLE[0].address

    async def act(graph: GraphServiceClient) -> None:
        member = await graph.users.by_user_id(address).get()
        wanted = Group(display_name="Leeds", mail_enabled=False, mail_nickname="leeds", security_enabled=True)
        made = await graph.groups.post(wanted)
        assert made is not None
        assert member is not None
        group = graph.groups.by_group_id(str(made.id))
        await group.members.ref.post(ReferenceCreate(odata_id=f"{GRAPH}/v1.0/directoryObjects/{member.id}"))
        licence = AssignedLicense(sku_id=uuid.UUID(OFFICE_E3.sku_id), disabled_plans=[])
        said = AssignLicensePostRequestBody(add_licenses=[licence], remove_licenses=[])
        await group.assign_license.post(said)

    async def details(graph: GraphServiceClient) -> list[str | None]:
        answer = await graph.users.by_user_id(address).license_details.get()
        return [each.sku_part_number for each in (answer.value if answer else None) or []]

    with_sdk(rehearsal, act)
    before = with_sdk(rehearsal, details)
    rehearsal.advance(minutes=2)
    assert ([], ["ENTERPRISEPACK"]) == (before, with_sdk(rehearsal, details))


def test_changes_are_followed_by_delta_link(rehearsal: Rehearsal) -> None:
    """It should tell the SDK what changed since its delta link (fact E3)."""
    address = PEOPLE[4].address

    async def act(graph: GraphServiceClient) -> tuple[list[str | None], int]:
        page = await graph.users.delta.get()
        first = 0
        while page is not None and page.odata_next_link:
            first += len(page.value or [])
            page = await graph.users.delta.with_url(page.odata_next_link).get()
        assert page is not None
        first += len(page.value or [])
        await graph.users.by_user_id(address).patch(User(usage_location="GB"))
        rehearsal.advance(minutes=1)
        after = await graph.users.delta.with_url(str(page.odata_delta_link)).get()
        return [each.usage_location for each in (after.value if after else None) or []], first

    others = 3  # two administrators, and the mailbox that tries mail
    assert (["GB"], len(PEOPLE) + others) == with_sdk(rehearsal, act)


def test_the_sdk_sends_batches_and_waits_when_throttled(
    rehearsal: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should answer each request of a batch, some by 429 (fact E4); later the SDK waits and succeeds (fact C24)."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        rehearsal.advance(seconds=seconds)

    async def burst(graph: GraphServiceClient) -> set[int | None]:
        content = BatchRequestContent()
        for _ in range(20):
            content.add_request_information(graph.subscribed_skus.to_get_request_information())
        answer = await graph.batch.post(batch_request_content=content)
        assert isinstance(answer, BatchResponseContent)
        return {each.status for each in answer.responses.values()}

    async def act(graph: GraphServiceClient) -> tuple[set[int | None], str | None]:
        seen: set[int | None] = set()
        while 429 not in seen:  # 5,000 resource units in ten seconds, three for each request (facts C22, C23)
            seen |= await burst(graph)
        with monkeypatch.context() as patch:
            patch.setattr("kiota_http.middleware.retry_handler.asyncio.sleep", sleep)
            user = await graph.users.by_user_id(PEOPLE[0].address).get()
        return seen, user.display_name if user else None

    rehearsal.advance(minutes=1)
    assert ({200, 429}, PEOPLE[0].display_name) == with_sdk(rehearsal, act)
    assert slept
