"""The two sides of a mailbox as the care after a move needs them; a read that fails raises, and is never "absent"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Protocol

from mailwave.core.aftercare.calendars import Look
from mailwave.core.aftercare.delivery import Fate, Probe
from mailwave.core.aftercare.differences import Difference
from mailwave.core.aftercare.pictures import Found, Home, Picture
from mailwave.core.estate import Mailbox


class Side(Protocol):
    """What changes things on one side."""

    def change(self, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
        """Run *cmdlet*, on premises at *site*; raises `ActError`."""
        ...


class Premises(Side, Protocol):
    """The sites."""

    def pictures(self, mailboxes: Sequence[Mailbox], folders_of: AbstractSet[str]) -> list[Picture]:
        """Those of *mailboxes* that live at their sites now; roles in folders are read of those in *folders_of*."""
        ...

    def homes(self, pictures: Sequence[Picture]) -> dict[str, Home]:
        """What the sites show of each of *pictures* now, by ExchangeGuid."""
        ...


class Cloud(Side, Protocol):
    """The tenant."""

    def found(self, pictures: Sequence[Picture]) -> dict[str, tuple[Found, str]]:
        """What the tenant shows of each of *pictures*, by ExchangeGuid, with the id of its owner in Entra."""
        ...


class Kept(Protocol):
    """What runs have left, to be read again."""

    def keep(self, name: str, content: bytes) -> str:
        """See `mailwave.ports.Artifacts`."""
        ...

    def read(self, name: str, digest: str) -> bytes:
        """What was kept under *name*; raises where it is not there or is not that of *digest*."""
        ...


class Around(Protocol):
    """What holds for all mailboxes of a domain."""

    def differences(self, domains: AbstractSet[str]) -> Sequence[Difference]:
        """What is not as people need it, of both halves and of *domains*; what cannot be read is a difference."""
        ...


class Post(Protocol):
    """What hands messages over on either side, and reads back what both wrote down of them."""

    def send(self, probe: Probe) -> None:
        """Hand one over; raises `ActRefused`, `ActPostponed`, or `ActUnknown` where nobody knows what came of it."""
        ...

    def fates(self, probes: Sequence[Probe], since: datetime) -> Mapping[str, Fate]:
        """What became of each of *probes*, the first handed over at *since*, by name; a read that fails raises."""
        ...


class Calendars(Protocol):
    """What asks either side for the free/busy of the other; nothing raises: what could not be asked is a `Look`."""

    def from_cloud(self, addresses: Sequence[str]) -> Sequence[Look]:
        """What the cloud shows of each of *addresses*; one look alone for several that it would not hear of."""
        ...

    def from_sites(self) -> Sequence[Look]:
        """What the tests of every site say of the way to the cloud."""
        ...
