"""The licence groups of an environment: named in its estate file, made by its identity stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from estate_schema import ConfigurationError
from mailwave import rules
from mailwave.wiring.settings import Settings, estate_file
from mailwave.wiring.stacks import engine

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.licence_groups import LicenceGroups

OUTPUT = "licence_group_ids"
"""The output of the identity stack that has the groups' object ids by the licences' names."""


def group_limit(settings: Settings) -> int:
    """How many people one licence group takes."""
    return (
        rules.granted(settings.limits, settings.estate)
        .limits["licence_group_members"]
        .on(settings.clock().now().date())
    )


def licence_groups(settings: Settings) -> LicenceGroups:
    """The groups that the people of *settings*' estate join.

    Raises:
        ConfigurationError: no Graph is named, or the identity stack has not made one of the groups.
    """
    file = estate_file(settings.environment).name
    return groups_called(settings, settings.estate.licences.groups, file, "licences.groups")


def groups_called(settings: Settings, wanted: Sequence[str], file: str, key: str) -> LicenceGroups:
    """The identity stack's groups of the names *wanted*, which *key* of *file* gives; raises as `licence_groups`."""
    from mailwave.adapters.graph import Graph
    from mailwave.adapters.licence_groups import LicenceGroups

    graph = Graph.connect(settings.endpoints(), settings.clock().sleep)
    if graph is None:
        raise ConfigurationError(
            file="endpoints", key="graph", problem="is missing", allowed="https://graph.microsoft.com"
        )
    made = cast("dict[str, str]", engine(settings).outputs("identity").get(OUTPUT) or {})
    for name in wanted:
        if name not in made:
            raise ConfigurationError(
                file=file,
                key=key,
                problem=f"names {name!r}, for which the identity stack has no group",
                allowed=", ".join(sorted(made)) or "none before `mailwave infra up`",
            )
    return LicenceGroups(graph, {name: made[name] for name in wanted})
