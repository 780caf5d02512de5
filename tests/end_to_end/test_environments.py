"""Each environment's three stacks on a simulated tenant of its own, and what belongs to one refused by another.

ENVIRONMENTS says which environments come up, separated by commas: all of them in `make prove`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest
import yaml

from mailwave.exits import Exit
from rehearsal import server
from rehearsal.approvers import NEEDED
from rehearsal.environments import ENVIRONMENTS
from rehearsal.home import Asked, Home
from tests import engine
from tests.end_to_end.drifts import DRIFTS, Tampering
from tests.end_to_end.operator import LAYERS, WHY, Done, Operator

pytestmark = [pytest.mark.engine, pytest.mark.timeout(1_800)]

CHOSEN = os.environ.get("ENVIRONMENTS", "pilot").split(",")
OTHER = "dev"
"""Whose files are offered to the stacks of the first one chosen."""

ENVIRONMENT_FILES = Path(__file__).parents[2] / "environments"

BAD_INPUT: Sequence[tuple[str, str, object, Sequence[str]]] = (
    (
        "foundation",
        "location",
        "uksuoth",
        ("uksuoth", "the nearest name is uksouth", "allowed: An Azure region"),
    ),
    (
        "foundation",
        "network",
        {
            "space": "10.1.0.0/20",
            "subnets": {"endpoints": "10.1.0.0/26", "database": "10.1.0.64/28", "runners": "10.1.1.0/24"},
        },
        (
            "10.1.0.0/20 overlapping 10.0.0.0/8 of the Health and Social Care Network",
            "such as parts of 192.168.0.0/16",
        ),
    ),
    (
        "identity",
        "certificates",
        [
            {
                "holder": "hybrid",
                "name": "old",
                "pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "starts": "2025-01-01",
                "expires": "2025-06-01",
            }
        ],
        ("certificates[0].expires", "2025-06-01", "which has passed", "a day after today"),
    ),
    ("hybrid", "domain_type", "Relay", ('"Relay"', "Authoritative or InternalRelay")),
)
"""Layer, key, what is wrong there, and what the refusal must say of it."""

VERBS = ("create", "update", "delete", "replace")
"""What the engine may plan to do, as the last lines of a preview count it."""

LOCK = "azure-native:authorization:ManagementLockAtResourceGroupLevel"
PROTECTED = ("pilot", "production")


@dataclass(frozen=True)
class Deployed:
    """An *environment* whose stacks came up for *operator*."""

    environment: str
    operator: Operator

    def preview(self, layer: str, *arguments: str, **settings: str) -> tuple[int, str]:
        """The code and the words of a preview, with other *settings* than the environment's own."""
        operator = replace(self.operator, environment={**self.operator.environment, **settings})
        done = operator.pulumi("preview", f"--stack={layer}-{self.environment}", *arguments)
        return done.code, done.text

    def changes(self, layer: str) -> dict[str, list[str]]:
        """What a preview against the live values would change: properties by type, none where an object is made."""
        operator, stack = self.operator, f"{layer}-{self.environment}"
        done = operator.pulumi("preview", "--refresh", "--json", f"--stack={stack}")
        assert 0 == done.code, done.text
        steps = [step for step in json.loads(done.out)["steps"] if step["op"] in VERBS]
        return {_kind(step["urn"]): [*(step.get("detailedDiff") or {})] for step in steps}

    def heal(self, layer: str) -> None:
        """Bring *layer* back by plain `pulumi` or, where that is refused for want of consent, by a change."""
        healed = self.operator.pulumi(
            "up", "--yes", "--skip-preview", "--refresh", f"--stack={layer}-{self.environment}"
        )
        if NEEDED[self.environment] == 0:
            assert 0 == healed.code, healed.text
            return
        assert 0 != healed.code
        assert f"stack {layer}-{self.environment} is not updated" in healed.text, healed.text
        self.operator.deploy(layer)

    def destroy(self, layer: str, *arguments: str) -> Done:
        """Remove what *layer* has, by plain `pulumi`."""
        return self.operator.pulumi(
            "destroy", "--yes", "--skip-preview", f"--stack={layer}-{self.environment}", *arguments
        )

    def held(self, layer: str, kind: str = "") -> list[str]:
        """The URNs of what the state of *layer* holds of the outside world, of one *kind* if that is given."""
        done = self.operator.pulumi("stack", "export", f"--stack={layer}-{self.environment}")
        resources = json.loads(done.out)["deployment"].get("resources", [])
        outside = [each for each in resources if each["custom"] and not each["type"].startswith("pulumi:")]
        return [each["urn"] for each in outside if kind in ("", each["type"])]

    def unprotect(self, layer: str) -> None:
        """Do what a person does before a protected stack is taken down."""
        done = self.operator.pulumi(
            "state", "unprotect", "--all", "--yes", f"--stack={layer}-{self.environment}"
        )
        assert 0 == done.code, done.text


