"""The simulated Azure Resource Manager and Entra directory that the stand-in Pulumi providers speak to."""

from rehearsal.cloud.store import Cloud

__all__ = ["Cloud"]
