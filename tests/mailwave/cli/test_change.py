"""The commands of changes, as far as they come without an engine: what is refused, and how they end."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import yaml

from change_control.contents import Contents, StackPart
from change_control.folder import Bundle
from change_control.releases import release_of
from mailwave.adapters.change_folder import SHORT, Changes
from mailwave.core.change.evidence import ESTATE, HAZARDS, PRICES, EstateSeen, HazardsSeen, StackSeen, encoded
from mailwave.core.change.meters import Use
from mailwave.core.change.radius import Radius
from mailwave.core.stacks import StackChange, StackReport
from mailwave.exits import Exit
from mailwave.wiring import settings
from tests.change_control.changes import Person, bundle
from tests.mailwave.cli.conftest import WHY, Run
from tests.mailwave.runbooks.change_board import PRICES as PRICE_LIST

ROOT = Path(__file__).parents[3]
PROVER = Person.called("prover")


@pytest.fixture
def pilot(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Work in the pilot, in a folder of its own; it."""
    monkeypatch.setenv("MAILWAVE_ENVIRONMENT", "pilot")
    monkeypatch.setenv("MAILWAVE_LEDGER", f"sqlite:///{tmp_path}/pilot/ledger.db")
    return tmp_path / "pilot"


@pytest.fixture
def change(pilot: Path) -> Bundle:
    """A change of the pilot."""
    draft = bundle(pilot / "changes" / "draft")
    home = draft.folder.with_name(draft.digest[SHORT])
    draft.folder.rename(home)
    return Bundle(home, draft.contents, draft.digest)


@pytest.mark.usefixtures("pilot")
@pytest.mark.parametrize(
    "command", [("up",), ("destroy", "--layer=hybrid", "--confirm=hybrid-pilot")], ids=lambda words: words[0]
)
def test_stacks_are_neither_updated_nor_removed_unreviewed(run: Run, command: tuple[str, ...]) -> None:
    """It should refuse to update or remove a stack of the pilot but by a change, before an engine is started."""
    code, said = run("infra", *command, *WHY)
    assert Exit.NOT_APPROVED == code
    assert "the stacks of pilot change only by what somebody else has approved" in said


@pytest.mark.usefixtures("pilot")
def test_a_site_is_not_taken_down_unreviewed(run: Run) -> None:
    """It should refuse to run a play that takes a site down by itself, and not one that gives it a setting."""
    code, said = run("site", "apply", "65", *WHY)
    assert Exit.NOT_APPROVED == code
    assert "play 65_remove_databases runs in pilot only by what somebody else has approved" in said
    code, said = run("site", "apply", "22", *WHY)
    assert Exit.NOT_APPROVED != code, said


@pytest.mark.usefixtures("change")
def test_a_release_that_nobody_proved_is_not_promoted(run: Run) -> None:
    """It should end 43 where the environment before has proved nothing, also when it only looks."""
    for more in ((), ("--dry-run",)):
        code, said = run("change", "promote", *WHY, *more)
        assert Exit.NOT_PROVED == code
        assert "is not proved in dev: there is no proof of it" in said
        assert "mailwave change prove" in said


