"""The layer's components under the real engine, on a tenant as the Hybrid Configuration Wizard leaves it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from estate_schema.endpoints import load_endpoints
from exchange_admin import Row, find_one
from exchange_admin.connect import exchange_online
from exchange_admin.online import ExchangeOnline
from rehearsal.environments import ENVIRONMENTS
from tests.engine import Done, Pulumi, environment, needed
from tests.served import ROOT, served

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]  # some ten commands of the engine each

TENANT = ENVIRONMENTS["rehearsal"].tenant
HOST = "mail.leeds.nhsmail.example"
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
from infra.exchange.resources import Provider
from infra.hybrid.administration import Administration, AdministrationArgs
from infra.hybrid.duties import DUTIES
from infra.hybrid.links_and_files import LinksAndFiles, LinksAndFilesArgs
from infra.hybrid.mail_flow import MailFlow, MailFlowArgs
from infra.hybrid.organisation import Organisation, OrganisationArgs
from infra.hybrid.outside_mail import OutsideMail, OutsideMailArgs
from infra.hybrid.presets import Presets
from infra.hybrid.protection import Protection, ProtectionArgs
from infra.hybrid.sharing import Sharing, SharingArgs
from infra.hybrid.signing import Signing, SigningArgs
from infra.hybrid.wizard import wizard_names
from infra.settings.hybrid import WizardNames

domain, host, organisation = "{domain}", "{host}", "{organisation}"
names = wizard_names(organisation, WizardNames())
opts = pulumi.ResourceOptions(providers=[Provider("exchange", tenant_id="{tenant}")])
flow = MailFlow(
    "mail-flow",
    MailFlowArgs(
        mail_domain=domain,
        domain_type="InternalRelay",
        inbound_name=names.inbound_connector,
        next_name="the next",
        certificates={certificates},
        outbound_name=names.outbound_connector,
        smart_hosts=[host],
        tls_domain=host,
    ),
    opts,
)
if {everything}:
    Sharing(
        "sharing",
        SharingArgs(names, organisation, domain, host, flow.inbound_name, flow.connector_name),
        opts,
    )
    OutsideMail("outside", OutsideMailArgs("from outside", "From outside."), opts)
    Signing("signing", SigningArgs(domain, False), opts)
    Protection("protection", ProtectionArgs(["soc@" + domain], []), opts)
    Presets("presets", ["board@" + domain], opts)
    LinksAndFiles("links-and-files", LinksAndFilesArgs([domain], "links", "files"), opts)
    Organisation("organisation", OrganisationArgs([flow.inbound], "modern"), opts)
    clients, principals = (
        {{duty: f"00000000-0000-4000-8000-{{which}}{{n:011}}" for n, duty in enumerate(DUTIES)}} for which in (1, 2)
    )
    names = {{duty: f"mailwave {{duty}}" for duty in DUTIES}}
    Administration("administration", AdministrationArgs(clients, principals, names, "movable"), opts)
"""
CHANGES = 7
"""The engine's exit code for changes where none were expected."""
IMPORTED = {
    *("TransportRule", "SafeLinksRule", "EOPProtectionPolicyRule", "ATPProtectionPolicyRule"),
    *("RoleGroup", "ManagementScope", "ManagementRoleAssignment", "ServicePrincipal", "RoleAssignmentPolicy"),
}
"""Kinds that a lost state held, those of roles among them."""
LOOK = ("refresh", "--preview-only", "--expect-no-changes")
DRIFT: dict[str, dict[str, Any]] = {
    "Set-InboundConnector": {"Identity": f"Inbound from {TENANT.organisation}", "RequireTls": False},
    "Set-OutboundConnector": {"Identity": f"Outbound to {TENANT.organisation}", "Enabled": False},
    "Set-RemoteDomain": {"Identity": "Default", "AutoForwardEnabled": True},
    "Disable-TransportRule": {"Identity": "from outside"},
    "Set-OrganizationRelationship": {
        "Identity": f"O365 to On-premises - {TENANT.organisation}",
        "FreeBusyAccessEnabled": False,
    },
    "Set-SharingPolicy": {"Identity": "Default Sharing Policy", "Enabled": True},
    "Set-HostedOutboundSpamFilterPolicy": {"Identity": "Default", "AutoForwardingMode": "On"},
    "Set-HostedContentFilterPolicy": {"Identity": "Default", "AllowedSenderDomains": ["a.example"]},
    "Set-MalwareFilterPolicy": {"Identity": "Default", "ZapEnabled": False},
    "Set-SafeLinksPolicy": {"Identity": "links", "TrackClicks": False},
    "Set-OrganizationConfig": {"RejectDirectSend": False},
    "Set-TransportConfig": {"SmtpClientAuthenticationDisabled": False},
    "Disable-ATPProtectionPolicyRule": {"Identity": "Strict Preset Security Policy"},
    "Set-EOPProtectionPolicyRule": {
        "Identity": "Strict Preset Security Policy",
        "SentToMemberOf": ["nobody@a.example"],
    },
    "New-ManagementRoleAssignment": {
        "Role": "My Marketplace Apps",
        "Policy": "Default Role Assignment Policy",
    },
    "Set-ManagementRoleAssignment": {"Identity": "Migration-mailwave batch-runner", "Enabled": False},
    "Set-ManagementScope": {"Identity": "movable", "RecipientRestrictionFilter": "Alias -eq 'x'"},
    "Remove-RoleGroupMember": {
        "Identity": "mailwave completer",
        "Member": "mailwave completer",
        "Confirm": False,
    },
}
"""What somebody does behind the stack's back, in eighteen kinds of object."""


