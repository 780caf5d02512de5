"""How mail finds its way: domains, connectors, rules and signatures."""

from __future__ import annotations

from infra.exchange.kinds import TOGGLE, Life, ObjectType, Property, prop
from infra.exchange.rules import Flag, Names, Number, State, Text, address_space

_NAME = "What the object is called"
_CONNECTOR = Text(("Partner", "OnPremises"))

ACCEPTED_DOMAIN = ObjectType(
    noun="AcceptedDomain",
    key="domainName",
    says="A domain that the tenant takes mail for. Only a person can add one, and verify it.",
    life=Life.ADOPTED,
    absent="mailwave:mail_domain must be a domain that a person has added to the tenant and verified",
    properties=(
        prop(
            "DomainType",
            Text(("Authoritative", "InternalRelay", "ExternalRelay")),
            "InternalRelay while some of its recipients are unknown to Exchange Online",
        ),
        prop("MatchSubDomains", Flag(), "Whether its subdomains belong to it; needs one of the relays"),
    ),
)

INBOUND_CONNECTOR = ObjectType(
    noun="InboundConnector",
    key="name",
    says="How the tenant knows mail from servers of its own: by one certificate.",
    properties=(
        prop("ConnectorType", _CONNECTOR, "OnPremises for servers of one's own", required=True),
        prop("SenderDomains", Names(address_space), "The senders' domains; `*` is all", required=True),
        prop("TlsSenderCertificateName", Text(), "The name on the certificate that the sender must present"),
        prop("RequireTls", Flag(), "Whether mail without TLS is refused"),
        prop(
            "RestrictDomainsToCertificate", Flag(), "Whether the sender domains must not come any other way"
        ),
        prop("CloudServicesMailEnabled", Flag(), "Whether headers of the organisation are believed (hybrid)"),
        prop("TreatMessagesAsInternal", Flag(), "Whether all its mail counts as from inside"),
        prop("Enabled", Flag(), "Whether it is in use"),
        prop("Comment", Text(), "A remark for people"),
    ),
)

OUTBOUND_CONNECTOR = ObjectType(
    noun="OutboundConnector",
    key="name",
    says="How mail leaves the tenant for domains or servers of one's own.",
    properties=(
        prop("ConnectorType", _CONNECTOR, "OnPremises for servers of one's own", required=True),
        prop("RecipientDomains", Names(), "The domains that it is for"),
        prop("SmartHosts", Names(), "Where it delivers; needs `useMxRecord` false"),
        prop("UseMXRecord", Flag(), "Whether it delivers by MX instead"),
        prop(
            "TlsSettings",
            Text(("EncryptionOnly", "CertificateValidation", "DomainValidation")),
            "What the receiver must prove; DomainValidation needs `tlsDomain`",
        ),
        prop("TlsDomain", Text(), "The name that the receiver's certificate must carry"),
        prop("CloudServicesMailEnabled", Flag(), "Whether headers of the organisation are kept (hybrid)"),
        prop("RouteAllMessagesViaOnPremises", Flag(), "Whether all mail leaves through it"),
        prop("AllAcceptedDomains", Flag(), "Whether it is for all accepted domains"),
        prop("Enabled", Flag(), "Whether it is in use"),
        prop("Comment", Text(), "A remark for people"),
    ),
)

