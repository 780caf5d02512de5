"""What is said no to where evidence is kept or judged."""

from __future__ import annotations

from mailwave.core.refusals import Refusal


class EvidenceBroken(Refusal):
    """Evidence that is not as it was kept: the object *file*, and the entry *n* of the journal with its *act*.

    *n* is None where it is no entry that is wrong, and *act* empty where it cannot be read.
    """

    def __init__(self, why: str, *, file: str = "", n: int | None = None, act: str = "") -> None:
        self.why = why
        self.file = file
        self.n = n
        self.act = act
        entry = "" if n is None else f"entry {n} ({act})" if act else f"entry {n}"
        place = " in ".join(part for part in (entry, shown(file)) if part)
        super().__init__(
            f"the evidence is broken: {place}: {why}" if place else f"the evidence is broken: {why}"
        )


class JournalForked(Refusal):
    """The ledger's journal is not the one that the vault anchors: entries are lost, or others than before."""

    def __init__(self, *, anchored: int, held: int) -> None:
        self.anchored = anchored
        self.held = held
        what = (
            f"the vault anchors {anchored} entries and the ledger holds {held}: its tail is lost"
            if held < anchored
            else f"the first {anchored} entries of the ledger are not those that the vault anchors"
        )
        super().__init__(what)


class SecretInEvidence(Refusal):
    """Something that would be kept for years holds a secret; *what* names it, and *secret* names the secret's use."""

    def __init__(self, *, what: str, secret: str) -> None:
        self.what = what
        self.secret = secret
        super().__init__(f"{shown(what)} holds {secret}, and nothing was sent to the vault")


class UnfitName(Refusal):
    """A file whose *name* no object of the vault may have."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"{shown(name)} is no name for a piece of evidence (letters, digits, dot, dash, underline)"
        )


class NoSuchEntry(Refusal):
    """An entry *n* that the evidence, which ends at *last*, does not hold."""

    def __init__(self, *, n: int, last: int) -> None:
        self.n = n
        self.last = last
        super().__init__(f"there is no entry {n}: the evidence holds entries 1 to {last}")


def shown(name: str) -> str:
    """*name* as it may be printed, whoever chose it."""
    return name if name.isascii() and name.isprintable() else ascii(name)
