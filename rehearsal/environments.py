"""The environments that can be simulated, each with a tenant of its own: `environments.yaml` holds them."""

from __future__ import annotations

from pathlib import Path

import msgspec

FILE = Path(__file__).with_name("environments.yaml")


class Tenant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tenant, and the one forest that is joined to it.

    *id* is its GUID, *domain* the one it was born with, *routing_domain* the one through which mail from premises
    reaches its mailboxes (fact D24), *mail_domain* the one in everybody's address. *organisation* is the GUID of the
    forest's Exchange organisation, which is in the names of what the Hybrid Configuration Wizard makes (fact D12).
    """

    id: str
    domain: str
    routing_domain: str
    mail_domain: str
    organisation: str


class Environment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One environment: its *tenant*, and the *size* of its estate, one of `rehearsal.estate.SIZES`."""

    tenant: Tenant
    size: str


ENVIRONMENTS: dict[str, Environment] = msgspec.yaml.decode(FILE.read_bytes(), type=dict[str, Environment])
DEFAULT = "rehearsal"
REHEARSAL = ENVIRONMENTS[DEFAULT].tenant
"""The tenant of whoever does not ask for another."""
