"""The store of discovery: parts appear whole, the state survives, and what is not its own is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from msgspec.structs import replace

from mailwave.adapters.discovery_store import DiscoveryStore, write_found
from mailwave.core.discovery.readings import Reading
from mailwave.core.discovery.refusals import StoreBroken
from mailwave.core.discovery.tables import MAILBOX, SYNC, table

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
FIRST = Reading(1, NOW, ("leeds",))
PART = {
    MAILBOX: table(
        MAILBOX, [{"ExchangeGuid": "a", "EmailAddresses": ["SMTP:a", "smtp:b"], "ModerationEnabled": "True"}]
    )
}


@pytest.fixture
def store(tmp_path: Path) -> DiscoveryStore:
    """A store that nothing is in."""
    return DiscoveryStore(tmp_path / "discovery", "rehearsal")


def test_a_part_is_there_for_a_later_reader(store: DiscoveryStore) -> None:
    """It should give back what was kept, with its reading and source, whatever its name holds."""
    store.keep(FIRST, "leeds", "DB01/old", PART, note="https://next")
    later = DiscoveryStore(store.folder, "rehearsal")
    assert (True, False) == (later.has(FIRST, "DB01/old"), later.has(FIRST, "DB01"))
    assert "https://next" == later.note(FIRST, "DB01/old")
    (row,) = later.tables([FIRST], [MAILBOX])[MAILBOX].iter_rows(named=True)
    assert (1, "leeds", "a", ["SMTP:a", "smtp:b"], True) == (
        *(row["reading"], row["source"]),
        *(row["ExchangeGuid"], row["EmailAddresses"], row["ModerationEnabled"]),
    )


def test_a_torn_part_is_no_part(store: DiscoveryStore) -> None:
    """It should neither count nor read what a kill left half-written, and write it anew."""
    torn = store.folder / "readings" / "1" / "DB01.new"
    torn.mkdir(parents=True)
    (torn / "mailbox.parquet").write_bytes(b"PAR1")
    assert not store.has(FIRST, "DB01")
    assert [] == store.names(FIRST, "DB")
    assert 0 == len(store.tables([FIRST], [MAILBOX])[MAILBOX])
    store.keep(FIRST, "leeds", "DB01", PART)
    assert 1 == len(store.tables([FIRST], [MAILBOX])[MAILBOX])


def test_readings_are_known_again(store: DiscoveryStore) -> None:
    """It should know every reading that ended, and of those that did not only the last."""
    ended = replace(FIRST, ended=NOW)
    changes = Reading(2, NOW, ("leeds",), since=NOW)
    for reading in (FIRST, ended, changes, replace(changes, number=3)):
        store.write(reading)
    assert (ended, replace(changes, number=3)) == DiscoveryStore(store.folder, "rehearsal").readings()


def test_what_nothing_rests_on_any_more_goes(store: DiscoveryStore) -> None:
    """It should remove the parts of readings before a whole one, once that has ended."""
    store.write(replace(FIRST, ended=NOW))
    store.keep(FIRST, "leeds", "DB01", PART)
    anew = replace(FIRST, number=2)
    store.write(anew)
    store.keep(anew, "leeds", "DB01", PART)
    assert store.has(FIRST, "DB01")
    store.write(replace(anew, ended=NOW))
    assert (False, True) == (store.has(FIRST, "DB01"), store.has(anew, "DB01"))


def test_another_environments_store_is_refused(store: DiscoveryStore) -> None:
    """It should not go on with what was read elsewhere, nor with a state that cannot be read."""
    store.write(FIRST)
    with pytest.raises(StoreBroken, match="it is of rehearsal"):
        DiscoveryStore(store.folder, "production").readings()
    (store.folder / "state.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreBroken, match="damaged"):
        store.readings()


def test_a_damaged_part_is_named(store: DiscoveryStore) -> None:
    """It should say of which table a part cannot be read, and never leave it out silently."""
    store.keep(FIRST, "leeds", "DB01", PART)
    (file,) = store.folder.rglob("mailbox.parquet")
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(StoreBroken, match="a part of mailbox cannot be read"):
        store.tables([FIRST])
    assert 0 == len(store.tables([FIRST], [SYNC])[SYNC])


def test_what_was_found_replaces_what_was_before(tmp_path: Path) -> None:
    """It should leave each table whole, the old or the new."""
    for n in (1, 2):
        write_found(tmp_path / "found", {"mailboxes": pl.DataFrame({"n": [n]})})
    assert [2] == pl.read_parquet(tmp_path / "found" / "mailboxes.parquet")["n"].to_list()
    assert ["mailboxes.parquet"] == [file.name for file in (tmp_path / "found").iterdir()]
