"""What joins the organisation to its tenant: OAuth, relationships, the wizard's record, and itself."""

from __future__ import annotations

from rehearsal.environments import Tenant
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.surroundings import Row, Surroundings

EXCHANGE_ONLINE = "00000002-0000-0ff1-ce00-000000000000"
"""The application id of Exchange itself, on premises and online."""
_ACS = "00000001-0000-0000-c000-000000000000"

ORGANIZATION_CONFIG = Kind(
    noun="OrganizationConfig",
    container="",
    verbs=("Get", "Set"),
    alone=True,
    defaults={
        "ACLableSyncedObjectEnabled": False,
        "ActivityBasedAuthenticationTimeoutEnabled": True,
        "AutodiscoverPartialDirSync": False,
        "DefaultAuthenticationPolicy": None,
        "DefaultPublicFolderMailbox": None,
        "EwsApplicationAccessPolicy": None,
        "EwsEnabled": None,
        "HybridConfigurationStatus": "HybridConfigurationStatus:Configured",
        "IsMixedMode": False,
        "MailTipsAllTipsEnabled": True,
        "MailTipsExternalRecipientsTipsEnabled": False,
        "MapiHttpEnabled": True,
        "OAuth2ClientProfileEnabled": True,
        "ObjectVersion": 16763,
        "PublicFoldersEnabled": "Local",
        "RealTimeLogServiceEnabled": False,
        "SiteMailboxCreationURL": None,
        "WACDiscoveryEndpoint": None,
    },
)

AUTH_SERVER = Kind(
    noun="AuthServer",
    container="CN=Auth Configuration",
    keys=("IssuerIdentifier",),
    ignored=frozenset({"RefreshAuthMetadata", "TrustAnySSLCertificate"}),
    defaults={
        "IssuerIdentifier": None,
        "CertificateStrings": [],
        "ApplicationIdentifier": None,
        "AuthMetadataUrl": None,
        "AuthorizationEndpoint": None,
        "DomainName": [],
        "Enabled": True,
        "IsDefaultAuthorizationEndpoint": False,
        "Realm": None,
        "TokenIssuingEndpoint": None,
        "Type": "Unknown",
    },
)

PARTNER_APPLICATION = Kind(
    noun="PartnerApplication",
    container="CN=Partner Applications,CN=Auth Configuration",
    keys=("ApplicationIdentifier",),
    ignored=frozenset({"RefreshAuthMetadata", "TrustAnySSLCertificate"}),
    defaults={
        "Enabled": True,
        "ApplicationIdentifier": None,
        "CertificateStrings": [],
        "AuthMetadataUrl": None,
        "Realm": None,
        "UseAuthServer": True,
        "AcceptSecurityIdentifierInformation": False,
        "LinkedAccount": None,
        "IssuerIdentifier": None,
        "AppOnlyPermissions": [],
        "ActAsPermissions": [],
    },
)

INTRA_ORGANIZATION_CONNECTOR = Kind(
    noun="IntraOrganizationConnector",
    container="CN=Intra-Organization Connectors",
    defaults={
        "TargetAddressDomains": [],
        "DiscoveryEndpoint": None,
        "TargetSharingEpr": None,
        "Enabled": True,
    },
)

INTRA_ORGANIZATION_CONFIGURATION = Kind(
    noun="IntraOrganizationConfiguration",
    container="",
    verbs=("Get",),
    alone=True,
    defaults={
        "OnlineDiscoveryEndpoint": None,
        "OnlineTargetAddress": None,
        "OnPremiseTargetAddresses": [],
        "OnPremiseDiscoveryEndpoint": None,
        "OnPremiseWebServiceEndpoint": None,
        "DeploymentIsCompleteIOCReady": True,
        "HasNonIOCReadyExchangeCASServerVersions": False,
        "HasNonIOCReadyExchangeMailboxServerVersions": False,
    },
)

