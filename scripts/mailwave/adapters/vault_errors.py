"""What can go wrong with the vault; apart from it, so that naming an error does not load the SDK."""

from __future__ import annotations


class VaultError(Exception):
    """The vault *where* did not take or give something."""

    def __init__(self, *, where: str, what: str) -> None:
        self.where = where
        self.what = what
        super().__init__(f"the vault {where} {what}")


class VaultUnreachable(VaultError):
    """It does not answer; *why* names the kind of error."""

    def __init__(self, *, where: str, why: str) -> None:
        self.why = why
        super().__init__(where=where, what=f"does not answer ({why})")


class VaultDenied(VaultError):
    """It does not let us in, or not do that; *code* is its own word."""

    def __init__(self, *, where: str, code: str) -> None:
        self.code = code
        super().__init__(where=where, what=f"refuses us ({code})")


class VaultDiffers(VaultError):
    """The object *name* is there with other bytes than *offered*; what is kept is never replaced."""

    def __init__(self, *, where: str, name: str, kept: str, offered: str) -> None:
        self.name = name
        self.kept = kept
        self.offered = offered
        super().__init__(where=where, what=f"keeps {name} with sha256 {kept}, and was offered {offered}")


class VaultUnlocked(VaultError):
    """It would not keep what it is given: *why* says what its settings lack."""

    def __init__(self, *, where: str, why: str) -> None:
        self.why = why
        super().__init__(where=where, what=f"would not keep evidence: {why}")


class KeyUnusable(Exception):
    """A key that cannot sign or verify evidence; *what* says which, *why* what is wrong with it."""

    def __init__(self, *, what: str, why: str) -> None:
        self.what = what
        self.why = why
        super().__init__(f"{what} cannot be used for evidence: {why}")


class NotEvidence(Exception):
    """A path that is neither a folder nor a zip of evidence; *why* says what it is."""

    def __init__(self, *, path: str, why: str) -> None:
        self.path = path
        self.why = why
        super().__init__(f"{path} is no copy of a vault: {why}")
