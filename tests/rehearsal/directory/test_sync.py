"""The synchronisation from the sites (facts C13-C16, D24, D26)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rehearsal.clock import VirtualClock
from rehearsal.directory import synchronised
from rehearsal.directory.errors import SyncBusy
from rehearsal.directory.lab import Lab, mailbox_of
from rehearsal.directory.objects import User
from rehearsal.directory.options import Options
from rehearsal.directory.projection import anchor
from rehearsal.directory.sync import DELETIONS, ERRORS, QUOTA, SUCCESS
from rehearsal.estate import START, generate
from rehearsal.site import Site


def test_every_mailbox_is_a_user_when_the_rehearsal_begins() -> None:
    """It should have carried address, GUID, X500 and routing address of every mailbox (facts D24, D26)."""
    estate = generate(7)
    clock = VirtualClock(START)
    entra, engine = synchronised(estate, clock, [Site(estate, clock).directory])

    users = [each for each in entra.store.every(User) if each.on_premises_sync_enabled]

    assert [] == engine.cycles
    assert [each.exchange_guid for each in estate.mailboxes] == [each.exchange.mailbox_guid for each in users]
    first, mailbox = users[0], estate.mailboxes[0]
    assert (
        f"SMTP:{mailbox.address}",
        f"smtp:{mailbox.routing_address}",
        f"X500:{mailbox.legacy_dn}",
    ) == first.proxy_addresses
    assert (mailbox.organisation, True) == (first.extension_attribute1, first.on_premises_sync_enabled)


def test_the_anchor_is_the_object_guid_in_windows_order() -> None:
    """It should be what Entra Connect makes of an objectGUID."""
    assert "QkDh77rPDkS+d6zi0wVKgA==" == anchor("efe14042-cfba-440e-be77-ace2d3054a80")


def test_a_change_on_premises_waits_for_the_next_cycle() -> None:
    """It should carry what has changed half an hour later and not before (fact C16)."""
    lab = Lab(2)
    lab.premises.put(replace(lab.people[0], display_name="New Name"))

    lab.advance(minutes=29)
    before = lab.user().display_name
    lab.advance(minutes=1)

    assert (lab.people[0].display_name, "New Name") == (before, lab.user().display_name)
    assert [1, 0] == [lab.sync.cycles[-1].changed, lab.sync.cycles[-1].added]


def test_a_moved_mailbox_shows_with_the_next_cycle() -> None:
    """It should turn target address and recipient type to the cloud (fact D24)."""
    lab = Lab(1)
    lab.premises.move(lab.people[0])
    lab.advance(minutes=30)

    exchange = lab.user().exchange
    assert (2147483648, 4, f"SMTP:{lab.people[0].routing_address}") == (
        exchange.recipient_type_details,
        exchange.remote_recipient_type,
        exchange.target_address,
    )


def test_an_export_is_held_to_the_ceiling() -> None:
    """It should write 7,000 objects in five minutes and go on when the window is over (fact C13)."""
    lab = Lab(1)
    for _ in range(6_999):
        lab.sync.ceiling.take(lab.clock.now)
    lab.premises.put(*map(mailbox_of, range(1, 4)))

    cycle = lab.sync.start()

    assert (1, None) == (cycle.added, cycle.ended)
    lab.advance(minutes=5)
    assert (3, SUCCESS, timedelta(minutes=5)) == (cycle.added, cycle.result, (cycle.ended or START) - START)


def test_one_cycle_runs_at_a_time() -> None:
    """It should refuse a cycle by hand while one exports, and leave out a scheduled one (fact C16)."""
    lab = Lab(1, options=Options(export_ceiling=1))
    lab.premises.put(*map(mailbox_of, range(1, 11)))
    lab.sync.start()

    with pytest.raises(SyncBusy):
        lab.sync.start()
    lab.advance(minutes=44)
    assert 1 == len(lab.sync.cycles)
    lab.advance(minutes=16)
    assert [10, 0] == [cycle.added for cycle in lab.sync.cycles]


def test_too_many_deletions_stop_the_export() -> None:
    """It should export nothing at more than 500 deletions, and everything once the threshold is raised."""
    lab = Lab(501)
    lab.premises.here.clear()
    lab.premises.put(mailbox_of(600))

    assert (DELETIONS, 0) == (lab.sync.start().result, lab.sync.cycles[-1].writes)

    lab.sync.deletion_threshold = 501
    assert (SUCCESS, 501, 1) == (
        lab.sync.start().result,
        lab.sync.cycles[-1].deleted,
        lab.sync.cycles[-1].added,
    )


def test_the_quota_stops_the_export_and_a_later_cycle_goes_on() -> None:
    """It should stop at the first object that does not fit, and end the work when there is room (fact C14)."""
    lab = Lab(1, options=Options(object_quota=2))
    lab.premises.put(mailbox_of(1), mailbox_of(2), replace(mailbox_of(0), display_name="New Name"))

    cycle = lab.sync.start()

    assert (QUOTA, 1, 0) == (cycle.result, cycle.added, cycle.changed)
    assert {mailbox_of(2).exchange_guid: "Directory_QuotaExceeded"} == cycle.errors
    del lab.premises.here[mailbox_of(2).exchange_guid]
    assert (SUCCESS, 1) == (lab.sync.start().result, lab.sync.cycles[-1].changed)


def test_a_name_already_taken_is_an_error_of_its_object() -> None:
    """It should export the others, and try that one again in each cycle."""
    lab = Lab(1)
    lab.add_user("cloud", proxy_addresses=(f"smtp:{mailbox_of(1).address}",))
    lab.premises.put(mailbox_of(1), mailbox_of(2))

    cycle = lab.sync.start()

    assert (ERRORS, 1) == (cycle.result, cycle.added)
    assert "proxyAddresses" in cycle.errors[mailbox_of(1).exchange_guid]
    assert ERRORS == lab.sync.start().result


def test_what_comes_back_is_the_same_object_for_thirty_days() -> None:
    """It should restore a deleted user whose mailbox is there again, and make a new one after 30 days (fact C14)."""
    lab = Lab(1)
    first = lab.user().id
    lab.premises.here.clear()
    lab.sync.start()
    lab.premises.put(mailbox_of(0))
    lab.sync.start()

    assert first == lab.user().id
    lab.premises.here.clear()
    lab.sync.start()
    lab.advance(days=31)
    lab.premises.put(mailbox_of(0))
    lab.sync.start()
    assert first != lab.user().id


def test_an_initial_cycle_puts_right_what_differs() -> None:
    """It should find what a delta does not look at."""
    lab = Lab(1)
    lab.entra.change_user(lab.user(), {"display_name": "Drifted"}, synchronising=True)

    delta, initial = lab.sync.start("Delta").writes, lab.sync.start("Initial").writes

    assert (0, 1, lab.people[0].display_name) == (delta, initial, lab.user().display_name)


def test_an_unverified_suffix_becomes_one_of_the_initial_domain() -> None:
    """It should sign such a user in by the tenant's first domain (fact D24)."""
    lab = Lab(0)
    lab.entra.domains.pop(lab.entra.tenant.mail_domain)
    lab.premises.put(mailbox_of(0))
    lab.sync.start()

    assert f"person.0@{lab.entra.tenant.domain}" == lab.user().user_principal_name
