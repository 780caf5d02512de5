"""What the components of the layer have in common."""

from __future__ import annotations

import pulumi


class Part(pulumi.ComponentResource):
    """A component whose children stay in the tenant where it is told so.

    *child* are the options of its children: the engine hands protection down by itself, but not what is retained.
    """

    def __init__(self, kind: str, name: str, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(f"mailwave:hybrid:{kind}", name, None, opts)
        self.child = pulumi.ResourceOptions(
            parent=self, retain_on_delete=opts.retain_on_delete if opts else None
        )

    def passing(self) -> pulumi.ResourceOptions:
        """The options of a child that is there for a time only: neither protected nor retained."""
        return pulumi.ResourceOptions(parent=self, protect=False, retain_on_delete=False)

    def after(self, *others: pulumi.Resource) -> pulumi.ResourceOptions:
        """The options of a child that needs *others* to be there first."""
        return pulumi.ResourceOptions.merge(self.child, pulumi.ResourceOptions(depends_on=[*others]))
