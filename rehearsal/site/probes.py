"""What each rule of a site looks like from outside: a probe a rule, which sees the value that the rule has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rehearsal.estate import START, generate
from rehearsal.matrix import Probes, Subject
from rehearsal.site.lab import RELATIONSHIP, Lab, Unexpected
from rehearsal.site.machine import RegistryValue
from rehearsal.site.machine_setup import IIS_CONFIG, NTLM, OAUTH
from rehearsal.site.mrs_proxy import Publishing
from rehearsal.site.options import Options

_LIMIT = ('MaxMRSConnections="100"', 'MaxMRSConnections="320"')

PROBES = Probes[Options]()


@PROBES.keep
def _versions_differ(options: Options) -> bool:
    """Exchange 2016 has no authentication policies."""
    return "not recognized" in Lab(options).refused("Get-AuthenticationPolicy", server="EX11")


@PROBES.keep
def _one_parameter_set(options: Options) -> bool:
    return "Parameter set" in Lab(options).refused("Get-MailboxStatistics", Server="EX01", Database="DB01")


@PROBES.keep
def _writes_ask(options: Options) -> bool:
    lab = Lab(options)
    return "prompts the user" in lab.refused("Remove-RemoteDomain", Identity="Default")


@PROBES.keep
def _first_thousand(options: Options) -> bool:
    """More than a thousand mailboxes are at one site of the full estate only."""
    lab = Lab(options, generate(1, "full"))
    return len(lab.rows("Get-Mailbox")) == 1_000


@PROBES.keep
def _scope_is_a_domain(options: Options) -> bool:
    lab = Lab(options)
    rows = lab.rows("Get-Mailbox", ResultSize="Unlimited")
    return all(str(row["OrganizationalUnit"]).startswith("leeds.") for row in rows)


@PROBES.keep
def _forest_by_catalog(options: Options) -> bool:
    controller = "dc01.leeds.nhsmail.example"
    refused = Lab(options).refused("Get-Mailbox", IgnoreDefaultScope=None, DomainController=controller)
    return "can't be used together" in refused


@PROBES.keep
def _system_mailboxes_in_root(options: Options) -> bool:
    return Lab(options).rows("Get-Mailbox", Arbitration=None) == []


@PROBES.keep
def _names_are_ambiguous(options: Options) -> bool:
    lab = Lab(options)
    names = [mailbox.display_name for mailbox in lab.estate.at("leeds").mailboxes]
    name = next(name for name in names if names.count(name) > 1)
    return "multiple entries" in lab.refused("Get-MailboxPermission", Identity=name)


def _seen_after(options: Options, controller: str) -> int:
    """The seconds after which *controller* sees what was written at another."""
    lab = Lab(options)
    lab.rows(
        "New-RemoteDomain", Name="x", DomainName="x.example", DomainController="dc01.leeds.nhsmail.example"
    )
    seconds = 0
    while lab.refused("Get-RemoteDomain", Identity="x", DomainController=controller):
        lab.wait(seconds=5)
        seconds += 5
    return seconds


@PROBES.keep
def _replication_seconds(options: Options) -> int:
    return _seen_after(options, "dc02.leeds.nhsmail.example")


@PROBES.keep
def _site_replication_minutes(options: Options) -> int:
    return _seen_after(options, "dc01.bristol.nhsmail.example") // 60


@PROBES.keep
def _inherited_entries(options: Options) -> bool:
    lab = Lab(options)
    rows = lab.rows("Get-MailboxPermission", Identity=lab.estate.at("leeds").mailboxes[0].alias)
    return any(row["IsInherited"] for row in rows)


@PROBES.keep
def _orphaned_trustees(options: Options) -> bool:
    lab = Lab(options)
    rows = (
        row
        for mailbox in lab.estate.at("leeds").mailboxes
        for row in lab.rows("Get-MailboxPermission", Identity=mailbox.exchange_guid)
    )
    return any(str(row["User"]).startswith("S-1-5-21-") for row in rows)


@PROBES.keep
def _rests_are_purged(options: Options) -> bool:
    lab = Lab(options)
    box = lab.estate.at("leeds").mailboxes[0]
    lab.sites["leeds"].directory.convert_to_remote(box.exchange_guid)
    lab.wait(days=31)
    rows = lab.rows("Get-MailboxStatistics", Database=box.database)
    return box.exchange_guid not in {str(row["MailboxGuid"]) for row in rows}


@PROBES.keep
def _rights_move_when_changed(options: Options) -> bool:
    lab = Lab(options)
    one, other, *_ = lab.estate.at("leeds").mailboxes
    lab.wait(seconds=60)
    lab.rows("Add-MailboxPermission", Identity=one.alias, User=other.alias, AccessRights=["FullAccess"])
    changed = lab.rows("Get-Mailbox", Filter=f"WhenChangedUTC -gt '{START.isoformat()}'")
    return [one.alias] == [row["Alias"] for row in changed]


@PROBES.keep
def _connections(options: Options) -> bool:
    return "Current connections: 100, Connections limit: 100." in Lab(options).knock(connections=100)


@PROBES.keep
def _restart_reads_limits(options: Options) -> bool:
    lab = Lab(options)
    lab.configure("EX01", *_LIMIT)
    before = lab.organisation.door("EX01").limit
    lab.restart("EX01")
    return (before, lab.organisation.door("EX01").limit) == (100, 320)


@PROBES.keep
def _names_are_exact(options: Options) -> bool:
    lab = Lab(options)
    lab.configure("EX01", 'MaxMRSConnections="100"', 'maxMrsConnections="320"')
    lab.restart("EX01")
    return lab.organisation.door("EX01").limit == 100


@PROBES.keep
def _update_resets(options: Options) -> bool:
    lab = Lab(options)
    lab.configure("EX01", *_LIMIT)
    lab.restart("EX01")
    lab.organisation.apply_cumulative_update("EX01", "15.2.2562.17")
    return lab.organisation.door("EX01").limit == 100


@PROBES.keep
def _proxy_off_is_403(options: Options) -> bool:
    lab = Lab(options)
    directory = "EX01\\EWS (Default Web Site)"
    lab.rows("Set-WebServicesVirtualDirectory", Identity=directory, MRSProxyEnabled=False)
    return "(403) Forbidden" in lab.knock()


@PROBES.keep
def _handler_missing_is_405(options: Options) -> bool:
    lab = Lab(options)
    lab.organisation.machines.change(
        "EX01", lambda there: there.with_file(IIS_CONFIG, b"<configuration />", lab.clock.now)
    )
    return "(405)" in lab.knock()


@PROBES.keep
def _ntlm_needed(options: Options) -> bool:
    lab = Lab(options)
    denied = RegistryValue(2)
    lab.organisation.machines.change(
        "EX01", lambda there: there.with_registry_value(NTLM, "RestrictReceivingNTLMTraffic", denied)
    )
    return "'Negotiate, NTLM'" in lab.knock()


@PROBES.keep
def _no_offloading(options: Options) -> bool:
    lab = Lab(options)
    lab.organisation.publishing["leeds"] = replace(Publishing(), offloads=True)
    return "(401)" in lab.knock()


@PROBES.keep
def _protected_account(options: Options) -> bool:
    lab = Lab(options)
    lab.organisation.protected.add("EX01")
    return "Access is denied" in lab.knock()


@PROBES.keep
def _statistics_seconds(options: Options) -> int:
    lab = Lab(options)
    before = lab.clock.now
    lab.rows("Get-MailboxStatistics", Database="DB01")
    return int((lab.clock.now - before).total_seconds())


NEXT = "AB" * 20
"""The thumbprint of a new certificate for OAuth."""


def _staged(options: Options, *, hours: float) -> Lab:
    """A new certificate on EX01 that is the next one, from so many hours on."""
    lab = Lab(options)
    lab.organisation.machines.change(
        "EX01",
        lambda there: there.with_certificate(
            replace(
                next(each for each in there.certificates.values() if each.subject == OAUTH), thumbprint=NEXT
            )
        ),
    )
    date = lab.clock.now + timedelta(hours=hours)
    lab.rows("Set-AuthConfig", NewCertificateThumbprint=NEXT, NewCertificateEffectiveDate=date.isoformat())
    return lab


@PROBES.keep
def _auth_certificate_installed(options: Options) -> bool:
    date = (START + timedelta(days=9)).isoformat()
    return "private key" in Lab(options).refused(
        "Set-AuthConfig", NewCertificateThumbprint=NEXT, NewCertificateEffectiveDate=date
    )


@PROBES.keep
def _auth_certificate_next(options: Options) -> bool:
    return "no next certificate" in Lab(options).refused("Set-AuthConfig", PublishCertificate=True)


@PROBES.keep
def _auth_certificate_notice_hours(options: Options) -> int:
    """The hours from which on it is taken without a question."""
    for hours in range(0, 73, 12):
        try:
            _staged(options, hours=hours)
        except Unexpected:
            continue
        return hours
    return -1


@PROBES.keep
def _auth_certificate_deployed_hours(options: Options) -> int:
    lab = _staged(options, hours=72)
    hours = 0
    while NEXT not in lab.organisation.machines["EX11"].certificates:
        lab.wait(hours=1)
        hours += 1
    return hours


@PROBES.keep
def _auth_certificate_turns(options: Options) -> bool:
    lab = _staged(options, hours=72)
    lab.wait(hours=73)
    return bool(lab.rows("Get-AuthConfig")[0]["CurrentCertificateThumbprint"] == NEXT)


@PROBES.keep
def _connector_keeps_a_source(options: Options) -> bool:
    return "at least one" in Lab(options).refused(
        "Set-SendConnector", Identity="Internet", SourceTransportServers=[]
    )


@PROBES.keep
def _database_is_emptied(options: Options) -> bool:
    return "one or more mailboxes" in Lab(options).refused(
        "Remove-MailboxDatabase", Identity="DB01", Confirm=False
    )


@PROBES.keep
def _passive_copies_go_first(options: Options) -> bool:
    return "has passive copies" in Lab(replace(options, database_is_emptied=False)).refused(
        "Remove-MailboxDatabase", Identity="DB01", Confirm=False
    )


@PROBES.keep
def _last_copy_is_not_circular(options: Options) -> bool:
    lab = Lab(options)
    lab.rows("Set-MailboxDatabase", Identity="DB01", CircularLoggingEnabled=True)
    lab.rows("Remove-MailboxDatabaseCopy", Identity="DB01\\EX02", Confirm=False)
    return "circular logging" in lab.refused(
        "Remove-MailboxDatabaseCopy", Identity="DB01\\EX03", Confirm=False
    )


@PROBES.keep
def _member_has_no_copies(options: Options) -> bool:
    return "hosts mailbox database copies" in Lab(options).refused(
        "Remove-DatabaseAvailabilityGroupServer", Identity="DAG-LEEDS", MailboxServer="EX03", Confirm=False
    )


@PROBES.keep
def _group_is_empty(options: Options) -> bool:
    return "still has Mailbox servers" in Lab(options).refused(
        "Remove-DatabaseAvailabilityGroup", Identity="DAG-LEEDS", Confirm=False
    )


@PROBES.keep
def _setup_looks_first(options: Options) -> bool:
    return bool(Lab(options).organisation.removal.obstacles("EX01"))


def _reached(options: Options) -> Lab:
    """An organisation whose servers call as its own application, and a tenant that knows everybody."""
    lab = Lab(options)
    lab.reach()
    return lab


@PROBES.keep
def _oauth_certificate_counts(options: Options) -> bool:
    lab = _reached(options)
    lab.own_application()
    lab.wait(days=2_000)
    return lab.sign_in() == "Error"


@PROBES.keep
def _shared_application_refused(options: Options) -> bool:
    return _reached(options).sign_in() == "Error"


@PROBES.keep
def _relationship_test_ignores_state(options: Options) -> bool:
    lab = _reached(options)
    lab.rows("Set-OrganizationRelationship", Identity=RELATIONSHIP, Enabled=False)
    lab.wait(minutes=1)
    return not any("disabled" in str(row.get("Description")) for row in lab.relationship_tested())


@PROBES.keep
def _relationship_test_is_federated(options: Options) -> bool:
    lab = _reached(options)
    identifier = lab.organisation.objects("FederatedOrganizationIdentifier")
    controller = lab.organisation.around.controllers.of("")
    identifier.change(identifier.rows()[0], {"Enabled": False}, controller)
    lab.wait(minutes=1)
    try:
        lab.relationship_tested()
    except Unexpected:
        return True
    return False


SUBJECT = Subject("site", Options, PROBES, Unexpected)
