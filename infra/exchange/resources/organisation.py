"""Generated from infra/exchange/objects/organisation.py by `python -m infra.exchange.generate`: change it there."""

from __future__ import annotations

from typing import Required, TypedDict, Unpack

from pulumi import Input, Output, ResourceOptions

from infra.exchange.resources.base import Resource


class OrganizationConfigArgs(TypedDict, total=False):
    """The properties of OrganizationConfig."""

    audit_disabled: Input[bool]
    """True: no mailbox is audited."""
    o_auth2_client_profile_enabled: Input[bool]
    """Whether clients sign in by modern authentication."""
    reject_direct_send: Input[bool]
    """Whether mail in the organisation's name must come by a connector."""
    customer_lockbox_enabled: Input[bool]
    """Whether Microsoft's staff ask before they look at data."""
    delayed_delicensing_enabled: Input[bool]
    """Whether a lost licence leaves the mailbox for 30 days."""
    tenant_admin_notification_for_delayed_delicensing_enabled: Input[bool]
    """Whether administrators are told of a mailbox without a licence."""
    mail_tips_all_tips_enabled: Input[bool]
    """Whether MailTips are shown."""
    mail_tips_external_recipients_tips_enabled: Input[bool]
    """Whether one is shown for people outside."""
    mail_tips_group_metrics_enabled: Input[bool]
    """Whether one is shown for the size of a group."""
    mail_tips_large_audience_threshold: Input[int]
    """From how many recipients one is shown."""
    default_authentication_policy: Input[str]
    """The authentication policy of who has no other."""
    public_folders_enabled: Input[str]
    """Where public folders are. One of Local, Remote, None."""


class OrganizationConfig(Resource):
    """The organisation's own settings. It is adopted, and stays when it leaves the stack."""

    audit_disabled: Output[bool]
    o_auth2_client_profile_enabled: Output[bool]
    reject_direct_send: Output[bool]
    customer_lockbox_enabled: Output[bool]
    delayed_delicensing_enabled: Output[bool]
    tenant_admin_notification_for_delayed_delicensing_enabled: Output[bool]
    mail_tips_all_tips_enabled: Output[bool]
    mail_tips_external_recipients_tips_enabled: Output[bool]
    mail_tips_group_metrics_enabled: Output[bool]
    mail_tips_large_audience_threshold: Output[int]
    default_authentication_policy: Output[str]
    public_folders_enabled: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[OrganizationConfigArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class TransportConfigArgs(TypedDict, total=False):
    """The properties of TransportConfig."""

    smtp_client_authentication_disabled: Input[bool]
    """Whether clients cannot sign in by SMTP."""
    allow_legacy_tls_clients: Input[bool]
    """Whether such clients may use TLS before 1.2."""
    reply_all_storm_protection_enabled: Input[bool]
    """Whether a storm of answers to all is stopped."""


class TransportConfig(Resource):
    """How the organisation's mail is carried. It is adopted, and stays when it leaves the stack."""

    smtp_client_authentication_disabled: Output[bool]
    allow_legacy_tls_clients: Output[bool]
    reply_all_storm_protection_enabled: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[TransportConfigArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class AdminAuditLogConfigArgs(TypedDict, total=False):
    """The properties of AdminAuditLogConfig."""

    unified_audit_log_ingestion_enabled: Input[bool]
    """Whether the unified audit log records."""


class AdminAuditLogConfig(Resource):
    """The audit of what people and administrators do. It is adopted, and stays when it leaves the stack."""

    unified_audit_log_ingestion_enabled: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[AdminAuditLogConfigArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class OwaMailboxPolicyArgs(TypedDict, total=False):
    """The properties of OwaMailboxPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    personal_accounts_enabled: Input[bool]
    """Whether private accounts can be added in the new Outlook."""
    additional_accounts_enabled: Input[bool]
    """Whether further accounts can be added."""
    personal_account_calendars_enabled: Input[bool]
    """Whether private calendars can be added."""
    additional_storage_providers_available: Input[bool]
    """Whether storage of others can be attached from."""
    linked_in_enabled: Input[bool]
    """Whether LinkedIn is connected."""
    conditional_access_policy: Input[str]
    """What conditional access can restrict on computers that are not managed.

    One of Off, ReadOnly, ReadOnlyPlusAttachmentsBlocked.
    """


class OwaMailboxPolicy(Resource):
    """What Outlook on the web may do.

    It is made and removed by the stack; one of that name is adopted. Every tenant has OwaMailboxPolicy-
    Default: adopted, and never removed.
    """

    name: Output[str]
    personal_accounts_enabled: Output[bool]
    additional_accounts_enabled: Output[bool]
    personal_account_calendars_enabled: Output[bool]
    additional_storage_providers_available: Output[bool]
    linked_in_enabled: Output[bool]
    conditional_access_policy: Output[str]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[OwaMailboxPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)


class AuthenticationPolicyArgs(TypedDict, total=False):
    """The properties of AuthenticationPolicy."""

    name: Required[Input[str]]
    """Which object is meant."""
    allow_basic_auth_active_sync: Input[bool]
    """Whether it does by phones."""
    allow_basic_auth_autodiscover: Input[bool]
    """Whether it does by Autodiscover."""
    allow_basic_auth_imap: Input[bool]
    """Whether it does by IMAP."""
    allow_basic_auth_mapi: Input[bool]
    """Whether it does by MAPI."""
    allow_basic_auth_offline_address_book: Input[bool]
    """Whether it does by the offline address book."""
    allow_basic_auth_outlook_service: Input[bool]
    """Whether it does by the Outlook service."""
    allow_basic_auth_pop: Input[bool]
    """Whether it does by POP."""
    allow_basic_auth_powershell: Input[bool]
    """Whether it does by PowerShell."""
    allow_basic_auth_reporting_web_services: Input[bool]
    """Whether it does by reporting."""
    allow_basic_auth_rpc: Input[bool]
    """Whether it does by Outlook Anywhere."""
    allow_basic_auth_smtp: Input[bool]
    """Whether it does by SMTP."""
    allow_basic_auth_web_services: Input[bool]
    """Whether it does by Exchange Web Services."""


class AuthenticationPolicy(Resource):
    """By which protocols a password alone lets a client in.

    It is made and removed by the stack; one of that name is adopted.
    """

    name: Output[str]
    allow_basic_auth_active_sync: Output[bool]
    allow_basic_auth_autodiscover: Output[bool]
    allow_basic_auth_imap: Output[bool]
    allow_basic_auth_mapi: Output[bool]
    allow_basic_auth_offline_address_book: Output[bool]
    allow_basic_auth_outlook_service: Output[bool]
    allow_basic_auth_pop: Output[bool]
    allow_basic_auth_powershell: Output[bool]
    allow_basic_auth_reporting_web_services: Output[bool]
    allow_basic_auth_rpc: Output[bool]
    allow_basic_auth_smtp: Output[bool]
    allow_basic_auth_web_services: Output[bool]

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **said: Unpack[AuthenticationPolicyArgs],
    ) -> None:
        super().__init__(resource_name, opts, said)
