"""Calendars that are asked for after a move: every damage by its own name, no near-miss, and nothing changed."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mailwave.core.aftercare.delivery import Sampling
from mailwave.core.aftercare.kinds import KINDS
from mailwave.core.intents import Outcome
from mailwave.core.planner import Wave
from mailwave.core.states import MailboxState
from mailwave.runbooks.aftercare.calendars import CALENDARS, Looked
from tests.mailwave.rehearsed import calendar_damage
from tests.mailwave.rehearsed.aftercare_acts import Place
from tests.mailwave.rehearsed.calendar_damage import OF_ALL, OF_ONE, BothHalves
from tests.mailwave.rehearsed.calendars import Calendars, let_ask
from tests.mailwave.rehearsed.coexistence import join
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.others import at_sites, schedules_by_sdk
from tests.mailwave.rehearsed.services import Services


@pytest.fixture(scope="module")
def calendars(tmp_path_factory: pytest.TempPathFactory) -> Calendars:
    """A whole move that has ended, with halves that are joined and the right to ask as one mailbox."""
    services = Services(faults=[])
    services.post.make_user(services.directory)
    operator = Operator(services, tmp_path_factory.mktemp("calendars"))
    operator.everything()
    join(services)
    let_ask(services)
    return Calendars(operator)


@pytest.fixture
def wave(calendars: Calendars) -> Wave:
    """The greatest wave."""
    with calendars.operator.ledger() as ledger:
        found: Wave = max(ledger.plan().waves, key=lambda each: len(each.mailboxes))
    return found


def people(calendars: Calendars, wave: Wave) -> list[str]:
    """Those of the wave who have moved, by ExchangeGuid."""
    with calendars.operator.ledger() as ledger:
        return [
            each.mailbox.guid for each in ledger.mailboxes(wave=wave.id) if each.state is MailboxState.MOVED
        ]


def kinds(looked: Looked) -> set[str]:
    """The kinds of what is open."""
    return {each.kind for each in looked.open}


def test_whoever_damages_does_not_know_the_checker() -> None:
    """It should import nothing of mailwave, and each kind be of the table of kinds."""
    tree = ast.parse(Path(calendar_damage.__file__ or "").read_text(encoding="utf-8"))
    found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    known = {*sys.stdlib_module_names, "rehearsal"}

    assert {"tests.mailwave.rehearsed.aftercare_acts"} == {
        each for each in found if each.split(".")[0] not in known
    }
    named = {kind for each in OF_ALL for kind in each.kinds} | {each.kind for each in OF_ONE}
    assert len(named) >= 6
    assert set() == named - set(KINDS)


def test_calendars_are_seen_and_the_report_is_kept(calendars: Calendars, wave: Wave) -> None:
    """It should find everybody shown and both tests content, and journal one report without a word of a calendar."""
    looked = calendars.run(wave)
    with calendars.operator.ledger() as ledger:
        report = [each for each in ledger.intents(CALENDARS) if each.subject == wave.id][-1]
        ledger.verify_journal()

    sites = len(calendars.operator.services.sites)
    assert ([], looked.people + 1 + 2 * sites) == (list(looked.open), looked.shown)
    assert (3 * sites, 1) == calendars.calls
    assert Outcome.OK is report.outcome
    digest = str(report.detail["digest"]).rpartition(":")[2]
    (file,) = (calendars.operator.folder / "artifacts").glob(f"*-calendars-{digest[:16]}.json")
    assert "availability" not in file.read_text(encoding="utf-8")


def test_whoever_is_sent_a_message_is_asked_for(calendars: Calendars, wave: Wave) -> None:
    """It should take the sample of delivery, one at least."""
    few = replace(calendars, sampling=Sampling(share=0.001, most=9))

    assert 1 == few.run(wave).people


@pytest.mark.parametrize("damage", OF_ALL, ids=lambda each: each.name)
def test_halves_that_do_not_see_each_other_are_named_and_nearly_so_are_not(
    calendars: Calendars, wave: Wave, damage: BothHalves
) -> None:
    """It should name what was broken by its kinds, and nothing once it is mended or nearly broken."""
    services = calendars.operator.services

    damage.breaks(services)
    broken = calendars.run(wave)
    damage.mends(services)
    damage.nearly(services)
    mended = calendars.run(wave)
    damage.mends(services)

    assert damage.kinds == kinds(broken)
    assert set() == kinds(mended)


def test_others_clients_see_what_is_claimed(calendars: Calendars, wave: Wave) -> None:
    """It should be shown or refused for the unmodified msgraph-sdk and pypsrp as it is for the command."""
    services = calendars.operator.services
    boxes = services.post.mailboxes
    (hidden,) = [each for each in OF_ALL if each.name == "the sites show no free/busy"]
    (expired,) = [each for each in OF_ALL if each.name == "the certificate for OAuth has expired"]
    (barred,) = [each for each in OF_ALL if "calendar-not-asked" in each.kinds]

    shown = schedules_by_sdk(services, boxes.cloud, [boxes.premises, "nobody@nhsmail.example"])
    hidden.breaks(services)
    expired.breaks(services)
    refused = schedules_by_sdk(services, boxes.cloud, [boxes.premises])
    with at_sites(services) as sites:
        asked = {"Service": "EWS", "TargetUri": "https://outlook.office365.com/ews/exchange.asmx"}
        (oauth,) = sites.at("leeds", "Test-OAuthConnectivity", Mailbox=boxes.premises, **asked)
        tested = sites.at(
            "leeds",
            "Test-OrganizationRelationship",
            Identity=calendar_damage.SITES,
            UserIdentity=boxes.premises,
        )
    hidden.mends(services)
    expired.mends(services)
    barred.breaks(services)
    denied = schedules_by_sdk(services, boxes.cloud, [boxes.premises])
    barred.mends(services)

    assert {boxes.premises: "", "nobody@nhsmail.example": "ErrorMailRecipientNotFound"} == shown
    assert {boxes.premises: "ErrorNoFreeBusyAccess"} == refused
    assert {"": "ErrorAccessDenied"} == denied
    assert "Error" == str(oauth["ResultType"])
    assert "AccessMismatchRemoteLocal" in {str(row.get("Id")) for row in tested}


def test_graph_refuses_more_calendars_than_it_takes_and_too_long_a_stretch(calendars: Calendars) -> None:
    """It should refuse msgraph-sdk's question for 21 calendars, and for 42 days, in Microsoft's words."""
    services = calendars.operator.services
    boxes = services.post.mailboxes

    many = schedules_by_sdk(services, boxes.cloud, [boxes.premises] * 21)
    long = schedules_by_sdk(services, boxes.cloud, [boxes.premises], days=42)

    assert {"": "ErrorMailboxDataArrayTooBig"} == many
    assert {"": "ErrorTimeIntervalTooBig"} == long


def test_a_site_without_a_federation_trust_is_not_taken_for_tested(calendars: Calendars, wave: Wave) -> None:
    """It should say that the relationship could not be tested where the cmdlet refuses."""
    services = calendars.operator.services
    for site in services.sites.values():
        identifier = site.organisation.objects("FederatedOrganizationIdentifier")
        controller = site.organisation.around.controllers.of("")
        identifier.change(identifier.rows()[0], {"Enabled": False}, controller)

    looked = calendars.run(wave)
    for site in services.sites.values():
        identifier = site.organisation.objects("FederatedOrganizationIdentifier")
        controller = site.organisation.around.controllers.of("")
        identifier.change(identifier.rows()[0], {"Enabled": True}, controller)

    assert {("calendar-not-asked", name) for name in services.sites} == {
        (each.kind, each.address) for each in looked.open
    }


def test_each_damage_of_a_mailbox_is_found_by_its_own_name(calendars: Calendars, wave: Wave) -> None:
    """It should find exactly what was done to whom, and nothing of what was nearly."""
    services = calendars.operator.services
    boxes = {each.exchange_guid: each for each in services.estate.mailboxes}
    moved = [boxes[guid] for guid in people(calendars, wave)]
    friend = next(iter(services.at_source()))
    services.sync.scheduled = False
    for damage, box, near in zip(OF_ONE, moved, moved[len(OF_ONE) :], strict=False):
        damage.breaks(Place(services, box, friend, friend))
        damage.nearly(Place(services, near, friend, friend))

    looked = calendars.run(wave)

    done = {(damage.kind, box.exchange_guid) for damage, box in zip(OF_ONE, moved, strict=False)}
    assert done == {(each.kind, each.guid) for each in looked.open}
