"""The provider under the real engine, against the served rehearsal: adopt, make, drift, heal, release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from estate_schema.endpoints import load_endpoints
from exchange_admin import Row, find_one
from exchange_admin.connect import exchange_online
from exchange_admin.online import ExchangeOnline
from tests.engine import Pulumi, environment, needed
from tests.served import ROOT, served

pytestmark = pytest.mark.engine

PROJECT = """\
name: tiny
runtime: python
plugins:
  providers:
    - name: exchange
      path: {provider}
"""
PROGRAM = """\
import pulumi
from infra.exchange.resources import AcceptedDomain, MigrationEndpoint, OutboundConnector, Provider

opts = pulumi.ResourceOptions(provider=Provider("exchange", tenant_id="{tenant}"))
AcceptedDomain("mail", domain_name="{domain}", domain_type="InternalRelay", opts=opts)
connector = OutboundConnector(
    "out",
    name="To the source",
    connector_type="OnPremises",
    recipient_domains=["nhsmail.example"],
    smart_hosts=["mail.leeds.nhsmail.example"],
    use_mx_record=False,
    tls_settings="EncryptionOnly",
    comment="ours",
    opts=opts,
)
MigrationEndpoint(
    "leeds",
    name="leeds",
    remote_server="mail.leeds.nhsmail.example",
    migrations={{"minimum": 10, "maximum": 80}},
    incremental_syncs={{"minimum": 5, "maximum": 40}},
    opts=opts,
)
pulumi.export("guid", connector.guid)
"""
CHANGES = 7
"""The engine's exit code for changes where none were expected."""


@dataclass(frozen=True)
class Stack(Pulumi):
    """A stack of its own, and the tenant behind it."""

    tenant: str
    exchange: ExchangeOnline

    def write(self, tenant: str, domain: str = "nhsmail.example") -> None:
        """Let the program be one for *tenant*, with this *domain*."""
        text = PROGRAM.format(tenant=tenant, domain=domain)
        (self.folder / "__main__.py").write_text(text, encoding="utf-8")

    def drift(self) -> int:
        """The exit code of a look for drift."""
        return self.run("refresh", "--preview-only", "--expect-no-changes").code

    def live(self, noun: str, name: str) -> Row | None:
        """The live object."""
        return find_one(self.exchange, f"Get-{noun}", name)


@pytest.fixture
def endpoints(tmp_path: Path) -> Iterator[Path]:
    """The endpoints file of a served estate without faults."""
    needed()
    home = tmp_path / "rehearsal"
    home.mkdir()
    with served(home) as file:
        yield file


@pytest.fixture
def stack(tmp_path: Path, endpoints: Path) -> Iterator[Stack]:
    """An empty stack of the served estate's tenant."""
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "state").mkdir()
    (folder / "Pulumi.yaml").write_text(
        PROJECT.format(provider=ROOT / "infra" / "exchange"), encoding="utf-8"
    )
    settings = environment(
        tmp_path / "pulumi-home",
        f"file://{tmp_path / 'state'}",
        PULUMI_CONFIG_PASSPHRASE="throw-away",
        MAILWAVE_ENDPOINTS=str(endpoints),
    )
    loaded = load_endpoints(endpoints)
    with exchange_online(loaded, dry_run=False) as exchange:
        stack = Stack(folder, settings, loaded.tenant, exchange)
        stack.write(loaded.tenant)
        assert 0 == stack.run("stack", "init", "hybrid-test").code
        yield stack


def _set_endpoint(stack: Stack, migrations: int) -> None:
    """Move the live value, as the governor or a stranger would."""
    stack.exchange.invoke(
        "Set-MigrationEndpoint", {"Identity": "leeds", "MaxConcurrentMigrations": migrations}
    )


def test_the_life_of_a_stack(stack: Stack) -> None:
    """It should adopt, make, see drift only outside the bounds, heal it, and on the way out remove what is its own."""
    done = stack.run("up", "--yes", "--skip-preview")
    assert 0 == done.code, done.text
    assert 80 == (stack.live("MigrationEndpoint", "leeds") or {})["MaxConcurrentMigrations"]
    assert "InternalRelay" == (stack.live("AcceptedDomain", "nhsmail.example") or {})["DomainType"]
    assert 0 == stack.run("preview", "--expect-no-changes").code

    _set_endpoint(stack, 55)
    assert 0 == stack.drift()

    _set_endpoint(stack, 90)
    stack.exchange.invoke(
        "Set-OutboundConnector", {"Identity": "To the source", "Comment": "somebody else's"}
    )
    assert CHANGES == stack.drift()
    done = stack.run("up", "--yes", "--skip-preview", "--refresh")
    assert 0 == done.code, done.text
    assert 80 == (stack.live("MigrationEndpoint", "leeds") or {})["MaxConcurrentMigrations"]
    assert "ours" == (stack.live("OutboundConnector", "To the source") or {})["Comment"]
    assert 0 == stack.drift()

    done = stack.run("destroy", "--yes", "--skip-preview")
    assert 0 == done.code, done.text
    assert stack.live("OutboundConnector", "To the source") is None
    assert "InternalRelay" == (stack.live("AcceptedDomain", "nhsmail.example") or {})["DomainType"]
    assert stack.live("MigrationEndpoint", "leeds") is not None


def test_another_tenant_and_an_unverified_domain_are_refused(stack: Stack) -> None:
    """It should change nothing and say why when tenant or domain are not those of the endpoints."""
    stack.write("11111111-2222-4333-8444-555555555555")
    done = stack.run("up", "--yes", "--skip-preview")
    assert 0 != done.code
    assert f"the endpoints file is of tenant {stack.tenant}" in done.text
    assert stack.live("OutboundConnector", "To the source") is None

    stack.write(stack.tenant, "unverified.example")
    done = stack.run("preview")
    assert 0 != done.code
    assert "there is no AcceptedDomain 'unverified.example' in the tenant" in done.text
    assert (
        "mailwave:mail_domain must be a domain that a person has added to the tenant and verified"
        in done.text
    )
    assert "there are: nhsmail.example, nhsmail.mail.onmicrosoft.com, nhsmail.onmicrosoft.com" in done.text


def test_a_service_that_is_away_deletes_nothing(stack: Stack, tmp_path: Path) -> None:
    """It should fail a refresh that cannot read, and leave the state whole."""
    assert 0 == stack.run("up", "--yes", "--skip-preview").code
    secret = tmp_path / "rehearsal" / "credentials" / "client-secret"
    good = secret.read_text(encoding="utf-8")
    secret.write_text("wrong", encoding="utf-8")
    done = stack.run("refresh", "--yes", "--skip-preview")
    assert 0 != done.code
    assert "not permitted" in done.text
    secret.write_text(good, encoding="utf-8")
    assert 0 == stack.run("preview", "--expect-no-changes").code
