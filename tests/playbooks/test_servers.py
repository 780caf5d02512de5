"""The plays for servers, through the unmodified ansible-core: what they find, set, and refuse."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from mailwave.adapters.ansible import Ansible
from mailwave.core.client_use import read_client_use
from mailwave.core.plays import BeatStatus, PlayOutcome
from rehearsal.estate import START, generate
from rehearsal.site import client_logs
from rehearsal.site.machine import Machine, RegistryValue
from rehearsal.site.machine_setup import EXCHANGE_FOLDER, SCHANNEL
from rehearsal.windows import Door
from rehearsal.wire import CmdletCall, CmdletResult
from tests.playbooks.bundles import bundle
from tests.playbooks.checked import VARIABLES, found
from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.seeds.healthy import LIMIT, MARKS, healthy
from tests.playbooks.seeds.seed import SERVER, plant
from tests.playbooks.servers import TWO, Premises, Served, a_site, serving
from tests.playbooks.several import (
    NAME,
    answers_of,
    applying,
    doing,
    findings_of,
    in_parts,
    judging,
    roles,
    together,
)
from tests.playbooks.test_many_servers import A_SERVER, SHELLS
from tests.playbooks.test_seeds import SEEDS

ROLES = ("server_baseline", "mrs_proxy", "server_certificates")
VERIFY = ("15_verify_maintenance", "07_verify_mrs_proxy", "05_verify_certificates", "03_verify_servers")
LOGS = EXCHANGE_FOLDER + "\\Logging\\RPC Client Access"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, Premises(a_site(TWO))) as served:
        yield served


def _unset(machine: Machine) -> Machine:
    off = machine.with_registry_value(f"{SCHANNEL}\\TLS 1.2\\Server", "Enabled", RegistryValue(0))
    return off.service_stopped("MSExchangeTransport")


ELSEWHERE = {
    "mrs-proxy-limits-low": "EX01",
    "certificate-web-unbound": "EX01",
    "mrs-proxy-limits-in-wrong-file": "EX01",
    "mrs-proxy-not-restarted": "EX03",
    "certificate-differs": "EX03",
}
"""Where faults are planted that another one would hide on the usual server."""
LEAVE = "maintenance/leave"


def seeded() -> Premises:
    """Three servers with every fault that a play repairs, and one that a person does."""
    premises = healthy()
    for seed in reversed(
        SEEDS
    ):  # an update, which starts every service, comes before a service that is stopped
        if seed.repaired or seed.id == "extended-protection-offloading":
            plant(seed, premises, ELSEWHERE.get(seed.id, SERVER))
    return premises


@pytest.mark.timeout(900)
def test_four_beats(tmp_path: Path) -> None:
    """It should find what memory finds, predict, repair all that it may, prove it by reading, and then do nothing.

    Every fault that a play repairs is there, each on a server where no other hides it. What is predicted and what is
    done again is looked at on the one that has most of them.
    """
    premises = seeded()
    expected = {(each["id"], each["server"], each["subject"]) for each in found(premises)}
    repaired = {seed.id for seed in SEEDS if seed.repaired}
    assert repaired | {"extended-protection-offloading"} == {name for name, _, _ in expected}
    premises.calls.clear()
    made = bundle(tmp_path, "mail.leeds.nhsmail.example", "autodiscover.nhsmail.example")
    told = {
        **VARIABLES,
        "server_baseline_reboot": False,  # the way through maintenance has a test of its own
        "server_certificates_thumbprint": made.thumbprint,
        "server_certificates_bundle": str(made.file),
        "server_certificates_unlock_file": str(made.unlock),
    }

    with serving(tmp_path, premises) as served:
        predicted = in_parts(served, [doing(LEAVE, *ROLES)], **told).run_play(
            NAME, check=True, servers=[SERVER]
        )
        assert predicted.outcome is PlayOutcome.OK, predicted.why
        assert predicted.changed
        assert premises.writes == []

        each_play = [[play] for play in (*judging(*VERIFY), doing(LEAVE), *map(doing, ROLES))]
        served.parts.forget(served.shells.opened)
        result = in_parts(served, *each_play, [doing(LEAVE, *ROLES, hosts=SERVER)], **told).run_play(NAME)

    assert result.outcome is PlayOutcome.OK, result.why
    parts = answers_of(result)
    judged, applied, again = together(parts[: len(VERIFY)]), together(parts[len(VERIFY) : -1]), parts[-1]
    assert {each.server for each in again} == {SERVER} < {each.server for each in applied}
    assert expected == {(each.id, each.server, each.subject) for each in findings_of(judged)}
    assert {"extended-protection-offloading"} == {each["id"] for each in found(premises)}
    assert [each.task for each in again if each.status is BeatStatus.CHANGED] == []
    _proved(premises, made.thumbprint)
    opened = served.parts.opened_by([*VERIFY, LEAVE, *ROLES])
    assert 0 < max(opened.values()) <= A_SERVER * len(premises.names)
    assert served.shells.most <= SHELLS


def _proved(premises: Premises, thumbprint: str) -> None:
    """What the plays did, as it stands on the servers; each restarts its replication service once, in all."""
    for name in premises.names:
        machine = premises.machines[name]
        assert machine.certificates[thumbprint].services == {"IIS", "SMTP"}
        assert not any("certificate.pfx" in path for path in machine.files)
        assert premises.organisation.door(name).limit == LIMIT
        assert machine.registry.value(f"{SCHANNEL}\\TLS 1.2\\Server", "Enabled") == RegistryValue(1)
    assert premises.machines[SERVER].services["MSExchangeTransport"].state == "running"
    restarted = [server for server, cmdlet in premises.writes if cmdlet == "ansible.windows.win_service"]
    assert sorted(set(restarted)) == premises.names


def _hidden(served: Served) -> None:
    """An estate file without EX02."""
    data = yaml.safe_load(served.inventory.read_text(encoding="utf-8"))
    data["sites"][0]["servers"].pop()
    served.inventory.write_text(yaml.safe_dump(data), encoding="utf-8")


def _misspelt(served: Served) -> None:
    """An estate file with a server that nobody has."""
    text = served.inventory.read_text(encoding="utf-8").replace("EX02", "EX09")
    served.inventory.write_text(text, encoding="utf-8")


def _locked_out(served: Served) -> None:
    served.endpoints.with_name("secret").write_text("another", encoding="utf-8")


def _cut_off(served: Served) -> None:
    """No way to Windows on EX02."""
    document = json.loads(served.endpoints.read_text(encoding="utf-8"))
    document["connect"]["ex02.leeds.nhsmail.example:5985"] = "127.0.0.1:9"
    served.endpoints.write_text(json.dumps(document), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_hidden, "server-outside-estate"),
        (_misspelt, "server-not-in-organisation"),
        (_locked_out, "Failed to authenticate the user"),
        (_cut_off, "Connection refused"),
    ],
)
def test_refused_before_the_first_change(two: Served, spoil: Callable[[Served], None], words: str) -> None:
    """It should refuse a wrong estate file, wrong credentials and an unreachable site before anything is touched."""
    for name in two.premises.names:
        two.premises.change(name, _unset)
    spoil(two)

    result = Ansible(PLAYBOOKS, two.inventory, two.endpoints, dry_run=False, seconds=120).run_play(
        "02_server_settings"
    )

    assert result.outcome is PlayOutcome.FAILED
    assert words in " ".join(failure.message for failure in result.failures)
    assert two.premises.writes == []


def test_client_versions(two: Served, tmp_path: Path) -> None:
    """It should fetch the logs of the one server that has some, count versions, and say which server has none."""
    client_logs.write(tmp_path / "made", generate(7), START)
    made = tmp_path / "made" / "EX01"
    newest = max(made.glob("*.LOG"))
    two.premises.change(
        "EX01", lambda each: each.with_file(f"{LOGS}\\{newest.name}", newest.read_bytes(), START)
    )
    proxied = "#Fields: AuthenticatedUser,UserAgent\r\nNHS\\a,Microsoft Outlook 16.0.17928\r\n"
    path = EXCHANGE_FOLDER + "\\Logging\\HttpProxy\\Mapi\\HttpProxy_2026090108-1.LOG"
    two.premises.change("EX01", lambda each: each.with_file(path, proxied.encode(), START))
    folder = tmp_path / "logs"

    result = Ansible(PLAYBOOKS, two.inventory, two.endpoints, dry_run=False, seconds=120).run_play(
        "08_client_versions", variables={"client_logs_folder": str(folder)}
    )

    assert [(each.id, each.server) for each in result.findings] == [("client-logs-missing", "EX02")]
    assert (folder / "EX01" / newest.name).read_bytes() == newest.read_bytes()
    (counted,) = (each.values for each in result.answers if each.action.endswith("client_log_summary"))
    assert (counted["files"], counted["proxy"]["versions"]) == (1, {"16.0.17928": 1})
    assert counted["people"] == sum(counted["versions"].values()) > 0
    assert two.premises.writes == []


def test_client_use(two: Served, tmp_path: Path) -> None:
    """It should bring the counts of the one server that has logs, and say which server has none."""
    web = (
        "#Fields: date time cs-uri-stem cs-username cs(User-Agent) crypt-protocol\r\n"
        "2026-09-01 07:00:00 /owa/ NHS\\anna Edg/140 400\r\n"
    )
    path = "C:\\inetpub\\logs\\LogFiles\\W3SVC1\\u_ex260901_x.log"
    two.premises.change("EX01", lambda each: each.with_file(path, web.encode(), START))
    before = [two.premises.machines[name] for name in two.premises.names]

    result = Ansible(PLAYBOOKS, two.inventory, two.endpoints, dry_run=False, seconds=120).run_play(
        "09_client_use", variables={"client_use_folder": str(tmp_path), "client_use_since": "2026-08-01"}
    )

    assert [(each.id, each.server) for each in result.findings] == [("client-use-logs-missing", "EX02")]
    kept = {file.name: file.read_bytes() for file in tmp_path.glob("*.tsv")}
    assert list(kept) == ["EX01.client-use.tsv"]
    assert ["nhs\\anna"] == read_client_use(kept, since=START.date() - timedelta(days=30))[
        "account"
    ].to_list()
    assert before == [two.premises.machines[name] for name in two.premises.names]


@pytest.mark.timeout(900)
def test_killed_in_maintenance(tmp_path: Path) -> None:
    """It should leave no server in maintenance after the run that follows a kill, which goes on where it was."""
    premises = Killing(a_site(TWO))
    premises.change("EX01", _unset)
    with serving(tmp_path, premises) as served:
        environment = {
            "PATH": os.environ["PATH"],
            "ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"),
            "ANSIBLE_HOME": str(tmp_path / "ansible"),
            "MAILWAVE_ENDPOINTS": str(served.endpoints),
        }
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        premises.victim = subprocess.Popen(
            [program, "-i", str(served.inventory), str(PLAYBOOKS / "02_server_settings.yml")],
            env=environment,
            cwd=PLAYBOOKS,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert premises.victim.wait(timeout=120) == -signal.SIGKILL
        assert premises.organisation.components.state("EX01", "ServerWideOffline") == "Inactive"
        assert premises.machines["EX01"].cluster_node == "Paused"

        premises.armed = False
        result = Ansible(PLAYBOOKS, served.inventory, served.endpoints, dry_run=False, seconds=240).run_play(
            "02_server_settings"
        )

    assert result.outcome is PlayOutcome.OK, result.why
    for name in premises.names:
        assert premises.organisation.components.state(name, "ServerWideOffline") == "Active"
        assert premises.machines[name].registry.value(MARKS, "Maintenance") is None
        assert premises.machines[name].cluster_node == "Up"
    assert premises.machines["EX01"].registry.value(f"{SCHANNEL}\\TLS 1.2\\Server", "Enabled").data == 1


@pytest.mark.timeout(900)
def test_maintenance_and_back(two: Served) -> None:
    """It should pause the cluster node with the server, resume both, each once, and predict it without a write."""
    plays = ("12_enter_maintenance", "13_verify_entered_maintenance", "14_leave_maintenance")
    on_one = [{**play, "hosts": "EX01"} for play in applying(*plays)]
    enter, entered, leave = ([play] for play in on_one)
    predicted = [{**on_one[0], "check_mode": True}]

    result = in_parts(two, predicted, enter, entered, enter, leave, leave).run_play(NAME)

    assert result.outcome is PlayOutcome.OK, result.why
    assert (0, two.parts.writes[1]) == (two.parts.writes[0], two.parts.writes[2])
    changes = [any(each.status is BeatStatus.CHANGED for each in part) for part in answers_of(result)]
    assert [True, True, False, False, True, False] == changes
    nodes = [
        call.parameters["arguments"]["parameters"]["State"]
        for call in two.premises.calls
        if call.cmdlet.endswith("win_powershell") and not call.parameters.get("check")
    ]
    assert ["Paused", "Paused", "Up"] == nodes
    assert two.premises.machines["EX01"].cluster_node == "Up"
    assert two.premises.organisation.components.state("EX01", "ServerWideOffline") == "Active"
    assert max(two.parts.opened) <= A_SERVER


@pytest.mark.timeout(900)
def test_first_failure_stops_the_rest(tmp_path: Path) -> None:
    """It should bring back a server on which a step failed, leave no mark, and not touch the next one."""
    premises = Refusing(a_site(TWO))
    for name in premises.names:
        premises.change(name, _unset)

    with serving(tmp_path, premises) as served:
        result = roles(served, "server_baseline").run_play(NAME)

    assert result.outcome is PlayOutcome.FAILED
    assert [failure.server for failure in result.failures] == ["EX01"]
    assert "Access is denied" in str(result.failures[0].values)
    assert premises.organisation.components.state("EX01", "ServerWideOffline") == "Active"
    assert premises.machines["EX01"].registry.value(MARKS, "Maintenance") is None
    assert {server for server, _ in premises.writes if server} == {"EX01"}


class Refusing(Premises):
    """Premises on which nobody may change TLS, once the server is in maintenance."""

    def door(self, server: str) -> Door:
        """The way into Windows on *server*."""
        usual = super().door(server)

        def invoke(call: CmdletCall) -> CmdletResult:
            if call.cmdlet.endswith("win_regedit") and "SCHANNEL" in str(call.parameters):
                refused = {"failed": True, "changed": False, "msg": "Access is denied"}
                return CmdletResult(rows=[{"result": refused, "lines": None}])
            return usual.invoke(call)

        return Door(usual.machine, invoke)


@dataclass
class Killing(Premises):
    """Premises that end the run, and all that it started, as soon as a server is wholly in maintenance."""

    victim: subprocess.Popen[bytes] | None = None
    armed: bool = True

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """Run a cmdlet, and kill where its time has come."""
        result = super().invoke(call)
        if self.armed and self.victim and call.parameters.get("State") == "Inactive":
            os.killpg(self.victim.pid, signal.SIGKILL)
        return result
