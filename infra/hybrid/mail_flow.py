"""How mail finds a mailbox while the domain's mailboxes are on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.exchange.resources import AcceptedDomain, InboundConnector, OutboundConnector, RemoteDomain
from infra.hybrid.part import Part


@dataclass(frozen=True)
class MailFlowArgs:
    """*tls_domain* is the name that the certificate of *smart_hosts* must carry.

    *certificates* are the names on the certificates by which mail from on-premises is known: the one in use, and the
    next while they are changed. *next_name* is what the connector of the next is called.
    """

    mail_domain: str
    domain_type: str
    inbound_name: str
    next_name: str
    certificates: Sequence[str]
    outbound_name: str
    smart_hosts: Sequence[str]
    tls_domain: str


class MailFlow(Part):
    """The shared domain, and both ways between the two sides.

    A connector takes one certificate, so the next has a connector of its own until it has taken the place of the first:
    the engine sets the first connector before it removes the second, so both are accepted at every moment.
    """

    def __init__(self, name: str, args: MailFlowArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("MailFlow", name, opts)
        self._args = args

        self.inbound = self._inbound("from-on-premises", args.inbound_name, args.certificates[0], self.child)
        self.standby = [
            self._inbound("from-on-premises-next", args.next_name, certificate, self.passing())
            for certificate in args.certificates[1:]
        ]
        self.outbound = self._outbound()
        self.domain = self._domain()
        self.everywhere = self._everywhere()

        self.inbound_name: pulumi.Output[str] = self.inbound.name
        self.connector_name: pulumi.Output[str] = self.outbound.name
        self.mail_domain: pulumi.Output[str] = self.domain.domain_name
        self.register_outputs({"connector_name": self.connector_name, "mail_domain": self.mail_domain})

    def _inbound(
        self, name: str, called: str, certificate: str, opts: pulumi.ResourceOptions
    ) -> InboundConnector:
        return InboundConnector(
            name,
            name=called,
            enabled=True,
            connector_type="OnPremises",
            sender_domains=["*"],
            require_tls=True,
            tls_sender_certificate_name=certificate,
            cloud_services_mail_enabled=True,
            opts=opts,
        )

    def _outbound(self) -> OutboundConnector:
        return OutboundConnector(
            "on-premises",
            name=self._args.outbound_name,
            enabled=True,
            connector_type="OnPremises",
            recipient_domains=[self._args.mail_domain],
            smart_hosts=self._args.smart_hosts,
            use_mx_record=False,
            tls_settings="DomainValidation",
            tls_domain=self._args.tls_domain,
            cloud_services_mail_enabled=True,
            route_all_messages_via_on_premises=False,
            opts=self.child,
        )

    def _domain(self) -> AcceptedDomain:
        return AcceptedDomain(
            "mail",
            domain_name=self._args.mail_domain,
            domain_type=self._args.domain_type,
            opts=self.after(self.outbound),  # a relaying domain without a connector would send to itself
        )

    def _everywhere(self) -> RemoteDomain:
        """What holds for every domain outside: nothing is forwarded there by itself."""
        return RemoteDomain(
            "everywhere", name="Default", domain_name="*", auto_forward_enabled=False, opts=self.child
        )
