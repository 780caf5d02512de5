"""Every error that a command can end with: its exit code, and what to do next. The sentence is the error's own."""

from __future__ import annotations

from collections.abc import Mapping

from change_control.errors import BundleBroken, Drifted, Moved, NotAdmitted, NotProved
from estate_schema import ConfigurationError
from exchange_admin import DryRunRefusal, ExchangeError, Unauthorised, Unreachable
from mailwave.adapters.ansible import PlayRefusedInDryRun, VariableRefused
from mailwave.adapters.artifacts import ArtifactDiffers
from mailwave.adapters.change_folder import NoSuchChange, SecretInChange
from mailwave.adapters.claims import ClaimsUnusable
from mailwave.adapters.clock import ClockUnreachable
from mailwave.adapters.doors import NotOneSite
from mailwave.adapters.durable_turns import NotArrived
from mailwave.adapters.engine_errors import (
    ControlBroken,
    EngineError,
    EngineMissing,
    EngineRefusedInDryRun,
    PendingOperations,
    PluginMissing,
    StackBusy,
    StackNotFound,
)
from mailwave.adapters.estate_parquet import NotAnEstate
from mailwave.adapters.ledger_workers import TakenOver
from mailwave.adapters.plan_file import PlanFileBroken
from mailwave.adapters.play_lock import PlayUnderWay
from mailwave.adapters.run_lock import AlreadyRunning
from mailwave.adapters.vault_errors import (
    KeyUnusable,
    NotEvidence,
    VaultDenied,
    VaultDiffers,
    VaultError,
    VaultUnlocked,
    VaultUnreachable,
)
from mailwave.core.amendments import AmendmentRefused
from mailwave.core.bad_rows import BadRows
from mailwave.core.discovery.refusals import NotDiscovered, StoreBroken
from mailwave.core.evidence.note import NoteBroken
from mailwave.core.evidence.refusals import (
    EvidenceBroken,
    JournalForked,
    NoSuchEntry,
    SecretInEvidence,
    UnfitName,
)
from mailwave.core.explain import NotInPlan
from mailwave.core.forecast.cases import CaseUnclear
from mailwave.core.forecast.chances import RunsRefused
from mailwave.core.forecast.load import NothingPlanned
from mailwave.core.outcomes import ActError, ActPostponed, ActRefused, ActUnknown, PlayFailed
from mailwave.core.placement.contradiction import CapacityShort, LimitIsZero, NoNightLeft, NoNights
from mailwave.core.placement.granted import SiteUnknown
from mailwave.core.play_table import (
    NoServers,
    NoSuchPlay,
    NoSuchServer,
    NotExported,
    NotThatKind,
    VariablesWrong,
)
from mailwave.core.population import NotGuids
from mailwave.core.readiness.scope import (
    ForeignMailboxes,
    LogsBroken,
    NoAdministrator,
    NobodySigns,
    NoSuchOrganisation,
    NotAttestable,
    NotTheirOrganisation,
    OperatorsOnly,
)
from mailwave.core.reason import InvalidReason
from mailwave.core.refusals import (
    ControlsBroken,
    DifferentScope,
    IntentStillOpen,
    JournalBroken,
    LedgerBusy,
    LedgerOutdated,
    LedgerUnusable,
    NoScope,
    PlanFrozen,
    Refusal,
    UnknownMailboxes,
    Unstorable,
)
from mailwave.core.reports.campaign import CampaignUnreadable
from mailwave.core.returns import NoSuchReturn, NotInScope, NotMoved, NotThere
from mailwave.core.rollback import NoRoomAtSite, TooLong
from mailwave.core.scope import BrokenScope
from mailwave.core.states import CountsBroken
from mailwave.exits import Exit, Failure
from mailwave.failures_aftercare import AFTERCARE
from mailwave.runbooks.approve_change import NoSuchPart, NotAnApprover
from mailwave.runbooks.approve_items import NotListed
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.batch_plays import NotOurBatch, StillFollowed
from mailwave.runbooks.hold_changes import ChangeHeld, NobodyHolds
from mailwave.runbooks.mend_cause import NoSuchCause
from mailwave.runbooks.prove_release import NotAProver, NothingDone
from mailwave.runbooks.provision import ChangeNeeded, NotConfirmed, StillNeeded
from mailwave.runbooks.review_change import WindowWrong
from mailwave.runbooks.wave.completion import NotApproved, WindowClosed
from mailwave.runbooks.wave.gate import GateShut, NeverChecked, NotReady
from mailwave.runbooks.wave.licences import GroupFull, NotLicensed, SeatsMissing
from mailwave.runbooks.wave.moves import StrangersInBatch, TwoPrimaries
from mailwave.runbooks.wave.run import NoPlan, NoticeTooLate
from mailwave.runbooks.wave.wave_course import DoesNotEnd

