"""Whether a site may go: each gate fires by its own name and only then, and what nobody knows never lets it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_decommission import checks
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import judge

from exchange_admin.port import Row
from tests.plugins.leaving_site import MAILBOX, Names, Scene, an_empty_site

GATES = {
    *(
        "site-holds-mailboxes",
        "site-holds-system-mailboxes",
        "site-holds-archives",
        "site-holds-archives-of-others",
        "site-holds-public-folders",
    ),
    *("site-holds-groups", "site-holds-contacts", "site-holds-batches", "site-holds-endpoint"),
    *("site-receives-mail", "site-answers-autodiscover"),
    *("site-carries-mail", "site-sends-mail", "site-relays-mail", "site-is-the-last"),
}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """An empty site that may go."""
    return an_empty_site(tmp_path)


def test_an_empty_site_may_go(scene: Scene) -> None:
    """It should hold every gate of a site on which nothing rests, and have asked for nothing but reads."""
    found = scene.judged()
    assert ([], [], len(GATES)) == (found.findings, found.unknown, found.held)


def _rows(side: str, cmdlet: str, row: Row) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        getattr(scene, side).rows.setdefault(cmdlet, []).append(row)

    return change


def _alone(tools: str, *beside: Row) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        scene.site.rows["Get-ExchangeServer"] = [{"Name": "EX11"}, {"Name": "EX12"}, *beside]
        scene.leaving = replace(scene.leaving, tools=tools)

    return change


def _sent(days: float, server: str, event: str, data: str) -> Callable[[Scene], None]:
    return lambda scene: scene.log_line(days, server, "10.1.2.3", event, data)


def _named(**answers: tuple[str, ...] | None) -> Callable[[Scene], None]:
    def change(scene: Scene) -> None:
        scene.names = Names(**answers)

    return change


def _mailbox_and_archive(scene: Scene) -> None:
    """The archive is in another database of the site than the mailbox."""
    _rows("site", "Get-Mailbox DB11", MAILBOX)(scene)
    _rows("site", "Get-Recipient DB12", {**MAILBOX, "Database": "Db11"})(scene)


BATCH = {"Identity": "w9", "SourceEndpoint": "bristol", "TargetEndpoint": "", "Status": "Syncing"}
EDGE = {"Name": "EDGE1", "ServerRole": "Edge"}
FROM = "MAIL FROM:<printer@x.example> SIZE=1"

FAULTS: dict[str, tuple[str, Callable[[Scene], None], Callable[[Scene], None] | None]] = {
    "a mailbox": (
        "site-holds-mailboxes",
        _rows("site", "Get-Mailbox DB12", MAILBOX),
        _rows("site", "Get-Mailbox DB01", {"PrimarySmtpAddress": "other@x.example"}),
    ),
    "a mailbox with its archive": ("site-holds-mailboxes", _mailbox_and_archive, None),
    "an arbitration mailbox": (
        "site-holds-system-mailboxes",
        _rows("site", "Get-Mailbox Arbitration", {"Name": "SystemMailbox{2}", "ServerName": "ex11"}),
        _rows("site", "Get-Mailbox Arbitration", {"Name": "SystemMailbox{2}", "ServerName": "ex01"}),
    ),
    "an audit mailbox": (
        "site-holds-system-mailboxes",
        _rows("site", "Get-Mailbox AuditLog", {"Name": "SystemMailbox{3}", "ServerName": "EX12"}),
        _rows("site", "Get-Mailbox AuditLog", {"Name": "SystemMailbox{3}", "ServerName": "EX01"}),
    ),
    "a public folder mailbox": (
        "site-holds-system-mailboxes",
        _rows("site", "Get-Mailbox PublicFolder", {"Name": "Folders", "ServerName": "ex12"}),
        _rows("site", "Get-Mailbox PublicFolder", {"Name": "Folders", "ServerName": "ex120"}),
    ),
    "an archive of somebody in the tenant": (
        "site-holds-archives",
        _rows("site", "Get-Recipient DB11", {**MAILBOX, "ArchiveDatabase": "DB11", "Database": None}),
        _rows("site", "Get-Recipient DB01", {**MAILBOX, "Database": None}),
    ),
    "an archive of somebody at another site": (
        "site-holds-archives-of-others",
        _rows("site", "Get-Recipient DB12", {**MAILBOX, "ArchiveDatabase": "DB12", "Database": "DB01"}),
        _rows("site", "Get-Recipient DB01", {**MAILBOX, "Database": "DB02"}),
    ),
    "a public folder": (
        "site-holds-public-folders",
        _rows("site", "Get-PublicFolder Recurse", {"Name": "Rotas"}),
        None,
    ),
    "a group": ("site-holds-groups", _rows("site", "Get-DistributionGroup", {"Name": "Ward 7"}), None),
    "a dynamic group": (
        "site-holds-groups",
        _rows("site", "Get-DynamicDistributionGroup", {"Name": "All"}),
        None,
    ),
    "a contact": ("site-holds-contacts", _rows("site", "Get-MailContact", {"Name": "Dr X"}), None),
    "a batch": (
        "site-holds-batches",
        _rows("tenant", "Get-MigrationBatch", BATCH),
        _rows("tenant", "Get-MigrationBatch", {**BATCH, "SourceEndpoint": "leeds"}),
    ),
    "an endpoint": (
        "site-holds-endpoint",
        _rows("tenant", "Get-MigrationEndpoint", {"Identity": "Bristol"}),
        _rows("tenant", "Get-MigrationEndpoint", {"Identity": "bristol-north"}),
    ),
    "an MX": (
        "site-receives-mail",
        _named(exchangers=("x.mail.protection.outlook.com", "mail.bristol.example")),
        _named(exchangers=("x.o-v1.mx.microsoft",)),
    ),
    "an MX of another's name": (
        "site-receives-mail",
        _named(exchangers=("mail.protection.outlook.com.evil.example",)),
        None,
    ),
    "no MX": ("site-receives-mail", _named(exchangers=()), None),
    "autodiscover": (
        "site-answers-autodiscover",
        _named(discovers=("mail.bristol.example",)),
        _named(discovers=("autodiscover.outlook.com",)),
    ),
    "a connector of the tenant": (
        "site-carries-mail",
        _rows(
            "tenant",
            "Get-OutboundConnector",
            {"Name": "To sites", "Enabled": True, "ConnectorType": "OnPremises"},
        ),
        _rows(
            "tenant",
            "Get-OutboundConnector",
            {"Name": "To sites", "Enabled": False, "ConnectorType": "OnPremises"},
        ),
    ),
    "a send connector": (
        "site-sends-mail",
        _rows(
            "site",
            "Get-SendConnector",
            {"Name": "Old", "Enabled": True, "SourceTransportServers": ["EX01", "ex12"]},
        ),
        _rows(
            "site", "Get-SendConnector", {"Name": "Old", "Enabled": False, "SourceTransportServers": ["EX12"]}
        ),
    ),
    "a printer": ("site-relays-mail", _sent(29.9, "EX12", "<", FROM), _sent(30.1, "EX12", "<", FROM)),
    "an application": ("site-relays-mail", _sent(1, "ex11", "<", FROM), _sent(1, "EX01", "<", FROM)),
    "a sender in other letters": (
        "site-relays-mail",
        _sent(1, "EX11", "<", "mail from:<>"),
        _sent(1, "EX11", ">", FROM),
    ),
    "the last servers": ("site-is-the-last", _alone(""), _alone("MGMT01")),
    "the last servers but one at the edge": ("site-is-the-last", _alone("", EDGE), _alone("MGMT01", EDGE)),
}
"""What can rest on a site: the gate that says so, how it comes, and what looks like it and rests on nothing."""


@pytest.mark.parametrize("fault", FAULTS)
def test_each_gate_fires_by_its_own_name(scene: Scene, fault: str) -> None:
    """It should be that gate which does not hold, and no other; its finding names what is left and who repairs it."""
    gate, change, _ = FAULTS[fault]
    change(scene)
    found = scene.judged()
    assert ([gate], []) == ([each["id"] for each in found.findings], found.unknown)
    assert all(each["found"] and each["repair"] for each in found.findings)


@pytest.mark.parametrize("fault", [name for name, (_, _, like) in FAULTS.items() if like])
def test_what_only_looks_like_it_holds_nothing_up(scene: Scene, fault: str) -> None:
    """It should let a site go that something only seems to rest on."""
    like = FAULTS[fault][2]
    assert like is not None
    like(scene)
    found = scene.judged()
    assert ([], []) == (found.findings, found.unknown)


@pytest.mark.parametrize(
    ("side", "cmdlet", "gate"),
    [
        ("site", "Get-Mailbox DB12", "site-holds-mailboxes"),
        ("site", "Get-Mailbox AuditLog", "site-holds-system-mailboxes"),
        ("site", "Get-PublicFolder Recurse", "site-holds-public-folders"),
        ("site", "Get-DynamicDistributionGroup", "site-holds-groups"),
        ("site", "Get-MailContact", "site-holds-contacts"),
        ("tenant", "Get-MigrationBatch", "site-holds-batches"),
        ("tenant", "Get-MigrationEndpoint", "site-holds-endpoint"),
        ("tenant", "Get-OutboundConnector", "site-carries-mail"),
        ("site", "Get-SendConnector", "site-sends-mail"),
        ("site", "Get-ExchangeServer", "site-is-the-last"),
    ],
)
def test_what_nobody_could_read_lets_nothing_go(scene: Scene, side: str, cmdlet: str, gate: str) -> None:
    """It should leave that gate unknown, which is not held, and judge the others all the same."""
    getattr(scene, side).silent.add(cmdlet)
    found = scene.judged()
    assert ([gate], [], len(GATES) - 1) == (
        [each["id"] for each in found.unknown],
        found.findings,
        found.held,
    )
    assert found.sentence


@pytest.mark.parametrize(
    ("cmdlet", "gates"),
    [
        ("Get-Recipient DB11", ["site-holds-archives", "site-holds-archives-of-others"]),
        (
            "Get-MailboxDatabase",
            ["site-holds-mailboxes", "site-holds-archives", "site-holds-archives-of-others"],
        ),
    ],
)
def test_databases_that_nobody_could_read_are_not_empty(scene: Scene, cmdlet: str, gates: list[str]) -> None:
    """It should know nothing of mailboxes or archives in them, whichever other database was read."""
    scene.site.silent.add(cmdlet)
    found = scene.judged()
    assert (gates, [], len(GATES) - len(gates)) == (
        [each["id"] for each in found.unknown],
        found.findings,
        found.held,
    )


def test_an_archive_is_named_with_where_it_and_its_mailbox_are(scene: Scene) -> None:
    """It should say whose archive is in which database, and where their mailbox lives."""
    FAULTS["an archive of somebody at another site"][1](scene)
    (finding,) = scene.judged().findings
    assert ["left@x.example (in DB12, the mailbox in DB01)"] == finding["found"]


@pytest.mark.parametrize(
    ("names", "gates"),
    [
        (None, ["site-receives-mail", "site-answers-autodiscover"]),
        (Names(exchangers=None), ["site-receives-mail"]),
        (Names(discovers=None), ["site-answers-autodiscover"]),
    ],
)
def test_a_name_server_that_does_not_answer_says_nothing(
    scene: Scene, names: Names | None, gates: list[str]
) -> None:
    """It should not take a domain of which nobody could say for one that leads to the tenant."""
    scene.names = names
    found = scene.judged()
    assert (gates, []) == ([each["id"] for each in found.unknown], found.findings)


def _unlogged(scene: Scene) -> None:
    scene.log[:] = [line for line in scene.log if "EX12" not in line]


def _short(scene: Scene) -> None:
    scene.log.pop(0)


def _old(scene: Scene) -> None:
    scene.log.pop(1)


def test_a_server_that_takes_no_mail_any_more_has_old_logs_and_not_none(scene: Scene) -> None:
    """It should let its log end early, and ask all the same that it begins 30 days ago."""
    scene.leaving = replace(scene.leaving, listening=("EX12",))
    _old(scene)
    assert ([], []) == (scene.judged().findings, scene.judged().unknown)
    _short(scene)
    (unknown,) = scene.judged().unknown
    assert ("site-relays-mail", True) == (unknown["id"], "no log of ex11" in unknown["why"])


def _cut(scene: Scene) -> None:
    scene.log[-1] = scene.log[-1][:40]


def _zoneless(scene: Scene) -> None:
    scene.log[-1] = scene.log[-1].replace("Z,", ",", 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_unlogged, "no log of ex12"),
        (_short, "the logs of ex11 begin 01 March 2027, which is less than 30 days ago"),
        (_old, "the logs of ex11 end 29 January 2027"),
        (_cut, "does not have the fields"),
        (_zoneless, "without a zone"),
    ],
)
def test_logs_that_do_not_cover_thirty_days_say_nothing(
    scene: Scene, change: Callable[[Scene], None], why: str
) -> None:
    """It should not take a month that nobody logged for one in which nobody sent."""
    change(scene)
    found = scene.judged()
    assert (["site-relays-mail"], []) == ([each["id"] for each in found.unknown], found.findings)
    assert why in found.unknown[0]["why"]


def test_without_logs_nobody_knows(scene: Scene) -> None:
    """It should say that none were handed in."""
    found = judge(
        checks(scene.site, scene.tenant, scene.names, replace(scene.leaving, logs=None)), server="x"
    )
    assert "were handed in" in found.unknown[0]["why"]


def test_every_gate_is_in_the_catalogue(scene: Scene) -> None:
    """It should ask exactly the gates of the runbook, each once."""
    asked: list[Any] = [each["id"] for each in checks(scene.site, scene.tenant, scene.names, scene.leaving)]
    assert (len(GATES), GATES) == (len(asked), set(asked))
