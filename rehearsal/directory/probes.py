"""One small experiment for each rule of the directory: what somebody sees of it from outside, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rehearsal.directory.errors import QuotaExceeded, Refusal, SyncBusy, SyncedObject
from rehearsal.directory.lab import E3, NONE_LEFT, PLAN_1, PLENTY, Lab, mailbox_of
from rehearsal.directory.meter import WriteCeiling
from rehearsal.directory.objects import AdministrativeUnit, Domain, ExchangeAttributes
from rehearsal.directory.options import Options
from rehearsal.directory.sync import DELETIONS
from rehearsal.environments import REHEARSAL
from rehearsal.matrix import Probes, Subject

PROBES = Probes[Options]()


def _refused(act: Callable[[], object], by: type[Exception] = Refusal) -> bool:
    try:
        act()
    except by:
        return True
    return False


@PROBES.keep
def _object_quota(options: Options) -> object:
    for quota in (50_000, 300_000):
        if _refused(Lab(0, options=options, others=quota).add_user, QuotaExceeded):
            return quota
    return None


@PROBES.keep
def _deleted_objects_count(options: Options) -> object:
    lab = Lab(0, options=options)
    lab.entra.delete(lab.add_user())
    counted = [lab.entra.store.counted]
    for _ in range(2):
        lab.advance(days=31)
        counted.append(lab.entra.store.counted)
    return counted == [1, 0.25, 0]


@PROBES.keep
def _deleted_users_return(options: Options) -> object:
    lab = Lab(0, options=options)
    user = lab.add_user()
    lab.entra.delete(user)
    return not _refused(lambda: lab.entra.restore(user.id))


@PROBES.keep
def _units_of_an_object(options: Options) -> object:
    lab = Lab(0, options=options)
    user, now = lab.add_user(), lab.clock.now
    for n in range(31):
        unit = AdministrativeUnit(id=f"unit {n}", display_name=f"{n}", created_date_time=now)
        lab.entra.store.add(unit)
        try:
            lab.entra.join(unit, user)
        except Refusal:
            return n
    return None


@PROBES.keep
def _synced_is_read_only(options: Options) -> object:
    lab = Lab(1, options=options)
    return _refused(lambda: lab.entra.change_user(lab.user(), {"display_name": "Other"}), SyncedObject)


@PROBES.keep
def _dynamic_minutes(options: Options) -> object:
    lab = Lab(0, options=options)
    user = lab.add_user(department="Theatre")
    rule: dict[str, Any] = {
        "group_types": ("DynamicMembership",),
        "membership_rule": 'user.department -eq "Theatre"',
    }
    group = lab.add_group(**rule)
    for minutes in (30, 1410):
        lab.advance(minutes=minutes)
        if lab.entra.store.links.linked(group.id, user.id):
            return minutes if minutes == 30 else 1440
    return None


@PROBES.keep
def _first_level_members(options: Options) -> object:
    lab = Lab(0, options=options)
    user, inner, outer = lab.add_user(), lab.add_group("inner"), lab.add_group("outer")
    lab.entra.join(inner, user)
    lab.entra.join(outer, inner)
    lab.license_group(outer, PLENTY)
    lab.advance(minutes=2)
    return not lab.has(user, PLENTY)


@PROBES.keep
def _location_inherited(options: Options) -> object:
    lab = Lab(0, options=options)
    user, group = lab.add_user(usage_location=None), lab.add_group()
    lab.entra.join(group, user)
    lab.license_group(group, PLENTY)
    lab.advance(minutes=2)
    return lab.has(user, PLENTY)


@PROBES.keep
def _licensed_group_stays(options: Options) -> object:
    lab = Lab(0, options=options)
    group = lab.add_group()
    lab.license_group(group, PLENTY)
    return _refused(lambda: lab.entra.delete(lab.entra.store.get(type(group), group.id)))


@PROBES.keep
def _licences_an_hour(options: Options) -> object:
    lab = Lab(0, options=options)
    group = lab.add_group()
    users = [lab.add_user(f"member.{n}") for n in range(60)]
    for user in users:
        lab.entra.join(group, user)
    lab.license_group(group, PLENTY)
    lab.advance(minutes=1)
    reached = sum(lab.has(user, PLENTY) for user in users)
    return 2_500 if reached == 2_500 // 60 else 60_000


@PROBES.keep
def _whole_template(options: Options) -> object:
    lab = Lab(0, options=options)
    user, group = lab.add_user(), lab.add_group()
    lab.entra.join(group, user)
    lab.license_group(group, E3, PLAN_1, NONE_LEFT, PLENTY)  # two troubles, for either may be switched off
    lab.advance(minutes=2)
    return not lab.has(user, PLENTY)


@PROBES.keep
def _units_run_out(options: Options) -> object:
    lab = Lab(0, options=options)
    user = lab.add_user()
    return _refused(lambda: lab.license(user, NONE_LEFT))


@PROBES.keep
def _plans_exclude(options: Options) -> object:
    lab = Lab(0, options=options)
    user = lab.license(lab.add_user(), E3)
    return _refused(lambda: lab.license(user, PLAN_1))


@PROBES.keep
def _location_first(options: Options) -> object:
    lab = Lab(0, options=options)
    user = lab.add_user(usage_location=None)
    return _refused(lambda: lab.license(user, PLENTY))


@PROBES.keep
def _guid_keeps_mailbox_away(options: Options) -> object:
    lab = Lab(0, options=options)
    known = ExchangeAttributes(mailbox_guid=mailbox_of(0).exchange_guid)
    user = lab.license(lab.add_user(on_premises_sync_enabled=True, exchange=known), E3)
    return user.id not in lab.entra.licensing.second_mailboxes


@PROBES.keep
def _cycle_minutes(options: Options) -> object:
    lab = Lab(1, options=options)
    before = lab.clock.now
    lab.advance(hours=1)
    return (lab.sync.cycles[0].started - before).total_seconds() / 60


@PROBES.keep
def _one_cycle_at_a_time(options: Options) -> object:
    lab = Lab(1, options=options)
    lab.sync.ceiling = WriteCeiling(1)
    lab.premises.put(mailbox_of(1), mailbox_of(2))
    lab.sync.start()
    return _refused(lab.sync.start, SyncBusy)


@PROBES.keep
def _export_ceiling(options: Options) -> object:
    lab = Lab(1, options=options)
    for _ in range(6_999):
        lab.sync.ceiling.take(lab.clock.now)
    lab.premises.put(mailbox_of(1), mailbox_of(2))
    return 7_000 if lab.sync.start().ended is None else None


@PROBES.keep
def _deletion_threshold(options: Options) -> object:
    lab = Lab(501, options=options)
    lab.premises.here.clear()
    return 500 if lab.sync.start().result == DELETIONS else None


@PROBES.keep
def _quota_stops(options: Options) -> object:
    lab = Lab(1, options=replace(options, object_quota=1))
    lab.premises.put(mailbox_of(1), replace(mailbox_of(0), display_name="Other Name"))
    return "export" if lab.sync.start().changed == 0 else "additions"


@PROBES.keep
def _guid_carried(options: Options) -> object:
    return Lab(1, options=options).user().exchange.mailbox_guid is not None


@PROBES.keep
def _x500_kept(options: Options) -> object:
    lab = Lab(1, options=options)
    return f"X500:{lab.people[0].legacy_dn}" in lab.user().proxy_addresses


@PROBES.keep
def _suffix_verified(options: Options) -> object:
    lab = Lab(1, options=options)
    lab.entra.domains[REHEARSAL.mail_domain] = Domain(REHEARSAL.mail_domain, is_verified=False)
    lab.premises.put(mailbox_of(1))
    lab.sync.start()
    found = lab.find(mailbox_of(1))
    return found is not None and found.user_principal_name.endswith(f"@{REHEARSAL.domain}")


@PROBES.keep
def _target_follows(options: Options) -> object:
    lab = Lab(1, options=options)
    lab.premises.move(lab.people[0])
    lab.sync.start()
    return lab.user().exchange.target_address == f"SMTP:{lab.people[0].routing_address}"


SUBJECT = Subject("directory", Options, PROBES, Refusal)
