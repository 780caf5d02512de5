"""What the runbooks need of the world, as Protocols: one for each outside system.

An adapter raises `mailwave.core.outcomes.ActUnknown` when it cannot tell whether an act took effect, and
`ActRefused` when the other side said that it did not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from controls.model import Resource
from mailwave.core.amendments import Amendment
from mailwave.core.approval import Approval
from mailwave.core.batches import Release
from mailwave.core.estate import Mailbox, Organisation, Permission, Record
from mailwave.core.intents import Intent, Outcome
from mailwave.core.licence_seats import Stock
from mailwave.core.licences import Held
from mailwave.core.overview import Night
from mailwave.core.planner import Plan
from mailwave.core.play_table import PlayOrder
from mailwave.core.plays import PlayResult
from mailwave.core.progress import Dashboard, Face, Sighting, Steps
from mailwave.core.reason import Reason
from mailwave.core.rollback import Room
from mailwave.core.stacks import StackMark, StackPlan, StackReport
from mailwave.core.states import Counts, MailboxState, Transition
from mailwave.ports.notices import Notifier as Notifier
from mailwave.ports.notices import Outbox
from mailwave.ports.target import Target as Target

if TYPE_CHECKING:  # it loads polars: a command loads only what it uses
    import polars as pl

    from mailwave.core.estate_columns import EstateColumns
    from mailwave.core.everybody import Everybody


class Clock(Protocol):
    """Passed in wherever time matters; nothing else tells it."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...

    def sleep_until(self, when: datetime) -> None:
        """Return once *when* has come."""
        ...


class Stacks(Protocol):
    """The Pulumi stacks of one environment, by layer."""

    def plan(self, layer: str, to: Path) -> StackPlan:
        """Preview an update of *layer* against the live values, with the engine's own plan in the file *to*."""
        ...

    def mark(self, layer: str) -> StackMark:
        """Which state *layer* is in."""
        ...

    def up_planned(self, layer: str, plan: Path, change: Path) -> StackReport:
        """Deploy *layer* as the file *plan* has it, and nothing else, for the change in the folder *change*."""
        ...

    def left_open(self, layer: str) -> Sequence[str]:
        """What an update of *layer* that was cut off left behind, in words."""
        ...

    def recover(self, layer: str) -> Sequence[str]:
        """Settle what is left open, and say what was done; raise where that is not certain."""
        ...

    def up(self, layer: str) -> StackReport:
        """Deploy *layer*, and say what was changed."""
        ...

    def preview(self, layer: str, *, create: bool = False, live: bool = True) -> StackReport:
        """What deploying *layer* would change, and which controls it breaks.

        *create*: also where it is not deployed yet; *live*: against the live values, and not the state.
        """
        ...

    def destroy(self, layer: str) -> StackReport:
        """Remove what *layer* made; refused while anything in it is protected."""
        ...

    def preview_destroy(self, layer: str) -> StackReport:
        """What `destroy` would remove."""
        ...

    def resources(self, layer: str) -> int:
        """How many resources *layer* holds; none when it is not deployed."""
        ...

    def status(self, layer: str) -> StackReport:
        """What the state holds."""
        ...

    def outputs(self, layer: str) -> Mapping[str, object]:
        """The outputs of *layer* that are no secrets."""
        ...

    def deployed(self, layer: str) -> Sequence[Resource]:
        """What *layer* has declared and deployed, as its exported state has it."""
        ...


class Tenant(Protocol):
    """The live tenant, read only."""

    def read(self, kind: str) -> Sequence[Resource]:
        """Every object of a type that the rules of the controls know; a read that fails raises."""
        ...


