"""Damage that somebody did to moved mailboxes: each is found by its own name and mended, and no near-miss fires."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailwave.core.aftercare.differences import Difference
from mailwave.core.aftercare.kinds import KINDS
from mailwave.core.planner import Wave
from mailwave.runbooks.aftercare.check import REPAIR
from rehearsal.estate import GIB, Estate, Mailbox
from tests.mailwave.rehearsed import aftercare_acts, aftercare_damage
from tests.mailwave.rehearsed.aftercare import Care
from tests.mailwave.rehearsed.aftercare_acts import POLICY, Damage, Place
from tests.mailwave.rehearsed.aftercare_damage import DAMAGE
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.seen_by_others import AtHome, at_home, seen_by_others
from tests.mailwave.rehearsed.services import Services, small_estate

ACCOUNT = "the platform team"
ARCHIVED = ("lucy.khan", "ben.jones", "kwame.patel")
"""Whose mailboxes have an archive."""


@dataclass
class Hospital:
    """A whole move with what was planned to be damaged, `places` by kind and whether it is nearly it."""

    care: Care
    places: dict[tuple[str, bool], Place]
    before: AtHome
    natural: list[Difference]
    mended: list[Difference]

    @property
    def services(self) -> Services:
        """The services."""
        return self.care.operator.services

    def look(self) -> set[tuple[str, str]]:
        """What is open: ExchangeGuids and kinds."""
        return {(each.guid, each.kind) for wave in self.care.waves() for each in self.care.check(wave).open}

    def seen_by_others(self) -> dict[str, set[str]]:
        """What pypsrp and msgraph-sdk see that is wrong, by its kind."""
        also = [place.box.exchange_guid for place in self.places.values()]
        return seen_by_others(self.services, self.before, also)

    def expected(self, *, mended: bool | None = None) -> set[tuple[str, str]]:
        """What was done to whom; only what can be mended, or cannot."""
        return {
            (self.places[damage.kind, False].box.exchange_guid, damage.kind)
            for damage in DAMAGE
            if mended is None or damage.mended is mended
        }


def estate() -> Estate:
    """The usual one, in which some people have an archive."""
    usual = small_estate()
    people = [each for each in usual.mailboxes if each.cause is None and each.archive_guid is None]
    lucky = {each.exchange_guid for each in people if each.alias.startswith(ARCHIVED)}
    boxes = [
        replace(each, archive_guid=f"a{each.exchange_guid[1:]}", archive_bytes=GIB, archive_items=9)
        if each.exchange_guid in lucky
        else each
        for each in usual.mailboxes
    ]
    return replace(usual, mailboxes=tuple(boxes))


def places(services: Services, waves: tuple[Wave, ...]) -> dict[tuple[str, bool], Place]:
    """A mailbox for each damage and one for each near-miss, of those that will move."""
    boxes = {each.exchange_guid: each for each in services.estate.mailboxes}
    planned = {guid for wave in waves for guid in wave.mailboxes}
    moving = [box for guid, box in boxes.items() if guid in planned and _is_plain(box)]
    staying = next(box for guid, box in boxes.items() if guid not in planned and box.site == "leeds")
    archived = [each for each in moving if each.archive_guid]
    free = [each for each in moving if not each.archive_guid]
    found: dict[tuple[str, bool], Place] = {}

    def put(damage: Damage, pool: list[Mailbox], number: int, *, near: bool) -> None:
        box = pool[number % len(pool)]
        held = {right.trustee for right in box.rights}
        others = (each for each in moving if each is not box and each.site == box.site)
        friend = next(each for each in others if each.alias not in held)
        found[damage.kind, near] = Place(services, box, friend, staying)

    for damage in [each for each in DAMAGE if each.apart]:
        put(damage, [(archived if damage.archive else free).pop()], 0, near=False)
    hosts = [each for each in free if each.site == staying.site]
    for number, damage in enumerate(each for each in DAMAGE if not each.apart):
        put(damage, archived if damage.archive else hosts, number, near=False)
    for number, damage in enumerate(DAMAGE, len(hosts) // 2):
        put(damage, hosts, number, near=True)
    return found


def _is_plain(box: Mailbox) -> bool:
    return box.cause is None and box.recipient_type == "UserMailbox"


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Hospital:
    """A move that has ended, mended once, and damaged after that."""
    services = Services(estate(), faults=[])
    care = Care(Operator(services, tmp_path_factory.mktemp("hospital")))
    services.online.tenant.values.policies.append(POLICY)
    care.operator.prepare()
    chosen = places(services, care.waves())
    for damage in DAMAGE:
        for near in (False, True):
            damage.prepared(near=near)(chosen[damage.kind, near])
    before = at_home(services)
    care.operator.remember = care.snapshot
    care.operator.run()
    care.accept("trustee-stays-behind", ACCOUNT, services.clock.now.date() + timedelta(days=90))
    natural = [each for wave in care.waves() for each in care.check(wave).open]
    for wave in care.waves():
        care.repair(wave)
    mended = [each for wave in care.waves() for each in care.check(wave).open]
    services.sync.scheduled = False  # it would delete the users of whoever has no remote mailbox any more
    for damage in DAMAGE:
        damage.nearly(chosen[damage.kind, True])
        damage.breaks(chosen[damage.kind, False])
    services.clock.advance_to(services.clock.now + timedelta(hours=2))
    return Hospital(care, chosen, before, natural, mended)


def test_there_are_thirty_kinds_and_each_is_known() -> None:
    """It should hold thirty kinds or more, none twice, each of the table of kinds."""
    kinds = [damage.kind for damage in DAMAGE]
    assert 30 <= len(set(kinds)) == len(kinds)
    assert set() == set(kinds) - set(KINDS)


def test_whoever_damages_does_not_know_the_checker() -> None:
    """It should import nothing but the simulated services and what Python and its registries have."""
    found = {
        node.module
        for module in (aftercare_acts, aftercare_damage)
        for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    known = {*sys.stdlib_module_names, "rehearsal", "msgspec"}
    assert {aftercare_acts.__name__} == {each for each in found if each.split(".")[0] not in known}


def test_what_the_move_itself_broke_is_mended(hospital: Hospital) -> None:
    """It should find what a move loses, Send-As, what opens by itself and forwarding, and leave nothing of it."""
    assert {"send-as-lost", "automapping-lost", "forwarding-lost"} <= {each.kind for each in hospital.natural}
    assert [] == hospital.mended


def test_others_clients_see_what_the_report_claims(hospital: Hospital) -> None:
    """It should claim exactly what the unmodified pypsrp and msgraph-sdk see, kind by kind."""
    seen = hospital.seen_by_others()
    claimed = hospital.look()

    assert {kind: {guid for guid, name in claimed if name == kind} for kind in seen} == seen
    assert set() not in seen.values()


def test_each_damage_is_found_by_its_own_name_and_no_near_miss_is(hospital: Hospital) -> None:
    """It should find exactly what was done, mend what can be, report the rest, and then change nothing."""
    assert hospital.expected() == hospital.look()

    for wave in hospital.care.waves():
        hospital.care.repair(wave)
    hospital.services.clock.advance_to(hospital.services.clock.now + timedelta(hours=1))  # group licensing
    sent, acts = len(hospital.services.sent), hospital.care.acts(REPAIR)

    assert hospital.expected(mended=False) == hospital.look()
    for wave in hospital.care.waves():
        assert 0 == hospital.care.repair(wave).mended
    assert (sent, acts) == (len(hospital.services.sent), hospital.care.acts(REPAIR))
    seen = hospital.seen_by_others()
    assert {"two-primaries", "no-remote-mailbox"} == {kind for kind, who in seen.items() if who}
