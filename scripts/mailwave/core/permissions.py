"""Reads a table of delegate rights: who may use whose mailbox, both by ExchangeGuid.

The columns are ``Mailbox``, ``Trustee`` and ``Right`` (`mailwave.core.estate.RIGHTS`). Exchange itself writes a trustee
as an account name or a canonical name, so discovery resolves those first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mailwave.core.bad_rows import Faults
from mailwave.core.estate import RIGHTS, Permission
from mailwave.core.table import named_rows

COLUMNS = ("Mailbox", "Trustee", "Right")


def read_permissions(files: Mapping[str, bytes], mailboxes: Collection[str]) -> list[Permission]:
    """The rights in all *files* (file name to content), in order; *mailboxes* are the known ExchangeGuids.

    Raises:
        BadRows: any row names an unknown right, mailbox or trustee.
    """
    faults = Faults()
    known = set(mailboxes)
    found: set[Permission] = set()
    for file, data in files.items():
        for row in named_rows(file, data, required=COLUMNS, faults=faults):
            right = Permission(row.cells["Mailbox"].lower(), row.cells["Trustee"].lower(), row.cells["Right"])
            problem = _problem(right, known)
            if problem:
                faults.add(file, row.line, problem)
            else:
                found.add(right)
    faults.refuse_if_any()
    return sorted(found)


def _problem(right: Permission, known: set[str]) -> str:
    if right.kind not in RIGHTS:
        return f"has the right {right.kind[:40]!r}; known are {', '.join(RIGHTS)}"
    for guid in (right.guid, right.trustee):
        if guid not in known:
            return f"names {guid[:40]!r}, which is no mailbox of the inventory"
    return ""
