"""Changes behind Pulumi's back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from rehearsal.cloud import tamper as command
from rehearsal.cloud.tamper import NotOne, Tamper, TamperingRefused
from tests.rehearsal.providers.project import LoopbackCloud

GROUP = "/arm/subscriptions/66666666-7777-4888-8999-000000000000/resourceGroups/platform"
TOKEN = "azure-native:resources:ResourceGroup"


@pytest.fixture
def cloud() -> Iterator[LoopbackCloud]:
    """A cloud with a resource group."""
    serving = LoopbackCloud()
    serving.send("PUT", GROUP, {"location": "uksouth", "tags": {"a": "1"}})
    yield serving
    serving.close()


@pytest.fixture
def tamper(cloud: LoopbackCloud) -> Tamper:
    """Somebody who does not use Pulumi."""
    return Tamper(cloud.address)


class TestTamper:
    """What tests use."""

    def test_finds_by_type_and_values(self, tamper: Tamper) -> None:
        """It should find the one object that has these values, and say where it is."""
        assert GROUP == tamper.find(TOKEN, location="uksouth")

    def test_finding_none_is_an_error(self, tamper: Tamper) -> None:
        """It should refuse to guess."""
        with pytest.raises(NotOne, match="0 objects of"):
            tamper.find(TOKEN, location="ukwest")

    def test_changes_and_deletes(self, tamper: Tamper, cloud: LoopbackCloud) -> None:
        """It should merge values into an object, and remove it."""
        assert {"a": "1", "b": "2"} == tamper.change(GROUP, {"tags": {"b": "2"}})["tags"]
        tamper.delete(GROUP)

        assert {} == cloud.objects()

    def test_refusal_is_shown(self, tamper: Tamper) -> None:
        """It should show what the service says to a change that it does not take."""
        with pytest.raises(TamperingRefused, match="PropertyChangeNotAllowed") as caught:
            tamper.change(GROUP, {"location": "ukwest"})

        assert 409 == caught.value.status

    def test_wrong_fault_is_refused(self, tamper: Tamper) -> None:
        """It should refuse a kind of fault that there is not."""
        with pytest.raises(TamperingRefused, match="list of faults"):
            tamper.plan_faults([{"call": "*", "fault": "earthquake"}])


class TestCommand:
    """What people type."""

    def test_lists_and_changes(
        self, cloud: LoopbackCloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It should list addresses that it takes itself."""
        monkeypatch.setenv("REHEARSAL_CLOUD", cloud.address)
        command.main(["list"])
        where = capsys.readouterr().out.split()[0]

        command.main(["change", where, '{"tags": null}'])

        assert "tags" not in json.loads(capsys.readouterr().out)