ORGANIZATION_RELATIONSHIP = Kind(
    noun="OrganizationRelationship",
    container="CN=Federation",
    defaults={
        "DomainNames": [],
        "FreeBusyAccessEnabled": False,
        "FreeBusyAccessLevel": "None",
        "FreeBusyAccessScope": None,
        "MailboxMoveEnabled": False,
        "MailTipsAccessEnabled": False,
        "MailTipsAccessLevel": "None",
        "MailTipsAccessScope": None,
        "PhotosEnabled": False,
        "DeliveryReportEnabled": False,
        "ArchiveAccessEnabled": False,
        "TargetApplicationUri": None,
        "TargetSharingEpr": None,
        "TargetOwaURL": None,
        "TargetAutodiscoverEpr": None,
        "OrganizationContact": None,
        "Enabled": True,
    },
)

HYBRID_CONFIGURATION = Kind(
    noun="HybridConfiguration",
    container="CN=Hybrid Configuration",
    alone=True,
    verbs=("Get", "New", "Set", "Remove"),
    defaults={
        "ClientAccessServers": [],
        "EdgeTransportServers": [],
        "ReceivingTransportServers": [],
        "SendingTransportServers": [],
        "OnPremisesSmartHost": None,
        "Domains": [],
        "Features": [],
        "ExternalIPAddresses": [],
        "TlsCertificateName": None,
        "ServiceInstance": 0,
    },
)

FEDERATION_TRUST = Kind(
    noun="FederationTrust",
    container="CN=Federation Trusts",
    verbs=("Get",),
    defaults={
        "ApplicationIdentifier": None,
        "ApplicationUri": None,
        "OrgPrivCertificate": None,
        "TokenIssuerUri": "urn:federation:MicrosoftOnline",
        "TokenIssuerMetadataEpr": "https://nexus.microsoftonline-p.com/FederationMetadata/2006-12/FederationMetadata.xml",
    },
)

FEDERATED_ORGANIZATION = Kind(
    noun="FederatedOrganizationIdentifier",
    container="CN=Federation",
    verbs=("Get",),
    alone=True,
    defaults={
        "AccountNamespace": None,
        "Domains": [],
        "DefaultDomain": None,
        "Enabled": True,
        "OrganizationContact": None,
        "DelegationTrustLink": "Microsoft Federation Gateway",
    },
)

AVAILABILITY_ADDRESS_SPACE = Kind(
    noun="AvailabilityAddressSpace",
    container="CN=Availability Configuration",
    verbs=("Get", "Add", "Remove"),
    name="ForestName",
    defaults={
        "ForestName": None,
        "UserName": None,
        "UseServiceAccount": False,
        "AccessMethod": None,
        "ProxyUrl": None,
        "TargetAutodiscoverEpr": None,
    },
)

SHARING_POLICY = Kind(
    noun="SharingPolicy",
    container="CN=Federation",
    verbs=("Get",),
    defaults={"Domains": [], "Enabled": True, "Default": False},
)


def objects(around: Surroundings) -> list[Objects]:
    """The organisation's objects of this topic, as the Hybrid Configuration Wizard left them (facts D12, D13)."""
    host = around.sites[0].endpoint_host
    servers = [server.name for server in around.servers]
    tenant = around.tenant
    gateway = f"FYDIBOHF25SPDLT.{tenant.mail_domain}"
    born: list[tuple[Kind, list[Row]]] = [
        (ORGANIZATION_CONFIG, [{"Name": "NHSmail", "Guid": tenant.organisation}]),
        (AUTH_SERVER, _auth_servers(tenant)),
        (PARTNER_APPLICATION, [_exchange_online(tenant.id)]),
        (INTRA_ORGANIZATION_CONNECTOR, [_to_online(tenant)]),
        (INTRA_ORGANIZATION_CONFIGURATION, [_configuration(tenant, host)]),
        (ORGANIZATION_RELATIONSHIP, [_relationship(tenant, host)]),
        (HYBRID_CONFIGURATION, [_wizard(tenant, servers)]),
        (FEDERATION_TRUST, [{"Name": "Microsoft Federation Gateway", "ApplicationUri": gateway}]),
        (FEDERATED_ORGANIZATION, [{"AccountNamespace": gateway, "Domains": [gateway, tenant.mail_domain]}]),
        (
            AVAILABILITY_ADDRESS_SPACE,
            [
                {
                    "Name": tenant.routing_domain,
                    "ForestName": tenant.routing_domain,
                    "AccessMethod": "InternalProxy",
                    "UseServiceAccount": True,
                    "ProxyUrl": f"https://{host}/EWS/Exchange.asmx",
                }
            ],
        ),
        (
            SHARING_POLICY,
            [
                {
                    "Name": "Default Sharing Policy",
                    "Default": True,
                    "Domains": ["*:CalendarSharingFreeBusySimple"],
                }
            ],
        ),
    ]
    return [Objects(kind, around, rows) for kind, rows in born]


