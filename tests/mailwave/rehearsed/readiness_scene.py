"""What stands outside before a check of readiness, and what can happen to it; nothing here knows the checker.

Mailboxes, telephones and rights at a site, users and licences in the tenant, what servers log of their clients, what
DNS publishes; and what no service shows, statements that people sign.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

import msgspec

from rehearsal.clock import VirtualClock
from rehearsal.directory import Entra
from rehearsal.directory.objects import OFFICE_E3, AssignedLicence, User
from rehearsal.directory.sync import SyncEngine
from rehearsal.estate import (
    GIB,
    ODS_FOLDER,
    OUTLOOK_NEW,
    Estate,
    Mailbox,
    Organisation,
    Right,
    generate,
)
from rehearsal.name_service import Records
from rehearsal.site import Site
from rehearsal.wire import CmdletCall

DOMAIN = "nhsmail.example"
PEOPLE = 7
"""People of each organisation, beside whom it has one shared mailbox, which the last of them uses."""

BROWSERS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
ZONES: Mapping[str, Records] = {
    DOMAIN: {"MX": [f"10 mail.leeds.{DOMAIN}.", f"20 mail.bristol.{DOMAIN}."]},
    f"autodiscover.{DOMAIN}": {"CNAME": [f"mail.leeds.{DOMAIN}."]},
}


class Outside(Protocol):
    """The services, once they are there."""

    sites: dict[str, Site]
    directory: Entra
    sync: SyncEngine
    clock: VirtualClock


@dataclass(frozen=True)
class Said:
    """What an administrator attests: *value*, so many days *ago*, for so many *days*.

    *by* is the organisation whose administrator signs, None for their own; their key may have been *revoked*.
    """

    value: str
    ago: int = 0
    days: int = 366
    by: str | None = None
    revoked: bool = False


@dataclass
class Scene:
    """What stands outside: the *estate*, what is done to its services once they are there, *zones*, and what is *said*.

    *zones* holds None for a name whose servers do not answer; *said* is by organisation and rule. So many *days* go by
    between the reading and the check.
    """

    estate: Estate
    acts: list[Callable[[Outside], None]] = field(default_factory=list)
    zones: dict[str, Records | None] = field(default_factory=lambda: dict(ZONES))
    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    days: int = 0

    def people(self, code: str) -> list[Mailbox]:
        """The people of the organisation *code*, and last its shared mailbox."""
        return [each for each in self.estate.mailboxes if each.organisation == code]

    def change(self, guid: str, **changed: object) -> None:
        """Change what a mailbox is from the beginning."""
        boxes = [
            replace(each, **changed) if each.exchange_guid == guid else each  # type: ignore[arg-type]
            for each in self.estate.mailboxes
        ]
        self.estate = replace(self.estate, mailboxes=tuple(boxes))


def sound(organisations: int) -> Scene:
    """So many organisations that nothing is wrong with, each of seven people and a shared mailbox."""
    whole = generate(7, "pair")
    with (ODS_FOLDER / "etr.csv").open(encoding="utf-8", newline="") as text:
        names = [(row[0], row[1]) for row in csv.reader(text) if not row[11]][:organisations]
    model = next(each for each in whole.mailboxes if each.site == "leeds" and each.cause is None)
    boxes = [box for number, (code, _) in enumerate(names) for box in _team(model, number, code)]
    estate = replace(
        whole,
        organisations=tuple(Organisation(code, name, "trust", PEOPLE + 1, 0.0) for code, name in names),
        mailboxes=tuple(boxes),
        groups=(),
        accounts=(),
    )
    said = {
        (code, rule): Said(value)
        for code, _ in names
        for rule, value in (("bandwidth", "1000"), ("egress", "direct"))
    }
    return Scene(estate, [_located], said=said)


def _located(outside: Outside) -> None:
    """Everybody has a usage location, which no synchronisation brings."""
    for each in list(outside.directory.store.every(User)):
        outside.directory.change_user(each, {"usage_location": "GB"}, synchronising=True)


def _team(model: Mailbox, number: int, code: str) -> Iterable[Mailbox]:
    for place in range(PEOPLE + 1):
        alias = f"{'team' if place == PEOPLE else 'person'}{place}.{code.lower()}"
        person = replace(
            model,
            exchange_guid=f"{number:08x}-0000-4000-8000-{place:012x}",
            alias=alias,
            display_name=f"Person {place} of {code}",
            organisation=code,
            size_bytes=GIB,
            client=OUTLOOK_NEW,
            rights=(),
            archive_guid=None,
            archive_bytes=None,
            phones=("16.1",),
        )
        if place < PEOPLE:
            yield person
        else:
            rights = (Right("FullAccess", f"person{PEOPLE - 1}.{code.lower()}"),)
            yield replace(person, recipient_type="SharedMailbox", client=None, phones=(), rights=rights)


Change = Callable[[Scene, str], None]
"""Changes what there is of the organisation with that code."""


def together(*changes: Change) -> Change:
    """All of *changes*."""

    def change(scene: Scene, code: str) -> None:
        for each in changes:
            each(scene, code)

    return change


def nothing(_scene: Scene, _code: str) -> None:
    """Change nothing: what is sound already is as near as it gets."""


def person(*places: int, **changed: object) -> Change:
    """People, the first for none of *places*, are otherwise from the beginning."""

    def change(scene: Scene, code: str) -> None:
        boxes = scene.people(code)
        for place in places or (0,):
            scene.change(boxes[place].exchange_guid, **changed)

    return change


EVERYBODY = tuple(range(PEOPLE))


def set_mailbox(**parameters: object) -> Change:
    """An administrator of the site runs Set-Mailbox on the first person's."""

    def change(scene: Scene, code: str) -> None:
        box = scene.people(code)[0]
        given = {name: value(box) if callable(value) else value for name, value in parameters.items()}
        call = CmdletCall("administrator", "Set-Mailbox", {"Identity": box.exchange_guid, **given})

        def act(outside: Outside) -> None:
            result = outside.sites[box.site].invoke(call)
            assert not result.errors, result.errors

        scene.acts.append(act)

    return change


