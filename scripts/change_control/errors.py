"""Why a change is not made: each error carries its data, and builds its sentence from it."""

from __future__ import annotations

from datetime import datetime


class ChangeRefused(Exception):
    """A change that is not made; nothing was called."""


class BundleBroken(ChangeRefused):
    """The *file* of the bundle in *folder* is not what the change's list says, and *why*."""

    def __init__(self, *, folder: str, file: str, why: str) -> None:
        self.folder = folder
        self.file = file
        self.why = why
        super().__init__(f"{file} of the change in {folder} {why}")


class NotAdmitted(ChangeRefused):
    """Nobody who may has consented to *part* of the change *digest*; *whys* says what is wrong with each approval."""

    def __init__(self, *, part: str, digest: str, whys: tuple[str, ...]) -> None:
        self.part = part
        self.digest = digest
        self.whys = whys
        because = "; ".join(whys) if whys else "there is no approval of it"
        super().__init__(f"{part} of the change {digest} is not approved: {because}")


class Moved(ChangeRefused):
    """*what* is not as it was when the change was reviewed, *why* saying how."""

    def __init__(self, *, what: str, why: str) -> None:
        self.what = what
        self.why = why
        super().__init__(f"{what} has moved since the review: {why}")


class NotProved(ChangeRefused):
    """The *release* was not proved in *environment*, or too long ago; *whys* says what is wrong with each proof."""

    def __init__(self, *, release: str, environment: str, whys: tuple[str, ...]) -> None:
        self.release = release
        self.environment = environment
        self.whys = whys
        because = "; ".join(whys) if whys else "there is no proof of it"
        super().__init__(f"the release {release} is not proved in {environment}: {because}")


class Drifted(ChangeRefused):
    """In *environment*, where the release was proved, something *differs* from what it declares, as seen at *at*."""

    def __init__(self, *, environment: str, differs: int, at: datetime) -> None:
        self.environment = environment
        self.differs = differs
        self.at = at
        things = "one thing" if differs == 1 else f"{differs} things"
        super().__init__(f"{environment} has drifted: {things} differed at {at:%Y-%m-%d %H:%M} UTC")