class Ledger(Outbox, Protocol):
    """One row a mailbox and the journal of every act; every writing method is whole or nothing."""

    def import_estate(
        self,
        organisations: Sequence[Organisation],
        mailboxes: Sequence[Mailbox],
        permissions: Iterable[Permission],
        reason: Reason,
    ) -> None:
        """Freeze the scope; raises `DifferentScope` for another than the one held."""
        ...

    def import_columns(self, estate: EstateColumns, reason: Reason) -> None:
        """The same of a national estate in columns."""
        ...

    def scope(self) -> str | None:
        """The digest of the imported estate, or None."""
        ...

    def mailboxes(
        self, state: MailboxState | None = None, wave: str | None = None, batch: str | None = None
    ) -> list[Record]:
        """The mailboxes in *state* and *wave* (None: any)."""
        ...

    def mailbox_columns(self, *names: str, organisation: str | None = None) -> pl.DataFrame:
        """``guid`` and the columns *names* of every mailbox, or of one organisation's, in the order of the guids."""
        ...

    def everybody(self) -> Everybody:
        """Every mailbox and right as a plan takes them, and where each mailbox stands."""
        ...

    def right_columns(self) -> pl.DataFrame:
        """Every delegate right as columns, in no order."""
        ...

    def records_of(self, organisation: str) -> list[Record]:
        """The mailboxes of *organisation*."""
        ...

    def record_of_address(self, address: str) -> Record | None:
        """The mailbox with exactly that *address*."""
        ...

    def steps(self, after: int | None) -> Steps:
        """Where the mailboxes stand that took steps *after* an entry of the journal."""
        ...

    def nights(self) -> list[Night]:
        """The waves without their mailboxes, in the order of their windows."""
        ...

    def organisations(self) -> list[Organisation]:
        """Every organisation, in the order of the codes."""
        ...

    def permissions(self) -> list[Permission]:
        """Every delegate right."""
        ...

    def organisation_counts(self) -> dict[str, Counts]:
        """The counts of each organisation in scope; raises `CountsBroken`."""
        ...

    def total(self) -> Counts:
        """The counts of the whole estate; raises `CountsBroken`."""
        ...

    def move_state(self, changes: Sequence[Transition], reason: Reason) -> None:
        """Take every step, at most one a mailbox, or none; raises `IllegalTransition`."""
        ...

    def record_poll(
        self, sightings: Sequence[Sighting], changes: Sequence[Transition], reason: Reason
    ) -> int:
        """Take every step, those of one mailbox in their order, and note what was seen of mailboxes in flight."""
        ...

    def dashboard(self, face: Face = Face.WAVE) -> Dashboard:
        """Where the whole estate stands at one moment, counted by *face*."""
        ...

    def check_amendment(self, amendment: Amendment) -> None:
        """Raise `AmendmentRefused` unless *amendment* fits the estate."""
        ...

    def amend_estate(self, amendment: Amendment, reason: Reason) -> None:
        """Change the scope, whole or not at all; raises `AmendmentRefused`."""
        ...

    def leavers(self) -> set[str]:
        """The ExchangeGuids of the mailboxes whose owners have left."""
        ...

    def save_plan(self, plan: Plan, reason: Reason) -> None:
        """Make *plan* the plan; raises `PlanFrozen` when somebody relies on another."""
        ...

    def plan(self) -> Plan | None:
        """The plan as it was saved."""
        ...

    def ended_batches(self, names: Iterable[str]) -> list[str]:
        """Those of the batches *names* that are in the plan and have nobody open, those of the oldest wave first."""
        ...

    def record_approval(self, digest: str, subject: str, expires_at: datetime, reason: Reason) -> Approval:
        """Record consent to exactly *digest*, from now until *expires_at*."""
        ...

    def live_approval(self, digest: str, at: datetime) -> Approval | None:
        """The approval of exactly *digest* that holds at *at*."""
        ...

    def intent(self, act: str, subject: str, detail: Mapping[str, object], reason: Reason) -> int:
        """Record that *act* on *subject* is about to be done; raises `IntentStillOpen`."""
        ...

    def outcome(self, intent: int, outcome: Outcome | str, detail: Mapping[str, object]) -> None:
        """Record how *intent* ended: ok, failed or unknown."""
        ...

    def open_intents(self) -> list[Intent]:
        """What was under way when an earlier process ended."""
        ...

    def intents(self, act: str | None = None, *, after: int = 0) -> list[Intent]:
        """Every intent of *act* (None: any) *after* an entry of the journal, in order."""
        ...

    def intents_on(self, act: str, subjects: Iterable[str]) -> list[Intent]:
        """Every intent of *act* on one of *subjects*, in order."""
        ...

    def doubtful(self, *acts: str) -> list[Intent]:
        """The intents of *acts* of which nobody knows what became, in order."""
        ...

    def verify_journal(self) -> None:
        """Raise `JournalBroken` unless the journal is whole and leads to the tables as they are."""
        ...


