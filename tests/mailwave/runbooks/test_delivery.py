"""Mail that is tried after a move: every damage by its own name, no near-miss, and nothing sent twice."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from mailwave.core.aftercare.delivery import Sampling
from mailwave.core.aftercare.kinds import KINDS
from mailwave.core.intents import Outcome
from mailwave.core.planner import Wave
from mailwave.runbooks.aftercare.delivery import DELIVERY, PROBE, LogsForgot, Tried
from tests.mailwave.rehearsed import delivery_damage
from tests.mailwave.rehearsed.aftercare_acts import Place
from tests.mailwave.rehearsed.delivery import Delivery, allow
from tests.mailwave.rehearsed.delivery_damage import OF_ALL, OF_ONE, OneWay
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.others import at_sites, sent_by_sdk
from tests.mailwave.rehearsed.services import Services


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Delivery:
    """A whole move that has ended, with the two mailboxes and the right to send out of one."""
    services = Services(faults=[])
    services.post.make_user(services.directory)
    operator = Operator(services, tmp_path_factory.mktemp("delivery"))
    operator.everything()
    allow(services)
    return Delivery(operator)


@pytest.fixture
def wave(delivery: Delivery) -> Wave:
    """The greatest wave."""
    with delivery.operator.ledger() as ledger:
        return max(ledger.plan().waves, key=lambda each: len(each.mailboxes))


def seen(tried: Tried) -> set[tuple[str, str]]:
    """What is open: kinds, and ExchangeGuids; of the way out an empty one."""
    return {(each.kind, each.guid) for each in tried.open}


def people(delivery: Delivery, wave: Wave) -> list[str]:
    """Those who are tried, by ExchangeGuid."""
    with delivery.joined() as (runbook, _):
        return [each.guid for each in runbook.prepare(wave)[1] if each.guid]


def test_whoever_damages_does_not_know_the_checker() -> None:
    """It should import nothing of mailwave, and each kind be of the table of kinds."""
    tree = ast.parse(Path(delivery_damage.__file__ or "").read_text(encoding="utf-8"))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    known = {*sys.stdlib_module_names, "rehearsal"}

    assert {"tests.mailwave.rehearsed.aftercare_acts"} == {
        each for each in found if each.split(".")[0] not in known
    }
    kinds = {each.kind for each in (*OF_ONE, *OF_ALL)}
    assert len(kinds) >= 6
    assert set() == kinds - set(KINDS)


def test_mail_arrives_and_a_second_run_sends_nothing(delivery: Delivery, wave: Wave) -> None:
    """It should send one to each and one back, find all, and then read back the same without sending."""
    first = delivery.run(wave)
    sent = len(delivery.operator.services.relay.taken)
    second = delivery.run(wave)

    assert (len(people(delivery, wave)) + 1, []) == (first.sent, list(first.open))
    assert {"arrived": first.sent} == first.seen == second.seen
    assert (0, sent) == (second.sent, len(delivery.operator.services.relay.taken))
    assert first.people <= wave_size(wave)


def wave_size(wave: Wave) -> int:
    """How many mailboxes are in it."""
    return len(list(wave.mailboxes))


def test_it_is_in_the_ledger_and_the_artifact_has_its_digest(delivery: Delivery, wave: Wave) -> None:
    """It should journal an intent a message and one report, whose artifact is of the digest and holds no subject."""
    delivery.run(wave)
    with delivery.operator.ledger() as ledger:
        probes = [each for each in ledger.intents(PROBE) if each.detail["wave"] == wave.id]
        report = [each for each in ledger.intents(DELIVERY) if each.subject == wave.id][-1]
        ledger.verify_journal()

    assert {Outcome.OK} == {each.outcome for each in (*probes, report)}
    digest = str(report.detail["digest"]).rpartition(":")[2]
    (file,) = (delivery.operator.folder / "artifacts").glob(f"*-delivery-{digest[:16]}.json")
    assert "Delivery check" not in file.read_text(encoding="utf-8")


def test_the_same_people_are_drawn_each_time(delivery: Delivery, wave: Wave) -> None:
    """It should draw at least one and at most what is declared, always the same."""
    few = replace(delivery, sampling=Sampling(share=0.2, most=2))
    one = replace(delivery, sampling=Sampling(share=0.001, most=9))

    assert people(few, wave) == people(few, wave) == people(delivery, wave)[:2]
    assert people(delivery, wave)[:1] == people(one, wave)


@pytest.mark.parametrize("damage", OF_ALL, ids=lambda each: each.name)
def test_a_way_that_is_shut_is_named_and_nearly_shut_is_not(
    delivery: Delivery, wave: Wave, damage: OneWay
) -> None:
    """It should name what was broken on everybody of that way, and nothing once it is mended or nearly broken."""
    services = delivery.operator.services
    everybody = set(people(delivery, wave)) if damage.way == "in" else {""}

    damage.breaks(services)
    broken = delivery.run(wave, again=True)
    damage.mends(services)
    damage.nearly(services)
    mended = delivery.run(wave, again=True)

    assert {(damage.kind, guid) for guid in everybody} == seen(broken)
    assert set() == seen(mended)


def test_an_answer_that_was_lost_is_looked_up(delivery: Delivery, wave: Wave) -> None:
    """It should find by its Message-ID what the relay took though it said nothing, and send it no second time."""
    taken = len(delivery.operator.services.relay.taken)
    deaf = replace(delivery, lost={1, 2}, sent=0)

    tried = deaf.run(wave, again=True)

    assert ([], tried.people) == (list(tried.open), len(deaf.operator.services.relay.taken) - taken)
    with deaf.operator.ledger() as ledger:
        assert [] == ledger.doubtful(PROBE)
        assert not ledger.open_intents()


def test_what_no_trace_shows_is_not_sent_again(delivery: Delivery, wave: Wave) -> None:
    """It should name what may or may not have been taken, as often as it is asked, and send it no second time."""
    taken = len(delivery.operator.services.relay.taken)
    cut = replace(delivery, cut={1}, sent=0)

    first = cut.run(wave, again=True)
    second = cut.run(wave)

    assert ["mail-untraced"] == [each.kind for each in first.open] == [each.kind for each in second.open]
    assert first.people - 1 == len(cut.operator.services.relay.taken) - taken
    with cut.operator.ledger() as ledger:
        assert 1 == len(ledger.doubtful(PROBE))


def test_what_was_not_sent_is_sent_by_the_next_run(delivery: Delivery, wave: Wave) -> None:
    """It should say what was refused, and hand over only that when it is done again, in the same verification."""
    (refused,) = [each for each in OF_ALL if each.kind == "mail-not-sent"]
    refused.breaks(delivery.operator.services)
    first = delivery.run(wave, again=True)
    refused.mends(delivery.operator.services)
    second = delivery.run(wave)

    assert {("mail-not-sent", "")} == seen(first)
    assert (first.turn, set()) == (second.turn, seen(second))
    assert (first.people, 1) == (first.sent, second.sent)


def test_others_clients_see_what_is_claimed_of_the_way_out(delivery: Delivery, wave: Wave) -> None:
    """It should arrive, or be refused, for the unmodified msgraph-sdk and pypsrp as it does for the command."""
    services = delivery.operator.services
    (refused,) = [each for each in OF_ALL if each.kind == "mail-not-sent"]
    boxes = services.post.mailboxes

    allowed = sent_by_sdk(services, boxes.cloud, boxes.premises, "<sdk-1@nhsmail.example>")
    refused.breaks(services)
    denied = sent_by_sdk(services, boxes.cloud, boxes.premises, "<sdk-2@nhsmail.example>")
    refused.mends(services)
    services.clock.advance_to(services.clock.now + timedelta(minutes=5))
    with at_sites(services) as sites:
        rows = [
            row
            for site in services.estate.sites
            for server in site.servers
            for row in sites.at(
                site.name, "Get-MessageTrackingLog", Sender=boxes.cloud, EventId="DELIVER", Server=server.name
            )
        ]

    assert ("", "ErrorAccessDenied") == (allowed, denied)
    ids = {str(row["MessageId"]) for row in rows}
    assert ("<sdk-1@nhsmail.example>" in ids, "<sdk-2@nhsmail.example>" in ids) == (True, False)


def test_each_damage_of_a_mailbox_is_found_by_its_own_name(delivery: Delivery, wave: Wave) -> None:
    """It should find exactly what was done, nothing of what was nearly, and pypsrp see who is refused or astray."""
    services = delivery.operator.services
    boxes = {each.exchange_guid: each for each in services.estate.mailboxes}
    moved = [boxes[guid] for guid in people(delivery, wave)]
    friend = next(each for each in services.at_source())
    assert len(moved) >= 2 * len(OF_ONE)
    services.sync.scheduled = False
    for damage, box, near in zip(OF_ONE, moved, moved[len(OF_ONE) :], strict=False):
        damage.breaks(Place(services, box, friend, friend))
        damage.nearly(Place(services, near, friend, friend))

    tried = delivery.run(wave, again=True)

    done = {(damage.kind, box.exchange_guid) for damage, box in zip(OF_ONE, moved, strict=False)}
    assert done == seen(tried)
    assert logged(services) >= {
        ("FAIL", moved[0].address.lower()),
        ("DELIVER", moved[5].address.lower()),
    }


def logged(services: Services) -> set[tuple[str, str]]:
    """What pypsrp reads of messages to people in the logs of all servers."""
    sender = services.post.mailboxes.premises
    with at_sites(services) as sites:
        return {
            (str(row["EventId"]), str(each))
            for site in services.estate.sites
            for server in site.servers
            for row in sites.at(site.name, "Get-MessageTrackingLog", Sender=sender, Server=server.name)
            for each in row["Recipients"]
        }


def test_a_verification_of_which_no_log_is_left_is_not_judged(delivery: Delivery, wave: Wave) -> None:
    """It should find after days what arrived, and after a month say that nobody knows, with nothing sent."""
    services = delivery.operator.services
    delivery.run(wave, again=True)
    taken = len(services.relay.taken)
    services.clock.advance_to(services.clock.now + timedelta(days=31))

    with pytest.raises(LogsForgot, match="reach back 30 days"):
        delivery.run(wave)
    assert taken == len(services.relay.taken)


def test_a_wave_of_which_nobody_has_moved_is_tried_with_nobody(delivery: Delivery, wave: Wave) -> None:
    """It should send nothing, one way or the other, and keep no report."""
    tried = delivery.run(msgspec.structs.replace(wave, id="2027-01-01 nobody"))

    assert (0, 0, {}) == (tried.people, tried.sent, tried.seen)
    with delivery.operator.ledger() as ledger:
        assert [] == [each for each in ledger.intents(DELIVERY) if each.subject == tried.wave]