@dataclass(frozen=True)
class Stack(Pulumi):
    """A stack of its own, and the tenant behind it."""

    exchange: ExchangeOnline

    def write(self, *certificates: str, everything: bool = True) -> None:
        """Let the program be one with these certificates."""
        text = PROGRAM.format(
            domain=TENANT.mail_domain,
            host=HOST,
            organisation=TENANT.organisation,
            tenant=TENANT.id,
            certificates=list(certificates or (HOST,)),
            everything=everything,
        )
        (self.folder / "__main__.py").write_text(text, encoding="utf-8")

    def done(self, *arguments: str) -> Done:
        """A command that must succeed."""
        found = self.run(*arguments)
        assert 0 == found.code, found.text
        return found

    def adopt(self) -> list[str]:
        """Import what the program would make and the tenant has, as infra/README.md says; the types of it."""
        preview = subprocess.run(
            ["pulumi", "preview", "--json", "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            check=True,
        )
        file = subprocess.run(
            [sys.executable, "-m", "infra.adoption"],
            cwd=ROOT,
            env=self.environment,
            input=preview.stdout,
            capture_output=True,
            check=True,
        )
        (self.folder / "import.json").write_bytes(file.stdout)
        options = ("--yes", "--protect=false", "--generate-code=false", "--skip-preview")
        self.done("import", "--file", "import.json", *options)
        return [entry["type"] for entry in json.loads(file.stdout)["resources"]]

    def live(self, noun: str, name: str) -> Row | None:
        """The live object."""
        return find_one(self.exchange, f"Get-{noun}", name)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """An empty stack of the served estate's tenant."""
    needed()
    for folder in ("rehearsal", "project", "state"):
        (tmp_path / folder).mkdir()
    project = tmp_path / "project"
    (project / "Pulumi.yaml").write_text(
        PROJECT.format(provider=ROOT / "infra" / "exchange"), encoding="utf-8"
    )
    with served(tmp_path / "rehearsal") as endpoints:
        variables = environment(
            tmp_path / "pulumi-home",
            f"file://{tmp_path / 'state'}",
            PULUMI_CONFIG_PASSPHRASE="throw-away",
            MAILWAVE_ENDPOINTS=str(endpoints),
        )
        with exchange_online(load_endpoints(endpoints), dry_run=False) as exchange:
            stack = Stack(project, variables, exchange)
            stack.write()
            stack.done("stack", "init", "hybrid-test")
            yield stack


def _changes(stack: Stack) -> dict[str, str]:
    """What a preview would change, by type and name of the resource."""
    text = stack.done("preview", "--json").text
    steps = json.loads(text[text.index("{") :])["steps"]
    return {":".join(step["urn"].split("$")[-1].split("::")[-2:]): step["op"] for step in steps}


def test_what_the_wizard_made_is_imported_without_a_change_and_kept(stack: Stack) -> None:
    """It should import what the wizard made, show no change to it, and mend what somebody does behind its back."""
    assert "exchange:index:TransportRule" not in stack.adopt()
    found = _changes(stack)
    assert set() == {
        "exchange:index:InboundConnector:from-on-premises",
        "exchange:index:OutboundConnector:on-premises",
        "exchange:index:OrganizationRelationship:on-premises",
        "exchange:index:IntraOrganizationConnector:on-premises",
        "exchange:index:OnPremisesOrganization:on-premises",
    } & set(found)
    assert "create" == found["exchange:index:TransportRule:notice"]
    assert "update" == found["exchange:index:HostedOutboundSpamFilterPolicy:outgoing"]

    stack.done("up", "--yes", "--skip-preview")
    for cmdlet, parameters in DRIFT.items():
        stack.exchange.invoke(cmdlet, parameters)
    shown = stack.run(*LOOK)
    assert CHANGES == shown.code
    assert f"~ {len(DRIFT)} to update" in shown.text, shown.text
    stack.done("up", "--yes", "--skip-preview", "--refresh")
    stack.done(*LOOK)


def test_everything_is_imported_without_a_change_and_given_back(stack: Stack) -> None:
    """It should import all that a lost state held, show no change, and at the end leave what is not its own."""
    stack.done("up", "--yes", "--skip-preview")
    stack.done("stack", "rm", "--force", "--yes", "--preserve-config")
    stack.done("stack", "init", "hybrid-test")
    assert IMPORTED <= {kind.rpartition(":")[2] for kind in stack.adopt()}
    stack.done("preview", "--expect-no-changes")

    # An import records who depends on whom for nothing; the first update does, and destruction goes by that.
    stack.done("up", "--yes", "--skip-preview", "--expect-no-changes")
    stack.done("destroy", "--yes", "--skip-preview")
    assert stack.live("TransportRule", "from outside") is None
    assert stack.live("DkimSigningConfig", TENANT.mail_domain) is not None
    assert stack.live("RemoteDomain", "Default") is not None


def test_a_certificate_is_changed_without_a_gap(stack: Stack) -> None:
    """It should accept the next certificate beside the first, and let the first go only once the next has its place."""
    inbound, following = f"Inbound from {TENANT.organisation}", "the next"

    def accepted() -> dict[str, Any]:
        rows = stack.exchange.invoke("Get-InboundConnector").rows
        return {row["Name"]: row["TlsSenderCertificateName"] for row in rows}

    stack.write(HOST, everything=False)
    stack.done("up", "--yes", "--skip-preview")
    assert {inbound: HOST} == accepted()

    stack.write(HOST, "new.nhsmail.example", everything=False)
    stack.done("up", "--yes", "--skip-preview")
    assert {inbound: HOST, following: "new.nhsmail.example"} == accepted()

    stack.write("new.nhsmail.example", everything=False)
    text = stack.done("up", "--yes", "--skip-preview").text
    assert {inbound: "new.nhsmail.example"} == accepted()
    changed = text.index("InboundConnector from-on-premises updated")
    assert changed < text.index("InboundConnector from-on-premises-next deleting")
