"""The rules by which the simulated cloud refuses, each with its switch; their facts are pages of documentation."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import rule


@dataclass(frozen=True)
class Options:
    """How the simulated Resource Manager and directory behave."""

    tenants_are_apart: bool = rule(
        "ARM common errors",
        "doc",
        "a credential of another tenant is refused (InvalidAuthenticationTokenTenant)",
    )
    parents_come_first: bool = rule(
        "ARM common errors", "doc", "what lies above an object must be there first (ParentResourceNotFound)"
    )
    references_hold: bool = rule(
        "ARM common errors", "doc", "an object that another one names must exist (InvalidResourceReference)"
    )
    needed_objects_stay: bool = rule(
        "ARM common errors", "doc", "an object that another one needs cannot be deleted (InUse)"
    )
    nested_objects_hold: bool = rule(
        "private DNS zones", "doc", "a private zone cannot be deleted before its links (CannotDeleteResource)"
    )
    names_are_unique: bool = rule(
        "ARM naming rules", "doc", "names of vaults, accounts and servers are taken in every subscription"
    )
    deleted_vaults_keep_names: bool = rule(
        "Key Vault soft delete", "doc", "a deleted vault keeps its name until it is purged (ConflictError)"
    )
    purge_protection_holds: bool = rule(
        "Key Vault soft delete", "doc", "a vault with purge protection cannot be purged before its time"
    )
    locks_hold: bool = rule(
        "ARM locks", "doc", "a lock forbids deleting or changing its scope and all beneath (ScopeLocked)"
    )
    subnets_fit: bool = rule(
        "virtual networks FAQ",
        "doc",
        "a subnet lies within its network's space (NetcfgSubnetRangeOutsideVnet)",
    )
    subnets_are_apart: bool = rule(
        "virtual networks FAQ", "doc", "subnets of one network cannot overlap (NetcfgSubnetRangesOverlap)"
    )
    peers_are_apart: bool = rule(
        "virtual networks FAQ", "doc", "peered networks cannot overlap (VnetAddressSpacesOverlap)"
    )
    spaces_keep_subnets: bool = rule(
        "virtual networks FAQ",
        "doc",
        "a network's space cannot leave a subnet out (InUsePrefixCannotBeDeleted)",
    )
    locations_are_needed: bool = rule(
        "ARM common errors", "doc", "a regional object needs a location (LocationRequired)"
    )
    locations_are_listed: bool = rule(
        "ARM common errors", "doc", "a global object is in no region (LocationNotAvailableForResourceType)"
    )
    read_only_properties_stay: bool = rule(
        "ARM PUT", "inf", "what the service sets cannot be written otherwise (the real one may ignore it)"
    )
    fixed_properties_stay: bool = rule(
        "types/*.yaml", "doc", "what cannot be changed in place is refused (PropertyChangeNotAllowed)"
    )
    switched_on_stays_on: bool = rule(
        "Key Vault soft delete", "doc", "purge protection and soft delete cannot be switched off again"
    )
