"""The project's own client against the simulated service, joined in memory: msal, paging, throttling, lost answers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx2
import pytest

from exchange_admin.errors import NotFound, OutcomeUnknown, Refused, Unauthorised
from exchange_admin.online import ExchangeOnline
from exchange_admin.tokens import ClientSecretTokens
from rehearsal.faults import Fault, Kind
from rehearsal.wire import Request
from tests.rehearsal.exchange_online.driver import CLIENT, HOST, SECRET, Driver, batch


class Wire(httpx2.BaseTransport):
    """Carries requests to the simulator and cuts the connection where it asks for that."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        url = request.url
        asked = Request(
            request.method,
            url.path,
            url.query.decode(),
            {name.lower(): value for name, value in request.headers.items()},
            request.read(),
        )
        ours = "/adminapi/" in url.path
        reply = (self._driver.service if ours else self._driver.tokens).handle(asked)
        if reply.drop:
            raise httpx2.ReadError("the connection was cut")
        return httpx2.Response(reply.status, headers=reply.headers, stream=httpx2.ByteStream(reply.body))


class Joined:
    """A tenant and a client that is connected to it; *slept* are the seconds that the client waited."""

    def __init__(self, driver: Driver, secret: str = SECRET) -> None:
        self.driver = driver
        self.slept: list[float] = []
        self.http = httpx2.Client(transport=Wire(driver), verify=ssl.create_default_context())
        tenant = driver.estate.tenant_id
        tokens = ClientSecretTokens(f"https://{HOST}", tenant, CLIENT, lambda: secret, self.http)
        base = f"https://{HOST}"
        self.client = ExchangeOnline(base, tenant, tokens, self.http, dry_run=False, sleep=self.slept.append)


@pytest.fixture
def joined() -> Iterator[Joined]:
    """Return a client of a tenant with the faults of fact A26 and a lost answer."""
    faults = [
        Fault("exchange_online", "Get-MigrationUser", 1, Kind.THROTTLE, retry_after=1.25),
        Fault("exchange_online", "Get-MigrationUser", 2, Kind.UNAUTHORISED),
        Fault("exchange_online", "New-MigrationBatch", 1, Kind.DROP),
    ]
    made = Joined(Driver([None] * 120, faults=faults))
    yield made
    made.http.close()


def test_a_lost_answer_is_unknown_and_the_batch_exists(joined: Joined) -> None:
    """It should raise an unknown outcome for the write, and find what the write made."""
    given = batch("wave-1") | {"CSVData": b"EmailAddress\n" + joined.driver.addresses[0].encode() + b"\n"}

    with pytest.raises(OutcomeUnknown):
        joined.client.invoke("New-MigrationBatch", given)

    rows = joined.client.invoke("Get-MigrationBatch", {"Identity": "wave-1"}).rows
    assert [("wave-1", "Created")] == [(row["Identity"], row["Status"]) for row in rows]


def test_reads_wait_and_sign_in_again(joined: Joined) -> None:
    """It should wait as long as asked, meet the claims challenge, and then read."""
    assert joined.client.invoke("Get-MigrationUser").rows == []
    assert joined.slept == [1.25]


def test_refusals_have_their_kinds(joined: Joined) -> None:
    """It should tell not found, refused and not permitted apart."""
    with pytest.raises(NotFound):
        joined.client.invoke("Get-Mailbox", {"Identity": joined.driver.addresses[0]})
    with pytest.raises(Refused, match="not an accepted domain"):
        joined.client.invoke(
            "New-MigrationBatch", batch("w") | {"CSVData": b"x", "TargetDeliveryDomain": "contoso.example"}
        )


def test_a_wrong_secret_opens_nothing() -> None:
    """It should be refused by the token service."""
    joined = Joined(Driver(), secret="wrong")

    with joined.http, pytest.raises(Unauthorised, match="AADSTS7000215"):
        joined.client.invoke("Get-Mailbox")