def _kind(urn: str) -> str:
    """The type of the resource called *urn*, without those of its parents."""
    return urn.split("::")[2].rpartition("$")[2]


def serve(folder: Path, environment: str, until: ExitStack) -> Operator:
    """Serve the tenant of *environment* without faults from *folder*, and return who operates it."""
    engine.needed()
    faults = folder / "faults.json"
    faults.write_text("[]", encoding="ascii")
    home = until.enter_context(Home.held(folder / "home"))
    record = home.begin(Asked(faults=faults, environment=environment))
    return Operator(until.enter_context(server.serving(home, record, None)).environment)


@pytest.fixture(scope="module", params=CHOSEN)
def deployed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """One environment, deployed by the command that an operator types."""
    with ExitStack() as until:
        operator = serve(tmp_path_factory.mktemp(request.param), request.param, until)
        operator.deploy()
        yield Deployed(request.param, operator)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """Who operates another environment, which is served too, and where nothing is deployed."""
    with ExitStack() as until:
        yield serve(tmp_path_factory.mktemp("other"), OTHER, until)


@pytest.fixture
def other(stranger: Operator) -> Path:
    """The endpoints file of that environment."""
    return Path(stranger.environment["MAILWAVE_ENDPOINTS"])


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_differs_once_it_is_up(deployed: Deployed, layer: str) -> None:
    """It should find, live, just what was deployed."""
    code, text = deployed.preview(layer, "--refresh", "--expect-no-changes")
    assert 0 == code, text


@pytest.mark.parametrize("layer", LAYERS)
def test_drift_is_shown_and_repaired(deployed: Deployed, layer: str) -> None:
    """It should name the property that somebody changed, or the object that is gone, and bring it back."""
    hands = Tampering(deployed.operator)
    before = [hands.look(drift) for drift in DRIFTS[layer]]
    for drift in DRIFTS[layer]:
        hands.do(drift)
    assert all(was != hands.look(drift) for was, drift in zip(before, DRIFTS[layer], strict=True))

    shown = deployed.changes(layer)
    assert {drift.token for drift in DRIFTS[layer]} == shown.keys()
    assert [] == [drift for drift in DRIFTS[layer] if not drift.is_among(shown[drift.token])]
    deployed.heal(layer)
    assert before == [hands.look(drift) for drift in DRIFTS[layer]]


@pytest.mark.parametrize("layer", LAYERS)
def test_what_is_protected_cannot_be_destroyed(deployed: Deployed, layer: str) -> None:
    """It should refuse to remove a stack that mail, identity or evidence depends on, and remove nothing of it."""
    if deployed.environment not in PROTECTED:
        pytest.skip(f"{deployed.environment} protects nothing")
    before = deployed.held(layer)
    gone = deployed.destroy(layer)
    assert 0 != gone.code
    assert "because it is protected" in gone.text, gone.text
    assert before == deployed.held(layer) != []


@pytest.mark.parametrize("layer", ["foundation", "identity"])
def test_a_credential_of_another_is_refused(deployed: Deployed, layer: str) -> None:
    """It should name both tenants and plan nothing when the cloud credential is another environment's."""
    wrong = ENVIRONMENTS["rehearsal" if deployed.environment == OTHER else OTHER].tenant.id
    code, text = deployed.preview(layer, ARM_TENANT_ID=wrong)
    assert 0 != code
    assert_refused(text, wrong, ENVIRONMENTS[deployed.environment].tenant.id)
    assert "mailwave:tenant_id" in text
    assert "nothing was planned: sign in to the environment of the stack" in text


