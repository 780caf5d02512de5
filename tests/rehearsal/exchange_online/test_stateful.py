"""Batches, users, limits and time driven at random: no illegal state, transition, slot or pair of live mailboxes.

The table of transitions is written from facts B34b and B34c, and shares nothing with the mover.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rehearsal.exchange_online.lab import Lab, batch, batch_back
from rehearsal.exchange_online.moves import Batch, User
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.slots import SlotPool

LEGAL = {
    "Validating": "Validating Queued Failed Corrupted Stopping Removing",
    "Queued": "Syncing Stopping Removing",
    "Syncing": "Synced Failed Stopping Removing",
    "Synced": "IncrementalSyncing Completing Stopping Removing",
    "IncrementalSyncing": "Synced IncrementalSynced IncrementalFailed Stopping Removing",
    "IncrementalSynced": "IncrementalSyncing Completing Stopping Removing",
    "Completing": "CompletionSynced CompletionFailed",
    "CompletionSynced": "Completed CompletedWithWarnings",
    "Completed": "Removing",
    "CompletedWithWarnings": "Removing",
    "Failed": "Starting Removing",
    "IncrementalFailed": "Starting Removing",
    "CompletionFailed": "Starting Removing",
    "Corrupted": "Removing",
    "Starting": "Validating Queued Synced Stopping Removing",
    "Stopping": "Stopped IncrementalStopped Removing",
    "Stopped": "Starting Removing",
    "IncrementalStopped": "Starting Removing",
    "Removing": "",
}
BEFORE_SYNCED = {"Validating", "Queued", "Syncing", "Starting", "Stopping"}
FINISHED = {"Completed", "CompletedWithWarnings"}
CAUSES = (
    None,
    "investigate",
    "two_mailboxes",
    "transient",
    "stall",
    "poor",
    "multiple_entries",
    "increment_failed",
    "completion_failed",
    "corrupt",
)
NAMES = ("wave-1", "wave-2", "home")
REFUSED = (400, 404)
LEAPS = (
    timedelta(seconds=5),
    timedelta(seconds=40),
    timedelta(minutes=9),
    timedelta(hours=3),
    timedelta(days=2),
)

mailboxes = st.integers(0, len(CAUSES) - 1)
names = st.sampled_from(NAMES)
switches = st.booleans()


class Campaign(RuleBasedStateMachine):
    """A tenant with one mailbox of each kind of trouble."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, User] = {}
        self.ended: dict[str, str] = {}
        self.gone: dict[str, int] = {}
        self.roof: dict[int, int] = {}

    @initialize(again=st.sampled_from(("Synced", "IncrementalSynced")), at_once=switches, in_cloud=switches)
    def set_up(self, again: str, at_once: bool, in_cloud: bool) -> None:  # noqa: FBT001 - hypothesis names them
        """Begin with one of the kinds of tenant, before the first move or after most of them."""
        self.lab = Lab(
            CAUSES,
            options=Options(synced_again_as=again, users_at_once=at_once, late_item_share=0.3),
            server="EX01",
        )
        note(f"seed {self.lab.estate.seed}, faults {self.lab.faults.json}")
        self.lab.start_batch()
        if in_cloud:
            self.lab.advance(hours=26)
            self.lab.complete()
            self.lab.forget()

    def do(self, cmdlet: str, **parameters: object) -> None:
        """Run a cmdlet, which may be refused but neither break nor be unknown."""
        if not cmdlet.startswith(("New-", "Set-")):
            parameters["Confirm"] = False
        reply = self.lab.post(cmdlet, parameters)
        assert reply.status == 200 or reply.status in REFUSED, (reply.status, reply.body)

    @rule(name=names, chosen=st.sets(mailboxes, min_size=1), start=switches, finish=switches)
    def make(self, name: str, chosen: set[int], start: bool, finish: bool) -> None:  # noqa: FBT001
        """Make a batch."""
        listed = self.lab.listed(self.lab.addresses[n] for n in sorted(chosen))
        given = batch(name) | {"CSVData": listed, "AutoStart": start, "AutoComplete": finish}
        self.do("New-MigrationBatch", **given)

    @rule(name=names, chosen=st.sets(mailboxes, min_size=1), finish=switches)
    def take_back(self, name: str, chosen: set[int], finish: bool) -> None:  # noqa: FBT001
        """Make a batch that goes back to the source."""
        listed = self.lab.listed(self.lab.addresses[n] for n in sorted(chosen))
        given = batch_back(name) | {"CSVData": listed, "AutoStart": True, "AutoComplete": finish}
        self.do("New-MigrationBatch", **given)

    @rule(number=mailboxes)
    def remove_request(self, number: int) -> None:
        """Remove the completed move request of a mailbox; while a user stands for it, that is not modelled."""
        given = {"Identity": self.lab.addresses[number], "Confirm": False}
        assert self.lab.post("Remove-MoveRequest", given).status in (200, *REFUSED, 501)

    @precondition(lambda self: any(each.moved for each in self.lab.service.tenant.recipients))
    @rule(number=mailboxes)
    def return_home(self, number: int) -> None:
        """Bring one mailbox back as an operator would: away with user and request, a new batch, its completion."""
        who = self.lab.addresses[number]
        for cmdlet in ("Remove-MigrationUser", "Remove-MoveRequest"):
            self.lab.post(cmdlet, {"Identity": who, "Confirm": False})
            self.lab.clock.advance_to(self.lab.clock.now + timedelta(minutes=1))
        given = batch_back("home") | {"CSVData": self.lab.listed([who])}
        self.do("New-MigrationBatch", **given, AutoStart=True, AutoComplete=True)

    @rule(name=names, chosen=st.sets(mailboxes, min_size=1))
    def add(self, name: str, chosen: set[int]) -> None:
        """Add users to a batch."""
        listed = self.lab.listed(self.lab.addresses[n] for n in sorted(chosen))
        self.do("Set-MigrationBatch", Identity=name, AddUsers=True, CSVData=listed)

    @rule(name=names, chosen=st.sets(mailboxes, min_size=1), start=switches)
    def copy(self, name: str, chosen: set[int], start: bool) -> None:  # noqa: FBT001
        """Make a batch of users of others."""
        taken = [self.lab.addresses[n] for n in sorted(chosen)]
        self.do("New-MigrationBatch", Name=name, UserIds=taken, DisableOnCopy=True, AutoStart=start)

    @rule(name=names, verb=st.sampled_from(("Start", "Stop", "Complete", "Remove")))
    def drive_batch(self, name: str, verb: str) -> None:
        """Act on a batch."""
        self.do(f"{verb}-MigrationBatch", Identity=name)

    @rule(name=names, hours=st.integers(-30, 30), approve=switches, sync=switches)
    def set_batch(self, name: str, hours: int, approve: bool, sync: bool) -> None:  # noqa: FBT001
        """Change a batch."""
        when = (self.lab.clock.now + timedelta(hours=hours)).isoformat()
        given = {"CompleteAfter": when, "ApproveSkippedItems": approve, "SyncNow": sync}
        self.do("Set-MigrationBatch", Identity=name, **given)

    @rule(number=mailboxes, verb=st.sampled_from(("Start", "Stop", "Remove")))
    def drive_user(self, number: int, verb: str) -> None:
        """Act on a user."""
        self.do(f"{verb}-MigrationUser", Identity=self.lab.addresses[number])

    @rule(number=mailboxes, hours=st.none() | st.integers(-30, 30), approve=switches, sync=switches)
    def set_user(self, number: int, hours: int | None, approve: bool, sync: bool) -> None:  # noqa: FBT001
        """Change a user."""
        when = None if hours is None else (self.lab.clock.now + timedelta(hours=hours)).isoformat()
        given = {"CompleteAfter": when, "ApproveSkippedItems": approve, "SyncNow": sync}
        self.do("Set-MigrationUser", Identity=self.lab.addresses[number], **given)

    @rule(migrations=st.integers(1, 6), increments=st.integers(1, 3))
    def limit(self, migrations: int, increments: int) -> None:
        """Change the slots."""
        given = {"MaxConcurrentMigrations": migrations, "MaxConcurrentIncrementalSyncs": increments}
        self.do("Set-MigrationEndpoint", Identity="leeds", **given)

    @rule(leap=st.sampled_from(LEAPS))
    def wait(self, leap: timedelta) -> None:
        """Let time pass."""
        self.lab.clock.advance_to(self.lab.clock.now + leap)

    def _batches(self) -> list[Batch]:
        return list(self.lab.service.tenant.batches.values())

    @invariant()
    def transitions_are_legal(self) -> None:
        """It should take only the steps of fact B34c, also for users that were removed meanwhile."""
        self.seen |= {user.guid: user for each in self._batches() for user in each.users}
        for user in self.seen.values():
            steps = ["Validating", *(status.value for _, status in user.history)]
            wrong = [(a, b) for a, b in pairwise(steps) if b not in LEGAL[a].split()]
            assert not wrong, (user.cause, steps)

    @invariant()
    def batches_say_what_their_users_do(self) -> None:
        """It should count its users right, and not claim more than they are."""
        for each in self._batches():
            states = Counter(user.status for user in each.users if user.visible)
            assert +each.counter == states
            found, said = {status.value for status in states}, each.status(self.lab.clock.now).value
            if said.startswith("Completed"):
                assert found & FINISHED, found
                assert not found & (BEFORE_SYNCED | {"Synced", "Completing"}), (said, found)
            if said.startswith("Synced"):
                assert not found & (BEFORE_SYNCED | {"Completing", "CompletionSynced"}), (said, found)

    @invariant()
    def slots_are_not_overrun(self) -> None:
        """It should have as many slots in use as users hold, and start none beyond the limit."""
        endpoint = self.lab.service.tenant.endpoints["leeds"]
        for pool, most in (
            (endpoint.initial, endpoint.migrations),
            (endpoint.incremental, endpoint.increments),
        ):
            assert pool.active == self._holders(pool)
            roof = max(most, min(pool.active, self.roof.get(id(pool), most)))
            assert pool.active <= roof
            self.roof[id(pool)] = roof

    def _holders(self, pool: SlotPool) -> int:
        return sum(user.pools.count(pool) for user in self.seen.values())

    @invariant()
    def what_was_removed_is_gone(self) -> None:
        """It should do nothing more for a user that no batch holds."""
        held = {user.guid for each in self._batches() for user in each.users}
        for guid, user in self.seen.items():
            if guid not in held:
                assert self.gone.setdefault(guid, len(user.history)) == len(user.history), user.history
                assert not user.pools

    @invariant()
    def a_mailbox_is_live_on_one_side(self) -> None:
        """It should be a mailbox at the source or in the cloud; both only where the service left two (error 27)."""
        live = {each.exchange_guid for each in self.lab.source.mailboxes()}
        for each in self.lab.service.tenant.recipients:
            there, here = each.mailbox.exchange_guid in live, each.moved is not None
            assert there != here or (there and each.mailbox.cause == "two_mailboxes")
        assert len(set(self.lab.source.remote)) == len(self.lab.source.remote)

    @invariant()
    def what_has_ended_stays(self) -> None:
        """It should never take a completed move back."""
        for user in self.seen.values():
            if user.move and user.move.outcome:
                assert self.ended.setdefault(user.guid, user.move.outcome) == user.move.outcome


Campaign.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestCampaign = Campaign.TestCase
