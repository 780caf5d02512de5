"""What the organisation has once for its mail: accepted and remote domains, address policies, send connectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.site.values import size_text
from rehearsal.wire import CmdletResult

_TRANSPORT = "CN=Transport Settings"
_SOURCES = "SourceTransportServers"


def _one_default(row: Row, _others: Sequence[Row]) -> None:
    if "." not in str(row["DomainName"]):
        raise failures.invalid_property(f'"{row["DomainName"]}" isn\'t a valid SMTP domain.')


def _is_routable(row: Row, others: Sequence[Row]) -> None:
    if row["DNSRoutingEnabled"] and row["SmartHosts"]:
        raise failures.invalid_operation(
            "You can't specify a smart host when DNSRoutingEnabled is set to $true. Set it to $false first."
        )
    if not row["DNSRoutingEnabled"] and not row["SmartHosts"]:
        raise failures.invalid_operation(
            "You must specify a smart host when DNSRoutingEnabled is set to $false."
        )
    if row["TlsAuthLevel"] == "DomainValidation" and not row["TlsDomain"]:
        raise failures.invalid_operation("TlsDomain must be set when TlsAuthLevel is DomainValidation.")
    if row["TlsAuthLevel"] and not row["RequireTLS"]:
        raise failures.invalid_operation("TlsAuthLevel can only be set when RequireTLS is $true.")
    if not row["AddressSpaces"]:
        raise failures.invalid_property('Property "AddressSpaces" can\'t be empty.')
    if any(other["Name"] == row["Name"] for other in others):
        raise failures.invalid_operation(f'The Send connector "{row["Name"]}" already exists.')


ACCEPTED_DOMAIN = Kind(
    noun="AcceptedDomain",
    container=f"CN=Accepted Domains,{_TRANSPORT}",
    keys=("DomainName",),
    check=_one_default,
    parameters={"MakeDefault": "Default"},
    defaults={
        "DomainName": None,
        "CatchAllRecipientID": None,
        "DomainType": "Authoritative",
        "MatchSubDomains": False,
        "AddressBookEnabled": True,
        "Default": False,
        "EmailOnly": False,
        "ExternallyManaged": False,
        "AuthenticationType": None,
        "LiveIdInstanceType": None,
        "PendingRemoval": False,
        "PendingCompletion": False,
        "FederatedOrganizationLink": None,
        "IsCoexistenceDomain": False,
        "OutboundOnly": False,
        "InitialDomain": False,
    },
)

REMOTE_DOMAIN = Kind(
    noun="RemoteDomain",
    container=f"CN=Internet Message Formats,CN=Global Settings,{_TRANSPORT}",
    keys=("DomainName",),
    defaults={
        "DomainName": None,
        "IsInternal": False,
        "TargetDeliveryDomain": False,
        "AllowedOOFType": "External",
        "AutoReplyEnabled": False,
        "AutoForwardEnabled": False,
        "DeliveryReportEnabled": True,
        "NDREnabled": True,
        "MeetingForwardNotificationEnabled": False,
        "ContentType": "MimeHtmlText",
        "CharacterSet": "iso-8859-1",
        "NonMimeCharacterSet": "iso-8859-1",
        "DisplaySenderName": True,
        "TNEFEnabled": None,
        "TrustedMailInboundEnabled": False,
        "TrustedMailOutboundEnabled": False,
        "UseSimpleDisplayName": False,
        "NDRDiagnosticInfoEnabled": True,
        "LineWrapSize": "Unlimited",
    },
)

EMAIL_ADDRESS_POLICY = Kind(
    noun="EmailAddressPolicy",
    container="CN=Recipient Policies",
    verbs=("Get", "New", "Set", "Remove", "Update"),
    ignored=frozenset({"FixMissingAlias", "ForceUpgrade", "UpdateSecondaryAddressesOnly"}),
    unapplied={"RecipientFilterApplied": False},
    applied={"RecipientFilterApplied": True},
    defaults={
        "RecipientFilter": "Alias -ne $null",
        "LdapRecipientFilter": "(mailNickname=*)",
        "LastUpdatedRecipientFilter": "Alias -ne $null",
        "RecipientFilterApplied": True,
        "IncludedRecipients": "AllRecipients",
        "ConditionalDepartment": [],
        "ConditionalCompany": [],
        "ConditionalStateOrProvince": [],
        "RecipientContainer": None,
        "Priority": "Lowest",
        "EnabledPrimarySMTPAddressTemplate": None,
        "EnabledEmailAddressTemplates": [],
        "DisabledEmailAddressTemplates": [],
        "HasEmailAddressSetting": True,
    },
)

SEND_CONNECTOR = Kind(
    noun="SendConnector",
    container="CN=Connections,CN=Exchange Routing Group (DWBGZMFD01QNBJR),CN=Routing Groups",
    check=_is_routable,
    ignored=frozenset({"Custom", "Internal", "Internet", "Partner", "Usage"}),
    parameters={"ConnectionInactivityTimeOut": "ConnectionInactivityTimeOut"},
    defaults={
        "DNSRoutingEnabled": True,
        "TlsDomain": None,
        "TlsAuthLevel": None,
        "ErrorPolicies": "Default",
        "SmartHosts": [],
        "Port": 25,
        "ConnectionInactivityTimeOut": "00:10:00",
        "ForceHELO": False,
        "FrontendProxyEnabled": False,
        "IgnoreSTARTTLS": False,
        "CloudServicesMailEnabled": False,
        "Fqdn": None,
        "TlsCertificateName": None,
        "RequireTLS": False,
        "RequireOorg": False,
        "Enabled": True,
        "ProtocolLoggingLevel": "None",
        "SmartHostAuthMechanism": "None",
        "UseExternalDNSServersEnabled": False,
        "DomainSecureEnabled": False,
        "SourceIPAddress": "0.0.0.0",  # Exchange's own default: any address of the server
        "SmtpMaxMessagesPerConnection": 20,
        "AddressSpaces": [],
        "IsScopedConnector": False,
        "IsSmtpConnector": True,
        "Comment": "",
        "SourceTransportServers": [],
        "ConnectorType": "Default",
        "MaxMessageSize": size_text(36 * 1024**2),
    },
)


class SendConnectors(Objects):
    """The send connectors: each has a server at least that sends by it, the one that made it where none is named."""

    def __init__(self, around: Surroundings, born: Sequence[Row]) -> None:
        super().__init__(SEND_CONNECTOR, around, born)

    def _new(self, bound: Bound) -> CmdletResult:
        if not bound.get(_SOURCES):
            bound = replace(bound, values={**bound.values, _SOURCES: [bound.server]})
        return super()._new(bound)

    def _set(self, bound: Bound) -> CmdletResult:
        if _SOURCES in bound.values and self._around.options.connector_keeps_a_source:
            before = self._meant(bound, self._around.controller(bound))
            if not self._settings(bound, before)[_SOURCES]:
                raise failures.invalid_operation(
                    f'The Send connector "{before["Identity"]}" must have at least one source transport server.'
                )
        return super()._set(bound)


TRANSPORT_CONFIG = Kind(
    noun="TransportConfig",
    container="CN=Transport Settings",
    verbs=("Get", "Set"),
    alone=True,
    defaults={
        "ClearCategories": True,
        "ExternalPostmasterAddress": None,
        "InternalSMTPServers": [],
        "MaxReceiveSize": size_text(36 * 1024**2),
        "MaxRecipientEnvelopeLimit": "500",
        "MaxSendSize": size_text(36 * 1024**2),
        "MaxDumpsterTime": "7.00:00:00",
        "SafetyNetHoldTime": "2.00:00:00",
        "ShadowRedundancyEnabled": True,
        "TLSReceiveDomainSecureList": [],
        "TLSSendDomainSecureList": [],
        "VerifySecureSubmitEnabled": False,
        "AddressBookPolicyRoutingEnabled": False,
        "SmtpClientAuthenticationDisabled": False,
    },
)


def objects(around: Surroundings) -> list[Objects]:
    """The organisation's objects of this topic, as the Hybrid Configuration Wizard left them (fact D12)."""
    tenant = around.tenant
    domains: list[Row] = [
        {"Name": tenant.mail_domain, "DomainName": tenant.mail_domain, "Default": True},
        {
            "Name": tenant.routing_domain,
            "DomainName": tenant.routing_domain,
            "IsCoexistenceDomain": True,
        },
    ]
    remote: list[Row] = [
        {"Name": "Default", "DomainName": "*", "AutoReplyEnabled": True, "AutoForwardEnabled": True},
        {
            "Name": "Hybrid Domain - " + tenant.routing_domain,
            "DomainName": tenant.routing_domain,
            "TargetDeliveryDomain": True,
            "TrustedMailInboundEnabled": True,
            "TrustedMailOutboundEnabled": True,
            "AllowedOOFType": "InternalLegacy",
            "AutoReplyEnabled": True,
            "AutoForwardEnabled": True,
        },
        {
            "Name": "Hybrid Domain - " + tenant.domain,
            "DomainName": tenant.domain,
            "TrustedMailInboundEnabled": True,
            "AllowedOOFType": "InternalLegacy",
            "AutoReplyEnabled": True,
            "AutoForwardEnabled": True,
        },
    ]
    templates = [f"SMTP:@{tenant.mail_domain}", f"smtp:%m@{tenant.routing_domain}"]
    policy: Row = {
        "Name": "Default Policy",
        "EnabledPrimarySMTPAddressTemplate": f"@{tenant.mail_domain}",
        "EnabledEmailAddressTemplates": templates,
    }
    return [
        Objects(ACCEPTED_DOMAIN, around, domains),
        Objects(REMOTE_DOMAIN, around, remote),
        Objects(EMAIL_ADDRESS_POLICY, around, [policy]),
        SendConnectors(around, [_to_the_cloud(around), _to_the_internet(around)]),
        Objects(TRANSPORT_CONFIG, around, [{}]),
    ]


def _to_the_cloud(around: Surroundings) -> Row:
    return {
        "Name": "Outbound to Office 365",
        "AddressSpaces": [f"smtp:{around.tenant.routing_domain};1"],
        "SourceTransportServers": [server.name for server in around.servers],
        "Fqdn": around.sites[0].endpoint_host,
        "CloudServicesMailEnabled": True,
        "RequireTLS": True,
        "TlsAuthLevel": "DomainValidation",
        "TlsDomain": "mail.protection.outlook.com",
        "ErrorPolicies": "Default",
    }


def _to_the_internet(around: Surroundings) -> Row:
    return {
        "Name": "Internet",
        "AddressSpaces": ["SMTP:*;1"],
        "DNSRoutingEnabled": False,
        "SmartHosts": [f"relay.{around.tenant.mail_domain}"],
        "SourceTransportServers": [server.name for server in around.servers],
    }
