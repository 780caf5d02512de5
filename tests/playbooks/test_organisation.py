"""The plays 20 to 39, joined in one run each, on two sites of 2016, 2019 and SE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwave.core.plays import BeatStatus, PlayOutcome
from rehearsal.site.mrs_proxy import Door
from rehearsal.wire import CmdletCall
from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.oauth import NEW, with_new
from tests.playbooks.organisation import Served, TwoSites, serving
from tests.playbooks.organisation_checked import found, make_healthy
from tests.playbooks.seeds.organisation import SEEDS
from tests.playbooks.several import NAME, answers_of, applying, findings_of, in_parts, judging, together
from tests.playbooks.test_many_servers import A_SERVER, SHELLS
from tests.plugins.roles import INVENTORY

APPLY = (16, 18, 20, 22, 24, 26, 28, 30, 32, 36, 38)
"""The plays that need no variable, and one whose variables these are."""
VERIFY = tuple(number + 1 for number in APPLY)
STAGED = {
    "hybrid_trust_application": INVENTORY["hybrid_trust_application"],
    "auth_certificate_step": "stage",
    "auth_certificate_thumbprint": NEW,
    "auth_certificate_effective": "2099-01-01T00:00:00+00:00",
}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        _by_hand(served.premises)
        yield served


def _by_hand(premises: TwoSites) -> None:
    """Undo a little of what the wizard left, so that every play has something to do."""
    policy = {"EnabledEmailAddressTemplates": ["SMTP:@nhsmail.example"]}
    premises.run("Set-EmailAddressPolicy", Identity="Default Policy", **policy)
    premises.run("Set-SendConnector", Identity="Outbound to Office 365", CloudServicesMailEnabled=False)
    ews = {"Identity": "EX11\\EWS (Default Web Site)", "ExternalUrl": "https://old.example/EWS/Exchange.asmx"}
    premises.run("Set-WebServicesVirtualDirectory", site="bristol", **ews)
    premises.sync.scheduled = False
    for name in premises.servers:
        premises.organisation.machines.change(name, with_new)
    premises.calls.clear()


def named(numbers: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(next(PLAYBOOKS.glob(f"{number}_*.yml")).stem for number in numbers)


@pytest.mark.timeout(900)
def test_check_predicts(served: Served) -> None:
    """It should say in check mode that there is something to do, and write nothing."""
    predicted = in_parts(served, applying(*named(APPLY))).run_play(NAME, check=True, variables=STAGED)

    assert predicted.outcome is PlayOutcome.OK, predicted.why
    assert predicted.changed
    assert served.premises.writes == []


OF_A_SITE = {"Set-User", "Add-RoleGroupMember", "Set-ThrottlingPolicyAssociation"}


def _what(site: str, call: CmdletCall) -> tuple[str, ...]:
    """What *call* writes to: each site has accounts of its own, and all else the organisation has once."""
    names = ("Identity", "Name", "Server", "Member", "ForestName")
    whose = site if call.cmdlet in OF_A_SITE else ""
    return whose, call.cmdlet, *(str(call.parameters.get(name, "")) for name in names)


APART = frozenset({"EX11", "EX12"})
"""Servers that nobody has made ready yet when faults are planted on the first one."""


@pytest.mark.timeout(900)
def test_every_fault_is_repaired(served: Served) -> None:
    """It should find every fault that memory finds, repair what a play repairs, and then do nothing more.

    What there is once is written once, though the plays run twice.
    """
    premises = make_healthy(served.premises)
    for seed in SEEDS:
        seed.plant(premises)
    expected = {(each["id"], each["subject"]) for each in found(premises)}
    assert {seed.id for seed in SEEDS} == {name for name, _ in expected}
    expected.add(("auth-certificate-not-turned", ""))
    premises.calls.clear()

    plays = named(VERIFY) + named(APPLY)
    each_play = [[play] for play in (*judging(*named(VERIFY)), *applying(*named(APPLY)))]
    result = in_parts(served, *each_play, applying(*named(APPLY))).run_play(NAME, variables=STAGED)

    assert result.outcome is PlayOutcome.OK, result.why
    parts = answers_of(result)
    judged, applied, again = together(parts[: len(VERIFY)]), together(parts[len(VERIFY) : -1]), parts[-1]
    assert expected == {(each.id, each.subject) for each in findings_of(judged) if each.server not in APART}
    assert {each.task for each in applied if each.status is BeatStatus.CHANGED} <= {
        each.task for each in again
    }
    assert [each.task for each in again if each.status is BeatStatus.CHANGED] == []
    written = Counter(_what(*each) for each in premises.calls if each[1].cmdlet in premises.writes)
    assert [] == [what for what, times in written.items() if times > 1]
    left = {seed.id for seed in SEEDS if not seed.repaired}
    assert left - {"auth-certificate-expiring"} == {  # a next certificate stands ready now
        each["id"] for each in found(premises, tuple(premises.servers))
    }
    _proved(served)
    opened = served.parts.opened_by(plays)
    assert 0 < max(opened.values()) <= A_SERVER * len(premises.servers)
    assert max(face.most for face in served.faces) <= SHELLS


def _proved(served: Served) -> None:
    """What the plays did, read without any part of the project."""
    premises = served.premises
    (policy,) = premises.run("Get-EmailAddressPolicy", Identity="Default Policy")
    assert "smtp:%m@nhsmail.mail.onmicrosoft.com" in policy["EnabledEmailAddressTemplates"]
    assert policy["RecipientFilterApplied"]
    (ews,) = premises.run("Get-WebServicesVirtualDirectory", site="bristol", Server="EX11")
    assert ews["ExternalUrl"] == "https://mail.bristol.nhsmail.example/EWS/Exchange.asmx"
    (account,) = premises.run("Get-User", site="leeds", Identity="svc-migration")
    assert account["AuthenticationPolicy"] == "Migration account"
    (organisation,) = premises.run("Get-OrganizationConfig")
    assert organisation["ACLableSyncedObjectEnabled"]
    assert premises.sync.scheduled
    (throttling,) = premises.run("Get-ThrottlingPolicy", Identity="Accounts of plays and moves")
    assert throttling["PowerShellMaxConcurrency"] == 18
    (association,) = premises.run("Get-ThrottlingPolicyAssociation", Identity="svc-migration")
    assert association["ThrottlingPolicyId"] == "Accounts of plays and moves"
    (oauth,) = premises.run("Get-AuthConfig")
    assert oauth["NextCertificateThumbprint"] == NEW
    door: Door = premises.organisation.door("EX01")
    assert door.moves == 25
