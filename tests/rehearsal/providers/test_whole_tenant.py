"""One object of every type of the table, through its whole life, without the engine."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.servicer import Live, Properties, Secret, Subject
from rehearsal.cloud.catalogue import catalogue
from rehearsal.providers.azure_native import AzureNative
from rehearsal.providers.azuread import AzureAD
from rehearsal.providers.standin import StandIn
from tests.rehearsal.providers.project import LoopbackCloud

ROWS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("tenant.yaml").read_text())
GROUP = {"resourceGroupName": "g"}


@dataclass
class Made:
    """What one row became."""

    provider: StandIn
    subject: Subject
    inputs: Properties
    object_id: str
    state: Properties


@dataclass
class Tenant:
    """Everything that has been made so far, in order."""

    azure: AzureNative
    entra: AzureAD
    made: list[Made] = field(default_factory=list)
    outputs: dict[str, Properties] = field(default_factory=dict)

    def make(self, row: dict[str, Any]) -> Made:
        """Check, preview and make one row as the engine would."""
        provider = self.azure if row["type"].startswith("azure-native:") else self.entra
        subject = Subject(row["type"], row["name"], f"urn:{row['name']}")
        said = self._filled(row["inputs"])
        if "resourceGroupName" in provider.shape(subject.type).inputs.properties:
            said = GROUP | said
        inputs = provider.check(subject, {}, said, row["name"].encode())
        provider.create(subject, inputs, preview=True)
        object_id, outputs = provider.create(subject, inputs, preview=False)
        state = {name: item.value if isinstance(item, Secret) else item for name, item in outputs.items()}
        made = Made(provider, subject, inputs, object_id, state)
        self.made.append(made)
        self.outputs[row["name"]] = {**state, "id": object_id}
        return made

    def _filled(self, value: Any) -> Any:
        match value:
            case dict():
                return {name: self._filled(item) for name, item in value.items()}
            case list():
                return [self._filled(item) for item in value]
            case str():
                return re.sub(r"\$\{(\w+)(?:\.(\w+))?\}", self._reference, value)
            case _:
                return value

    def _reference(self, found: re.Match[str]) -> str:
        return str(self.outputs[found.group(1)][found.group(2) or "id"])


def _live(made: Made, *, known: bool = True) -> Live:
    inputs, state = (made.inputs, made.state) if known else ({}, {})
    live = made.provider.read(made.subject, made.object_id, inputs, state)
    assert live is not None, made.subject
    return live


@pytest.fixture
def tenant(azure: AzureNative, entra: AzureAD) -> Tenant:
    """A tenant with one object of every type."""
    whole = Tenant(azure, entra)
    for row in ROWS:
        whole.make(row)
    return whole


class TestWholeTenant:
    """Every type of the table."""

    def test_every_type_is_there(self) -> None:
        """It should have an example of every type."""
        assert set(catalogue()) == {row["type"] for row in ROWS}

    def test_nothing_drifts_by_itself(self, tenant: Tenant) -> None:
        """It should read back what was written, with no difference and no warning."""
        told: list[str] = []
        for provider in (tenant.azure, tenant.entra):
            provider.warn = lambda urn, text: told.append(f"{urn} {text}")

        drift = {}
        for made in tenant.made:
            live = _live(made)
            difference = made.provider.diff(
                made.subject, made.object_id, live.inputs, made.inputs, live.outputs
            )
            drift[made.subject.type] = [change.path for change in difference.changes]

        assert {token: [] for token in drift} == drift
        assert [] == told

    def test_everything_can_be_imported(self, tenant: Tenant) -> None:
        """It should find inputs, for an object that the state does not know, that pass its own check."""
        for made in tenant.made:
            kind = catalogue()[made.subject.type]
            if any(made.inputs.get(name.partition(".")[0]) for name in kind.secrets):
                continue  # what the service never tells cannot be imported
            live = _live(made, known=False)

            assert live.inputs == made.provider.check(made.subject, {}, live.inputs, b"seed")

    def test_secrets_are_told_to_nobody(self, tenant: Tenant, cloud: LoopbackCloud) -> None:
        """It should show no secret to whoever looks at the cloud."""
        assert "hunter2" not in str(cloud.objects())

    def test_everything_goes(self, tenant: Tenant, cloud: LoopbackCloud) -> None:
        """It should delete all, last made first, and leave nothing."""
        for made in reversed(tenant.made):
            made.provider.delete(made.subject, made.object_id, made.inputs, made.state)

        assert {} == cloud.objects()
