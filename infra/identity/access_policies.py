"""Conditional access, as a table: whom each policy is for, what it looks at, and what it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.settings.identity import Policy

PRIVILEGED_ROLES: Mapping[str, str] = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "Conditional Access Administrator": "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "Hybrid Identity Administrator": "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Authentication Administrator": "c4e39bd9-1100-46d3-8c65-fb160da0071f",
}
"""Template ids of directory roles, the same in every tenant. Source: "Microsoft Entra built-in roles"."""

PHISHING_RESISTANT = ("fido2", "windowsHelloForBusiness", "x509CertificateMultiFactor")
"""The ways to sign in that no imitated page can relay (control 32)."""

PRIVILEGED_TEAMS = ("operators", "approvers")


@dataclass(frozen=True)
class AccessPolicy:
    """One policy on all applications.

    *privileged*: for `PRIVILEGED_ROLES` and `PRIVILEGED_TEAMS`, else for everybody. *grant*: block, mfa, or strength
    (phishing-resistant sign-in); empty where only the session is bounded. *hours*: how often a person signs in again.
    """

    says: str
    grant: str = ""
    privileged: bool = False
    client_apps: tuple[str, ...] = ("all",)
    flows: tuple[str, ...] = ()
    user_risk: tuple[str, ...] = ()
    sign_in_risk: tuple[str, ...] = ()
    hours: int = 0


ACCESS_POLICIES: Mapping[Policy, AccessPolicy] = {
    "block-legacy-authentication": AccessPolicy(  # control 29
        "Block legacy authentication", "block", client_apps=("exchangeActiveSync", "other")
    ),
    "require-mfa": AccessPolicy("Require multifactor authentication", "mfa"),  # control 31
    "phishing-resistant-for-privileged": AccessPolicy(  # control 32
        "Require phishing-resistant sign-in of the privileged", "strength", privileged=True
    ),
    "sign-in-frequency-for-privileged": AccessPolicy(  # control 34
        "Let sessions of the privileged last four hours", privileged=True, hours=4
    ),
    "block-device-code": AccessPolicy(  # control 33
        "Block device codes and transferred sign-ins",
        "block",
        flows=("authenticationTransfer", "deviceCodeFlow"),
    ),
    "block-high-risk-users": AccessPolicy(
        "Block users at high risk", "block", user_risk=("high",)
    ),  # control 30
    "block-high-risk-sign-ins": AccessPolicy(  # control 30
        "Block sign-ins at high risk", "block", sign_in_risk=("high",)
    ),
}
