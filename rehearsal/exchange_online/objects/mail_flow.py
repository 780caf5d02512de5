"""Rules of connectors, accepted domains and transport rules."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.exchange_online.errors import BadArgument
from rehearsal.exchange_online.objects.world import World
from rehearsal.exchange_online.values import Row

_PAIRS = (
    ("SetHeaderName", "SetHeaderValue"),
    ("HeaderContainsMessageHeader", "HeaderContainsWords"),
    ("HeaderMatchesMessageHeader", "HeaderMatchesPatterns"),
    ("ExceptIfHeaderContainsMessageHeader", "ExceptIfHeaderContainsWords"),
    ("ExceptIfHeaderMatchesMessageHeader", "ExceptIfHeaderMatchesPatterns"),
)


def accepted_domain(row: Row, world: World) -> None:
    """Only a relay domain can match its subdomains."""
    if world.options.relay_subdomains:
        _refuse(
            {
                "MatchSubDomains can be set only on an internal or external relay domain.": row[
                    "MatchSubDomains"
                ]
                and row["DomainType"] == "Authoritative"
            }
        )


def inbound_connector(row: Row, world: World) -> None:
    """An inbound connector must know its senders, and have nothing that its type lacks."""
    premises = row["ConnectorType"] == "OnPremises"
    certificate, addresses = row["TlsSenderCertificateName"], row["SenderIPAddresses"]
    if world.options.connector_proof:
        _refuse(
            {
                "A connector of type OnPremises needs TlsSenderCertificateName or SenderIPAddresses.": premises
                and not (certificate or addresses),
                "RestrictDomainsToCertificate needs TlsSenderCertificateName.": row[
                    "RestrictDomainsToCertificate"
                ]
                and not certificate,
                "RestrictDomainsToIPAddresses needs SenderIPAddresses.": row["RestrictDomainsToIPAddresses"]
                and not addresses,
            }
        )
    if world.options.connector_types:
        restricts = row["RestrictDomainsToCertificate"] or row["RestrictDomainsToIPAddresses"]
        cloud = row["CloudServicesMailEnabled"]
        _refuse(
            {
                "CloudServicesMailEnabled needs a connector of type OnPremises.": cloud and not premises,
                "RestrictDomainsTo... needs a connector of type Partner.": restricts and premises,
                "TreatMessagesAsInternal needs a connector of type OnPremises without CloudServicesMailEnabled.": (
                    row["TreatMessagesAsInternal"] and (cloud or not premises)
                ),
            }
        )


def outbound_connector(row: Row, world: World) -> None:
    """An outbound connector has one route, and nothing that its type lacks."""
    partner = row["ConnectorType"] != "OnPremises"
    validates = row["TlsSettings"] == "DomainValidation"
    if world.options.connector_route:
        _refuse(
            {
                "Specify either SmartHosts or UseMXRecord, but not both.": bool(row["SmartHosts"])
                == bool(row["UseMXRecord"]),
                "TlsDomain and the TlsSettings DomainValidation go together.": validates
                != bool(row["TlsDomain"]),
            }
        )
    if world.options.connector_types:
        _refuse(
            {
                f"{name} needs a connector of type OnPremises.": row[name] and partner
                for name in ("CloudServicesMailEnabled", "RouteAllMessagesViaOnPremises")
            }
        )


def transport_rule(row: Row, world: World) -> None:
    """A header is named together with its value."""
    if world.options.header_pairs:
        _refuse(
            {
                f"{name} and {value} go together.": bool(row[name]) != bool(row[value])
                for name, value in _PAIRS
            }
        )


def _refuse(broken: Mapping[str, object]) -> None:
    for text, is_broken in broken.items():
        if is_broken:
            raise BadArgument(text)
