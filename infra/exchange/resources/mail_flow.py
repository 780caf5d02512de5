"""Generated from infra/exchange/objects/mail_flow.py by `python -m infra.exchange.generate`: change it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict, Unpack

from pulumi import Input, Output, ResourceOptions

from infra.exchange.resources.base import Resource


class AcceptedDomainArgs(TypedDict, total=False):
    """The properties of AcceptedDomain."""

    domain_name: Required[Input[str]]
    """Which object is meant."""
    domain_type: Input[str]
    """InternalRelay while some of its recipients are unknown to Exchange Online.

    One of Authoritative, InternalRelay, ExternalRelay.
    """
    match_sub_domains: Input[bool]
    """Whether its subdomains belong to it; needs one of the relays."""


class AcceptedDomain(Resource):
    """A domain that the tenant takes mail for.

    Only a person can add one, and verify it. It is adopted, and stays when it leaves the stack.
    """

    domain_name: Output[str]
    domain_type: Output[str]
    match_sub_domains: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[AcceptedDomainArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class InboundConnectorArgs(TypedDict, total=False):
    """The properties of InboundConnector."""

    name: Required[Input[str]]
    """Which object is meant."""
    connector_type: Required[Input[str]]
    """OnPremises for servers of one's own. One of Partner, OnPremises."""
    sender_domains: Required[Input[Sequence[Input[str]]]]
    """The senders' domains; `*` is all."""
    tls_sender_certificate_name: Input[str]
    """The name on the certificate that the sender must present."""
    require_tls: Input[bool]
    """Whether mail without TLS is refused."""
    restrict_domains_to_certificate: Input[bool]
    """Whether the sender domains must not come any other way."""
    cloud_services_mail_enabled: Input[bool]
    """Whether headers of the organisation are believed (hybrid)."""
    treat_messages_as_internal: Input[bool]
    """Whether all its mail counts as from inside."""
    enabled: Input[bool]
    """Whether it is in use."""
    comment: Input[str]
    """A remark for people."""


class InboundConnector(Resource):
    """How the tenant knows mail from servers of its own: by one certificate.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    connector_type: Output[str]
    sender_domains: Output[Sequence[str]]
    tls_sender_certificate_name: Output[str]
    require_tls: Output[bool]
    restrict_domains_to_certificate: Output[bool]
    cloud_services_mail_enabled: Output[bool]
    treat_messages_as_internal: Output[bool]
    enabled: Output[bool]
    comment: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[InboundConnectorArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class OutboundConnectorArgs(TypedDict, total=False):
    """The properties of OutboundConnector."""

    name: Required[Input[str]]
    """Which object is meant."""
    connector_type: Required[Input[str]]
    """OnPremises for servers of one's own. One of Partner, OnPremises."""
    recipient_domains: Input[Sequence[Input[str]]]
    """The domains that it is for."""
    smart_hosts: Input[Sequence[Input[str]]]
    """Where it delivers; needs `useMxRecord` false."""
    use_mx_record: Input[bool]
    """Whether it delivers by MX instead."""
    tls_settings: Input[str]
    """What the receiver must prove; DomainValidation needs `tlsDomain`.

    One of EncryptionOnly, CertificateValidation, DomainValidation.
    """
    tls_domain: Input[str]
    """The name that the receiver's certificate must carry."""
    cloud_services_mail_enabled: Input[bool]
    """Whether headers of the organisation are kept (hybrid)."""
    route_all_messages_via_on_premises: Input[bool]
    """Whether all mail leaves through it."""
    all_accepted_domains: Input[bool]
    """Whether it is for all accepted domains."""
    enabled: Input[bool]
    """Whether it is in use."""
    comment: Input[str]
    """A remark for people."""


