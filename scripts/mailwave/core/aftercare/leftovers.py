"""What a moved mailbox leaves behind at its site, of no use to anybody there."""

from __future__ import annotations

from typing import NamedTuple

TIDY = "aftercare.tidy"
"""The act that removes one of them, as the journal calls it; its subject is what is removed."""


class Leftover(NamedTuple):
    """Something of the mailbox *guid*, which has moved away from *site*: *what* it is called there."""

    guid: str
    address: str
    site: str
    what: str