def test_an_endpoints_file_of_another_is_refused(deployed: Deployed, other: Path) -> None:
    """It should refuse it by either command, with both tenants and the variable that names the file."""
    if deployed.environment == OTHER:
        pytest.skip("it is its own")
    tenants = [ENVIRONMENTS[name].tenant.id for name in (OTHER, deployed.environment)]
    code, text = deployed.preview("hybrid", MAILWAVE_ENDPOINTS=str(other))
    assert 0 != code
    assert_refused(text, *tenants, "mailwave:tenant_id", "MAILWAVE_ENDPOINTS")

    environment = {**deployed.operator.environment, "MAILWAVE_ENDPOINTS": str(other)}
    done = Operator(environment).mailwave("infra", "up", *WHY)
    assert Exit.CONFIGURATION == done.code
    assert_refused(done.text, *tenants, "endpoints: tenant")


def test_an_endpoints_file_that_claims_the_tenant_is_refused(deployed: Deployed, other: Path) -> None:
    """It should ask the tenant itself: another environment's credentials open none under the stack's tenant id."""
    if deployed.environment == OTHER:
        pytest.skip("it is its own")
    tenant = ENVIRONMENTS[deployed.environment].tenant.id
    claimed = other.with_name("claimed.json")
    claimed.write_bytes(msgspec.json.encode(msgspec.json.decode(other.read_bytes()) | {"tenant": tenant}))
    code, text = deployed.preview("hybrid", MAILWAVE_ENDPOINTS=str(claimed))
    assert 0 != code
    assert_refused(text, f"mailwave:tenant_id is {tenant}", "AADSTS90002", "MAILWAVE_ENDPOINTS")


@pytest.mark.parametrize(("layer", "key", "value", "words"), BAD_INPUT, ids=[row[1] for row in BAD_INPUT])
def test_bad_input_is_refused_at_preview(
    deployed: Deployed, tmp_path: Path, layer: str, key: str, value: object, words: Sequence[str]
) -> None:
    """It should name the key, the value and what is allowed, and plan nothing."""
    name = f"Pulumi.{layer}-{deployed.environment}.yaml"
    settings = yaml.safe_load((ENVIRONMENT_FILES / name).read_text(encoding="utf-8"))
    settings["config"][f"mailwave:{key}"] = value
    (tmp_path / name).write_text(yaml.safe_dump(settings), encoding="utf-8")
    code, text = deployed.preview(layer, f"--config-file={tmp_path / name}")
    assert 0 != code
    assert_refused(text, f"mailwave:{key}", *words)


@pytest.mark.parametrize(("layer", "below"), [("identity", "foundation"), ("hybrid", "identity")])
def test_a_layer_that_is_not_deployed_is_named(stranger: Operator, layer: str, below: str) -> None:
    """It should say which stack comes first, and plan nothing."""
    stranger.pulumi("stack", "init", f"{layer}-{OTHER}")
    done = stranger.pulumi("preview", f"--stack={layer}-{OTHER}")
    assert 0 != done.code
    for words in (f"stack {below}-{OTHER}, which is not deployed", "deploy it first", "+ 1 to create"):
        assert words in done.text, done.text  # the one is the stack itself


def test_what_nobody_protects_any_more_is_removed(deployed: Deployed) -> None:
    """It should remove every stack from the top down: protection first, then the locks, then all else."""
    for layer in LAYERS:
        deployed.unprotect(layer)
    locks = deployed.held("foundation", LOCK)
    if locks:
        gone = deployed.destroy("foundation", *(f"--target={urn}" for urn in locks))
        assert 0 == gone.code, gone.text
    for layer in reversed(LAYERS):
        gone = deployed.destroy(layer)
        assert 0 == gone.code, gone.text
        assert [] == deployed.held(layer)


def assert_refused(text: str, *words: str) -> None:
    """*text* holds each of *words*, and no change that was planned."""
    assert [] == [word for word in words if word not in text], text
    assert [] == [verb for verb in VERBS if f" to {verb}" in text], text