AGAIN = "nothing is half-done: mend it and run the same command again"

DRY = Failure(
    Exit.DRY_RUN, "this is a fault of the command: a dry run only looks, and was stopped from doing more"
)

FAILURES: Mapping[type[Exception], Failure] = {
    BundleBroken: Failure(Exit.CHANGE_BROKEN, "put the change together again with `mailwave change review`"),
    Moved: Failure(
        Exit.CHANGE_MOVED, "review and approve it again: `mailwave change review` shows what it is now"
    ),
    NotAdmitted: Failure(
        Exit.NOT_APPROVED, "have it approved with `mailwave change approve`, inside its window"
    ),
    ChangeHeld: Failure(
        Exit.CHANGE_HELD,
        "wait until they are done; of who is gone for good, `mailwave change unlock` takes it",
    ),
    NobodyHolds: Failure(Exit.CONFIGURATION, "make the change: nothing is in its way"),
    ClaimsUnusable: Failure(
        Exit.RESOURCE, "check PULUMI_BACKEND_URL and the rights to its bucket; nothing was changed"
    ),
    NotProved: Failure(
        Exit.NOT_PROVED,
        "prove it there with `mailwave change prove`, and name the proof to `mailwave change promote`",
    ),
    Drifted: Failure(
        Exit.PREDECESSOR_DRIFTED,
        "look there with `mailwave change drift`, mend it, and prove the release again",
    ),
    NothingDone: Failure(
        Exit.NOT_PROVED, "make a change with it there first, or in the rehearsal the whole move"
    ),
    NotAProver: Failure(
        Exit.NOT_PROVED, "have somebody prove it whom provers in environments/approvers.*.yaml names"
    ),
    NotAnApprover: Failure(
        Exit.NOT_APPROVED, "have somebody approve it whom environments/approvers.*.yaml names"
    ),
    ChangeNeeded: Failure(
        Exit.NOT_APPROVED,
        "make it with `mailwave change review`, `approve` and `apply`; -n only looks",
    ),
    NoSuchChange: Failure(Exit.CONFIGURATION, "name one by the beginning of its digest, or review one"),
    NoSuchPart: Failure(Exit.CONFIGURATION, "name one of these with --part"),
    WindowWrong: Failure(Exit.CONFIGURATION, "give another --from or --until"),
    ConfigurationError: Failure(Exit.CONFIGURATION, "correct that key and run the same command again"),
    InvalidReason: Failure(Exit.CONFIGURATION, "give --ticket and --reason, each in one line"),
    NotAnEstate: Failure(Exit.INPUT_REJECTED, "name a folder with the three tables of an estate with --from"),
    BrokenScope: Failure(Exit.INPUT_REJECTED, "correct that at its source and export again"),
    NotGuids: Failure(Exit.INPUT_REJECTED, "name mailboxes by their ExchangeGuid in lower case"),
    PlanFileBroken: Failure(
        Exit.PLAN_REFUSED, "name the file that `mailwave wave plan --to` wrote, or plan anew"
    ),
    NotInPlan: Failure(Exit.PLAN_REFUSED, "look for it with `mailwave wave show --json` or in the ledger"),
    SiteUnknown: Failure(Exit.CONFIGURATION, "add the site to environments/estate.*.yaml"),
    NoNights: Failure(Exit.CONTRADICTION, "change one of these rules in environments/estate.*.yaml"),
    NoNightLeft: Failure(
        Exit.CONTRADICTION, "change one of these rules in environments/, or agree other dates with them"
    ),
    LimitIsZero: Failure(Exit.CONTRADICTION, "correct that limit in environments/limits.*.yaml"),
    CapacityShort: Failure(
        Exit.CONTRADICTION, "have more of that limit granted, or move the deadline in environments/"
    ),
    Unauthorised: Failure(Exit.AUTHENTICATION, "check the credential's file and its role in Exchange"),
    Unreachable: Failure(
        Exit.RESOURCE, "check the endpoint and the network, then run the same command again"
    ),
    ExchangeError: Failure(Exit.RESOURCE, AGAIN),
    EngineMissing: Failure(Exit.ENGINE_MISSING, "run `make setup`, then put .cache/engine/bin first on PATH"),
    PluginMissing: Failure(
        Exit.ENGINE_MISSING,
        "start the rehearsal again, which brings its plugins, or elsewhere run `pulumi plugin install`; then run the "
        "same command again",
    ),
    StackNotFound: Failure(
        Exit.STACK_NOT_FOUND, "deploy it with `mailwave infra up`, or check --environment"
    ),
    StackBusy: Failure(
        Exit.STACK_BUSY, "wait for the other update, or clear a dead lock with `pulumi cancel`"
    ),
    PendingOperations: Failure(
        Exit.PENDING_OPERATIONS, "then run `mailwave infra up` again: all else is settled by itself"
    ),
    ControlsBroken: Failure(
        Exit.POLICY,
        "correct the program or its settings, or have the breach waived, with owner and expiry, in "
        "scripts/controls/controls.yaml; then run the same command again",
    ),
    ControlBroken: Failure(
        Exit.POLICY, "correct the program and run the same command again: it goes on from what was made"
    ),
    EngineRefusedInDryRun: DRY,
    NotConfirmed: Failure(Exit.CONFIGURATION, "add --confirm with the stack's name to remove it"),
    StillNeeded: Failure(Exit.RESOURCE, "remove the layer above first"),
    EngineError: Failure(Exit.RESOURCE, "mend what it names and run the same command again"),
    PlayFailed: Failure(Exit.PLAY_FAILED, "mend what the failed task names and run the same command again"),
    **dict.fromkeys((DryRunRefusal, PlayRefusedInDryRun), DRY),
    **dict.fromkeys(
        (NoSuchPlay, NotThatKind, NoServers, VariablesWrong),
        Failure(Exit.CONFIGURATION, "`mailwave site list` shows every play and what it takes"),
    ),
    NotExported: Failure(
        Exit.STACK_NOT_FOUND, "deploy it with `mailwave infra up`, or give the value with --set"
    ),
    NoSuchServer: Failure(
        Exit.NO_SUCH_SERVER,
        "name servers of environments/estate.*.yaml; a server that is not in it is never touched",
    ),
    NotOneSite: Failure(
        Exit.CONFIGURATION, "correct environments/estate.*.yaml, or the site's address in the endpoints file"
    ),
    ArtifactDiffers: Failure(
        Exit.ERROR, "stop: what was kept is not what was written; find out who changed the artifacts' folder"
    ),
    VariableRefused: Failure(Exit.CONFIGURATION, AGAIN),
    ClockUnreachable: Failure(
        Exit.RESOURCE, "start the rehearsal with `make rehearsal-up`, or unset MAILWAVE_ENDPOINTS"
    ),
    TakenOver: Failure(
        Exit.TAKEN_OVER, "nothing is lost: look why it was silent, and start it again for what is left"
    ),
    NotArrived: Failure(
        Exit.NOT_CARRIED,
        "run the same command again; what the durable engine keeps may be deleted, and is then found anew",
    ),
    AlreadyRunning: Failure(
        Exit.LEDGER_BUSY, "wait until it has ended; two runs of one ledger are never let in"
    ),
    PlayUnderWay: Failure(
        Exit.LEDGER_BUSY,
        "wait until it has ended and run the same command again; it ends by itself if it was killed",
    ),
    BadRows: Failure(Exit.INPUT_REJECTED, "correct these rows at their source and export again"),
    NotDiscovered: Failure(
        Exit.NOT_DISCOVERED, "run `mailwave estate discover`, which goes on where it was cut off"
    ),
    StoreBroken: Failure(
        Exit.DISCOVERY_BROKEN,
        "move that folder away and run `mailwave estate discover` again, which reads everything anew",
    ),
    AmendmentRefused: Failure(
        Exit.AMENDMENT_REFUSED, "nothing of it was taken: correct its files, and run the same command again"
    ),
    DifferentScope: Failure(Exit.SCOPE_DIFFERS, "point MAILWAVE_LEDGER at a new ledger for a new scope"),
    NoSuchWave: Failure(Exit.CONFIGURATION, "name a wave with --wave as `mailwave wave show` lists it"),
    UnknownMailboxes: Failure(Exit.CONFIGURATION, "give addresses as the ledger has them"),
    NoScope: Failure(Exit.NO_PLAN, "run `mailwave estate discover` or `mailwave estate import`"),
    NoPlan: Failure(Exit.NO_PLAN, "run `mailwave wave plan`, then `mailwave wave approve`"),
    NothingPlanned: Failure(Exit.NO_PLAN, "run `mailwave wave plan`, or name another plan with --plan"),
    CaseUnclear: Failure(
        Exit.CONFIGURATION, "write each --what-if as NAME=FIGURE, as in `--what-if slots=800`"
    ),
    RunsRefused: Failure(Exit.CONFIGURATION, "give --runs such a number, or leave it out for 1,000"),
    PlanFrozen: Failure(Exit.NO_PLAN, "finish or withdraw what relies on the saved plan first"),
    NotListed: Failure(Exit.NOT_APPROVED, "see with `mailwave wave items` what is listed now"),
    NoSuchCause: Failure(Exit.CONFIGURATION, "name one of these with --cause"),
    NotApproved: Failure(
        Exit.NOT_APPROVED,
        "look at it with `mailwave wave plan -n`, then run `mailwave wave approve`, or `wave return approve`",
    ),
    NotOurBatch: Failure(
        Exit.NOT_APPROVED,
        "name the manifest that `mailwave wave run` has written, beside the ledger in manifests/",
    ),
    **dict.fromkeys(
        (NotInScope, NotMoved, NoSuchReturn),
        Failure(Exit.CONFIGURATION, "`mailwave wave account` counts who has moved; nothing was started"),
    ),
    **dict.fromkeys(
        (NoRoomAtSite, TooLong),
        Failure(Exit.NO_WAY_BACK, "make room there, or take back fewer at a time; nothing was started"),
    ),
    NotThere: Failure(Exit.MISPLACED, "look with `mailwave wave verify`; nothing was started"),
    StillFollowed: Failure(
        Exit.NOT_APPROVED, "let `mailwave wave run` end that wave first; nothing was removed"
    ),
    WindowClosed: Failure(Exit.NOT_APPROVED, "completions wait for the wave's own window"),
    NoticeTooLate: Failure(
        Exit.TOO_LATE, "take that wave out with `mailwave wave withdraw`, then run the others"
    ),
    TwoPrimaries: Failure(
        Exit.TWO_PRIMARIES, "convert the source mailbox by hand (table B.10, 27), then run again"
    ),
    StrangersInBatch: Failure(
        Exit.NOT_APPROVED, "take them out of the batch (Remove-MigrationUser) or make a batch of another name"
    ),
    DoesNotEnd: Failure(
        Exit.DOES_NOT_END, "look at these users with Get-MigrationUserStatistics, then run again"
    ),
    SeatsMissing: Failure(
        Exit.NOT_LICENSED, "buy seats, or withdraw a wave, then run again: nobody of it was told yet"
    ),
    GroupFull: Failure(
        Exit.NOT_LICENSED,
        "add a group to the identity stack and to `licences.groups`, then run again: nobody of it was told yet",
    ),
    NotLicensed: Failure(
        Exit.NOT_LICENSED, "look at these users' licences in Entra; without one they are lost after 30 days"
    ),
    GateShut: Failure(Exit.GATE_SHUT, "then run it again: nothing of the wave was begun"),
    NotReady: Failure(
        Exit.GATE_SHUT,
        "collect anew with `mailwave estate collect` and look with `mailwave estate check`, then run it again",
    ),
    NeverChecked: Failure(Exit.GATE_SHUT, "run `mailwave estate check`, which keeps what it saw"),
    IntentStillOpen: Failure(
        Exit.OUTCOME_UNKNOWN, "another command is at work or was cut off; run that one again"
    ),
    ActPostponed: Failure(Exit.RESOURCE, "wait for the limit to pass and run the same command again"),
    ActUnknown: Failure(Exit.OUTCOME_UNKNOWN, "run the same command again: it reads back before it acts"),
    ActRefused: Failure(Exit.RESOURCE, "mend what it names and run the same command again"),
    ActError: Failure(Exit.RESOURCE, "mend what it names and run the same command again"),
    CountsBroken: Failure(Exit.COUNTS_DISAGREE, "stop, and compare the journal with the services"),
    JournalBroken: Failure(
        Exit.JOURNAL_BROKEN, "stop: somebody changed the ledger by hand; restore it from a backup"
    ),
    LedgerBusy: Failure(Exit.LEDGER_BUSY, "wait for the other command and run this one again"),
    LedgerOutdated: Failure(
        Exit.LEDGER_OUTDATED, "back it up, then run `mailwave estate ledger upgrade`; see docs/ledger.md"
    ),
    LedgerUnusable: Failure(
        Exit.CONFIGURATION,
        "check MAILWAVE_LEDGER, the disk's free space and the file's rights, or the server; see docs/ledger.md",
    ),
    Unstorable: Failure(Exit.INPUT_REJECTED, "correct that text at its source and export again"),
    **dict.fromkeys(
        (EvidenceBroken, NoteBroken),
        Failure(
            Exit.EVIDENCE_BROKEN,
            "keep that copy as it is, fetch the vault's first versions anew, and compare",
        ),
    ),
    JournalForked: Failure(
        Exit.EVIDENCE_BROKEN, "stop: restore the ledger from a backup that holds what the vault anchors"
    ),
    VaultDiffers: Failure(
        Exit.NOT_KEPT, "run the same command again; if it says so again, find out who else writes there"
    ),
    VaultUnlocked: Failure(Exit.NOT_KEPT, "have the bucket made as docs/evidence.md says; nothing was sent"),
    SecretInChange: Failure(
        Exit.NOT_KEPT, "replace that secret, find out what printed it there, then review the change again"
    ),
    SecretInEvidence: Failure(
        Exit.NOT_KEPT, "replace that secret, take it out of the file, then push again (docs/evidence.md)"
    ),
    UnfitName: Failure(Exit.NOT_KEPT, "rename that file, or take it out of the environment's folder"),
    NoSuchEntry: Failure(Exit.CONFIGURATION, "`mailwave evidence show` says which entries there are"),
    NotEvidence: Failure(Exit.CONFIGURATION, "name what was downloaded from below the environment's prefix"),
    KeyUnusable: Failure(
        Exit.CONFIGURATION, "name the public key with --key, or in environments/estate.*.yaml under evidence"
    ),
    VaultDenied: Failure(
        Exit.AUTHENTICATION, "check the credential of the vault, its role and the bucket's name"
    ),
    **dict.fromkeys(
        (VaultError, VaultUnreachable),
        Failure(
            Exit.RESOURCE, "nothing is lost: what the vault lacks is kept here and sent by the next push"
        ),
    ),
    **dict.fromkeys(
        (NotTheirOrganisation, OperatorsOnly),
        Failure(Exit.OUT_OF_SCOPE, "ask for your own organisation; nothing was shown and nothing was done"),
    ),
    NoAdministrator: Failure(
        Exit.OUT_OF_SCOPE, "have your key entered in environments/administrators.*.csv, or renewed there"
    ),
    ForeignMailboxes: Failure(
        Exit.OUT_OF_SCOPE, "make the batch of mailboxes that are planned for it; nothing was started"
    ),
    LogsBroken: Failure(Exit.INPUT_REJECTED, "ask an operator to have the logs taken again"),
    NobodySigns: Failure(
        Exit.CONFIGURATION, "write your id and your key's file into a file, and name that in the variable"
    ),
    NoSuchOrganisation: Failure(Exit.CONFIGURATION, "give an ODS code that `mailwave estate show` lists"),
    NotAttestable: Failure(Exit.INPUT_REJECTED, "docs/readiness.md lists what can be signed"),
    CampaignUnreadable: Failure(Exit.INPUT_REJECTED, "name a file that `--figures` has written"),
    **AFTERCARE,
    Refusal: Failure(Exit.ERROR, AGAIN),
    OSError: Failure(
        Exit.RESOURCE,
        "check that path, its rights and the disk's free space, then run the same command again",
    ),
}
