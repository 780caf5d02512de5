"""What moved mailboxes leave behind: removed once, read back, and of nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.leftovers_cloud import LeftoversInTenant
from mailwave.adapters.leftovers_site import LeftoversAtSites
from mailwave.core.aftercare.leftovers import (
    LEFT,
    PARTNERSHIP,
    SECOND,
    STALE_ACCESS,
    STALE_SENDER,
    STRANGER,
    TIDY,
)
from mailwave.core.estate import Mailbox
from mailwave.core.intents import Outcome
from mailwave.core.outcomes import ActUnknown
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.states import MailboxState, Transition
from mailwave.runbooks.aftercare.tidy import Tidied, Tidier
from rehearsal.estate import accounts
from rehearsal.exchange_online import Options
from rehearsal.exchange_online.access import AccessList, Grant, Idle
from tests.mailwave.adapters.ledgers import an_empty_ledger, closed_ledgers
from tests.mailwave.builders import NOW, REASON, an_organisation
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.coexistence import at_cloud, at_sites
from tests.mailwave.rehearsed.mending import as_mender
from tests.mailwave.rehearsed.services import SEED, Services, small_estate

__all__ = ["closed_ledgers"]

_WAY = (MailboxState.SYNCING, MailboxState.SYNCED, MailboxState.COMPLETING, MailboxState.MOVED)
MOVED, PLANNED = 6, 9
LEEDS = accounts.domain_sid(SEED, "leeds")
GONE, GONE_SENDER = f"{LEEDS}-4711", f"{LEEDS}-4712"
ABROAD = "S-1-5-21-1-2-3-4713"


class Practice:
    """Nine people of one site who have a telephone each: six have moved, one of whom came back to the site since."""

    def __init__(self, folder: Path, options: Options | None = None) -> None:
        self.services = Services(small_estate(), faults=[], options=options)
        owners = {
            row["UserDisplayName"]
            for row in at_sites(self.services, "Get-MobileDevice", ResultSize="Unlimited")
        }
        rows = at_sites(self.services, "Get-Mailbox", ResultSize="Unlimited")
        chosen = [row for row in rows if row["Identity"] in owners][:PLANNED]
        others = [row for row in rows if row["Identity"] not in owners]
        self.boxes = [_mailbox(row) for row in chosen]
        self.friends = [str(row["Alias"]) for row in others]
        self.folder = folder
        self.ledger: Ledger = an_empty_ledger(folder)
        self.ledger.import_estate([an_organisation()], self.boxes, [], REASON)
        batch = Batch("b", "leeds", tuple(each.guid for each in self.boxes))
        self.wave = Wave("w", NOW.date(), NOW, NOW + timedelta(hours=9), (batch,))
        self.ledger.save_plan(Plan((self.wave,)), REASON)
        for box in self.boxes[:MOVED]:
            for state in _WAY:
                self.ledger.move_state([Transition(box.guid, state, "")], REASON)
        for box in self.boxes[: MOVED - 1]:
            self.services.sites["leeds"].directory.convert_to_remote(box.guid)
            self.services.online.tenant.recipient(box.guid).moved = self.services.clock.now
        self.site = self.services.premises("leeds", dry_run=False)
        self.said: list[str] = []

    def phones(self) -> set[str]:
        """The telephones that the site knows."""
        return {
            row["Identity"] for row in at_sites(self.services, "Get-MobileDevice", ResultSize="Unlimited")
        }

    def run(self, **sides: Any) -> Tidied:
        """`aftercare tidy`."""
        return self.tidier(**sides).run(self.wave)

    def tidier(self, **sides: Any) -> Tidier:
        """The runbook, over the real clients, or over one of *sides* in its place."""
        sites = {name: self.services.premises(name, dry_run=False) for name in self.services.sites}
        premises = sides.get("premises") or LeftoversAtSites(sites)
        tenant = sides.get("tenant") or LeftoversInTenant(as_mender(self.services, Boundary()))
        kept = ArtifactFolder(self.folder / "artifacts")
        return Tidier(self.ledger, premises, tenant, kept, REASON, self.said.append)

    def list_of(self, n: int) -> AccessList:
        """The access list in the tenant of the *n*-th mailbox."""
        tenant = self.services.online.tenant
        return tenant.access.of(tenant.recipient(self.boxes[n].guid).guid)

    def give(self, n: int, friend: int) -> str:
        """Give the *n*-th mailbox to somebody without a telephone, and return their alias."""
        self.list_of(n).store[self.friends[friend]] = Grant(("FullAccess",))
        return self.friends[friend]

    def delete(self, alias: str, *, days: int) -> None:
        """Delete somebody's account in the tenant so many days ago."""
        now = self.services.clock.now
        self.services.online.tenant.trustees.delete(alias, now - timedelta(days=days))

    def orphans(self) -> None:
        """Leave entries of deleted accounts on moved mailboxes: of one at the site, and of one in the tenant."""
        self.list_of(0).idle.append(Idle(GONE, ("FullAccess", "ReadPermission")))
        self.list_of(1).senders.append(Idle(GONE_SENDER, ("SendAs",)))
        self.delete(self.give(2, 0), days=31)

    def entries(self, n: int) -> set[tuple[str, bool, bool]]:
        """All entries in the store of the *n*-th mailbox: holder, and whether it is refused or inherited."""
        asked = {"IncludeUnresolvedPermissions": True, "IncludeSoftDeletedUserPermissions": True}
        rows = at_cloud(self.services, "Get-MailboxPermission", Identity=self.boxes[n].guid, **asked)
        return {(row["User"], row["Deny"], row["IsInherited"]) for row in rows}

    def everything(self) -> list[object]:
        """All that the tenant has of rights on the planned mailboxes, and the telephones of the site."""
        rows = at_cloud(self.services, "Get-RecipientPermission", ResultSize="Unlimited")
        senders = sorted((row["Identity"], row["Trustee"]) for row in rows)
        return [senders, *(self.entries(n) for n in range(MOVED - 1)), self.phones()]

    def artifacts(self) -> list[dict[str, Any]]:
        """What `tidy` has kept, the oldest first."""
        found = []
        for intent in self.ledger.intents(LEFT):
            name = f"aftercare-w-tidy-{intent.detail['digest'].rpartition(':')[2][:16]}.json"
            found.append(json.loads((self.folder / "artifacts" / name).read_bytes()))
        return found


