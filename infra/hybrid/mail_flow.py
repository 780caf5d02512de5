"""How mail finds a mailbox while the domain's mailboxes are on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.exchange.resources import AcceptedDomain, OutboundConnector


@dataclass(frozen=True)
class MailFlowArgs:
    """*tls_domain* is the name that the certificate of *smart_hosts* must carry; *retain* keeps the connector."""

    mail_domain: str
    domain_type: str
    connector_name: str
    smart_hosts: Sequence[str]
    tls_domain: str
    retain: bool


class MailFlow(pulumi.ComponentResource):
    """The shared domain, and the way back to the mailboxes that have not moved.

    The domain is adopted, and stays when it leaves the stack. The connector is not the wizard's: running the wizard
    again would reset that one.
    """

    def __init__(self, name: str, args: MailFlowArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:hybrid:MailFlow", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self, retain_on_delete=args.retain)

        self.connector = self._connector()
        self.domain = self._domain()

        self.connector_name: pulumi.Output[str] = self.connector.name
        self.mail_domain: pulumi.Output[str] = self.domain.domain_name
        self.register_outputs({"connector_name": self.connector_name, "mail_domain": self.mail_domain})

    def _connector(self) -> OutboundConnector:
        return OutboundConnector(
            "on-premises",
            name=self._args.connector_name,
            comment="Mail to mailboxes that have not moved yet. Managed by Pulumi: change it in the stack.",
            enabled=True,
            connector_type="OnPremises",
            recipient_domains=[self._args.mail_domain],
            smart_hosts=self._args.smart_hosts,
            use_mx_record=False,
            tls_settings="DomainValidation",
            tls_domain=self._args.tls_domain,
            cloud_services_mail_enabled=True,
            route_all_messages_via_on_premises=False,
            opts=self._child,
        )

    def _domain(self) -> AcceptedDomain:
        return AcceptedDomain(
            "mail",
            domain_name=self._args.mail_domain,
            domain_type=self._args.domain_type,
            # A relaying domain without a connector would send to itself.
            opts=pulumi.ResourceOptions.merge(
                self._child, pulumi.ResourceOptions(depends_on=[self.connector])
            ),
        )
