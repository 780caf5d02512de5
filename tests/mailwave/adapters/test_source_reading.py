"""The sites read into a store, through the real client on the simulated sites: whole, cut off, and for changes only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from exchange_admin.onpremises import OnPremises
from exchange_admin.shell import Output, ShellTrouble, Trouble
from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.adapters.source_reading import SourceReading, shells_of_site
from mailwave.core.discovery.found import Found, inventory
from mailwave.core.estate import Permission
from mailwave.core.exchange_export import InventoryScope, read_inventory
from mailwave.core.permissions import read_permissions
from mailwave.runbooks.discover_estate import DiscoverEstate
from rehearsal.estate import Estate, Group, Mailbox, Right
from rehearsal.wire import CmdletCall
from tests.mailwave.rehearsed.services import ACROSS, Services, small_estate

SITES = {"EX01": "leeds", "EX02": "leeds", "EX03": "leeds", "EX11": "bristol", "EX12": "bristol"}


@dataclass
class Discovery:
    """Discoveries of *services* into one store."""

    services: Services
    store: DiscoveryStore
    asked: list[str]

    def now(self) -> object:
        """The services' time."""
        return self.services.clock.now

    def sleep_until(self, when: object) -> None:
        """Nothing here waits."""

    def __call__(self, *, anew: bool = False, extras: tuple[str, ...] = ()) -> Found:
        """Read once."""
        runbook = DiscoverEstate(self, self.store, tuple(self.services.sites), extras)  # type: ignore[arg-type]
        sites = {name: [self._shells(name), self._shells(name)] for name in self.services.sites}
        with SourceReading(sites, SITES, self.store, lambda *_: None) as source:
            return runbook.run(runbook.prepare(anew=anew), [source.read])

    def _shells(self, site: str) -> OnPremises:
        real = self.services.premises(site)
        return OnPremises(lambda: Listening(real, self.asked), sleep=lambda _: None)

    def later(self, **how: float) -> None:
        """Let time pass."""
        self.services.clock.advance_to(self.services.clock.now + timedelta(**how))

    def change(self, cmdlet: str, site: str = "leeds", **parameters: object) -> None:
        """Change something at *site*."""
        result = self.services.sites[site].invoke(CmdletCall("x", cmdlet, parameters))
        assert [] == [error.text for error in result.errors]


class Listening:
    """A shell that notes every cmdlet with what it is asked for."""

    def __init__(self, real: OnPremises, asked: list[str]) -> None:
        self._shell = real._open_shell()
        self._asked = asked

    def run(self, cmdlet: str, parameters: dict[str, object], into: str | None = None) -> Output:
        """Note it and run it."""
        self._asked.append(" | ".join(filter(None, (cmdlet, into))))
        return self._shell.run(cmdlet, parameters, into)

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def discovery(tmp_path: Path) -> Discovery:
    """Discoveries of the small estate."""
    return of(small_estate(), tmp_path)


def of(estate: Estate, folder: Path) -> Discovery:
    """Discoveries of *estate* into *folder*."""
    return Discovery(Services(estate), DiscoveryStore(folder, "rehearsal"), [])


def rows(found: Found) -> list[tuple[object, ...]]:
    """Everything that was found of mailboxes and rights, in one order."""
    held = found.holding.held.drop("automapping").sort("mailbox", "trustee", "kind", "folder", "via")
    return [*map(tuple, found.estate.sort("guid").rows()), *map(tuple, held.rows())]


def test_an_inventory_goes_through_the_door_of_exports(discovery: Discovery) -> None:
    """It should give files that read as the estate's mailboxes, with sizes and owners, and its rights."""
    estate = discovery.services.estate
    found = inventory(discovery())
    scope = InventoryScope({each.code for each in estate.organisations}, SITES)

    mailboxes = read_inventory(found.mailboxes, found.statistics, scope)
    rights = read_permissions(found.permissions, {each.guid for each in mailboxes})

    assert {
        (each.exchange_guid, each.address, each.organisation, each.size_bytes) for each in estate.mailboxes
    } == {(each.guid, each.address, each.organisation, each.size_bytes) for each in mailboxes}
    by_alias = {each.alias: each for each in estate.mailboxes}
    assert {
        Permission(each.exchange_guid, by_alias[right.trustee].exchange_guid, right.kind)
        for each in estate.mailboxes
        for right in each.rights
        if not right.folder
    } == set(rights)
    assert {"FullAccess", "SendAs", "SendOnBehalf"} == set(Counter(right.kind for right in rights))


