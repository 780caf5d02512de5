"""Probes of what becomes of a mailbox's settings when it moves."""

from __future__ import annotations

from dataclasses import replace

from rehearsal.estate import GIB
from rehearsal.exchange_online.lab import Lab, small
from rehearsal.exchange_online.probes.registry import PROBES, Bench
from rehearsal.exchange_online.values import size
from rehearsal.inbox_rules import made

_SMALL = size(2 * GIB)
_OUTSIDE = "smtp:locum@trust.example"


def moved(bench: Bench, **at_home: object) -> Lab:
    """Return a tenant whose one mailbox, with an archive and set up so at home, has just moved."""
    estate = small((None,), server="EX01")
    (only,) = estate.mailboxes
    only = replace(only, archive_guid="a0c1b2d3-0000-4000-8000-000000000001", rights=())
    lab = bench.of(replace(estate, mailboxes=(only,), groups=()))
    lab.source.set[only.exchange_guid] = dict(at_home)
    lab.start_batch()
    lab.advance(hours=12)
    lab.complete()
    return lab


def shown(lab: Lab, name: str) -> object:
    """Return a property of the mailbox."""
    return lab.rows("Get-Mailbox", Identity=lab.addresses[0])[0][name]


@PROBES.keep
def _holds_are_synchronised(bench: Bench) -> object:
    return shown(moved(bench, LitigationHoldEnabled=True), "LitigationHoldEnabled")


@PROBES.keep
def _forwarding_stays_behind(bench: Bench) -> object:
    return shown(moved(bench, ForwardingSmtpAddress=_OUTSIDE), "ForwardingSmtpAddress") is None


@PROBES.keep
def _quotas_of_the_licence(bench: Bench) -> object:
    name = "ProhibitSendReceiveQuota"
    return shown(moved(bench, ProhibitSendReceiveQuota=_SMALL), name) == shown(moved(bench), name)


@PROBES.keep
def _sent_copies_stay_behind(bench: Bench) -> object:
    return not shown(moved(bench, MessageCopyForSentAsEnabled=True), "MessageCopyForSentAsEnabled")


@PROBES.keep
def _retention_policy_by_name(bench: Bench) -> object:
    lab = moved(bench, RetentionPolicy="Clinical, 8 years")
    return shown(lab, "RetentionPolicy") != "Clinical, 8 years"


@PROBES.keep
def _audit_by_default(bench: Bench) -> object:
    return shown(moved(bench), "AuditEnabled")


@PROBES.keep
def _archive_comes_along(bench: Bench) -> object:
    return shown(moved(bench), "ArchiveStatus") == "Active"


@PROBES.keep
def _synchronised_on_premises_only(bench: Bench) -> object:
    lab = moved(bench)
    given = {"Identity": lab.addresses[0], "HiddenFromAddressListsEnabled": True}
    return lab.post("Set-Mailbox", given).status != 200


@PROBES.keep
def _inbox_rules_come_along(bench: Bench) -> object:
    lab = moved(bench, InboxRules=[made({"Name": "Rota", "MoveToFolder": "Rota"}, 1)])
    return [row["Name"] for row in lab.rows("Get-InboxRule", Mailbox=lab.addresses[0])] == ["Rota"]