def _mailbox(row: Mapping[str, Any]) -> Mailbox:
    alias = str(row["Alias"])
    return Mailbox(
        guid=str(row["ExchangeGuid"]),
        address=str(row["PrimarySmtpAddress"]),
        alias=alias,
        display_name=alias,
        organisation="RR8",
        site="leeds",
        recipient_type="UserMailbox",
        legacy_dn=str(row["LegacyExchangeDN"]),
        server="EX01",
        database=str(row["Database"]),
        size_bytes=1,
        items=1,
    )


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    """The practice."""
    return Practice(tmp_path)


def test_partnerships_of_who_has_moved_are_removed(practice: Practice) -> None:
    """It should remove those of the five who are gone, and leave those of who stays and who came back."""
    before = practice.phones()
    found = practice.tidier().look(practice.wave).surplus
    tidied = practice.run()

    assert {box.address.lower() for box in practice.boxes[: MOVED - 1]} == {each.address for each in found}
    assert ({PARTNERSHIP: MOVED - 1}, []) == (dict(tidied.removed), list(tidied.left))
    assert {each.what for each in found} == before - practice.phones()


def test_entries_of_nobody_are_removed(practice: Practice) -> None:
    """It should remove the entries of accounts that nobody has any more, by what was read, and nothing else."""
    practice.orphans()
    friend = practice.give(0, 1)
    tidied = practice.run()

    assert ({PARTNERSHIP: 5, STALE_ACCESS: 2, STALE_SENDER: 1}, []) == (
        dict(tidied.removed),
        list(tidied.left),
    )
    address = practice.services.online.tenant.trustees.shown(friend)
    own = ("NT AUTHORITY\\SELF", False, False)
    assert [{own, (address, False, False)}, {own}, {own}] == [practice.entries(n) for n in range(3)]
    rows = at_cloud(practice.services, "Get-RecipientPermission", ResultSize="Unlimited")
    assert GONE_SENDER not in {row["Trustee"] for row in rows}


