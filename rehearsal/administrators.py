"""Who answers for an organisation in a rehearsal: one of its people each, with a throw-away key for its pages."""

from __future__ import annotations

import csv
from pathlib import Path

from rehearsal.approvers import public_half
from rehearsal.directory.objects import User
from rehearsal.world import World

COLUMNS = ("who", "name", "organisation", "part", "public_key", "first", "last", "revoked", "address")
_ALWAYS = ("2000-01-01", "2099-12-31", "")
"""A rehearsal's clock may stand anywhere."""


def make_administrators(home: Path, world: World) -> Path:
    """The table of the rehearsal in *home*: the first person of each organisation, whose key is a credential.

    What is sent to them goes to their own mailbox.
    """
    keys = home / "credentials" / "web-keys"
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    users = {user.user_principal_name.casefold(): user for user in world.directory.store.every(User)}
    first: dict[str, User] = {}
    for mailbox in world.estate.mailboxes:
        if mailbox.recipient_type == "UserMailbox" and (user := users.get(mailbox.address)):
            first.setdefault(mailbox.organisation, user)
    file, part = home / "administrators.csv", home / "administrators.csv.part"
    with part.open("w", encoding="utf-8", newline="") as written:
        table = csv.writer(written, lineterminator="\n")
        table.writerow(COLUMNS)
        for code, user in sorted(first.items()):
            key = public_half(keys / f"{user.id}.pem")
            name, address = user.display_name, user.user_principal_name
            table.writerow((user.id, name, code, "attests", key, *_ALWAYS, address))
    part.rename(file)
    return file
