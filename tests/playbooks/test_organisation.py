"""The plays 20 to 39, joined in one run each, on two sites of 2016, 2019 and SE."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwave.adapters.ansible import Ansible
from mailwave.core.plays import PlayOutcome, PlayResult
from rehearsal.site.mrs_proxy import Door
from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.organisation import Served, serving

APPLY = (20, 22, 24, 26, 28, 30, 32, 36, 38)
"""The plays that need no variable."""
VERIFY = tuple(number + 1 for number in APPLY)
WRITTEN_ONCE = (
    *("Set-AuthServer", "Set-EmailAddressPolicy", "Set-OrganizationConfig", "Set-SendConnector"),
    *(
        "New-AuthenticationPolicy",
        "Update-EmailAddressPolicy",
        "Set-ADSyncScheduler",
        "Start-ADSyncSyncCycle",
    ),
    *("Set-WebServicesVirtualDirectory",),
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as found:
        _by_hand(found)
        yield found


def _by_hand(served: Served) -> None:
    """Undo a little of what the wizard left, so that every play has something to do."""
    premises = served.premises
    policy = {"EnabledEmailAddressTemplates": ["SMTP:@nhsmail.example"]}
    premises.run("Set-EmailAddressPolicy", Identity="Default Policy", **policy)
    premises.run("Set-SendConnector", Identity="Outbound to Office 365", CloudServicesMailEnabled=False)
    ews = {"Identity": "EX11\\EWS (Default Web Site)", "ExternalUrl": "https://old.example/EWS/Exchange.asmx"}
    premises.run("Set-WebServicesVirtualDirectory", site="bristol", **ews)
    premises.sync.scheduled = False
    premises.calls.clear()


def joined(served: Served, plays: tuple[str, ...], *, check: bool = False) -> PlayResult:
    """Run *plays* as one playbook."""
    folder = served.endpoints.parent / "plays"
    folder.mkdir(exist_ok=True)
    imports = [{"ansible.builtin.import_playbook": str(PLAYBOOKS / f"{play}.yml")} for play in plays]
    (folder / "10_all.yml").write_text(json.dumps(imports))
    (folder / "ansible.cfg").write_text(
        "[defaults]\n"
        f"collections_path = {PLAYBOOKS / 'collections'}\n"
        "forks = 10\n"
        "[inventory]\nenable_plugins = mailwave.exchange.estate\n"
    )
    ansible = Ansible(folder, served.inventory, served.endpoints, dry_run=False, seconds=180)
    return ansible.run_play("10_all", check=check)


def named(numbers: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(next(PLAYBOOKS.glob(f"{number}_*.yml")).stem for number in numbers)


@pytest.mark.timeout(900)
def test_check_predicts(served: Served) -> None:
    """It should say in check mode that there is something to do, and write nothing."""
    predicted = joined(served, named(APPLY), check=True)

    assert predicted.outcome is PlayOutcome.OK, predicted.why
    assert predicted.changed
    assert served.premises.writes == []


@pytest.mark.timeout(900)
def test_apply_is_verified(served: Served) -> None:
    """It should do what there is to do, writing once what there is once, and find nothing when it verifies.

    That a second run changes nothing is shown for every role in memory.
    """
    premises = served.premises

    applied = joined(served, (*named(APPLY), *named(VERIFY)))

    assert applied.outcome is PlayOutcome.OK, applied.why
    assert dict.fromkeys(WRITTEN_ONCE, 1) == {name: premises.writes.count(name) for name in WRITTEN_ONCE}
    assert premises.writes.count("New-ReceiveConnector") == len(premises.servers)
    _proved(served)


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
    door: Door = premises.organisation.door("EX01")
    assert door.moves == 25
