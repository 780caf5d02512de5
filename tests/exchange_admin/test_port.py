"""Reading one object, with services that answer more than they were asked (fact B24)."""

from collections.abc import Mapping

import pytest

from exchange_admin.errors import Ambiguous, DryRunRefusal, NotFound, Unreachable
from exchange_admin.port import (
    NOTHING,
    Result,
    Row,
    find_by_guid,
    find_one,
    get_one,
    is_read,
    refuse_in_dry_run,
)

ENDPOINTS: list[Row] = [{"Identity": "leeds", "Guid": "G1"}, {"Identity": "york", "Guid": "G2"}]


class Everything:
    """An Exchange that answers every read with everything it has, as several Get- cmdlets do."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Return it all."""
        return Result(self.rows)


class Silent:
    """An Exchange that does not answer."""

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Fail."""
        raise Unreachable(cmdlet=cmdlet, why="timed out", attempts=6)


@pytest.mark.parametrize("identity", ["leeds", "LEEDS", "g1"])
def test_the_one_that_was_asked_for_is_picked(identity: str) -> None:
    """It should pick the object that has the identity, in any of its forms, from all that came back."""
    assert ENDPOINTS[0] == get_one(Everything(ENDPOINTS), "Get-MigrationEndpoint", identity)


def test_all_others_are_not_the_one() -> None:
    """It should say "not found" when others came back in its place."""
    admin = Everything(ENDPOINTS)
    with pytest.raises(NotFound):
        get_one(admin, "Get-MigrationEndpoint", "hull")
    assert find_one(admin, "Get-MigrationEndpoint", "hull") is None


def test_an_exact_identity_wins_over_a_likeness() -> None:
    """It should prefer the object whose Identity it is to one that shares another name."""
    rows: list[Row] = [{"Identity": "a", "Alias": "b"}, {"Identity": "b", "Alias": "c"}]
    assert rows[1] == get_one(Everything(rows), "Get-Mailbox", "b")


def test_two_of_a_name_are_ambiguous() -> None:
    """It should not choose between two that both answer to the identity."""
    rows: list[Row] = [{"Identity": "x/a", "Alias": "b"}, {"Identity": "y/a", "Alias": "b"}]
    with pytest.raises(Ambiguous) as caught:
        get_one(Everything(rows), "Get-Mailbox", "b")
    assert ["x/a", "y/a"] == caught.value.found


def test_an_empty_identity_is_not_sent() -> None:
    """It should refuse an empty identity, which would mean everything."""
    with pytest.raises(ValueError, match="every object"):
        get_one(Everything(ENDPOINTS), "Get-MigrationEndpoint", "")


def test_a_failed_read_is_not_absent() -> None:
    """It should let a failed read fail, never call the object absent."""
    with pytest.raises(Unreachable):
        find_one(Silent(), "Get-MigrationEndpoint", "leeds")


class Filtering:
    """An Exchange that answers a filter with those of *guids* that it names, and remembers the filters."""

    def __init__(self, guids: list[str]) -> None:
        self.guids = guids
        self.filters: list[str] = []

    def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
        """Return what the filter names."""
        self.filters.append(str(parameters["Filter"]))
        return Result([{"ExchangeGuid": guid} for guid in self.guids if guid in self.filters[-1]])


def test_many_are_found_with_few_reads() -> None:
    """It should ask for fifty GUIDs at once and return those that exist, by GUID."""
    guids = [f"00000000-0000-4000-8000-{n:012d}" for n in range(120)]
    admin = Filtering(guids[:60])

    found = find_by_guid(admin, "Get-Mailbox", [guid.upper() for guid in guids])

    assert guids[:60] == list(found)
    assert [50, 50, 20] == [text.count("ExchangeGuid -eq '") for text in admin.filters]
    assert {} == find_by_guid(admin, "Get-Mailbox", [])


def test_strangers_in_the_answer_are_left_out() -> None:
    """It should return only what was asked for, whatever came back."""
    guid, other = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    admin = Everything([{"ExchangeGuid": guid.upper()}, {"ExchangeGuid": other}])
    assert [guid] == list(find_by_guid(admin, "Get-Mailbox", [guid]))


def test_what_is_no_guid_is_not_sent() -> None:
    """It should refuse a text that could end the filter's quotes."""
    with pytest.raises(ValueError, match="UUID"):
        find_by_guid(Everything([]), "Get-Mailbox", ["' -or Alias -like '*"])


@pytest.mark.parametrize("cmdlet", ["Get-Mailbox", "Test-MigrationServerAvailability"])
def test_a_read_passes_a_dry_run(cmdlet: str) -> None:
    """It should let Get- and Test- pass."""
    assert is_read(cmdlet)
    refuse_in_dry_run(cmdlet, dry_run=True)


@pytest.mark.parametrize("cmdlet", ["New-MigrationBatch", "Start-MigrationUser", "Getaway", "get-Mailbox"])
def test_anything_else_is_refused_in_a_dry_run(cmdlet: str) -> None:
    """It should refuse what is not certainly a read, and only in a dry run."""
    with pytest.raises(DryRunRefusal):
        refuse_in_dry_run(cmdlet, dry_run=True)
    refuse_in_dry_run(cmdlet, dry_run=False)
