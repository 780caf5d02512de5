"""The layer `hybrid`: Exchange Online of one environment while the estate lives on both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pulumi

from infra.exchange.resources import Bounds as Between
from infra.exchange.resources import Provider
from infra.hybrid.administration import Administration, AdministrationArgs
from infra.hybrid.duties import DUTIES
from infra.hybrid.links_and_files import LinksAndFiles, LinksAndFilesArgs
from infra.hybrid.mail_flow import MailFlow, MailFlowArgs
from infra.hybrid.move_sources import MoveSource, MoveSources, MoveSourcesArgs
from infra.hybrid.organisation import Organisation, OrganisationArgs
from infra.hybrid.outside_mail import OutsideMail, OutsideMailArgs
from infra.hybrid.presets import Presets
from infra.hybrid.protection import Protection, ProtectionArgs
from infra.hybrid.sharing import Sharing, SharingArgs
from infra.hybrid.signing import Signing, SigningArgs
from infra.hybrid.validity import check_certificates, warnings
from infra.hybrid.wizard import wizard_names
from infra.lower import Lower
from infra.settings.hybrid import Bounds, Endpoint, HybridSettings
from infra.stack import StackName


async def lay_hybrid(stack: StackName, settings: HybridSettings, today: date) -> pulumi.Inputs:
    """Declare the layer's resources and return its outputs; *today*, in UTC, is what certificates are held against.

    The Exchange provider compares its tenant with that of the endpoints file before it plans anything.

    Raises:
        BadSetting: a certificate has expired.
        NotDeployed: the identity layer is not there.
        WrongOwner: the identity layer belongs to another tenant.
    """
    check_certificates(stack, settings, today)
    identity = await Lower.of(stack, "identity")
    identity.require_owner(tenant=settings.tenant_id)
    for text in warnings(settings, today):
        pulumi.log.warn(text)
    exchange = Provider("exchange", tenant_id=settings.tenant_id)
    opts = pulumi.ResourceOptions(
        providers=[exchange], protect=settings.protect, retain_on_delete=settings.retain
    )
    laying = _Laying(stack, settings, opts)
    mail = laying.mail()
    laying.policies(mail)
    return {
        "tenant_id": settings.tenant_id,
        "client_id": identity.require("client_id"),
        "mail_domain": mail.mail_domain,
        "routing_domain": settings.routing_domain,
        "connector_name": mail.connector_name,
        "inbound_connector_name": mail.inbound_name,
        "endpoints": laying.sources(),
        "role_groups": laying.administration(identity),
    }


@dataclass(frozen=True)
class _Laying:
    """The parts of the layer, each made by one component with the same *opts*."""

    stack: StackName
    settings: HybridSettings
    opts: pulumi.ResourceOptions

    def mail(self) -> MailFlow:
        """Both ways between the sides, and what people on both see of each other."""
        settings = self.settings
        names = wizard_names(settings.organisation, settings.wizard_names)
        flow = MailFlowArgs(
            mail_domain=settings.mail_domain,
            domain_type=settings.domain_type,
            inbound_name=names.inbound_connector,
            next_name=self.stack.display_name("from on-premises, next"),
            certificates=[certificate.name for certificate in settings.certificates],
            outbound_name=names.outbound_connector,
            smart_hosts=settings.smart_hosts,
            tls_domain=settings.tls_domain,
        )
        mail = MailFlow("mail-flow", flow, self.opts)
        sharing = SharingArgs(
            names=names,
            organisation=settings.organisation,
            mail_domain=settings.mail_domain,
            published_host=settings.published_host,
            inbound=mail.inbound_name,
            outbound=mail.connector_name,
        )
        Sharing("sharing", sharing, self.opts)
        return mail

    def policies(self, mail: MailFlow) -> None:
        """What holds for everybody's mail, once it has both ways."""
        stack, settings, opts = self.stack, self.settings, self.opts
        outside = OutsideMailArgs(stack.display_name("mail from outside"), settings.outside_notice)
        OutsideMail("outside-mail", outside, opts)
        Signing("signing", SigningArgs(settings.mail_domain, settings.signing), opts)
        people = [f"{person.name};{person.address}" for person in settings.imitated_people]
        Protection("protection", ProtectionArgs(settings.security_contacts, people), opts)
        Presets("presets", settings.priority_groups, opts)
        files = LinksAndFilesArgs(
            [mail.mail_domain], stack.display_name("links"), stack.display_name("attachments")
        )
        LinksAndFiles("links-and-files", files, opts)
        connectors = [mail.inbound, mail.outbound]
        Organisation("organisation", OrganisationArgs(connectors, stack.display_name("modern sign-in")), opts)

    def administration(self, identity: Lower) -> dict[str, pulumi.Output[str]]:
        """What the migration's applications may do; names of the role groups by duty."""
        args = AdministrationArgs(
            clients=identity.require_each("client_ids", DUTIES),
            principals=identity.require_each("principal_ids", DUTIES),
            names={duty: self.stack.display_name(duty) for duty in DUTIES},
            scope_name=self.stack.display_name("movable recipients"),
            mailbox=self.settings.delivery_mailbox,
            mailbox_scope=self.stack.display_name("delivery check"),
        )
        return Administration("administration", args, self.opts).group_names

    def sources(self) -> dict[str, dict[str, pulumi.Output[object]]]:
        """The endpoints; what the operator command reads of each, by name."""
        args = MoveSourcesArgs([_source(endpoint) for endpoint in self.settings.endpoints])
        return MoveSources("move-sources", args, self.opts).facts


def _source(endpoint: Endpoint) -> MoveSource:
    return MoveSource(
        name=endpoint.name,
        remote_server=endpoint.remote_server,
        migrations=_between(endpoint.migrations),
        incremental_syncs=_between(endpoint.incremental_syncs),
    )


def _between(bounds: Bounds) -> Between:
    return Between(minimum=bounds.minimum, maximum=bounds.maximum)
