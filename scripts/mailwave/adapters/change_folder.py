"""Changes on disk: a folder each, named after its digest, made whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from change_control.approvals import Signed, all_of
from change_control.contents import Contents, canonical, digest_of
from change_control.folder import APPROVALS, LIST, PROOFS, Bundle, open_bundle, write_bundle
from change_control.releases import Proof
from change_control.statements import Statement
from mailwave.adapters.change_pages import pages
from mailwave.adapters.written_once import write_once
from mailwave.core.change.evidence import (
    ESTATE,
    HAZARDS,
    PRICES,
    EstateSeen,
    HazardsSeen,
    PlaySeen,
    Seen,
    StackSeen,
    WaveSeen,
)
from mailwave.core.change.report import Report, report_on
from mailwave.core.evidence.leaks import Leaks
from mailwave.core.prices import PriceList
from mailwave.core.refusals import Refusal

SHORT = slice(7, 23)
"""The part of a digest that names the folder."""


class NoSuchChange(Refusal):
    """There is no change *asked* for in *folder*; *known* are those there are."""

    def __init__(self, *, asked: str, folder: str, known: tuple[str, ...]) -> None:
        self.asked = asked
        self.folder = folder
        self.known = known
        have = f"it has {', '.join(known)}" if known else "it has none"
        super().__init__(f"{folder} has no change {asked!r}; {have}")


class SecretInChange(Refusal):
    """A *file* of a change that many would read holds a secret, which *secret* names by its use."""

    def __init__(self, *, file: str, secret: str) -> None:
        self.file = file
        self.secret = secret
        super().__init__(f"{file} of the change would hold {secret}, and was not kept")


class Changes:
    """The changes of one environment, in *folder*; *leaks* looks for the secrets that none may hold."""

    def __init__(self, folder: Path, leaks: Callable[[], Leaks] = lambda: Leaks({})) -> None:
        self._folder = folder
        self._leaks = leaks

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder for the files of a change that is being made; unless it was kept, it goes with the block."""
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".draft-", dir=self._folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, draft: Path, contents: Contents) -> Bundle:
        """Make the files in *draft* a change with its list and reports; one that is there already stays as it is.

        Raises:
            SecretInChange: one of them holds a secret.
        """
        bundle = write_bundle(draft, contents)
        for name, data in self.reports(bundle).items():
            (draft / name).write_bytes(data)
        self._refuse_secrets(draft)
        home = self._folder / bundle.digest[SHORT]
        if not home.exists():
            _sync(draft)
            draft.rename(home)
        return open_bundle(home)

    def find(self, asked: str) -> Bundle:
        """The change whose digest begins with *asked*, with or without ``sha256:``, or the only one where it is empty.

        Raises:
            NoSuchChange: there is none, or several.
            BundleBroken: it is not as it was made.
        """
        known = tuple(sorted(each.name for each in self._folder.glob("[0-9a-f]*") if each.is_dir()))
        short = asked.removeprefix("sha256:")[: SHORT.stop - SHORT.start]
        found = [name for name in known if short and name.startswith(short)] or (known if not asked else ())
        if len(found) != 1:
            raise NoSuchChange(asked=asked, folder=str(self._folder), known=known)
        bundle = open_bundle(self._folder / found[0])
        if bundle.digest[SHORT] != found[0]:
            raise bundle.broken(LIST, "is not the list that its folder is named after")
        return bundle

    def _refuse_secrets(self, draft: Path) -> None:
        leaks = self._leaks()
        for file in sorted(draft.iterdir()):
            if secret := leaks.found(file.read_bytes()):
                raise SecretInChange(file=file.name, secret=secret)

    def reports(self, bundle: Bundle) -> Mapping[str, bytes]:
        """The reports as pages."""
        return pages(self.report(bundle))

    def report(self, bundle: Bundle) -> Report:
        """The report, made from what the change lists."""
        return report_on(bundle.contents, bundle.digest, seen(bundle))

    def require_reports(self, bundle: Bundle) -> None:
        """Raise `BundleBroken` where a report is not what the change makes of itself."""
        for name, data in self.reports(bundle).items():
            file = bundle.folder / name
            if not file.is_file() or file.read_bytes() != data:
                raise bundle.broken(name, "does not tell what the change holds")

    def add(self, bundle: Bundle, name: str, approval: bytes) -> Path:
        """Keep an approval's file beside the change; whoever approves again has one more."""
        return write_once(bundle.folder / APPROVALS / f"{name}.json", approval)

    def add_proof(self, bundle: Bundle, proof: Statement[Proof]) -> None:
        """Keep a proof's file beside the change, unless it lies there already."""
        data = canonical(proof.envelope.to_dict())
        if data not in bundle.proofs:
            write_once(bundle.folder / PROOFS / f"{digest_of(data)[SHORT]}.json", data)

    def approvals(self, bundle: Bundle) -> tuple[list[Signed], list[str]]:
        """The approvals that lie beside the change, and what is wrong with files that are none."""
        return all_of(bundle.approvals)


class ProofFolder:
    """The proofs that were signed in one environment, in *folder*, each written once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, proof: Proof, signed: bytes) -> Path:
        """Keep the *signed* file of a proof, called by its time and its release."""
        name = f"{proof.made_at:%Y%m%dT%H%M%S.%fZ}-{proof.release.digest[SHORT]}.json"
        return write_once(self._folder / name, signed)


def seen(bundle: Bundle) -> Seen:
    """What the review of *bundle* saw.

    Raises:
        BundleBroken: one of its files is not what it is listed as.
    """
    contents = bundle.contents
    try:
        return Seen(
            estate=msgspec.json.decode(bundle.read(ESTATE), type=EstateSeen),
            stacks=tuple(
                msgspec.json.decode(bundle.read(part.preview), type=StackSeen) for part in contents.stacks
            ),
            plays=tuple(
                msgspec.json.decode(bundle.read(part.prediction), type=PlaySeen) for part in contents.plays
            ),
            waves=tuple(
                msgspec.json.decode(bundle.read(part.manifest), type=WaveSeen) for part in contents.waves
            ),
            hazards=msgspec.json.decode(bundle.read(HAZARDS), type=HazardsSeen).hazards,
            prices=msgspec.json.decode(bundle.read(PRICES), type=PriceList),
        )
    except msgspec.DecodeError as error:
        raise bundle.broken("a file of it", f"cannot be understood ({error})") from error


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
