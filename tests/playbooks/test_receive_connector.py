"""The role receive_connector on two servers of a simulated site, in four beats and a verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwave.adapters.ansible import Ansible
from mailwave.core.plays import BeatStatus, PlayOutcome
from rehearsal.wire import CmdletCall
from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.site import ServedSite, serving

APPLY, VERIFY = "22_receive_connector", "23_verify_receive_connector"
NAME = "From Exchange Online"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ServedSite]:
    with serving(tmp_path) as served:
        yield served


def ansible(site: ServedSite, *, dry_run: bool = False) -> Ansible:
    return Ansible(PLAYBOOKS, site.inventory, site.endpoints, dry_run=dry_run, seconds=60)


def test_four_beats(site: ServedSite) -> None:
    """It should predict and do nothing, then do it, then find nothing to do; and say at each beat what is true."""
    plays = ansible(site)

    predicted = plays.run_play(APPLY, check=True)
    assert predicted.outcome is PlayOutcome.OK, predicted.why
    shown = [
        each["after"]["max_message_size"] for answer in predicted.answers for each in answer.values["diff"]
    ]
    assert shown == [157_286_400] * 2
    assert predicted.changed
    assert site.writes == []
    assert NAME not in site.connectors("EX01")

    applied = plays.run_play(APPLY)
    assert applied.outcome is PlayOutcome.OK, applied.why
    assert [tally.changed for tally in applied.servers.values()] == [1, 1]
    assert site.writes == ["New-ReceiveConnector"] * 2
    for server in ("EX01", "EX02"):
        connector = site.connectors(server)[NAME]
        assert connector["MaxMessageSize"] == "150 MB (157,286,400 bytes)"
        assert connector["TlsDomainCapabilities"] == ["mail.protection.outlook.com:AcceptCloudServicesMail"]
        assert connector["Fqdn"] == f"{server.lower()}.leeds.nhsmail.example"

    again = plays.run_play(APPLY)
    assert again.outcome is PlayOutcome.OK, again.why
    assert not again.changed
    assert len(site.writes) == 2

    verified = plays.run_play(VERIFY)
    assert verified.outcome is PlayOutcome.OK, verified.why


def test_repairs_what_was_changed_by_hand(site: ServedSite) -> None:
    """It should name what differs when verifying, change nothing then, and set just that when applying."""
    plays = ansible(site)
    plays.run_play(APPLY)
    _by_hand(site, "EX02", {"ProtocolLoggingLevel": "None"})
    site.calls.clear()

    verdict = plays.run_play(VERIFY)
    assert verdict.outcome is PlayOutcome.FAILED
    (finding,) = verdict.findings
    assert ("receive-connector-differs", "D12", "22_receive_connector") == (
        finding.id,
        finding.fact,
        finding.play,
    )
    assert ("EX02\\From Exchange Online", {"protocol_logging_level": "none"}) == (
        finding.subject,
        finding.found,
    )
    assert [failure.server for failure in verdict.failures] == ["EX02"]
    assert site.writes == []

    plays.run_play(APPLY)
    (write,) = (call for call in site.calls if not call.cmdlet.startswith("Get-"))
    assert write.cmdlet == "Set-ReceiveConnector"
    assert write.parameters["Identity"] == "EX02\\From Exchange Online"
    assert {"Identity", "ProtocolLoggingLevel"} == set(write.parameters) - {"Confirm"}


def test_first_server_stops_the_rest(site: ServedSite) -> None:
    """It should not touch the second server when the first one refuses."""
    taken = {
        "Name": "Taken",
        "Server": "EX01",
        "Bindings": ["0.0.0.0:25"],
        "RemoteIPRanges": ["104.47.0.0/17"],
    }
    _run(site, "New-ReceiveConnector", {**taken, "TransportRole": "FrontendTransport"})

    result = ansible(site).run_play(APPLY)

    assert result.outcome is PlayOutcome.FAILED
    assert [failure.outcome for failure in result.failures] == ["refused"]
    assert "conflict" in result.why
    assert NAME not in site.connectors("EX02")


def test_one_server(site: ServedSite) -> None:
    """It should keep to the servers that are named, and tell of each task as it begins and ends."""
    beats: list[tuple[str, BeatStatus]] = []

    def note(beat: object) -> None:
        beats.append((beat.server, beat.status))  # type: ignore[attr-defined]

    result = ansible(site).run_play(APPLY, servers=["EX02"], on_beat=note)

    assert list(result.servers) == ["EX02"]
    assert ("EX02", BeatStatus.STARTED) in beats
    assert beats[-1] == ("EX02", BeatStatus.CHANGED)
    assert NAME not in site.connectors("EX01")


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("Default Frontend EX01", {}, "belongs to Exchange's Setup"),
        ("Mail", {"auth_mechanism": ["Integrated"], "tls_domain_capabilities": ["a:b"]}, "TLS sessions only"),
        (
            "Mail",
            {"auth_mechanism": ["ExternalAuthoritative"], "remote_ip_ranges": ["0.0.0.0-255.255.255.255"]},
            "the whole Internet",
        ),
        ("Mail", {"max_size": "1MB"}, "max_size"),
        ("Mail", {"auth_mechanism": ["Kerberos"]}, "Kerberos"),
    ],
)
def test_validates_first(
    site: ServedSite, tmp_path: Path, name: str, settings: dict[str, object], words: str
) -> None:
    """It should refuse unfit values before anything is read or sent."""
    play = tmp_path / "plays" / "22_receive_connector.yml"
    play.parent.mkdir()
    role = {"role": "mailwave.exchange.receive_connector"}
    variables = {"receive_connector_name": name, "receive_connector_settings": settings}
    play.write_text(
        json.dumps([{"hosts": "EX01", "gather_facts": False, "roles": [role], "vars": variables}])
    )
    (play.parent / "ansible.cfg").write_text(
        "[defaults]\n"
        f"collections_path = {PLAYBOOKS / 'collections'}\n"
        "[inventory]\nenable_plugins = mailwave.exchange.estate\n"
    )

    result = Ansible(play.parent, site.inventory, site.endpoints, dry_run=False, seconds=60).run_play(
        "22_receive_connector"
    )

    assert result.outcome is PlayOutcome.FAILED
    assert words in result.why
    assert site.calls == []


def test_other_tenant(site: ServedSite) -> None:
    """It should refuse endpoints of another tenant than the inventory's before anything is sent."""
    document = json.loads(site.endpoints.read_text())
    document["tenant"] = "11111111-1111-4111-8111-111111111111"
    site.endpoints.write_text(json.dumps(document))

    result = ansible(site).run_play(APPLY)

    assert result.outcome is PlayOutcome.FAILED
    assert [failure.values["error"] for failure in result.failures] == ["WrongTenant"]
    assert site.calls == []


def _by_hand(site: ServedSite, server: str, values: dict[str, object]) -> None:
    _run(site, "Set-ReceiveConnector", {"Identity": f"{server}\\{NAME}", **values})


def _run(site: ServedSite, cmdlet: str, parameters: dict[str, object]) -> None:
    result = site.site.invoke(CmdletCall("REHEARSAL\\migration", cmdlet, parameters))
    assert result.errors == []
