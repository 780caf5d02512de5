"""What holds for the whole organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from infra.exchange.resources import (
    AdminAuditLogConfig,
    AuthenticationPolicy,
    OrganizationConfig,
    OwaMailboxPolicy,
    RoleAssignmentPolicy,
    TransportConfig,
)
from infra.hybrid.part import Part

OWN_ROLES: tuple[str, ...] = (
    *("MyBaseOptions", "MyContactInformation", "MyDistributionGroupMembership", "MyDistributionGroups"),
    *("MyMailSubscriptions", "MyProfileInformation", "MyRetentionPolicies", "MyTeamMailboxes"),
    *("MyTextMessaging", "MyVoiceMail"),
)
"""What people may do with their own mailboxes: Microsoft's default without the three roles of add-ins (CIS 6.3.1)."""


@dataclass(frozen=True)
class OrganisationArgs:
    """*connectors* must be there before mail in the organisation's name may come by nothing else (control 10)."""

    connectors: Sequence[pulumi.Resource]
    sign_in_name: str


class Organisation(Part):
    """The organisation's, the transport's and the audit's settings, and what clients may do."""

    def __init__(self, name: str, args: OrganisationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("Organisation", name, opts)
        self._args = args

        self.sign_in = self._sign_in()
        self.settings = self._settings()
        self.transport = self._transport()
        self.audit = AdminAuditLogConfig("audit", unified_audit_log_ingestion_enabled=True, opts=self.child)
        self.web = self._web()
        self.own_mailboxes = RoleAssignmentPolicy(
            "own-mailboxes", name="Default Role Assignment Policy", roles=OWN_ROLES, opts=self.child
        )

        self.register_outputs({})

    def _sign_in(self) -> AuthenticationPolicy:
        return AuthenticationPolicy(
            "sign-in",
            name=self._args.sign_in_name,
            allow_basic_auth_active_sync=False,
            allow_basic_auth_autodiscover=False,
            allow_basic_auth_imap=False,
            allow_basic_auth_mapi=False,
            allow_basic_auth_offline_address_book=False,
            allow_basic_auth_outlook_service=False,
            allow_basic_auth_pop=False,
            allow_basic_auth_powershell=False,
            allow_basic_auth_reporting_web_services=False,
            allow_basic_auth_rpc=False,
            allow_basic_auth_smtp=False,
            allow_basic_auth_web_services=False,
            opts=self.child,
        )

    def _settings(self) -> OrganizationConfig:
        return OrganizationConfig(
            "settings",
            audit_disabled=False,
            o_auth2_client_profile_enabled=True,
            reject_direct_send=True,
            customer_lockbox_enabled=True,
            delayed_delicensing_enabled=True,
            tenant_admin_notification_for_delayed_delicensing_enabled=True,
            mail_tips_all_tips_enabled=True,
            mail_tips_external_recipients_tips_enabled=True,
            mail_tips_group_metrics_enabled=True,
            mail_tips_large_audience_threshold=25,
            default_authentication_policy=self.sign_in.name,
            opts=self.after(*self._args.connectors),
        )

    def _transport(self) -> TransportConfig:
        return TransportConfig(
            "transport",
            smtp_client_authentication_disabled=True,
            allow_legacy_tls_clients=False,
            reply_all_storm_protection_enabled=True,
            opts=self.child,
        )

    def _web(self) -> OwaMailboxPolicy:
        return OwaMailboxPolicy(
            "web",
            name="OwaMailboxPolicy-Default",
            personal_accounts_enabled=False,
            additional_accounts_enabled=False,
            personal_account_calendars_enabled=False,
            additional_storage_providers_available=False,
            linked_in_enabled=False,
            opts=self.child,
        )
