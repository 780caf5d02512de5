"""A tenant as it should be, in the form in which the rules see it, and the same with one thing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from controls.baseline import Evidence, Judged, judged
from controls.catalogue import controls
from controls.model import Resource
from controls.rules_tenant import GLOBAL_ADMINISTRATOR, GUESTS

TODAY = date(2026, 11, 21)
STACK = "tenant-production"

Tenant = Mapping[str, tuple[Resource, ...]]

_OBJECTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "exchange:index:HostedOutboundSpamFilterPolicy": {
        "Default": {
            "autoForwardingMode": "Off",
            "recipientLimitExternalPerHour": 500,
            "recipientLimitInternalPerHour": 1000,
            "recipientLimitPerDay": 1000,
            "actionWhenThresholdReached": "BlockUser",
            "notifyOutboundSpam": True,
            "notifyOutboundSpamRecipients": ["watch@nhs.example"],
        }
    },
    "exchange:index:RemoteDomain": {
        "Default": {"domainName": "*", "autoForwardEnabled": False},
        "premises": {"domainName": "premises.example", "autoForwardEnabled": True, "isInternal": True},
        "cloud": {"domainName": "cloud.example", "autoForwardEnabled": True, "targetDeliveryDomain": True},
    },
    "exchange:index:TransportRule": {"mark": {"setScl": 5, "redirectMessageTo": None}},
    "exchange:index:AcceptedDomain": {
        "nhs.example": {"domainName": "nhs.example"},
        "nhs.onmicrosoft.com": {"domainName": "nhs.onmicrosoft.com"},
    },
    "exchange:index:DkimSigningConfig": {
        "nhs.example": {
            "domain": "nhs.example",
            "enabled": True,
            "selector1KeySize": 2048,
            "selector2KeySize": 2048,
        }
    },
    "exchange:index:TransportConfig": {"TransportConfig": {"smtpClientAuthenticationDisabled": True}},
    "exchange:index:SharingPolicy": {
        "Default": {"domains": ["Anonymous:CalendarSharingFreeBusySimple", "nhs.example:ContactsSharing"]}
    },
    "exchange:index:ExternalInOutlook": {"ExternalInOutlook": {"enabled": True, "allowList": []}},
    "exchange:index:InboundConnector": {
        "premises": {
            "connectorType": "OnPremises",
            "cloudServicesMailEnabled": True,
            "requireTls": True,
            "tlsSenderCertificateName": "mail.nhs.example",
        },
        "partner": {"connectorType": "Partner", "requireTls": False, "cloudServicesMailEnabled": False},
    },
    "exchange:index:OutboundConnector": {
        "premises": {
            "connectorType": "OnPremises",
            "tlsSettings": "DomainValidation",
            "tlsDomain": "mail.nhs.example",
        },
        "partner": {"connectorType": "Partner", "tlsSettings": None},
    },
    "exchange:index:OrganizationConfig": {
        "OrganizationConfig": {
            "auditDisabled": False,
            "oAuth2ClientProfileEnabled": True,
            "rejectDirectSend": True,
            "mailTipsAllTipsEnabled": True,
            "mailTipsExternalRecipientsTipsEnabled": True,
            "mailTipsGroupMetricsEnabled": True,
            "mailTipsLargeAudienceThreshold": 25,
            "customerLockboxEnabled": True,
            "delayedDelicensingEnabled": True,
        }
    },
    "exchange:index:OwaMailboxPolicy": {
        "Default": {"personalAccountsEnabled": False, "additionalStorageProvidersAvailable": False}
    },
    "exchange:index:MalwareFilterPolicy": {
        "Default": {
            "enableFileFilter": True,
            "fileTypes": ["exe"],
            "zapEnabled": True,
            "quarantineTag": "AdminOnlyAccessPolicy",
        }
    },
    "exchange:index:SafeAttachmentPolicy": {"all": {"enable": True, "action": "Block"}},
    "exchange:index:AntiPhishPolicy": {
        "Default": {
            "enabled": True,
            **{
                f"enable{name}": True
                for name in (
                    *("TargetedUserProtection", "OrganizationDomainsProtection", "MailboxIntelligence"),
                    *("MailboxIntelligenceProtection", "SpoofIntelligence", "FirstContactSafetyTips"),
                    *("SimilarUsersSafetyTips", "SimilarDomainsSafetyTips", "UnusualCharactersSafetyTips"),
                )
            },
        }
    },
    "exchange:index:RoleAssignmentPolicy": {
        "Default": {"assignedRoles": ["MyBaseOptions", "MyContactInformation"]},
        "own": {"roles": ["MyBaseOptions"]},
    },
    "exchange:index:EOPProtectionPolicyRule": {
        "Strict Preset Security Policy": {"state": "Enabled", "sentToMemberOf": ["board@nhs.example"]},
        "Standard Preset Security Policy": {"state": "Disabled"},
    },
    "exchange:index:ATPProtectionPolicyRule": {
        "strict": {"name": "Strict Preset Security Policy", "enabled": True},
    },
    "exchange:index:HostedContentFilterPolicy": {"Default": {"allowedSenderDomains": []}},
    "exchange:index:HostedConnectionFilterPolicy": {"Default": {"ipAllowList": [], "enableSafeList": False}},
    "exchange:index:SafeLinksPolicy": {
        "Built-In Protection Policy": {"enableSafeLinksForEmail": True, "disableUrlRewrite": True},
        "all": {
            "enableSafeLinksForEmail": True,
            "enableSafeLinksForTeams": True,
            "enableSafeLinksForOffice": True,
            "enableForInternalSenders": True,
            "scanUrls": True,
            "deliverMessageAfterScan": True,
            "trackClicks": True,
            "allowClickThrough": False,
            "disableUrlRewrite": False,
        },
    },
    "exchange:index:AdminAuditLogConfig": {"AdminAuditLogConfig": {"unifiedAuditLogIngestionEnabled": True}},
    "graph:resourceAccount": {"room": {"accountEnabled": False}},
    "graph:administrator": {
        name: {
            "principalId": name,
            "roleDefinitionId": GLOBAL_ADMINISTRATOR,
            "principal": {"userPrincipalName": f"{name}@nhs.onmicrosoft.com", "onPremisesSyncEnabled": None},
        }
        for name in ("one", "two")
    },
    "graph:authorizationPolicy": {
        "authorizationPolicy": {
            "allowInvitesFrom": "adminsAndGuestInviters",
            "guestUserRoleId": GUESTS[0],
            "defaultUserRolePermissions": {
                "allowedToCreateApps": False,
                "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForOwnedResource.Developer"],
            },
        }
    },
    "graph:adminConsentRequestPolicy": {"adminConsentRequestPolicy": {"isEnabled": True}},
    "graph:defaultAppManagementPolicy": {
        "defaultAppManagementPolicy": {
            "isEnabled": True,
            "applicationRestrictions": {
                "passwordCredentials": [{"restrictionType": "passwordAddition", "state": "enabled"}],
                "keyCredentials": [{"restrictionType": "asymmetricKeyLifetime", "maxLifetime": "P180D"}],
            },
        }
    },
    "graph:onPremisesSynchronization": {
        "onPremisesSynchronization": {
            "features": {
                "blockSoftMatchEnabled": True,
                "blockCloudObjectTakeoverThroughHardMatchEnabled": True,
            }
        }
    },
}


def good() -> Tenant:
    """The tenant as it should be."""
    return {
        kind: tuple(Resource(STACK, kind, name, properties) for name, properties in rows.items())
        for kind, rows in _OBJECTS.items()
    }


def altered(value: Any, path: str, new: Any) -> Any:
    """A copy of *value* with *new* at the dotted path; numbers are places in a list."""
    part, _, rest = path.partition(".")
    if isinstance(value, list):
        return [
            altered(each, rest, new) if rest and place == int(part) else new if place == int(part) else each
            for place, each in enumerate(value)
        ]
    return {**value, part: altered(value.get(part, {}), rest, new) if rest else new}


def changed(kind: str, name: str, path: str, new: Any) -> Tenant:
    """The good tenant, with one property of one object changed."""
    tenant = dict(good())
    assert name in {each.name for each in tenant[kind]}
    tenant[kind] = tuple(
        replace(each, properties=altered(each.properties, path, new)) if each.name == name else each
        for each in tenant[kind]
    )
    return tenant


def judge(tenant: Tenant) -> list[Judged]:
    """What the live checks come to; the one stack declares nothing."""
    return judged(controls(), Evidence({"hybrid": ()}, tenant), TODAY)
