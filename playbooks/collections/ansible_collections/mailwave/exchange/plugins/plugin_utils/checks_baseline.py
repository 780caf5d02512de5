# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The checks of a server's baseline: builds, .NET, TLS, NTLM, Extended Protection, disks, services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.readings import (
    Case,
    Check,
    Found,
    Reading,
    Unreadable,
    numbers,
    version_of,
)

CONTROL = "HKLM:\\SYSTEM\\CurrentControlSet\\Control"
SCHANNEL = CONTROL + "\\SecurityProviders\\SCHANNEL\\Protocols"
LSA = CONTROL + "\\Lsa"
NTLM = LSA + "\\MSV1_0"
NET_RELEASE = "HKLM:\\SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full"
NET_FRAMEWORK = tuple(
    f"HKLM:\\SOFTWARE\\{view}Microsoft\\.NETFramework\\{version}"
    for view in ("", "Wow6432Node\\")
    for version in ("v4.0.30319", "v2.0.50727")
)
OLDER = ("TLS 1.0", "TLS 1.1")
"""Allowed or not, but the same everywhere; TLS 1.2 has a check of its own."""
SIDES = ("Client", "Server")

SUPPORTED = {
    "2016 CU23": (15, 1, 2507),
    "2019 CU14": (15, 2, 1544),
    "2019 CU15": (15, 2, 1748),
    "SE RTM": (15, 2, 2562),
}
"""The latest cumulative update and the one before it of each version (facts D16 and D18), by their first numbers."""

NET_48, NET_481 = 528_040, 533_320
"""The lowest Release values of .NET Framework 4.8 and 4.8.1 (Microsoft: Determine which versions are installed)."""

ALLOWED_NTLM_LEVEL = 3
"""From LmCompatibilityLevel 3 on a server sends NTLMv2 only (fact D19); Windows has 3 where no value is set."""

BESIDE_SE = {(15, 1, 2507), (15, 2, 1544), (15, 2, 1748)}
"""What may stand beside Exchange SE: 2016 CU23, 2019 CU14 and CU15 (fact D17)."""


def _build(case: Case) -> Found:
    build = numbers(case.reading.build)
    return Found(case.reading.build, sorted(SUPPORTED), build[:3] in SUPPORTED.values() or _newer(build))


def _newer(build: tuple[int, ...]) -> bool:
    """A cumulative update of SE that came after this list was made."""
    return build[:2] == (15, 2) and build[2] > SUPPORTED["SE RTM"][2]


def _coexistence(case: Case) -> Found:
    build = numbers(case.reading.build)[:3]
    with_se = any(numbers(each.build)[2] >= SUPPORTED["SE RTM"][2] for each in case.everybody.values())
    fits = not with_se or build in BESIDE_SE or build >= SUPPORTED["SE RTM"]
    return Found(case.reading.build, "2016 CU23, 2019 CU14 or CU15 beside Exchange SE", fits)


def _security_update(case: Case) -> Iterator[Found]:
    """Compared only with a minimum that was asked for, for the cumulative update that the server has."""
    build = numbers(case.reading.build)
    for minimum in case.wanted.get("minimum_builds", ()):
        wanted = numbers(minimum)
        if wanted[:3] == build[:3]:
            yield Found(case.reading.build, minimum, build >= wanted)


def _net(case: Case) -> Found:
    release = case.reading.registry_value(NET_RELEASE, "Release")
    build = numbers(case.reading.build)[:3]
    minimum = NET_481 if build >= SUPPORTED["2019 CU15"] else NET_48
    return Found(release, minimum, isinstance(release, int) and release >= minimum)


def _tls_1_2(case: Case) -> Iterator[Found]:
    """Missing keys are an error (fact D23)."""
    wanted = {"enabled": 1, "disabledbydefault": 0}
    for side in SIDES:
        path = f"{SCHANNEL}\\TLS 1.2\\{side}"
        found = {name: case.reading.registry_value(path, name) for name in wanted}
        yield Found(found, wanted, found == wanted, f"TLS 1.2 {side}")


def _net_tls(case: Case) -> Iterator[Found]:
    wanted = {"systemdefaulttlsversions": 1, "schusestrongcrypto": 1}
    for path in NET_FRAMEWORK:
        found = {name: case.reading.registry_value(path, name) for name in wanted}
        yield Found(found, wanted, found == wanted, path.partition("\\")[2])