REMOTE_DOMAIN = ObjectType(
    noun="RemoteDomain",
    key="name",
    says="How mail to a domain outside is written. `Default` is every domain that has none of its own.",
    standing=frozenset({"Default"}),
    properties=(
        prop("DomainName", Text(), "The domain; `*` is all of them", required=True),
        prop("AutoForwardEnabled", Flag(), "Whether mail may be forwarded there by itself"),
        prop("AutoReplyEnabled", Flag(), "Whether mail may be answered by itself"),
        prop(
            "AllowedOOFType",
            Text(("External", "ExternalLegacy", "InternalLegacy", "None")),
            "Which answers of people who are out of office go there",
        ),
        prop("TNEFEnabled", Flag(), "Whether mail keeps the form that only Outlook reads"),
        prop("TrustedMailInboundEnabled", Flag(), "Whether mail from there counts as from inside"),
        prop("TrustedMailOutboundEnabled", Flag(), "Whether mail to there counts as to inside"),
        prop("IsInternal", Flag(), "Whether its recipients are people of the organisation"),
        prop("TargetDeliveryDomain", Flag(), "Whether moved mailboxes get their routing address in it"),
    ),
)

TRANSPORT_RULE = ObjectType(
    noun="TransportRule",
    key="name",
    says="What is done to mail on its way. One that sets `setScl` to -1 lets mail past the filters.",
    properties=(
        prop("FromScope", Text(("InOrganization", "NotInOrganization")), "Where the sender is"),
        prop(
            "SentToScope",
            Text(("InOrganization", "NotInOrganization", "ExternalPartner", "ExternalNonPartner")),
            "Where the recipient is",
        ),
        prop("SenderDomainIs", Names(), "Domains of the sender, one of which must match"),
        prop("ExceptIfSenderDomainIs", Names(), "Domains of the sender that the rule leaves alone"),
        prop("ExceptIfHeaderContainsMessageHeader", Text(), "The header that an exception looks at"),
        prop("ExceptIfHeaderContainsWords", Names(), "What that header contains where the rule does nothing"),
        prop("SetHeaderName", Text(), "The header that is set"),
        prop("SetHeaderValue", Text(), "What it is set to"),
        prop("PrependSubject", Text(), "What is put before the subject"),
        prop("ApplyHtmlDisclaimerText", Text(), "A text, as HTML, that is added"),
        prop("ApplyHtmlDisclaimerLocation", Text(("Append", "Prepend")), "Where it is added"),
        prop(
            "ApplyHtmlDisclaimerFallbackAction",
            Text(("Wrap", "Ignore", "Reject")),
            "What is done with mail that nothing can be added to",
        ),
        prop("SetSCL", Text(), "How much like spam the mail counts, -1 to 9"),
        prop("Priority", Number(), "Its place among the rules, 0 first"),
        prop("Mode", Text(("Audit", "AuditAndNotify", "Enforce")), "Enforce, or only report"),
        prop("Enabled", State(), "Whether it is in use", shown="State", by=TOGGLE),
        prop("Comments", Text(), "A remark for people"),
    ),
)

EXTERNAL_IN_OUTLOOK = ObjectType(
    noun="ExternalInOutlook",
    key="",
    says="Whether Outlook marks mail from outside; on-premises servers behind a hybrid connector are inside.",
    life=Life.ADOPTED,
    properties=(
        prop("Enabled", Flag(), "Whether it is marked"),
        prop("AllowList", Names(), "Senders and domains that are never marked"),
    ),
)

DKIM_SIGNING_CONFIG = ObjectType(
    noun="DkimSigningConfig",
    key="domainName",
    says="Signatures of a domain's mail. They stay when the resource leaves the stack: mail on its way needs its keys.",
    life=Life.KEPT,
    given=("DomainName",),
    properties=(
        prop("Enabled", Flag(), "Whether mail is signed; the DNS records must be there first", required=True),
        Property(
            "keySize",
            "KeySize",
            Number(1024, 2048),
            "Bits of its keys, set when it is made; `Rotate-DkimSigningConfig` is a person's act",
            shown="Selector1KeySize",
        ),
    ),
)

KINDS = (
    ACCEPTED_DOMAIN,
    INBOUND_CONNECTOR,
    OUTBOUND_CONNECTOR,
    REMOTE_DOMAIN,
    TRANSPORT_RULE,
    EXTERNAL_IN_OUTLOOK,
    DKIM_SIGNING_CONFIG,
)
