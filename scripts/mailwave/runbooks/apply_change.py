"""Make an approved change, exactly: what is looked at last is what was approved, or nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

import msgspec

from change_control.admission import Trust, admit
from change_control.approvals import Signed
from change_control.contents import Part, PlayPart, StackPart, WavePart, canonical, digest_of
from change_control.errors import Moved, NotAdmitted
from change_control.folder import Bundle
from change_control.releases import release_of
from change_control.sources import differing
from mailwave.core.change.evidence import PlaySeen
from mailwave.core.change.steps import beyond
from mailwave.core.intents import Intent, Outcome
from mailwave.core.reason import Reason
from mailwave.core.stacks import StackReport
from mailwave.ports import Artifacts, Clock, Ledger, Stacks
from mailwave.ports.changes import Changes, Claims
from mailwave.runbooks.acting import Act, acting, close_cut_off
from mailwave.runbooks.approve_change import chosen
from mailwave.runbooks.prepare_sites import changes
from mailwave.runbooks.provision import RECOVER, keep_report, recover
from mailwave.runbooks.review_change import Setting
from mailwave.runbooks.site_plays import ApplyPlay

APPLY = "change.apply"


class Spent(msgspec.Struct, frozen=True):
    """What a consent was used for: a *part* of a *change*, by the *run* of one ledger."""

    change: str
    part: str
    run: str


@dataclass(frozen=True)
class ApplyChange:
    """Makes the parts of a change that *trust* lets be made.

    *require_proof* raises where the environment before has not proved the release of a change, or has drifted.
    *claims* say what was spent by whatever ledger; *run_id* is an id that no other run has. *say* is given each stack's
    report, *tell* a line for all else; *scratch* is a folder for the last preview.
    """

    setting: Setting
    trust: Trust
    require_proof: Callable[[Bundle], object]
    stacks: Stacks
    plays: Callable[[], ApplyPlay]
    ledger: Ledger
    changes: Changes
    claims: Claims
    artifacts: Artifacts
    run_id: str
    clock: Clock
    reason: Reason
    scratch: Path
    say: Callable[[StackReport], None]
    tell: Callable[[str], None]

    def prepare(self, bundle: Bundle, asked: Sequence[str]) -> tuple[Part, ...]:
        """The parts of *bundle* to make: those *asked* for, or all that can be.

        Each that an earlier run has not finished is approved, and made with what it was reviewed with.

        Raises:
            BundleBroken: a report is not what the change makes of itself.
            Moved: it is another environment, or code, settings or tools are others than at the review.
            NotAdmitted: a part is not approved.
            NotProved, Drifted: the environment before has not proved the release, or has drifted.
            NoSuchPart: a part is not there, or provisional.
        """
        parts = chosen(bundle, asked)
        left = [part for part in parts if not self._finished(bundle, part)]
        if left:
            self.changes.require_reports(bundle)
            self._require_same(bundle)
        for part in left:
            self._admitted(bundle, part)
        return parts

    def look(self, bundle: Bundle, parts: Sequence[Part]) -> None:
        """Look at all that `run` looks at, and make nothing; raise as it does."""
        for part in parts:
            if not self._finished(bundle, part):
                self._require_unmoved(bundle, part, continued=self._cut_off(bundle, part))

    def run(self, bundle: Bundle, parts: Sequence[Part]) -> None:
        """Make *parts*, in the order of the change; what an earlier run has finished is not made again.

        Raises:
            Moved: what is there is not what was reviewed; that part and those after it are not made.
            NotAdmitted: an approval has ended meanwhile.
        """
        close_cut_off(self.ledger, APPLY, RECOVER)
        for part in parts:
            if self._finished(bundle, part):
                self.tell(f"{part.name}: made before")
            else:
                self._make(bundle, part)

    def _make(self, bundle: Bundle, part: Part) -> None:
        self._require_same(bundle)
        admitted = self._admitted(bundle, part)
        if isinstance(part, StackPart):
            recover(self.stacks, self.ledger, self.reason, part.layer, self.tell)
        continued = self._cut_off(bundle, part)
        self._require_unmoved(bundle, part, continued=continued)
        detail = {
            "change": bundle.digest,
            "release": release_of(bundle.contents).digest,
            "part": part.name,
            "nonces": [each.approval.nonce for each in admitted],
            "approved_by": [each.approval.who for each in admitted],
            "run": self.run_id,
        }
        with acting(self.ledger, act=APPLY, subject=part.name, reason=self.reason, detail=detail) as act:
            self._spend(bundle, part, admitted)
            self._act(bundle, part, act, continued=continued)

    def _act(self, bundle: Bundle, part: Part, act: Act, *, continued: bool) -> None:
        match part:
            case StackPart():
                # Of an update that was cut off, the approved plan no longer fits the state: what is left was compared
                # with it step by step, and has a plan of its own.
                plan = self._plan_again(part) if continued else bundle.folder / part.plan
                act.ended["state_before"] = self.stacks.mark(part.layer).digest
                report = self.stacks.up_planned(part.layer, plan, bundle.folder)
                self.say(report)
                keep_report(self.artifacts, act, report)
                act.ended["state_after"] = self.stacks.mark(part.layer).digest
            case PlayPart():
                plays = self.plays()
                plays.run(plays.prepare(part.play, {}, ()))
                self.tell(f"{part.name}: done")
            case WavePart():
                self.ledger.record_approval(part.digest, part.wave, part.window.ends, self.reason)
                self.tell(f"{part.name}: approved until its window ends")
            case _:
                assert_never(part)

    def _require_same(self, bundle: Bundle) -> None:
        """Code, settings, tools, environment and tenant are those of the review, and the code was proved before."""
        contents, setting = bundle.contents, self.setting
        for what, then, now in (
            ("the environment", contents.environment, setting.environment),
            ("the tenant", contents.tenant, setting.tenant),
        ):
            if then != now:
                raise Moved(what=what, why=f"it was {then}, and is {now}")
        for then_all, now_all in ((contents.sources, setting.sources()), (contents.tools, setting.tools)):
            for name in differing(then_all, now_all):
                raise Moved(what=f"the {name}", why="it is not what it was")
        self.require_proof(bundle)

    def _require_unmoved(self, bundle: Bundle, part: Part, *, continued: bool) -> None:
        """What the part starts from is what it started from at the review, or where an earlier run was cut off."""
        match part:
            case StackPart():
                self._require_stack(bundle, part, continued=continued)
            case PlayPart():
                self._require_play(bundle, part, continued=continued)
            case WavePart():
                plan = self.ledger.plan()
                known = {wave.id: wave.digest for wave in plan.waves} if plan else {}
                if known.get(part.wave) != part.digest:
                    raise Moved(what=part.name, why="the plan has another list, or none")
            case _:
                assert_never(part)

    def _require_stack(self, bundle: Bundle, part: StackPart, *, continued: bool) -> None:
        """The state is the one that was previewed, and a preview made again has the same steps, or what is left."""
        mark = self.stacks.mark(part.layer)
        if not continued and (mark.digest, mark.last_update) != (part.state, part.last_update):
            raise Moved(what=f"the state of {part.stack}", why="somebody has updated or edited it")
        again = self.stacks.plan(part.layer, self._plan_again(part))
        if again.refused:
            raise Moved(what=part.name, why=f"it cannot be previewed any more: {again.refused}")
        if digest_of(again.steps) == part.steps:
            return
        why = beyond(bundle.read(f"{part.layer}.steps.json"), again.steps) if continued else ""
        if why or not continued:
            raise Moved(what=part.name, why=why or "live values or the program lead to other steps")

    def _plan_again(self, part: StackPart) -> Path:
        """Where the plan of the last preview lies."""
        return self.scratch / f"{part.layer}.plan.json"

    def _require_play(self, bundle: Bundle, part: PlayPart, *, continued: bool) -> None:
        """Check mode finds what it found, or of a play that was cut off a part of it."""
        plays = self.plays()
        found = changes(plays.predict(plays.prepare(part.play, {}, (), check=True)), check=True)
        approved = msgspec.json.decode(bundle.read(part.prediction), type=PlaySeen).lines
        more = [line for line in found if line not in approved]
        if more or (not continued and len(found) != len(approved)):
            raise Moved(what=part.name, why=more[0] if more else "check mode finds less than it did")

    def _admitted(self, bundle: Bundle, part: Part) -> tuple[Signed, ...]:
        signed, wrong = self.changes.approvals(bundle)
        try:
            return admit(
                bundle, part, signed, self.trust, now=self.clock.now(), used=self._used(part, signed)
            )
        except NotAdmitted as refused:
            raise NotAdmitted(
                part=part.name, digest=bundle.digest, whys=(*refused.whys, *map(_no_approval, wrong))
            ) from None

    def _used(self, part: Part, signed: Sequence[Signed]) -> set[str]:
        """The nonces of *signed* that were spent on *part* by a run that this ledger knows nothing of."""
        known = {intent.detail["run"] for intent in self.ledger.intents(APPLY)}
        held = {each.approval.nonce: self.claims.held(_claim(each, part)) for each in signed}
        spent = {nonce: msgspec.json.decode(said, type=Spent) for nonce, said in held.items() if said}
        return {nonce for nonce, by in spent.items() if by.run not in known}

    def _spend(self, bundle: Bundle, part: Part, admitted: Sequence[Signed]) -> None:
        """Use up the consents, where every ledger sees it. The intent is durable: after a kill this run is known."""
        said = canonical(Spent(bundle.digest, part.name, self.run_id))
        for each in admitted:
            self.claims.take(_claim(each, part), said)

    def _finished(self, bundle: Bundle, part: Part) -> bool:
        return any(intent.outcome is Outcome.OK for intent in self._intents(bundle, part))

    def _cut_off(self, bundle: Bundle, part: Part) -> bool:
        """Whether an earlier run began the part, and nobody knows how far it came."""
        return any(intent.outcome is Outcome.UNKNOWN for intent in self._intents(bundle, part))

    def _intents(self, bundle: Bundle, part: Part) -> list[Intent]:
        return [
            intent
            for intent in self.ledger.intents(APPLY)
            if (intent.detail["change"], intent.detail["part"]) == (bundle.digest, part.name)
        ]


def _no_approval(why: str) -> str:
    return f"a file beside it is no approval: {why}"


def _claim(signed: Signed, part: Part) -> str:
    """The name that is taken when a consent is used for *part*, whatever its nonce is made of."""
    return f"spent/{digest_of(canonical([signed.approval.nonce, part.name])).removeprefix('sha256:')}"
