"""Plays before and after a move: whether everybody of a batch can be moved, and whether a site may be taken down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils import checks_readiness
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_readiness import NAMES, Sides
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import judge

from exchange_admin.migration import Manifest
from exchange_admin.migration.manifest import User
from mailwave.adapters.ansible import Ansible
from mailwave.core.batches import BatchManifest
from mailwave.core.batches import User as Member
from mailwave.core.manifest import digest
from mailwave.core.plays import PlayOutcome
from tests.playbooks.loopback import ESTATE, PLAYBOOKS
from tests.playbooks.tenant import serving

ROUTING = "nhsmail.mail.onmicrosoft.com"
GUID = "11111111-1111-4111-8111-111111111111"
ADDRESS = "a@nhsmail.example"
MANIFEST = Manifest(
    environment="rehearsal",
    tenant="t",
    batch="w001",
    endpoint="leeds",
    routing_domain=ROUTING,
    users=(User(ADDRESS),),
)
SOURCE = {"PrimarySmtpAddress": ADDRESS, "ExchangeGuid": GUID}
USER = {
    "ExchangeGuid": GUID,
    "RecipientTypeDetails": "MailUser",
    "EmailAddresses": [f"SMTP:{ADDRESS}", f"smtp:a@{ROUTING}", "X500:/o=x"],
}
GOOD = Sides({ADDRESS: SOURCE}, {GUID: USER}, frozenset({"nhsmail.example", ROUTING}))
ODD = {**USER, "EmailAddresses": [{"ProxyAddressString": f"SMTP:{ADDRESS}"}, f"smtp:a@{ROUTING.upper()}"]}
ELSEWHERE = {**USER, "ExchangeGuid": GUID.replace("1", "2")}


@pytest.mark.parametrize(
    ("sides", "found"),
    [
        (GOOD, set()),
        (replace(GOOD, target={GUID: ODD}), set()),
        (replace(GOOD, source={}), {"wave-source-missing"}),
        (replace(GOOD, target={}), {"wave-mail-user-missing"}),
        (replace(GOOD, target={}, others={ADDRESS: ELSEWHERE}), {"wave-guid-differs"}),
        (
            replace(GOOD, target={}, others={ADDRESS: {**ELSEWHERE, "RecipientTypeDetails": "UserMailbox"}}),
            {"wave-cloud-mailbox"},
        ),
        (
            replace(GOOD, target={GUID: {**USER, "RecipientTypeDetails": "SharedMailbox"}}),
            {"wave-cloud-mailbox"},
        ),
        (
            replace(GOOD, target={GUID: {**USER, "EmailAddresses": [f"SMTP:{ADDRESS}"]}}),
            {"wave-routing-address-missing"},
        ),
        (replace(GOOD, accepted=frozenset({ROUTING})), {"wave-domain-not-accepted"}),
    ],
)
def test_each_cause_is_told_apart(sides: Sides, found: set[str]) -> None:
    """It should find exactly the one thing that is wrong with somebody, and nothing with who is odd but ready."""
    verdict = judge(checks_readiness.checks(MANIFEST, sides), server="exchange-online")

    assert found == {finding["id"] for finding in verdict.findings}


def test_ready_and_not_empty(tmp_path: Path) -> None:
    """It should call a batch ready whose people both sides know, and the site not ready to be taken down."""
    with serving(tmp_path) as tenant:
        manifest = BatchManifest(
            environment="rehearsal",
            tenant=tenant.world.estate.tenant_id,
            batch="w001",
            endpoint="leeds",
            routing_domain=ROUTING,
            users=tuple(Member(address) for address in tenant.addresses(60)),
        )
        file = tmp_path / "w001.json"
        file.write_bytes(msgspec.json.encode(manifest))
        ansible = Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=120)
        batch = {"batch_manifest": str(file), "batch_digest": digest(manifest)[7:], "batch_site": "leeds"}

        ready = ansible.run_play("40_verify_wave_ready", variables=batch)
        left = ansible.run_play(
            "60_verify_decommission",
            variables={"decommission_site": "leeds", "decommission_endpoint": "leeds"},
        )

        assert (ready.outcome, ready.findings, ready.unread) == (PlayOutcome.OK, (), ()), ready.why
        assert left.outcome is PlayOutcome.FAILED
        assert {"site-holds-mailboxes", "site-holds-system-mailboxes"} <= {
            finding.id for finding in left.findings
        }, left.why
        unread = {"site-relays-mail", "site-receives-mail", "site-answers-autodiscover"}
        assert unread == {
            each.id for each in left.unread
        }  # no logs were handed in, and no name server is there
        assert tenant.writes == []


def test_a_side_that_does_not_answer_is_no_finding(tmp_path: Path) -> None:
    """It should call nobody ready, and find nothing, where the tenant cannot be read."""
    with serving(tmp_path) as tenant:
        document = msgspec.to_builtins(MANIFEST) | {"tenant": tenant.world.estate.tenant_id}
        del document["digest"]
        file = tmp_path / "w001.json"
        file.write_bytes(msgspec.json.encode(document))
        tenant.endpoints.with_name("secret").write_text("another", encoding="utf-8")
        ansible = Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=120)
        batch = {"batch_manifest": str(file), "batch_digest": digest(document)[7:], "batch_site": "leeds"}

        result = ansible.run_play("40_verify_wave_ready", variables=batch)

        assert (result.findings, {each.id for each in result.unread}) == ((), set(NAMES)), result.why


@pytest.mark.parametrize(("site", "endpoint"), [("atlantis", "leeds"), ("leeds", "leads")])
def test_what_the_estate_does_not_have_is_not_called_empty(tmp_path: Path, site: str, endpoint: str) -> None:
    """It should ask nobody about a site that is not there, nor find no batches of an endpoint that is misspelt."""
    with serving(tmp_path) as tenant:
        ansible = Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=120)
        asked = {"decommission_site": site, "decommission_endpoint": endpoint}

        result = ansible.run_play("60_verify_decommission", variables=asked)

        assert result.outcome is PlayOutcome.FAILED
        assert f"The estate file has no site {site} with the endpoint {endpoint}" in result.why
