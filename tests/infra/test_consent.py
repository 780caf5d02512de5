"""Tests of the last look before an update."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from change_control.contents import StackPart, Window, canonical
from change_control.folder import CHANGE, Bundle
from change_control.releases import release_of
from change_control.sources import source_digests
from infra import consent
from infra.consent import require_consent
from infra.errors import NotConsented
from infra.stack import StackName
from tests.change_control.changes import Person, bundle

STACK = StackName("hybrid", "pilot")
NOW = datetime.now(UTC)
OPEN = Window(NOW - timedelta(days=1), NOW + timedelta(days=1))
APPROVER = Person.called("approver")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one file of code, whose pilot trusts one approver."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "program.py").write_text("print()", encoding="ascii")
    (tmp_path / "environments").mkdir()
    people = [APPROVER.entry(role=APPROVER.role)]
    for environment, needed in (("pilot", 1), ("dev", 0)):
        trusted = {"environment": environment, "needed": needed, "approvers": people}
        (tmp_path / "environments" / f"approvers.{environment}.yaml").write_text(
            yaml.safe_dump(trusted), encoding="utf-8"
        )
    monkeypatch.setattr(consent, "ROOT", tmp_path)
    monkeypatch.delenv("MAILWAVE_ENDPOINTS", raising=False)
    monkeypatch.delenv(CHANGE, raising=False)
    return tmp_path


@pytest.fixture
def change(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Bundle:
    """A change of the hybrid stack that the approver consents to, named in the environment."""
    made = bundle(tmp_path_factory.mktemp("change"), window=OPEN, sources=source_digests(checkout, "pilot"))
    approve(made)
    monkeypatch.setenv(CHANGE, str(made.folder))
    return made


def approve(made: Bundle, window: Window = OPEN) -> None:
    """Lay the approver's consent beside the change."""
    signed = APPROVER.consent(made, window=window, approved_at=OPEN.begins)
    (made.folder / "approvals").mkdir(exist_ok=True)
    (made.folder / "approvals" / "1.json").write_bytes(canonical(signed.statement.envelope.to_dict()))


@pytest.mark.usefixtures("checkout")
def test_a_plain_update_is_refused_where_consent_is_needed() -> None:
    """It should refuse an update that names no change in the pilot, and none in dev, where nobody has to consent."""
    with pytest.raises(NotConsented, match="1 must approve a change, and MAILWAVE_CHANGE names none"):
        require_consent(STACK)
    require_consent(StackName("hybrid", "dev"))


@pytest.mark.usefixtures("change")
def test_an_approved_change_goes_on() -> None:
    """It should let exactly the stack be updated that the change holds."""
    require_consent(STACK)
    with pytest.raises(NotConsented, match=r"stack identity-pilot has moved .* does not hold it"):
        require_consent(StackName("identity", "pilot"))


def test_code_that_moved_is_refused(change: Bundle, checkout: Path) -> None:
    """It should refuse a change that was reviewed with other code."""
    assert change.contents.firm
    (checkout / "infra" / "program.py").write_text("print(1)", encoding="ascii")
    with pytest.raises(NotConsented, match="the code has moved"):
        require_consent(STACK)


def test_consent_that_ended_is_refused(change: Bundle) -> None:
    """It should look at the window by its own clock."""
    approve(change, Window(OPEN.begins, NOW - timedelta(seconds=1)))
    with pytest.raises(NotConsented, match="it expired"):
        require_consent(STACK)


def test_a_touched_change_is_refused(change: Bundle) -> None:
    """It should refuse a change of which a file is another."""
    (change.folder / "hybrid.plan.json").write_bytes(b"{}")
    with pytest.raises(NotConsented, match=r"hybrid\.plan\.json"):
        require_consent(STACK)


def test_a_provisional_part_is_refused(change: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should refuse to update a stack that the change holds only provisionally."""
    part = StackPart(stack="hybrid-pilot", layer="hybrid", provisional="it waits")
    made = bundle(
        change.folder.with_name("provisional"),
        window=OPEN,
        sources=change.contents.sources,
        stacks=(part,),
    )
    approve(made)
    monkeypatch.setenv(CHANGE, str(made.folder))
    with pytest.raises(NotConsented, match="only provisionally"):
        require_consent(STACK)


def test_a_release_that_was_not_proved_before_is_refused(
    change: Bundle, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should ask for a proof beside the change where another environment comes before."""
    prover = Person.called("prover")
    folder = checkout / "environments"
    pilot = yaml.safe_load((folder / "approvers.pilot.yaml").read_text(encoding="utf-8"))
    pilot["predecessor"] = {"environment": "dev", "hours": 24}
    (folder / "approvers.pilot.yaml").write_text(yaml.safe_dump(pilot), encoding="utf-8")
    dev = {"environment": "dev", "needed": 0, "provers": [prover.entry()]}
    (folder / "approvers.dev.yaml").write_text(yaml.safe_dump(dev), encoding="utf-8")
    made = bundle(
        change.folder.with_name("again"), window=OPEN, sources=source_digests(checkout, "pilot"), tools={}
    )
    approve(made)
    monkeypatch.setenv(CHANGE, str(made.folder))
    with pytest.raises(NotConsented, match="is not proved in dev: there is no proof of it"):
        require_consent(STACK)
    proof = prover.proof(release=release_of(made.contents), made_at=NOW)
    (made.folder / "proofs").mkdir()
    (made.folder / "proofs" / "1.json").write_bytes(proof)
    require_consent(STACK)
