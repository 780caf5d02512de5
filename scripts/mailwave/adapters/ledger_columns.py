"""What a ledger does with whole tables as columns: the import of a national estate, and reading millions of rows.

The libraries for columns take a while to load, so they are loaded by whoever asks for columns, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from mailwave.adapters import ledger_amend, ledger_estate, ledger_replay
from mailwave.adapters.ledger_open import OpenLedger
from mailwave.adapters.ledger_schema import metadata
from mailwave.adapters.ledger_store import get_meta, put_meta
from mailwave.core.reason import Reason
from mailwave.core.refusals import DifferentScope

if TYPE_CHECKING:
    import polars as pl

    from mailwave.core.estate_columns import EstateColumns
    from mailwave.core.everybody import Everybody


class WholeLedger(OpenLedger):
    """What `mailwave.adapters.ledger.Ledger` does as a whole, without an object a mailbox."""

    def import_columns(self, estate: EstateColumns, reason: Reason) -> None:
        """Freeze the scope, as `import_estate` does of the same estate in structs.

        Raises:
            DifferentScope: another estate was imported before.
        """
        from mailwave.adapters import ledger_whole
        from mailwave.core.estate_columns import estate_digest

        digest = estate_digest(estate)
        with self._store.write() as connection:
            held = get_meta(connection, ledger_amend.SCOPE)
            if held == digest:
                return
            if held is not None and not ledger_estate.clear_empty(connection):
                raise DifferentScope(held=held, offered=digest)
            put_meta(connection, ledger_amend.SCOPE, digest)
            ledger_whole.load_estate(connection, estate)
            counts = {name: table.height for name, table in estate._asdict().items()}
            self._append(connection, ledger_replay.IMPORT, digest, {"digest": digest, **counts}, reason)

    def columns(self) -> EstateColumns:
        """Organisations, mailboxes and rights as tables, in the order of their keys."""
        from mailwave.adapters import ledger_whole

        with self._store.read() as connection:
            return ledger_whole.read_estate(connection)

    def mailbox_columns(self, *names: str, organisation: str | None = None) -> pl.DataFrame:
        """``guid`` and the columns *names* of every mailbox, or of those of *organisation*, in the order of the guids.

        Names are those of `mailwave.core.estate.Mailbox`, and of `Record` where it stands.
        """
        from mailwave.adapters import ledger_whole

        with self._store.read() as connection:
            return ledger_whole.read_mailboxes(connection, names, organisation)

    def right_columns(self) -> pl.DataFrame:
        """Every right as columns, in no order."""
        from mailwave.adapters import ledger_whole

        with self._store.read() as connection:
            return ledger_whole.read_rights(connection)

    def everybody(self) -> Everybody:
        """Every mailbox and every right as a plan takes them, and where each mailbox stands."""
        from mailwave.adapters import ledger_whole

        with self._store.read() as connection:
            return ledger_whole.read_everybody(connection)

    def heights(self, tables: Iterable[str]) -> dict[str, int]:
        """How many rows each of *tables* has."""
        with self._store.read() as connection:
            return {
                name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
                for name in tables
            }