def test_a_reading_that_was_cut_off_asks_for_the_rest(discovery: Discovery, tmp_path: Path) -> None:
    """It should keep each page before the next is asked, and end with the rows that an undisturbed one has."""
    whole = of(small_estate(), tmp_path / "whole")
    expected, asked = rows(whole()), Counter(whole.asked)

    class Killed(BaseException):
        """What nothing catches."""

    keep, kept = discovery.store.keep, []

    def keep_five(*part: object) -> None:
        if len(kept) == 5:
            raise Killed
        kept.append(part)
        keep(*part)  # type: ignore[arg-type]

    discovery.store.keep = keep_five  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        discovery()
    discovery.store.keep = keep  # type: ignore[method-assign]
    discovery.asked.clear()

    assert expected == rows(discovery())
    assert (
        discovery.asked.count("Get-Mailbox | Get-MailboxPermission")
        < asked["Get-Mailbox | Get-MailboxPermission"]
    )


@pytest.mark.parametrize("trouble", [Trouble.LOST, Trouble.BUSY, Trouble.BROKEN])
def test_trouble_of_a_shell_changes_no_row(discovery: Discovery, trouble: Trouble, tmp_path: Path) -> None:
    """It should find the same where a shell is lost, the quota refuses, or an answer never comes (facts D7, D8)."""
    expected = rows(of(small_estate(), tmp_path / "whole")())
    met: list[str] = []
    run = Listening.run

    def troubled(self: Listening, cmdlet: str, *args: object) -> Output:
        if cmdlet not in met:
            met.append(cmdlet)
            raise ShellTrouble(trouble=trouble, why="planned", begun=True)
        return run(self, cmdlet, *args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Listening, "run", troubled)
        assert expected == rows(discovery())
    assert {"Get-Mailbox", "Get-MailboxStatistics", "Get-CASMailbox", "Get-MobileDevice"} <= set(met)


def test_the_second_reading_asks_for_what_changed(discovery: Discovery) -> None:
    """It should ask for no mailbox that nobody changed, find what was, and all else as before."""
    before = discovery()
    estate = discovery.services.estate
    one, other, third = estate.mailboxes[:3]
    discovery.later(hours=30)
    discovery()
    discovery.later(hours=3)
    discovery.change("Set-Mailbox", Identity=one.exchange_guid, DisplayName="Somebody Else")
    discovery.change(
        "Add-MailboxPermission", Identity=other.exchange_guid, User=third.alias, AccessRights=["FullAccess"]
    )
    discovery.services.sites["leeds"].directory.convert_to_remote(third.exchange_guid)
    discovery.asked.clear()

    after = discovery()

    assert 1 == discovery.asked.count("Get-Mailbox | Get-MailboxPermission")
    names = dict(after.estate.select("guid", "display_name").iter_rows())
    assert "Somebody Else" == names.pop(one.exchange_guid)
    unchanged = dict(before.estate.select("guid", "display_name").iter_rows())
    assert {
        guid: name for guid, name in unchanged.items() if guid not in {one.exchange_guid, third.exchange_guid}
    } == names
    given = after.holding.held.filter(mailbox=other.exchange_guid)
    assert third.exchange_guid not in given["trustee"]


def test_changes_end_where_everything_anew_would(discovery: Discovery, tmp_path: Path) -> None:
    """It should know after a reading of changes what a reading of everything finds then."""
    discovery()
    one, other = discovery.services.estate.mailboxes[:2]
    discovery.later(hours=3)
    discovery.change("Set-Mailbox", Identity=one.exchange_guid, LitigationHoldEnabled=True)
    discovery.change("Set-CASMailbox", Identity=other.exchange_guid, ImapEnabled=True)
    discovery.change(
        "Remove-MailboxPermission",
        Identity=_held(discovery),
        User=_holder(discovery),
        AccessRights=["FullAccess"],
        Confirm=False,
    )

    changed = discovery()

    assert discovery.store.readings()[-1].since is not None
    fresh = Discovery(discovery.services, DiscoveryStore(tmp_path / "fresh", "rehearsal"), [])
    assert rows(fresh()) == rows(changed)
    assert {"on-hold", "pop-imap"} <= set(changed.findings["code"])