def test_entries_of_somebody_stay(practice: Practice) -> None:
    """It should leave every entry whose holder lives somewhere, may come back, or is refused or inherits it."""
    practice.run()
    seed = practice.services.estate.seed
    practice.give(0, 0)
    practice.delete(practice.give(1, 1), days=29)
    application = "7f1c33a2-0000-4000-8000-0000000000b2"
    said = {"AppId": application, "ObjectId": application, "ServiceId": application}
    (made,) = at_cloud(practice.services, "New-ServicePrincipal", **said, DisplayName="scanner")
    practice.list_of(0).idle += [
        Idle(GONE, inherited=True),
        Idle(GONE_SENDER, deny=True),
        Idle("EURPRD04A001\\Organization Management", inherited=True),
        Idle(f"{LEEDS}-512"),
        Idle("S-1-5-32-544"),
    ]
    practice.list_of(2).idle += [
        Idle(accounts.sid(seed, "leeds", "svc-migration")),
        Idle(accounts.sid(seed, "leeds", "EX01$")),
        Idle(accounts.sid(seed, "leeds", practice.boxes[0].alias)),
        Idle(accounts.sid(seed, "bristol", "svc-migration")),
        Idle(made["Sid"]),
    ]
    practice.list_of(3).senders += [
        Idle(GONE, ("SendAs",), deny=True),
        Idle(GONE, ("SendAs",), inherited=True),
    ]
    practice.list_of(MOVED - 1).senders.append(Idle(GONE, ("SendAs",)))
    practice.list_of(MOVED).senders.append(Idle(GONE, ("SendAs",)))
    before, acts = practice.everything(), len(practice.ledger.intents(TIDY))
    tidied = practice.run()
    assert acts == len(practice.ledger.intents(TIDY)), "nothing was tried"
    assert ({}, [], before) == (dict(tidied.removed), list(tidied.seen.named), practice.everything())


def test_what_nobody_can_tell_is_named(practice: Practice) -> None:
    """It should name, with who settles it, an account of a domain that nobody was asked about, and leave it."""
    practice.list_of(0).idle.append(Idle(ABROAD))
    practice.list_of(1).idle.append(Idle(GONE, ("FullAccess", "ExternalAccount")))
    before = practice.entries(0) | practice.entries(1)
    tidied = practice.run()

    assert {(STRANGER, box.address.lower()) for box in practice.boxes[:2]} == {
        (each.kind, each.address) for each in tidied.seen.named
    }
    assert {"the security team"} == {each.owner for each in tidied.seen.named}
    assert before == practice.entries(0) | practice.entries(1)
    assert [STRANGER] * 2 == [each["kind"] for each in practice.artifacts()[-1]["named"]]


def test_second_recipients_are_named(practice: Practice) -> None:
    """It should name a contact in the tenant and a mail user at another site beside moved mailboxes, and no other."""
    tenant, (one, other, third) = practice.services.online.tenant, practice.boxes[:3]
    tenant.by_hand += [
        _by_hand("MailContact", "old-contact", one.address),
        _by_hand("MailUser", "twin", "twin@elsewhere.example", guid=third.guid),
        _by_hand("MailContact", "stranger", "somebody@elsewhere.example"),
        _by_hand("MailContact", "stays", practice.boxes[MOVED].address),
    ]
    at_sites(
        practice.services,
        "New-MailContact",
        Name="partner",
        Alias="partner",
        ExternalEmailAddress=f"SMTP:{other.address}",
    )
    named = practice.run().seen.named

    assert {(SECOND, each.address.lower()) for each in (one, other, third)} == {
        (each.kind, each.address) for each in named
    }
    assert {"tenant", "leeds"} == {each.where for each in named}
    assert {"old-contact", "twin"} <= {row["Identity"] for row in tenant.by_hand}


def _by_hand(kind: str, name: str, leads: str, guid: str = "00000000-0000-0000-0000-000000000000") -> Any:
    return {
        "Identity": name,
        "Name": name,
        "ExchangeGuid": guid,
        "ExternalEmailAddress": f"SMTP:{leads}",
        "EmailAddresses": [f"SMTP:{name}@elsewhere.example"],
        "PrimarySmtpAddress": f"{name}@elsewhere.example",
        "RecipientType": kind,
        "RecipientTypeDetails": kind,
        "IsDirSynced": False,
    }


def test_rests_are_counted_until_they_end(practice: Practice) -> None:
    """It should count what each database keeps, say until when, and find nothing once that day has come."""
    day = practice.services.clock.now + timedelta(days=30)
    rests = practice.tidier().look(practice.wave).rests
    assert (MOVED - 1, {day}) == (sum(each.mailboxes for each in rests), {each.until for each in rests})
    assert all(each.size > 0 and not each.backup for each in rests)
    practice.services.clock.advance_to(day + timedelta(minutes=1))
    assert [] == list(practice.tidier().look(practice.wave).rests)


def test_a_second_run_changes_nothing(practice: Practice) -> None:
    """It should find nothing and write nothing once all is removed."""
    practice.orphans()
    practice.run()
    acts, there = practice.ledger.intents(TIDY), practice.everything()
    practice.run()
    kept = len(practice.artifacts())
    again = practice.run()
    assert (0, len(acts)) == (again.removed.total(), len(practice.ledger.intents(TIDY)))
    assert (there, kept) == (practice.everything(), len(practice.artifacts()))