def _auth_servers(tenant: Tenant) -> list[Row]:
    return [
        {
            "Name": f"ACS - {tenant.id}",
            "IssuerIdentifier": _ACS,
            "Realm": tenant.id,
            "Type": "MicrosoftACS",
            "DomainName": [tenant.mail_domain, tenant.domain],
            "AuthMetadataUrl": f"https://accounts.accesscontrol.windows.net/{tenant.id}/metadata/json/1",
            "TokenIssuingEndpoint": f"https://accounts.accesscontrol.windows.net/{tenant.id}/tokens/OAuth/2",
        },
        {
            "Name": f"EvoSts - {tenant.id}",
            "IssuerIdentifier": f"https://sts.windows.net/{tenant.id}/",
            "Realm": tenant.id,
            "Type": "AzureAD",
            "IsDefaultAuthorizationEndpoint": True,
            "DomainName": [tenant.mail_domain, tenant.domain],
            "AuthMetadataUrl": f"https://login.windows.net/{tenant.id}/federationmetadata/2007-06/federationmetadata.xml",
            "AuthorizationEndpoint": f"https://login.windows.net/{tenant.id}/oauth2/authorize",
            "TokenIssuingEndpoint": f"https://login.windows.net/{tenant.id}/oauth2/token",
        },
    ]


def _exchange_online(tenant_id: str) -> Row:
    return {
        "Name": "Exchange Online",
        "ApplicationIdentifier": EXCHANGE_ONLINE,
        "Realm": tenant_id,
        "AcceptSecurityIdentifierInformation": True,
    }


def _to_online(tenant: Tenant) -> Row:
    return {
        "Name": "ExchangeHybridOnPremisesToOnline",
        "TargetAddressDomains": [tenant.routing_domain],
        "DiscoveryEndpoint": "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc",
    }


def _configuration(tenant: Tenant, host: str) -> Row:
    return {
        "OnlineDiscoveryEndpoint": "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc",
        "OnlineTargetAddress": tenant.routing_domain,
        "OnPremiseTargetAddresses": [tenant.mail_domain],
        "OnPremiseDiscoveryEndpoint": f"https://{host}/autodiscover/autodiscover.svc",
        "OnPremiseWebServiceEndpoint": f"https://{host}/EWS/Exchange.asmx",
    }


def _relationship(tenant: Tenant, host: str) -> Row:
    return {
        "Name": "On-premises to O365",
        "DomainNames": [tenant.routing_domain],
        "FreeBusyAccessEnabled": True,
        "FreeBusyAccessLevel": "LimitedDetails",
        "MailboxMoveEnabled": True,
        "MailTipsAccessEnabled": True,
        "MailTipsAccessLevel": "All",
        "PhotosEnabled": True,
        "DeliveryReportEnabled": True,
        "ArchiveAccessEnabled": True,
        "TargetApplicationUri": "outlook.com",
        "TargetAutodiscoverEpr": "https://autodiscover-s.outlook.com/autodiscover/autodiscover.svc/WSSecurity",
        "TargetOwaURL": f"https://outlook.office.com/mail?realm={tenant.mail_domain}&host={host}",
    }


def _wizard(tenant: Tenant, servers: list[str]) -> Row:
    return {
        "Domains": [tenant.mail_domain],
        "ReceivingTransportServers": servers,
        "SendingTransportServers": servers,
        "Features": [
            *("FreeBusy", "MoveMailbox", "Mailtips", "MessageTracking", "OwaRedirection"),
            *("OnlineArchive", "SecureMail", "Photos"),
        ],
    }
