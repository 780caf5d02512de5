"""What holds for the whole organisation, and what clients may do."""

from __future__ import annotations

from infra.exchange.kinds import Life, ObjectType, prop
from infra.exchange.rules import Flag, Number, Text

ORGANIZATION_CONFIG = ObjectType(
    noun="OrganizationConfig",
    key="",
    says="The organisation's own settings.",
    life=Life.ADOPTED,
    properties=(
        prop("AuditDisabled", Flag(), "True: no mailbox is audited"),
        prop("OAuth2ClientProfileEnabled", Flag(), "Whether clients sign in by modern authentication"),
        prop("RejectDirectSend", Flag(), "Whether mail in the organisation's name must come by a connector"),
        prop("CustomerLockboxEnabled", Flag(), "Whether Microsoft's staff ask before they look at data"),
        prop("DelayedDelicensingEnabled", Flag(), "Whether a lost licence leaves the mailbox for 30 days"),
        prop(
            "TenantAdminNotificationForDelayedDelicensingEnabled",
            Flag(),
            "Whether administrators are told of a mailbox without a licence",
        ),
        prop("MailTipsAllTipsEnabled", Flag(), "Whether MailTips are shown"),
        prop("MailTipsExternalRecipientsTipsEnabled", Flag(), "Whether one is shown for people outside"),
        prop("MailTipsGroupMetricsEnabled", Flag(), "Whether one is shown for the size of a group"),
        prop("MailTipsLargeAudienceThreshold", Number(), "From how many recipients one is shown"),
        prop("DefaultAuthenticationPolicy", Text(), "The authentication policy of who has no other"),
        prop("PublicFoldersEnabled", Text(("Local", "Remote", "None")), "Where public folders are"),
    ),
)

TRANSPORT_CONFIG = ObjectType(
    noun="TransportConfig",
    key="",
    says="How the organisation's mail is carried.",
    life=Life.ADOPTED,
    properties=(
        prop("SmtpClientAuthenticationDisabled", Flag(), "Whether clients cannot sign in by SMTP"),
        prop("AllowLegacyTLSClients", Flag(), "Whether such clients may use TLS before 1.2"),
        prop("ReplyAllStormProtectionEnabled", Flag(), "Whether a storm of answers to all is stopped"),
    ),
)

ADMIN_AUDIT_LOG_CONFIG = ObjectType(
    noun="AdminAuditLogConfig",
    key="",
    says="The audit of what people and administrators do.",
    life=Life.ADOPTED,
    properties=(prop("UnifiedAuditLogIngestionEnabled", Flag(), "Whether the unified audit log records"),),
)

OWA_MAILBOX_POLICY = ObjectType(
    noun="OwaMailboxPolicy",
    key="name",
    says="What Outlook on the web may do.",
    standing=frozenset({"OwaMailboxPolicy-Default"}),
    properties=(
        prop("PersonalAccountsEnabled", Flag(), "Whether private accounts can be added in the new Outlook"),
        prop("AdditionalAccountsEnabled", Flag(), "Whether further accounts can be added"),
        prop("PersonalAccountCalendarsEnabled", Flag(), "Whether private calendars can be added"),
        prop("AdditionalStorageProvidersAvailable", Flag(), "Whether storage of others can be attached from"),
        prop("LinkedInEnabled", Flag(), "Whether LinkedIn is connected"),
        prop(
            "ConditionalAccessPolicy",
            Text(("Off", "ReadOnly", "ReadOnlyPlusAttachmentsBlocked")),
            "What conditional access can restrict on computers that are not managed",
        ),
    ),
)

_BASIC = {
    "ActiveSync": "phones",
    "Autodiscover": "Autodiscover",
    "Imap": "IMAP",
    "Mapi": "MAPI",
    "OfflineAddressBook": "the offline address book",
    "OutlookService": "the Outlook service",
    "Pop": "POP",
    "Powershell": "PowerShell",
    "ReportingWebServices": "reporting",
    "Rpc": "Outlook Anywhere",
    "Smtp": "SMTP",
    "WebServices": "Exchange Web Services",
}

AUTHENTICATION_POLICY = ObjectType(
    noun="AuthenticationPolicy",
    key="name",
    says="By which protocols a password alone lets a client in.",
    properties=tuple(
        prop(f"AllowBasicAuth{protocol}", Flag(), f"Whether it does by {words}")
        for protocol, words in _BASIC.items()
    ),
)

KINDS = (
    ORGANIZATION_CONFIG,
    TRANSPORT_CONFIG,
    ADMIN_AUDIT_LOG_CONFIG,
    OWA_MAILBOX_POLICY,
    AUTHENTICATION_POLICY,
)
