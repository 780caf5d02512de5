"""The one program of every stack: it reads the stack's name, then its settings, then lays its layer."""

from __future__ import annotations

from datetime import UTC, datetime

import pulumi

from infra.configuration import configured
from infra.lower import removed
from infra.stack import StackName


def run() -> None:
    """Register the program with the engine: what both `__main__.py` and an inline program call."""
    pulumi.run(program)


async def program() -> pulumi.Inputs:
    """Lay the layer that the stack is named after, and return its outputs; a removed one declares nothing.

    Before an update, whoever may must have consented. A layer is imported here and not above, so that a stack loads
    only the SDKs and settings it needs.

    Raises:
        UnknownStack, NotConsented, BadSetting, NotDeployed, WrongOwner, StillNeeded: nothing has been planned.
    """
    stack, today = StackName.parse(pulumi.get_stack()), datetime.now(UTC).date()
    if not pulumi.runtime.is_dry_run():
        from infra.consent import require_consent

        require_consent(stack)
    match stack.layer:
        case "foundation":
            from infra.foundation.layer import lay_foundation
            from infra.settings.foundation import FoundationSettings

            foundation = configured(stack, FoundationSettings)
            return await removed(stack) if foundation.removed else lay_foundation(stack, foundation)
        case "identity":
            from infra.identity.layer import lay_identity
            from infra.settings.identity import IdentitySettings

            identity = configured(stack, IdentitySettings)
            return await (removed(stack) if identity.removed else lay_identity(stack, identity, today))
        case _:
            from infra.hybrid.layer import lay_hybrid
            from infra.settings.hybrid import HybridSettings

            hybrid = configured(stack, HybridSettings)
            return await (removed(stack) if hybrid.removed else lay_hybrid(stack, hybrid, today))
