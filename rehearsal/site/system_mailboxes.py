"""The organisation's own mailboxes, which a plain Get-Mailbox does not show: they are on its first server."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.site.surroundings import Row

KINDS: Mapping[str, tuple[str, ...]] = {
    "Arbitration": (
        "SystemMailbox{1f05a927-3be2-4fb9-aa03-b59fe3b56f4c}",
        "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}",
        "SystemMailbox{e0dc1c29-89c3-4034-b678-e6c29d823ed9}",
        "SystemMailbox{2CE34405-31BE-455D-89D7-A7C7DA7A0DAA}",
        "Migration.8f3e7716-2011-43e4-96b1-aba62d229136",
        "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042",
    ),
    "AuditLog": ("SystemMailbox{8cc370d3-822a-4ab8-a926-bb94bd0641a9}",),
    "PublicFolder": ("PublicFolders01",),
}
"""Their names by the switch of Get-Mailbox that shows them; those of arbitration are the same everywhere."""


IN_THE_ROOT = frozenset({"Arbitration", "AuditLog"})
"""Those whose accounts Setup makes in the forest's root domain, of which the domains of the sites are children."""


def system_mailboxes(kind: str, server: str, database: str) -> list[Row]:
    """Those of *kind*, on *server* in *database*."""
    return [
        {
            "Identity": name,
            "Name": name,
            "ServerName": server.lower(),
            "Database": database,
            "RecipientType": "UserMailbox",
            "RecipientTypeDetails": f"{kind}Mailbox",
            "IsValid": True,
        }
        for name in KINDS[kind]
    ]
