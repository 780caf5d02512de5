"""Every kind of Exchange object that the stacks know, by its type in the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.exchange.kinds import ObjectType
from infra.exchange.objects import (
    administration,
    links_and_files,
    mail_flow,
    migration,
    organisation,
    protection,
    sharing,
)

FAMILIES: Mapping[str, Sequence[ObjectType]] = {
    module.__name__.rpartition(".")[2]: module.KINDS
    for module in (
        mail_flow,
        sharing,
        protection,
        links_and_files,
        organisation,
        administration,
        migration,
    )
}
"""The kinds by family."""

TYPES: Mapping[str, ObjectType] = {kind.token: kind for kinds in FAMILIES.values() for kind in kinds}
