"""Who looks at the pages, and what they may see there."""

from __future__ import annotations

import msgspec

from mailwave.core.readiness.scope import NotTheirOrganisation

OPERATE = "Move.Operate"
"""The role of the pages' application in Entra that operators are given."""


class Signed(msgspec.Struct, frozen=True):
    """Who has signed in: their immutable id, what they are called, and the application's *roles* they have."""

    who: str
    sign_in_name: str
    name: str
    roles: frozenset[str] = frozenset()


class Visitor(msgspec.Struct, frozen=True):
    """Who has signed in, and the *organisation* that they administer, empty for none."""

    signed: Signed
    organisation: str = ""

    @property
    def operates(self) -> bool:
        """Whether they are an operator."""
        return OPERATE in self.signed.roles

    def admitted(self, organisation: str) -> str:
        """*organisation*, which they may look at.

        Raises:
            NotTheirOrganisation: it is not exactly theirs; whether there is such an organisation is not said.
        """
        if not self.organisation or organisation != self.organisation:
            raise NotTheirOrganisation(who=self.signed.who, own=self.organisation, asked=organisation)
        return organisation
