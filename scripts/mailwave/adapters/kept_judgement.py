"""The last judgement, kept beside the evidence: Parquet files and one that names them, which is written last.

What is not there, is torn, or is not what that one names is as if nothing were kept: everything is judged then.
"""

from __future__ import annotations

import hashlib
import io
from datetime import date
from pathlib import Path

import msgspec
import polars as pl

from mailwave.adapters.written_whole import write_whole
from mailwave.core.readiness.judge import Judged
from mailwave.core.readiness.kept import Kept

NAME = "judgement.json"
_TABLES = ("mailboxes", "organisations", "stamps", "clients")
_GUID = "guid"


class _Named(msgspec.Struct, frozen=True):
    """What the file `NAME` says: the digest of the rules, the day, and the digest of each table's file.

    *handed_in* is the folder of what was handed in, where it was another than this.
    """

    book: str
    on: date
    tables: dict[str, str]
    handed_in: str = ""


class KeptJudgement:
    """Keeps one judgement in *folder*, of what was *handed_in* there or in a folder of its own."""

    def __init__(self, folder: Path, handed_in: Path | None = None) -> None:
        self._folder = folder
        self._handed_in = handed_in or folder

    @property
    def handed_in(self) -> Path:
        """The folder of what was handed in for the last judgement; the keeper's own where none is kept."""
        try:
            named = msgspec.json.decode((self._folder / NAME).read_bytes(), type=_Named)
        except (OSError, msgspec.MsgspecError):
            return self._folder
        return Path(named.handed_in) if named.handed_in else self._folder

    def read(self) -> Kept | None:
        """What was kept; None where nothing whole is."""
        try:
            named = msgspec.json.decode((self._folder / NAME).read_bytes(), type=_Named)
            tables = {name: self._table(name, named.tables[name]) for name in _TABLES}
        except (OSError, msgspec.MsgspecError, KeyError, pl.exceptions.PolarsError):
            return None
        mailboxes = tables["mailboxes"]
        judged = Judged(mailboxes.drop(_GUID), tables["organisations"])
        return Kept(judged, mailboxes[_GUID], tables["stamps"], named.book, named.on, tables["clients"])

    def write(self, kept: Kept) -> None:
        """Keep *kept* in place of whatever was kept."""
        self._folder.mkdir(parents=True, exist_ok=True)
        before = set(self._folder.glob("judged-*.parquet"))
        tables = {
            "mailboxes": kept.judged.mailboxes.with_columns(kept.guids.alias(_GUID)),
            "organisations": kept.judged.organisations,
            "stamps": kept.stamps,
            "clients": kept.clients,
        }
        digests = {name: self._keep(name, table) for name, table in tables.items()}
        elsewhere = "" if self._handed_in == self._folder else str(self._handed_in.resolve())
        named = _Named(kept.book, kept.on, digests, elsewhere)
        write_whole(self._folder / NAME, msgspec.json.encode(named))
        for file in before - {self._file(name, its) for name, its in digests.items()}:
            file.unlink(missing_ok=True)

    def _keep(self, name: str, table: pl.DataFrame) -> str:
        buffer = io.BytesIO()
        table.write_parquet(buffer, compression="lz4")
        content = buffer.getvalue()
        its_digest = hashlib.sha256(content).hexdigest()
        write_whole(self._file(name, its_digest), content)
        return its_digest

    def _table(self, name: str, its_digest: str) -> pl.DataFrame:
        content = self._file(name, its_digest).read_bytes()
        if hashlib.sha256(content).hexdigest() != its_digest:
            raise OSError(f"the table {name} is not the one that was kept")
        return pl.read_parquet(io.BytesIO(content))

    def _file(self, name: str, its_digest: str) -> Path:
        return self._folder / f"judged-{name}-{its_digest[:16]}.parquet"
