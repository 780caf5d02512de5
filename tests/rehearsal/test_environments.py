"""Two environments served side by side: what belongs to one is refused by the other, through the real clients."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from estate_schema.endpoints import Endpoints, load_endpoints
from exchange_admin import Unauthorised, Unreachable
from exchange_admin.connect import exchange_online, on_premises
from mailwave.adapters.notify import Notify
from mailwave.core.outcomes import ActRefused
from rehearsal.environments import ENVIRONMENTS
from rehearsal.estate import SIZES
from tests.served import refused_connections_are_dropped, served


class Pair(NamedTuple):
    """The endpoints of two environments."""

    pilot: Endpoints
    production: Endpoints


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two environments, each served by a process of its own from a folder of its own."""
    with (
        served(tmp_path_factory.mktemp("pilot"), environment="pilot") as pilot,
        served(tmp_path_factory.mktemp("production"), environment="production") as production,
    ):
        yield Pair(load_endpoints(pilot), load_endpoints(production))


def test_environments_share_nothing() -> None:
    """It should give each environment its own tenant id and domains, and an estate of a known size."""
    tenants = [each.tenant for each in ENVIRONMENTS.values()]
    for name in ("id", "domain", "routing_domain", "mail_domain"):
        assert len(tenants) == len({getattr(tenant, name) for tenant in tenants})
    assert ["dev", "pilot", "production", "rehearsal"] == sorted(ENVIRONMENTS)
    assert {each.size for each in ENVIRONMENTS.values()} <= set(SIZES)


def in_realm_of(endpoints: Endpoints, patch: pytest.MonkeyPatch) -> Endpoints:
    """*endpoints*, with this process in the Kerberos realm of that environment's sites, as its settings have it."""
    assert endpoints.ca
    patch.setenv("KRB5_CONFIG", str(endpoints.ca.with_name("kerberos") / "krb5.conf"))
    return endpoints


def test_each_answers_its_own(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should serve each environment's tenant, with addresses and hosts in its own domains."""
    for name, endpoints in zip(("pilot", "production"), pair, strict=True):
        tenant = ENVIRONMENTS[name].tenant
        in_realm_of(endpoints, monkeypatch)
        with exchange_online(endpoints) as cloud, on_premises(endpoints, "leeds") as site:
            organisation = cloud.invoke("Get-OrganizationConfig").rows[0]
            domains = {row["DomainName"] for row in cloud.invoke("Get-AcceptedDomain").rows}
            server = site.invoke("Get-ExchangeServer").rows[0]
            mailbox = site.invoke("Get-Mailbox", {"ResultSize": 1}).rows[0]
        assert tenant.id == endpoints.tenant == organisation["ExternalDirectoryOrganizationId"]
        assert {tenant.mail_domain, tenant.domain, tenant.routing_domain} == domains
        assert server["Fqdn"].endswith(f".{tenant.mail_domain}")
        assert mailbox["PrimarySmtpAddress"].endswith(f"@{tenant.mail_domain}")
        assert any(text.endswith(f"@{tenant.routing_domain}") for text in mailbox["EmailAddresses"])


def test_a_credential_of_another_is_refused(pair: Pair) -> None:
    """It should refuse another environment's application, which this tenant has never heard of (AADSTS700016)."""
    mixed = pair.pilot.model_copy(update={"credentials": pair.production.credentials})
    with exchange_online(mixed) as admin, pytest.raises(Unauthorised, match="AADSTS700016"):
        admin.invoke("Get-MigrationBatch")


def test_a_secret_of_another_is_refused(pair: Pair) -> None:
    """It should refuse another environment's secret for its own application (AADSTS7000215)."""
    own, other = pair.pilot.credentials, pair.production.credentials
    wrong = own.exchange_online.model_copy(update={"secret_file": other.exchange_online.secret_file})
    mixed = pair.pilot.model_copy(update={"credentials": own.model_copy(update={"exchange_online": wrong})})
    with exchange_online(mixed) as admin, pytest.raises(Unauthorised, match="AADSTS7000215"):
        admin.invoke("Get-MigrationBatch")


def test_another_tenant_is_not_found(pair: Pair) -> None:
    """It should say that there is no such tenant (AADSTS90002), not that nobody answers."""
    mixed = pair.pilot.model_copy(update={"tenant": pair.production.tenant})
    with exchange_online(mixed) as admin, pytest.raises(Unauthorised, match="AADSTS90002"):
        admin.invoke("Get-MigrationBatch")


def test_a_token_of_another_is_not_taken(pair: Pair) -> None:
    """It should answer 401 to a token that another environment's service gave, and to its own tenant id."""
    signs_in = {"login.microsoftonline.com:443": pair.production.connect["login.microsoftonline.com:443"]}
    together = both_authorities(pair)
    mixed = pair.pilot.model_copy(
        update={
            "connect": {**pair.pilot.connect, **signs_in},
            "credentials": pair.production.credentials,
            "ca": together,
            "tenant": pair.production.tenant,
        }
    )
    with exchange_online(mixed) as admin, pytest.raises(Unauthorised) as caught:
        admin.invoke("Get-MigrationBatch")
    assert 401 == caught.value.status


def both_authorities(pair: Pair) -> Path:
    """A file that trusts both: only then does a request of one reach the other at all."""
    assert pair.pilot.ca
    assert pair.production.ca
    file = pair.pilot.ca.with_name("both.pem")
    file.write_bytes(pair.pilot.ca.read_bytes() + pair.production.ca.read_bytes())
    return file


def test_whoever_trusts_one_does_not_reach_another(pair: Pair) -> None:
    """It should not even shake hands with a service whose certificate another environment's authority signed."""
    mixed = pair.pilot.model_copy(update={"connect": pair.production.connect})
    with (
        exchange_online(mixed, sleep=lambda _: None) as admin,
        pytest.raises(Unreachable, match="ConnectError"),
    ):
        admin.invoke("Get-MigrationBatch")


def test_a_site_takes_no_password_of_another(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should refuse another environment's account on premises."""
    mixed = in_realm_of(pair.pilot, monkeypatch).model_copy(
        update={"credentials": pair.production.credentials}
    )
    with on_premises(mixed, "leeds", sleep=pytest.fail) as site, pytest.raises(Unauthorised):
        site.invoke("Get-ExchangeServer")
    refused_connections_are_dropped()


def test_notify_takes_no_key_of_another(pair: Pair) -> None:
    """It should refuse another environment's key to Notify (403)."""
    mixed = pair.pilot.model_copy(update={"credentials": pair.production.credentials})
    with pytest.raises(ActRefused, match="403"):
        Notify.connect(mixed, sleep=pytest.fail).find("reference")


def test_a_host_that_is_not_its_own_is_misdirected(pair: Pair) -> None:
    """It should answer 421 to a request that names another host than the one it was connected for."""
    host, port = pair.pilot.connect["outlook.office365.com:443"].split(":")
    context = ssl.create_default_context(cafile=str(pair.pilot.ca))
    with httpx2.Client(verify=context, trust_env=False) as http:
        answers = [
            http.get(
                f"https://{host}:{port}/",
                headers={"host": named},
                extensions={"sni_hostname": "outlook.office365.com"},
            )
            for named in ("graph.microsoft.com", "outlook.office365.com.", "outlook.office365.com")
        ]
    assert [421, 421] == [answer.status_code for answer in answers[:2]]
    assert 421 != answers[2].status_code
