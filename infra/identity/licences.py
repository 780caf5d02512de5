"""Who is licensed for what: a group for each product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from infra.settings.identity import Licence


@dataclass(frozen=True)
class LicencesArgs:
    """*display_names*: by name of the licence, the name of its group, unique in the tenant."""

    licences: Sequence[Licence]
    display_names: Mapping[str, str]


class Licences(pulumi.ComponentResource):
    """A group without members for each licence, and the licence that its members get."""

    def __init__(self, name: str, args: LicencesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:identity:Licences", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(
            parent=self, retain_on_delete=opts.retain_on_delete if opts else None
        )

        self.groups = {licence.name: self._group(licence) for licence in args.licences}
        self.licences = [self._licence(licence) for licence in args.licences]

        self.ids: dict[str, pulumi.Output[str]] = {
            licence: group.object_id for licence, group in self.groups.items()
        }
        self.register_outputs({"ids": self.ids})

    def _group(self, licence: Licence) -> azuread.GroupWithoutMembers:
        return azuread.GroupWithoutMembers(
            f"licence-{licence.name}",
            display_name=self._args.display_names[licence.name],
            description="Its members are licensed; the mail migration puts people in before they move",
            security_enabled=True,
            prevent_duplicate_names=True,
            opts=self._child,
        )

    def _licence(self, licence: Licence) -> azuread.GroupLicense:
        return azuread.GroupLicense(
            f"licence-{licence.name}",
            group_object_id=self.groups[licence.name].object_id,
            sku_id=licence.sku,
            disabled_plans=list(licence.disabled_plans),
            opts=self._child,
        )
