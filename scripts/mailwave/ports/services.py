"""What the stages of services need of the tenant and the sites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from mailwave.core.services.judge import Entitled


class Entitlements(Protocol):
    """The directory: people by their ids in Entra, groups by the names of the identity stack's licences.

    Raises `ActRefused` for what was not answered, `ActPostponed` for what is put off for too long.
    """

    def entitled(self, people: Sequence[str]) -> Mapping[str, Entitled]:
        """What the directory shows of each of *people*."""
        ...

    def join(self, group: str, people: Sequence[str]) -> None:
        """Make *people* members of *group*; whoever is one stays one, so it may be done again."""
        ...


class ServiceTenant(Protocol):
    """Exchange Online, and what changes a mailbox on either side; raises `ActError` for a change that went wrong."""

    def keys(self, guids: Sequence[str]) -> Mapping[str, str]:
        """The ids in Entra of those of *guids* whom the tenant shows, by ExchangeGuid."""
        ...

    def settings(self, noun: str, guids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """What `Get-`*noun* shows of those of *guids* that have a mailbox in the cloud, by ExchangeGuid."""
        ...

    def change(self, side: str, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
        """Run *cmdlet* at *site* or in the cloud, as *side* says."""
        ...