@pytest.fixture
def provers(change: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of two proofs of dev, of which the later found drift, by somebody whom dev's file names."""
    environments = shutil.copytree(ROOT / "environments", tmp_path / "environments")
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    dev = {"environment": "dev", "needed": 0, "provers": [PROVER.entry()]}
    (environments / "approvers.dev.yaml").write_text(yaml.safe_dump(dev), encoding="utf-8")
    folder = tmp_path / "proofs"
    folder.mkdir()
    for differs in (0, 2):
        proof = PROVER.proof(
            release=release_of(change.contents),
            differs=differs,
            made_at=datetime.now(UTC) - timedelta(hours=2 - differs / 2),
        )
        (folder / f"{differs}.json").write_bytes(proof)
    return folder


def test_a_release_is_promoted_by_its_proof_unless_the_one_before_drifted(
    run: Run, provers: Path, change: Bundle
) -> None:
    """It should lay the proof beside the change and say whose it is, and end 44 once drift was seen there."""
    code, said = run("change", "promote", *WHY, "--proof", str(provers))
    assert Exit.PREDECESSOR_DRIFTED == code
    assert "dev has drifted: 2 things differed at" in said
    assert [] == change.proofs

    code, said = run("change", "promote", *WHY, "--proof", str(provers / "0.json"))
    assert (0, 1) == (code, len(change.proofs))
    assert f"promoted {change.digest}" in said
    assert "was proved in dev by prover at" in said


def test_a_change_is_shown_with_what_proves_its_release(
    run: Run, provers: Path, change: Bundle, pilot: Path
) -> None:
    """It should say that nothing proves the release, and after the promotion where, by whom and with how much."""
    made = empty(pilot / "changes", change.contents)
    code, said = run("change", "show", made.digest)
    assert (0, True) == (code, "is not proved in dev: there is no proof of it" in said)
    assert release_of(change.contents).digest in (made.folder / "report.md").read_text(encoding="utf-8")

    code, said = run("change", "promote", *WHY, made.digest, "--proof", str(provers / "0.json"))
    assert 0 == code, said
    code, said = run("change", "show", made.digest)

    assert (0, True) == (code, "was proved in dev by prover at" in said)
    assert ", 2 parts, journal 1 root" in said


def test_a_change_is_shown_with_whom_it_reaches_and_what_it_costs(
    run: Run, change: Bundle, pilot: Path
) -> None:
    """It should tell both to people and to programs, and what nobody knows the cost of beside what is known."""
    made = empty(
        pilot / "changes", change.contents, Use("licence-office", "3", Decimal(3)), Use("x", "y", None)
    )

    _, said = run("change", "show", made.digest)
    assert "reaches 7 mailboxes of 2 organisations, 1 shared" in said
    assert "cost: GBP 60.00 a month more; unknown for 1 item, at example prices." in said

    _, said = run("change", "show", made.digest, "--json")
    told, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])
    assert {"mailboxes": 7, "organisations": 2, "shared": 1} == told["reaches"]
    assert [{"per": "month", "currency": "GBP", "amount": "60.00"}] == told["cost"]["totals"]
    assert ("3", "60.00", "contract 7") == tuple(
        told["cost"]["known"][0][key] for key in ("units", "amount", "source")
    )
    assert [{"item": "x", "what": ["y"], "why": "the price list has no price for it"}] == told["cost"][
        "unknown"
    ]


def empty(folder: Path, contents: Contents, *uses: Use) -> Bundle:
    """A change with its reports that only *uses* something, in *folder*, made with the code and tools of *contents*."""
    changes = Changes(folder)
    with changes.draft() as draft:
        (draft / ESTATE).write_bytes(encoded(EstateSeen(whole=Radius(7, 2, 1), granted={})))
        report = StackReport(
            "hybrid-pilot", 1, (StackChange("it", "exchange:index:OutboundConnector", "create"),)
        )
        preview = StackSeen(report=report if uses else StackReport("hybrid-pilot", 1), uses=uses)
        (draft / "hybrid.preview.json").write_bytes(encoded(preview))
        stacks = (StackPart(stack="hybrid-pilot", layer="hybrid", preview="hybrid.preview.json"),)
        (draft / HAZARDS).write_bytes(encoded(HazardsSeen(hazards=())))
        (draft / PRICES).write_bytes(encoded(PRICE_LIST))
        return changes.keep(draft, msgspec.structs.replace(contents, stacks=stacks, plays=(), waves=()))


@pytest.mark.usefixtures("change")
def test_a_place_without_proofs_is_named(run: Run, tmp_path: Path) -> None:
    """It should refuse a file that is not there and a folder that has none."""
    (tmp_path / "empty").mkdir()
    for place in ("empty", "nowhere.json"):
        code, said = run("change", "promote", *WHY, "--proof", str(tmp_path / place))
        assert Exit.CONFIGURATION == code
        assert f"{place} has none" in said
