"""A pilot in which changes are reviewed, approved and made: stacks of names, canned plays, a real ledger."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from change_control.admission import Trust
from change_control.contents import Part, Window
from change_control.folder import Bundle
from change_control.releases import Before, release_of, require_proof
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.change_folder import Changes
from mailwave.adapters.claims import FolderClaims
from mailwave.adapters.ledger import Ledger
from mailwave.core.change.steps import Step, canonical_steps
from mailwave.core.evidence.leaks import Leaks
from mailwave.core.hazards import Control, Hazard, Likelihood, Risk, Severity
from mailwave.core.manifest import digest
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.plays import PlayOutcome
from mailwave.core.prices import Price, PriceList
from mailwave.core.reason import Reason
from mailwave.core.stacks import StackChange, StackMark, StackPlan, StackReport
from mailwave.runbooks.apply_change import ApplyChange
from mailwave.runbooks.approve_change import ApproveChange
from mailwave.runbooks.review_change import Asked, ReviewChange, Setting
from mailwave.runbooks.site_plays import ApplyPlay
from tests.change_control.changes import Person
from tests.mailwave.adapters.canned import Canned, an_answer
from tests.mailwave.builders import a_mailbox, an_organisation
from tests.mailwave.runbooks.test_site_plays import apply as applying

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(hours=1), NOW + timedelta(hours=4))
REASON = Reason(who="requester", source="test", ticket="CHG1", text="Routes <mail> & more")
PROVER = Person.called("prover")
FIRST, SECOND = Person.called("first"), Person.called("second", role="clinical-safety-officer")
CLOUD_STEP = "a resource is made"
CONNECTOR = "exchange:index:OutboundConnector"
HAZARDS = (
    Hazard(
        id="HAZ-01",
        hazard="A mailbox is moved twice at once",
        cause=("two operators start the same wave",),
        effect="Mail is delivered to the mailbox that nobody reads.",
        initial=Risk(Severity.MAJOR, Likelihood.MEDIUM),
        controls=(
            Control("One run of a ledger at a time", ("tests/mailwave/adapters/test_run_lock.py::test_x",)),
        ),
        residual=Risk(Severity.MAJOR, Likelihood.VERY_LOW),
        open="How often the service leaves two is known only from a pilot.",
    ),
)

PRICES = PriceList(
    example=True,
    prices={
        "licence-office": Price(
            unit="seat",
            price=Decimal("20.00"),
            currency="GBP",
            per="month",
            source="contract 7",
            dated=date(2026, 9, 1),
        )
    },
)


@dataclass(frozen=True)
class Road:
    """Dev comes before, and what the prover says of it counts for a day."""

    environment: str = "dev"
    hours: int = 24
    provers: Sequence[Person] = (PROVER,)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Cloud:
    """Stacks of names: what is *wanted* and what is *there*, by layer; *killed_after* so many steps, it all ends."""

    wanted: dict[str, list[str]]
    there: dict[str, list[str]] = field(default_factory=dict)
    updates: int = 0
    refused: str = ""
    moves_outputs: bool = False
    killed_after: int | None = None
    history: str = "update"
    calls: int = 0
    made: Counter[str] = field(default_factory=Counter)
    stepping: Callable[[str, Callable[[], None]], None] = lambda _, effect: effect()

    def _missing(self, layer: str) -> list[str]:
        return [name for name in self.wanted[layer] if name not in self.there.get(layer, [])]

    def plan(self, layer: str, to: Path) -> StackPlan:
        """A step for each name that is not there."""
        self.calls += 1
        missing = self._missing(layer)
        to.write_text(" ".join(missing), encoding="ascii")
        steps = [
            Step(urn=f"urn:{name}", op="create", type=CONNECTOR, inputs={"name": name}) for name in missing
        ]
        changes = tuple(StackChange(name, CONNECTOR, "create") for name in missing)
        report = StackReport(f"{layer}-pilot", len(self.there.get(layer, [])), changes)
        outputs = ("id",) if self.moves_outputs else ()
        return StackPlan(report, self.mark(layer), canonical_steps(steps), outputs, self.refused)

    def mark(self, layer: str) -> StackMark:
        """The state by what is there."""
        self.calls += 1
        names = self.there.get(layer, [])
        return StackMark(digest(names), f"{self.history} {len(names)}")

    def up_planned(self, layer: str, plan: Path, change: Path) -> StackReport:
        """Make what the plan names."""
        self.calls += 1
        assert (change / "contents.json").is_file()
        self.updates += 1
        for number, name in enumerate(plan.read_text(encoding="ascii").split()):
            if number == self.killed_after:
                self.killed_after = None
                raise Killed
            if name not in self.there.setdefault(layer, []):
                self.stepping(CLOUD_STEP, partial(self._make, layer, name))
        return StackReport(f"{layer}-pilot", len(self.there[layer]), applied=True)

    def _make(self, layer: str, name: str) -> None:
        self.made[name] += 1
        self.there[layer].append(name)

    def left_open(self, layer: str) -> Sequence[str]:
        """Nothing."""
        return ()


@dataclass
class Clock:
    """Stands where it is put."""

    at: datetime = NOW

    def now(self) -> datetime:
        """The moment."""
        return self.at


@dataclass
class Board:
    """Everything that a change needs, in one folder."""

    folder: Path
    ledger: Ledger
    cloud: Cloud
    canned: Canned
    clock: Clock = field(default_factory=Clock)
    sources: dict[str, str] = field(default_factory=lambda: {"code": "sha256:c"})
    environment: str = "pilot"
    reason: Reason = REASON
    said: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    before: Before | None = None

    def with_a_wave(self) -> Wave:
        """One of a single mailbox, tomorrow night, in an estate of two."""
        self.ledger.import_estate([an_organisation()], [a_mailbox(0), a_mailbox(1)], [], REASON)
        begins = NOW + timedelta(days=1)
        batch = Batch("pilot-1", "leeds", (a_mailbox(0).guid,))
        wave = Wave("W20261125", begins.date(), begins, begins + timedelta(hours=8), (batch,))
        self.ledger.save_plan(Plan((wave,)), REASON)
        return wave

    @property
    def changes(self) -> Changes:
        return Changes(self.folder / "changes", lambda: Leaks(self.secrets))

    @property
    def setting(self) -> Setting:
        return Setting(
            environment=self.environment,
            tenant="c3a8f1d4-26be-4a6f-8d0e-b1f2c7e95a30",
            sources=lambda: self.sources,
            tools={"python": "3.13.0"},
            granted={"concurrent_moves": 100, "licences": 0},
            licence_groups=("office",),
            prices=lambda: PRICES,
            journal=lambda: "journal 1 root",
            hazards=lambda: HAZARDS,
        )

    def review(self, **asked: Any) -> Bundle:
        """A change of the hybrid layer and of the preparing plays."""
        wanted = {"window": WINDOW, "layers": ("hybrid",), **asked}
        return ReviewChange(
            self.setting,
            self.cloud,  # type: ignore[arg-type]  # only what a change needs of the stacks
            lambda: self.plays(self.ledger, self.canned),
            self.ledger,
            self.changes,
            self.clock,  # type: ignore[arg-type]  # nobody sleeps
            self.reason,
            self.said.append,
        ).run(Asked(**wanted))

    def plays(self, ledger: Ledger, canned: Canned) -> ApplyPlay:
        """The runbook of plays, which *canned* answers."""
        return applying(ledger, canned, self.folder)

    def approve(self, bundle: Bundle, *people: Person, parts: Sequence[str] = ()) -> None:
        """Have *people* consent."""
        for number, person in enumerate(people or (FIRST, SECOND)):
            runbook = self.approving(person.who, f"{number}{os.urandom(8).hex()}")
            asked = runbook.prepare(bundle, parts)
            runbook.run(bundle, asked, WINDOW, lambda _, mine=person: mine.signer)  # type: ignore[misc]

    def approving(self, who: str, nonce: str = "0") -> ApproveChange:
        """The runbook of one approver."""
        reason = msgspec.structs.replace(REASON, who=who)
        return ApproveChange((FIRST, SECOND), self.changes, self.clock, reason, lambda: nonce)  # type: ignore[arg-type]

    def applying(self, needed: int = 2, **others: Any) -> ApplyChange:
        """The runbook that makes a change, with *others* in place of the board's own ledger, claims and Ansible."""
        ledger, canned = others.get("ledger", self.ledger), others.get("canned", self.canned)
        return ApplyChange(
            self.setting,
            Trust(needed, (FIRST, SECOND)),
            lambda change: require_proof(
                release_of(change.contents), change.proofs, self.before, now=self.clock.now()
            ),
            self.cloud,  # type: ignore[arg-type]
            lambda: self.plays(ledger, canned),
            ledger,
            self.changes,
            others.get("claims") or FolderClaims(self.folder / "state"),
            ArtifactFolder(self.folder / "artifacts"),
            os.urandom(8).hex(),
            self.clock,  # type: ignore[arg-type]
            REASON,
            self.folder,
            lambda report: self.said.append(str(report)),
            self.said.append,
        )

    def apply(self, bundle: Bundle, *parts: str) -> tuple[Part, ...]:
        """Make *parts*, or all."""
        runbook = self.applying()
        found = runbook.prepare(self.changes.find(bundle.digest), parts)
        runbook.run(self.changes.find(bundle.digest), found)
        return found


@contextmanager
def open_board(tmp_path: Path) -> Iterator[Board]:
    """A pilot with two connectors to make."""
    clock = Clock()
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db", clock.now) as ledger:
        canned = Canned({"12_roll": (PlayOutcome.OK, (an_answer("bindings"),))})
        yield Board(tmp_path, ledger, Cloud({"hybrid": ["to-sites", "from-sites"]}), canned, clock)