def _shared(discovery: Discovery) -> Mailbox:
    return next(
        each
        for each in discovery.services.estate.mailboxes
        if each.site == "leeds" and any(right.kind == "FullAccess" for right in each.rights)
    )


def _held(discovery: Discovery) -> str:
    return _shared(discovery).exchange_guid


def _holder(discovery: Discovery) -> str:
    return next(right.trustee for right in _shared(discovery).rights if right.kind == "FullAccess")


def nested(members: Sequence[tuple[str, tuple[str, ...]]]) -> Estate:
    """The small estate with security groups of *members*, of which the first may send as the first mailbox."""
    estate = small_estate()
    first = estate.mailboxes[0]
    groups = tuple(Group(name, name, "leeds", first.organisation, its) for name, its in members)
    named = replace(first, rights=(*first.rights, Right("SendAs", groups[0].alias)))
    return replace(estate, mailboxes=(named, *estate.mailboxes[1:]), groups=groups)


def test_a_right_of_a_group_is_its_peoples(tmp_path: Path) -> None:
    """It should give the right to who is in a group inside the group, in a circle of groups too."""
    people = [each.alias for each in small_estate().mailboxes[1:4]]
    estate = nested([("ring", ("inner", people[0])), ("inner", (people[1], "ring")), ("other", (people[2],))])

    found = of(estate, tmp_path)()

    through = found.holding.held.filter(via="NHSMAIL\\ring")
    by_guid = {each.exchange_guid: each.alias for each in estate.mailboxes}
    assert {
        (estate.mailboxes[0].exchange_guid, people[0], "SendAs"),
        (estate.mailboxes[0].exchange_guid, people[1], "SendAs"),
    } == {
        (mailbox, by_guid[trustee], kind)
        for mailbox, trustee, kind in through.select("mailbox", "trustee", "kind").rows()
    }
    (group,) = found.holding.groups.values()
    assert (True, 2, frozenset()) == (group.cyclic, group.depth, group.unseen)


def test_folders_are_read_on_demand(tmp_path: Path) -> None:
    """It should find who may open which folder only where that was asked for, and join the two but for free/busy."""
    estate = small_estate()
    names = Counter(each.display_name for each in estate.mailboxes)
    owner, one, other, busy = [each for each in estate.mailboxes if names[each.display_name] == 1][:4]
    given = [
        (one, "Reviewer", "Calendar"),
        (other, "Editor", "Inbox"),
        (busy, "AvailabilityOnly", "Calendar"),
    ]
    rights = tuple(Right(role, reader.alias, folder) for reader, role, folder in given)
    shares = replace(owner, rights=(*owner.rights, *rights))
    shared = replace(estate, mailboxes=tuple(shares if each is owner else each for each in estate.mailboxes))
    discovery = of(shared, tmp_path)

    assert [] == discovery().holding.held.filter(pl.col("folder") != "").rows()
    found = discovery(anew=True, extras=("folder-rights",))
    ours = found.holding.held.filter(pl.col("folder") != "", mailbox=owner.exchange_guid)
    assert {(reader.exchange_guid, role, folder) for reader, role, folder in given} == set(
        ours.select("trustee", "kind", "folder").rows()
    )
    known = {each.exchange_guid for each in estate.mailboxes}
    joined = read_permissions(inventory(found).permissions, known)
    assert {
        Permission(owner.exchange_guid, reader.exchange_guid, "FolderAccess") for reader in (one, other)
    } == {each for each in joined if each.kind == "FolderAccess"}


def test_rights_across_sites_are_found(discovery: Discovery) -> None:
    """It should resolve a trustee that lives at another site."""
    owner, colleague = (discovery.services.estate.mailboxes[place] for place in ACROSS)
    held = discovery().holding.held.filter(mailbox=owner.exchange_guid)
    assert colleague.exchange_guid in held["trustee"]


@pytest.mark.parametrize(
    ("sites", "asked", "expected"), [(1, None, 12), (2, None, 6), (40, None, 1), (2, 3, 3), (2, 30, 6)]
)
def test_shells_stay_within_what_an_account_may_have(sites: int, asked: int | None, expected: int) -> None:
    """It should leave a third of the 18 shells to others, and give every site one at least (fact D7)."""
    assert expected == shells_of_site(sites, asked)