def test_looking_changes_nothing(practice: Practice) -> None:
    """It should name what it would remove, and leave it."""
    practice.orphans()
    before = practice.everything()
    found = practice.tidier().look(practice.wave).surplus
    assert (MOVED + 2, before, []) == (len(found), practice.everything(), practice.ledger.intents(TIDY))


def test_a_lost_answer_is_settled_by_reading_back(practice: Practice) -> None:
    """It should record how a removal ended whose answer was lost, on either side, and go on with the others."""
    practice.orphans()

    class Lost:
        """Does the first, and loses its answer."""

        lost = False

        def change(self, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
            super().change(cmdlet, parameters, site)  # type: ignore[misc]
            if not self.lost:
                self.lost = True
                raise ActUnknown(act=cmdlet, subject=str(parameters["Identity"]), why="no answer")

    class AtSites(Lost, LeftoversAtSites):
        """The sites."""

    class InTenant(Lost, LeftoversInTenant):
        """The tenant."""

    tidied = practice.run(
        premises=AtSites({"leeds": practice.site}), tenant=InTenant(practice.services.cloud(Boundary()))
    )
    assert (MOVED + 2, []) == (tidied.removed.total(), list(tidied.left))
    assert not [each for each in practice.ledger.intents(TIDY) if each.is_doubtful]
    assert 2 == len(practice.said)


def test_a_kill_between_act_and_record_is_resumed(practice: Practice) -> None:
    """It should settle on the next run what was removed when the process was killed, and remove the rest."""
    practice.orphans()

    class Killed(LeftoversInTenant):
        """Dies once its first removal is done."""

        def change(self, cmdlet: str, parameters: Mapping[str, Any], site: str) -> None:
            super().change(cmdlet, parameters, site)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        practice.run(tenant=Killed(practice.services.cloud(Boundary())))
    assert 1 == len(practice.ledger.open_intents())
    practice.run()
    acts = practice.ledger.intents(TIDY)
    assert {Outcome.OK} == {each.outcome for each in acts if each.outcome is not Outcome.UNKNOWN}
    assert not [each for each in acts if each.is_doubtful]
    assert len(acts) == len({each.subject for each in acts}), "nothing was removed twice"
    assert [] == list(practice.tidier().look(practice.wave).surplus)


def test_what_the_service_does_not_take_off_is_told(tmp_path: Path) -> None:
    """It should say that an entry is still there, and record that as failed, where the service only warns."""
    practice = Practice(tmp_path, Options(sid_is_taken_off=False))
    practice.orphans()
    tidied = practice.run()
    assert {STALE_ACCESS, STALE_SENDER} == {each.kind for each in tidied.left}
    stale = [each for each in practice.ledger.intents(TIDY) if each.detail["kind"] != PARTNERSHIP]
    assert [Outcome.FAILED] * 3 == [each.outcome for each in stale]
    assert ["stale"] * 3 == [each["kind"].partition("-")[0] for each in practice.artifacts()[-1]["left"]]


def test_where_applications_hide_their_identifiers_nobody_can_tell(tmp_path: Path) -> None:
    """It should name entries of the tenant's own domain there, which may be an application's, and remove the sites'."""
    practice = Practice(tmp_path, Options(principals_show_sid=False))
    practice.orphans()
    key = "7f1c33a2-0000-4000-8000-0000000000b2"
    said = {"AppId": key, "ObjectId": key, "ServiceId": key, "DisplayName": "scanner"}
    at_cloud(practice.services, "New-ServicePrincipal", **said)
    tidied = practice.run()
    assert {PARTNERSHIP: 5, STALE_ACCESS: 1, STALE_SENDER: 1} == dict(tidied.removed)
    assert [practice.boxes[2].address.lower()] == [each.address for each in tidied.seen.named]


def test_everything_is_read_in_sets(practice: Practice) -> None:
    """It should read in the tenant two lists beside a call a mailbox, and at the sites in sets."""
    tidier = practice.tidier()
    tidier.look(practice.wave)
    premises, tenant = tidier.premises, tidier.tenant
    assert isinstance(premises, LeftoversAtSites)
    assert isinstance(tenant, LeftoversInTenant)
    databases = len({box.database for box in practice.boxes[:MOVED]})
    assert (1 + (MOVED - 1) + 1 + 1, 1 + 1 + 2 + 1 + databases) == (tenant.calls, premises.calls)
