"""Each environment's three stacks on a simulated tenant of its own, and what belongs to one refused by another.

ENVIRONMENTS says which environments come up, separated by commas: all of them in `make prove`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from mailwave.exits import Exit
from rehearsal import server
from rehearsal.environments import ENVIRONMENTS
from rehearsal.home import Asked, Home
from tests import engine
from tests.end_to_end.operator import LAYERS, WHY, Operator

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]

CHOSEN = os.environ.get("ENVIRONMENTS", "pilot").split(",")
OTHER = "dev"
"""Whose files are offered to the stacks of the first one chosen."""

VERBS = ("create", "update", "delete", "replace")
"""What the engine may plan to do, as the last lines of a preview count it."""

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
        up = operator.up()
        assert 0 == up.code, up.text
        yield Deployed(request.param, operator)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The endpoints file of another environment, which is served too."""
    with ExitStack() as until:
        operator = serve(tmp_path_factory.mktemp("other"), OTHER, until)
        yield Path(operator.environment["MAILWAVE_ENDPOINTS"])


@pytest.mark.parametrize("layer", LAYERS)
def test_nothing_differs_once_it_is_up(deployed: Deployed, layer: str) -> None:
    """It should find, live, just what was deployed."""
    code, text = deployed.preview(layer, "--refresh", "--expect-no-changes")
    assert 0 == code, text


def test_what_is_protected_cannot_be_destroyed(deployed: Deployed) -> None:
    """It should refuse to remove a stack that mail depends on, and remove nothing of it."""
    if deployed.environment not in PROTECTED:
        pytest.skip(f"{deployed.environment} protects nothing")
    stack = f"hybrid-{deployed.environment}"
    gone = deployed.operator.pulumi("destroy", "--yes", "--skip-preview", f"--stack={stack}")
    assert 0 != gone.code
    assert "because it is protected" in gone.text, gone.text
    assert 0 == deployed.preview("hybrid", "--refresh", "--expect-no-changes")[0]


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


def assert_refused(text: str, *words: str) -> None:
    """*text* holds each of *words*, and no change that was planned."""
    assert [] == [word for word in words if word not in text], text
    assert [] == [verb for verb in VERBS if f" to {verb}" in text], text
