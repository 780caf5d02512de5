"""What can be configured, stack by stack: the keys of ``environments/Pulumi.<stack>.yaml``.

Every key is in the namespace of the project (``mailwave:tenant_id``); the providers are made from these settings, so
that no second key can contradict them. Nothing here is secret.
"""

from __future__ import annotations

from collections.abc import Mapping

from infra.settings.common import Common, Subscribed
from infra.settings.foundation import FoundationSettings
from infra.settings.hybrid import Bounds, Endpoint, HybridSettings, WizardNames
from infra.settings.identity import IdentitySettings

__all__ = [
    "SETTINGS",
    "Bounds",
    "Common",
    "Endpoint",
    "FoundationSettings",
    "HybridSettings",
    "IdentitySettings",
    "Subscribed",
    "WizardNames",
]

SETTINGS: Mapping[str, type[Common]] = {
    "foundation": FoundationSettings,
    "identity": IdentitySettings,
    "hybrid": HybridSettings,
}
"""The settings of each layer."""