def in_tenant(act: Callable[[Entra, User], object]) -> Change:
    """Something happens to the first person's user in the tenant."""

    def change(scene: Scene, code: str) -> None:
        guid = scene.people(code)[0].exchange_guid

        def do(outside: Outside) -> None:
            user = outside.directory.store.by_mailbox(guid)
            assert user is not None
            act(outside.directory, user)

        scene.acts.append(do)

    return change


def user(**values: object) -> Change:
    """The first person's user has other values."""
    return in_tenant(lambda entra, each: entra.change_user(each, dict(values), synchronising=True))


def licensed(*, taken_back: bool) -> Change:
    """The first person is given a licence, and it may be taken back."""

    def act(entra: Entra, each: User) -> None:
        holder = entra.licensing.give(each, [AssignedLicence(OFFICE_E3.sku_id)], ())
        if taken_back:
            entra.licensing.give(holder, (), [OFFICE_E3.sku_id])

    return in_tenant(act)


def licensed_without_guid() -> Change:
    """The first person had a licence before the ExchangeGuid was carried, which made a second mailbox (fact D25)."""

    def act(entra: Entra, each: User) -> None:
        bare = msgspec.structs.replace(each.exchange, mailbox_guid=None)
        holder = entra.change_user(each, {"exchange": bare}, synchronising=True)
        holder = entra.licensing.give(holder, [AssignedLicence(OFFICE_E3.sku_id)], ())
        holder = entra.licensing.give(holder, (), [OFFICE_E3.sku_id])
        entra.change_user(holder, {"exchange": each.exchange}, synchronising=True)

    return in_tenant(act)


def says(rule: str, said: Said | None) -> Change:
    """The organisation's administrator says something else, or nothing."""

    def change(scene: Scene, code: str) -> None:
        if said is None:
            scene.said.pop((code, rule), None)
        else:
            scene.said[code, rule] = said

    return change


def published(name: str, records: Records | None) -> Change:
    """DNS holds something else for *name*, or does not answer."""

    def change(scene: Scene, _code: str) -> None:
        scene.zones[name] = records

    return change


def read_before(days: int) -> Change:
    """The sites and the tenant were read so many days before the check."""

    def change(scene: Scene, _code: str) -> None:
        scene.days = days

    return change


def sync_stopped(days: int) -> Change:
    """The directory sync ran last so many days ago; less than none is a clock that goes ahead."""

    def change(scene: Scene, _code: str) -> None:
        def act(outside: Outside) -> None:
            outside.sync.scheduled = False
            outside.directory.synchronised = outside.clock.now - timedelta(days=days)

        scene.acts.append(act)

    return change


def seats(short: int) -> Change:
    """The tenant has so many free seats fewer than there are people."""

    def change(scene: Scene, code: str) -> None:
        taken = len(scene.people(code)) - PEOPLE + short

        def act(outside: Outside) -> None:
            entra = outside.directory
            for number in range(taken):
                made = User(
                    id=entra.store.new_id("user"),
                    display_name=f"guest {number}",
                    created_date_time=outside.clock.now,
                    user_principal_name=f"guest{number}@{DOMAIN}",
                    mail_nickname=f"guest{number}",
                    usage_location="GB",
                )
                entra.licensing.give(entra.add_user(made), [AssignedLicence(OFFICE_E3.sku_id)], ())

        scene.acts.append(act)

    return change


def opened_by(version: str | None) -> Change:
    """The first person's machine logs on with that Outlook."""
    return person(client=version)


def addresses(*others: str) -> Callable[[Mailbox], list[str]]:
    """The primary address of a mailbox and *others*, in which {} stands for its alias."""
    return lambda box: [f"SMTP:{box.address}", *(each.format(box.alias) for each in others)]