class OutboundConnector(Resource):
    """How mail leaves the tenant for domains or servers of one's own.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    connector_type: Output[str]
    recipient_domains: Output[Sequence[str]]
    smart_hosts: Output[Sequence[str]]
    use_mx_record: Output[bool]
    tls_settings: Output[str]
    tls_domain: Output[str]
    cloud_services_mail_enabled: Output[bool]
    route_all_messages_via_on_premises: Output[bool]
    all_accepted_domains: Output[bool]
    enabled: Output[bool]
    comment: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[OutboundConnectorArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class RemoteDomainArgs(TypedDict, total=False):
    """The properties of RemoteDomain."""

    name: Required[Input[str]]
    """Which object is meant."""
    domain_name: Required[Input[str]]
    """The domain; `*` is all of them."""
    auto_forward_enabled: Input[bool]
    """Whether mail may be forwarded there by itself."""
    auto_reply_enabled: Input[bool]
    """Whether mail may be answered by itself."""
    allowed_oof_type: Input[str]
    """Which answers of people who are out of office go there.

    One of External, ExternalLegacy, InternalLegacy, None.
    """
    tnef_enabled: Input[bool]
    """Whether mail keeps the form that only Outlook reads."""
    trusted_mail_inbound_enabled: Input[bool]
    """Whether mail from there counts as from inside."""
    trusted_mail_outbound_enabled: Input[bool]
    """Whether mail to there counts as to inside."""
    is_internal: Input[bool]
    """Whether its recipients are people of the organisation."""
    target_delivery_domain: Input[bool]
    """Whether moved mailboxes get their routing address in it."""


class RemoteDomain(Resource):
    """How mail to a domain outside is written.

    `Default` is every domain that has none of its own. It is made and removed by the stack; one of that name
    is adopted. Every tenant has Default: adopted, and never removed.
    """

    name: Output[str]
    domain_name: Output[str]
    auto_forward_enabled: Output[bool]
    auto_reply_enabled: Output[bool]
    allowed_oof_type: Output[str]
    tnef_enabled: Output[bool]
    trusted_mail_inbound_enabled: Output[bool]
    trusted_mail_outbound_enabled: Output[bool]
    is_internal: Output[bool]
    target_delivery_domain: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[RemoteDomainArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class TransportRuleArgs(TypedDict, total=False):
    """The properties of TransportRule."""

    name: Required[Input[str]]
    """Which object is meant."""
    from_scope: Input[str]
    """Where the sender is. One of InOrganization, NotInOrganization."""
    sent_to_scope: Input[str]
    """Where the recipient is.

    One of InOrganization, NotInOrganization, ExternalPartner, ExternalNonPartner.
    """
    sender_domain_is: Input[Sequence[Input[str]]]
    """Domains of the sender, one of which must match."""
    except_if_sender_domain_is: Input[Sequence[Input[str]]]
    """Domains of the sender that the rule leaves alone."""
    except_if_header_contains_message_header: Input[str]
    """The header that an exception looks at."""
    except_if_header_contains_words: Input[Sequence[Input[str]]]
    """What that header contains where the rule does nothing."""
    set_header_name: Input[str]
    """The header that is set."""
    set_header_value: Input[str]
    """What it is set to."""
    prepend_subject: Input[str]
    """What is put before the subject."""
    apply_html_disclaimer_text: Input[str]
    """A text, as HTML, that is added."""
    apply_html_disclaimer_location: Input[str]
    """Where it is added. One of Append, Prepend."""
    apply_html_disclaimer_fallback_action: Input[str]
    """What is done with mail that nothing can be added to. One of Wrap, Ignore, Reject."""
    set_scl: Input[str]
    """How much like spam the mail counts, -1 to 9."""
    priority: Input[int]
    """Its place among the rules, 0 first."""
    mode: Input[str]
    """Enforce, or only report. One of Audit, AuditAndNotify, Enforce."""
    enabled: Input[bool]
    """Whether it is in use."""
    comments: Input[str]
    """A remark for people."""


class TransportRule(Resource):
    """What is done to mail on its way.

    One that sets `setScl` to -1 lets mail past the filters. It is made and removed by the stack; one of that
    name is adopted.
    """

    name: Output[str]
    from_scope: Output[str]
    sent_to_scope: Output[str]
    sender_domain_is: Output[Sequence[str]]
    except_if_sender_domain_is: Output[Sequence[str]]
    except_if_header_contains_message_header: Output[str]
    except_if_header_contains_words: Output[Sequence[str]]
    set_header_name: Output[str]
    set_header_value: Output[str]
    prepend_subject: Output[str]
    apply_html_disclaimer_text: Output[str]
    apply_html_disclaimer_location: Output[str]
    apply_html_disclaimer_fallback_action: Output[str]
    set_scl: Output[str]
    priority: Output[int]
    mode: Output[str]
    enabled: Output[bool]
    comments: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[TransportRuleArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class ExternalInOutlookArgs(TypedDict, total=False):
    """The properties of ExternalInOutlook."""

    enabled: Input[bool]
    """Whether it is marked."""
    allow_list: Input[Sequence[Input[str]]]
    """Senders and domains that are never marked."""


class ExternalInOutlook(Resource):
    """Whether Outlook marks mail from outside; on-premises servers behind a hybrid connector are inside.

    It is adopted, and stays when it leaves the stack.
    """

    enabled: Output[bool]
    allow_list: Output[Sequence[str]]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[ExternalInOutlookArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class DkimSigningConfigArgs(TypedDict, total=False):
    """The properties of DkimSigningConfig."""

    domain_name: Required[Input[str]]
    """Which object is meant."""
    enabled: Required[Input[bool]]
    """Whether mail is signed; the DNS records must be there first."""
    key_size: Input[int]
    """Bits of its keys, set when it is made; `Rotate-DkimSigningConfig` is a person's act."""


class DkimSigningConfig(Resource):
    """Signatures of a domain's mail.

    They stay when the resource leaves the stack: mail on its way needs its keys. It is made by the stack or
    adopted, and never removed.
    """

    domain_name: Output[str]
    enabled: Output[bool]
    key_size: Output[int]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[DkimSigningConfigArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)
