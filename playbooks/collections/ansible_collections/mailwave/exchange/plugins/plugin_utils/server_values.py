# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The registry values that a server should have and has not, as `ansible.windows.win_regedit` takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_baseline import (
    ALLOWED_NTLM_LEVEL,
    LSA,
    NET_FRAMEWORK,
    NTLM,
    SCHANNEL,
    SIDES,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.readings import Reading


def registry_values(
    reading: Mapping[str, Any], protocols: Mapping[str, bool], ntlm_level: int
) -> list[dict[str, Any]]:
    """Path, name and number of each that differs: TLS (D23), and NTLM where it is too lax or refused (D19, B46)."""
    read = Reading(reading)
    values = [*_tls(protocols), *_net()]
    level = read.registry_value(LSA, "LmCompatibilityLevel")
    if level is not None and level < ALLOWED_NTLM_LEVEL:
        values.append(_value(LSA, "LmCompatibilityLevel", ntlm_level))
    if read.registry_value(NTLM, "RestrictReceivingNTLMTraffic") not in (None, 0):
        values.append(_value(NTLM, "RestrictReceivingNTLMTraffic", 0))
    return [each for each in values if read.registry_value(each["path"], each["name"]) != each["data"]]


def _tls(protocols: Mapping[str, bool]) -> Iterator[dict[str, Any]]:
    for protocol, on in protocols.items():
        for side in SIDES:
            path = f"{SCHANNEL}\\{protocol}\\{side}"
            yield _value(path, "Enabled", int(on))
            yield _value(path, "DisabledByDefault", int(not on))


def _net() -> Iterator[dict[str, Any]]:
    for path in NET_FRAMEWORK:
        yield _value(path, "SystemDefaultTlsVersions", 1)
        yield _value(path, "SchUseStrongCrypto", 1)


def _value(path: str, name: str, data: int) -> dict[str, Any]:
    return {"path": path, "name": name, "data": data}