class Source(Protocol):
    """The on-premises sites, read only."""

    def live(self) -> set[str]:
        """The ExchangeGuids, in lower case, of the mailboxes that live on premises now."""
        ...

    def live_of(self, mailboxes: Iterable[Mailbox]) -> set[str]:
        """The ExchangeGuids of those of *mailboxes* that live on premises now; `ActPostponed` where one is silent."""
        ...

    def room(self) -> Mapping[str, Room]:
        """Where each database can grow, by its name; those that do not say are left out."""
        ...


class Licences(Protocol):
    """The groups of the tenant whose members are licensed for Exchange; people are known by their ids in Entra.

    Every method raises `ActRefused` for what was not answered, `ActPostponed` for what is put off for too long.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """The groups."""
        ...

    def free_seats(self) -> int:
        """How many more people the licence that the groups give can be given to."""
        ...

    def stock(self) -> Stock:
        """What the tenant has of the licence that the groups give."""
        ...

    def sizes(self) -> Mapping[str, int]:
        """How many members each of the groups has, by its name; as it was a minute ago (fact E2)."""
        ...

    def standing(self, people: Iterable[str]) -> dict[str, Held]:
        """What the directory shows of each of *people* now."""
        ...

    def join(self, group: str, people: Sequence[str]) -> None:
        """Make *people* members of *group*; whoever is one stays one, so it may be done again."""
        ...

    def leave(self, people: Sequence[str]) -> None:
        """End whatever memberships in the groups *people* have."""
        ...

    def licensed(self) -> set[str]:
        """The ids, in lower case, of everybody who has a licence with Exchange in it."""
        ...


class Plays(Protocol):
    """The playbooks."""

    def run(self, order: PlayOrder, on_done: Callable[[str], None] | None = None) -> PlayResult:
        """Run what *order* says and say what came of it; *on_done* is told of each server that it is through with.

        A run that was cut off is UNKNOWN, never failed: read it back.
        """
        ...


class Doors(Protocol):
    """Whether the other side answers and lets us in."""

    def try_site(self, site: str, servers: Iterable[str]) -> None:
        """Sign in at *site* and see that *servers* are its; raise where that is not so."""
        ...

    def try_tenant(self) -> None:
        """Sign in at Exchange Online; raise where that is not so."""
        ...


class Artifacts(Protocol):
    """What runs leave to be looked at later; nothing kept is ever replaced."""

    def keep(self, name: str, content: bytes) -> str:
        """Keep *content* under *name* and return its digest, ``sha256:`` and 64 hexadecimal digits."""
        ...


class Batches(Protocol):
    """Whole migration batches, each named by its manifest, whose digest must be *digest*.

    Every method may be called again after it ended unknown, and then does only what is left to do. Whoever calls
    journals the intent first.
    """

    def start(self, manifest: Path, digest: str) -> None:
        """Create and start the batch; one that was stopped is not started again."""
        ...

    def stop(self, manifest: Path, digest: str) -> None:
        """Stop every move of the batch that has not begun to complete."""
        ...

    def complete(self, manifest: Path, digest: str, release: Release) -> None:
        """Let every synced move of the batch complete, if it is now between the ends of *release*."""
        ...

    def roll_back(self, manifest: Path, digest: str) -> None:
        """Stop and remove the batch, whose mailboxes then stay where they are; refused once one has completed."""
        ...

    def remove(self, manifest: Path, digest: str) -> None:
        """Remove the batch, refused before all of it has ended; its mailboxes stay where they have arrived."""
        ...