def _tls_equal(case: Case) -> Found:
    """TLS settings are equal on all servers (fact D19); the ones that most have are the usual ones."""
    own = _tls_settings(case.reading)
    others = []
    for name, each in case.everybody.items():
        try:
            others.append(_tls_settings(each))
        except Unreadable:
            raise Unreadable(what=name, why="its TLS settings could not be read to compare with") from None
    usual = max(others, key=others.count, default=own)
    return Found(_differing(own, usual), _differing(usual, own), own == usual)


def _tls_settings(reading: Reading) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for protocol in OLDER:
        for side in SIDES:
            values = reading.registry(f"{SCHANNEL}\\{protocol}\\{side}") or {}
            for name in ("enabled", "disabledbydefault"):
                settings[f"{protocol} {side} {name}"] = values.get(name)
    return settings


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if other[name] != value}


def _ntlm_level(case: Case) -> Found:
    level = case.reading.registry_value(LSA, "LmCompatibilityLevel")
    return Found(level, ALLOWED_NTLM_LEVEL, level is None or level >= ALLOWED_NTLM_LEVEL)


def _ntlm_taken(case: Case) -> Found:
    """1 refuses accounts of the domain and 2 all of them; what the server sends itself is another value."""
    found = case.reading.registry_value(NTLM, "RestrictReceivingNTLMTraffic")
    return Found(found, 0, found in (None, 0))


def _offloading(case: Case) -> Found:
    anywhere, ews = case.reading.row("outlook_anywhere"), case.reading.row("ews")
    offloads = bool(anywhere["SSLOffloading"]) and anywhere["ExtendedProtectionTokenChecking"] != "None"
    declared = bool(case.wanted.get("device_offloads")) and ews["ExtendedProtectionTokenChecking"] != "None"
    found = {"SSLOffloading": bool(anywhere["SSLOffloading"]), "device_offloads": declared}
    return Found(found, {"SSLOffloading": False, "device_offloads": False}, holds=not (offloads or declared))


def _bridging(case: Case) -> Found:
    ews = case.reading.row("ews")
    other = case.wanted.get("device_certificate_differs", False)
    return Found(
        {"device_certificate_differs": bool(other)},
        {"device_certificate_differs": False},
        holds=not other or ews["ExtendedProtectionTokenChecking"] == "None",
    )


def _disks(case: Case) -> Iterator[Found]:
    least = float(case.wanted.get("disk_free_share", 0.1))
    for disk in case.reading.field("disks", "ansible_facts")["ansible_disks"]:
        for partition in disk["partitions"] or ():
            for volume in partition["volumes"] or ():
                if volume.get("size"):
                    share = volume["size_remaining"] / volume["size"]
                    yield Found(round(share, 3), least, share >= least, f"{partition['drive_letter']}:")


def _services(case: Case) -> Iterator[Found]:
    for row in case.reading.rows("health"):
        stopped = list(row["ServicesNotRunning"] or ())
        yield Found(stopped, [], bool(row["RequiredServicesRunning"]), str(row["Role"]))


def _replication_starts(case: Case) -> Found:
    services = {each["name"]: each for each in case.reading.field("services", "services")}
    mode = services.get("MSExchangeMailboxReplication", {}).get("start_mode")
    return Found(mode, "auto", mode in ("auto", "delayed"))


BASELINE: Mapping[str, Check] = {
    "build-unsupported": _build,
    "coexistence-unsupported": _coexistence,
    "security-update-missing": _security_update,
    "net-release-old": _net,
    "tls-1-2-off": _tls_1_2,
    "tls-net-not-strong": _net_tls,
    "tls-differs": _tls_equal,
    "ntlm-level-low": _ntlm_level,
    "ntlm-refused": _ntlm_taken,
    "extended-protection-offloading": _offloading,
    "extended-protection-bridging": _bridging,
    "disk-full": _disks,
    "services-stopped": _services,
    "replication-service-disabled": _replication_starts,
}


def version(reading: Reading) -> str | None:
    """The server's version of Exchange as checks name it; None where its build could not be read or is too old."""
    try:
        return version_of(reading.build)
    except (Unreadable, ValueError):
        return None
