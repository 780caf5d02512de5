"""Plays on the sites: refused before the first change, read back when cut off, gone on with where they ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange_admin.errors import Unauthorised
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.plays import Plays
from mailwave.core.intents import Outcome
from mailwave.core.outcomes import ActUnknown, PlayFailed
from mailwave.core.play_table import (
    Hosts,
    NoServers,
    NoSuchPlay,
    NoSuchServer,
    NotExported,
    NotThatKind,
    Play,
    PlayTable,
    Value,
    Variable,
    VariablesWrong,
)
from mailwave.core.plays import BeatStatus, PlayOutcome
from mailwave.core.reason import Reason
from mailwave.core.resuming import DONE, RUN
from mailwave.runbooks.prepare_sites import PrepareSites
from mailwave.runbooks.site_plays import ApplyPlay, Sites, VerifySites
from tests.mailwave.adapters.canned import FINDING, SERVERS, Canned, a_failure, a_verdict, an_answer

REASON = Reason(who="a.person", source="test", ticket="CHG1", text="test")
ROLL = Play(
    name="12_roll",
    title="Roll",
    hosts=Hosts.SERVERS,
    changes=True,
    twin="13_look",
    prepares=True,
    batched=True,
)
LOOK = Play(name="13_look", title="Look", hosts=Hosts.SERVERS, changes=False, twin="12_roll")
SEND = Play(
    name="50_send",
    title="Send",
    hosts=Hosts.TENANT,
    changes=True,
    variables={"colour": Variable("which colour"), "shade": Variable("which shade", required=False)},
)
TABLE = PlayTable((ROLL, LOOK, SEND))
CUT_OFF = (PlayOutcome.UNKNOWN, ())
BAD = (PlayOutcome.FAILED, (a_failure(),))


class Door:
    """Lets everybody in, or refuses as it is told; it keeps where somebody knocked."""

    def __init__(self, refuses: Exception | None = None) -> None:
        self.refuses = refuses
        self.tried: list[tuple[str, tuple[str, ...]]] = []

    def try_site(self, site: str, servers: Iterable[str]) -> None:
        """Knock at a site."""
        self.tried.append((site, tuple(servers)))
        if self.refuses:
            raise self.refuses

    def try_tenant(self) -> None:
        """Knock at the tenant."""
        self.try_site("tenant", ())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db", lambda: datetime(2026, 9, 1, tzinfo=UTC)) as opened:
        yield opened


def sites(door: Door | None = None) -> Sites:
    return Sites({"leeds": SERVERS[:3], "bristol": SERVERS[3:]}, door or Door())


def apply(
    ledger: Ledger, canned: Canned, folder: Path, door: Door | None = None, source: str = "1"
) -> ApplyPlay:
    artifacts = ArtifactFolder(folder / "artifacts")
    return ApplyPlay(Plays(canned), sites(door), TABLE, source, artifacts, ledger, REASON)


def test_applies_and_reads_back(ledger: Ledger, tmp_path: Path) -> None:
    """It should run the play and its twin on all servers, and keep what both said under digests in the journal."""
    canned = Canned({"12_roll": (PlayOutcome.OK, (an_answer("bindings"),))})
    runbook = apply(ledger, canned, tmp_path)

    applied = runbook.run(runbook.prepare("12", {}, ()))

    assert canned.asked == [("12_roll", (), False), ("13_look", (), False)]
    assert applied.left_out == ()
    (run,) = ledger.intents(RUN)
    assert (run.subject, run.outcome) == ("12_roll", Outcome.OK)
    kept = sorted((tmp_path / "artifacts").iterdir())
    assert [file.name for file in kept] == [f"{run.id:08}-12_roll.json", f"{run.id:08}-13_look.json"]
    assert json.loads(kept[0].read_bytes())["outcome"] == "ok"
    ledger.verify_journal()


def test_goes_on_with_the_servers_not_done(ledger: Ledger, tmp_path: Path) -> None:
    """It should leave out what a run that failed had finished, verify all, and begin anew once a run ended well."""
    failing = Canned({"12_roll": BAD}, through=SERVERS[:2])
    runbook = apply(ledger, failing, tmp_path)
    with pytest.raises(PlayFailed, match="no such endpoint"):
        runbook.run(runbook.prepare("12_roll", {}, ()))

    again = Canned()
    runbook = apply(ledger, again, tmp_path)
    applied = runbook.run(runbook.prepare("12_roll", {}, ()))

    assert applied.left_out == SERVERS[:2]
    assert again.asked == [("12_roll", SERVERS[2:], False), ("13_look", (), False)]
    assert runbook.run(runbook.prepare("12_roll", {}, ())).left_out == ()


def test_a_killed_run_goes_on(ledger: Ledger, tmp_path: Path) -> None:
    """It should go on from a run whose own process was killed, which closed no intent."""

    class Killed(BaseException):
        pass

    class Dying(Canned):
        def run_play(self, play: str, **asked: object) -> object:  # type: ignore[override]
            super().run_play(play, **asked)  # type: ignore[arg-type]
            raise Killed

    runbook = apply(ledger, Dying(through=SERVERS[:1]), tmp_path)
    with pytest.raises(Killed):
        runbook.run(runbook.prepare("12_roll", {}, ()))
    assert [intent.subject for intent in ledger.open_intents()] == ["12_roll"]

    canned = Canned()
    runbook = apply(ledger, canned, tmp_path)
    assert runbook.run(runbook.prepare("12_roll", {}, ())).left_out == SERVERS[:1]
    assert ledger.open_intents() == []


@pytest.mark.parametrize(
    ("servers", "source", "from_start"), [(("ex01",), "1", False), ((), "2", False), ((), "1", True)]
)
def test_leaves_nothing_out(
    ledger: Ledger,
    tmp_path: Path,
    servers: tuple[str, ...],
    source: str,
    from_start: bool,  # noqa: FBT001
) -> None:
    """It should leave out no server that is named, none once the plays have changed, and none from the start."""
    runbook = apply(ledger, Canned({"12_roll": BAD}, through=SERVERS[:2]), tmp_path)
    with pytest.raises(PlayFailed):
        runbook.run(runbook.prepare("12_roll", {}, ()))

    runbook = apply(ledger, Canned(), tmp_path, source=source)
    applied = runbook.run(runbook.prepare("12_roll", {}, servers), from_start=from_start)

    assert applied.left_out == ()


def test_nothing_left_but_to_read_back(ledger: Ledger, tmp_path: Path) -> None:
    """It should only read back where every server was finished and only that had failed."""
    runbook = apply(ledger, Canned({"13_look": BAD}), tmp_path)
    with pytest.raises(PlayFailed, match="13_look"):
        runbook.run(runbook.prepare("12_roll", {}, ()))

    canned = Canned()
    runbook = apply(ledger, canned, tmp_path)
    runbook.run(runbook.prepare("12_roll", {}, ()))

    assert canned.asked == [("13_look", (), False)]


@pytest.mark.parametrize(
    ("twin", "expected"),
    [
        ((PlayOutcome.OK, ()), Outcome.OK),
        ((PlayOutcome.FAILED, (a_verdict(findings=[FINDING]),)), Outcome.FAILED),
        ((PlayOutcome.FAILED, (a_verdict(unknown=[{**FINDING, "why": "no answer"}]),)), Outcome.UNKNOWN),
        (CUT_OFF, Outcome.UNKNOWN),
    ],
    ids=["done", "not done", "not read", "cut off again"],
)
def test_a_run_that_was_cut_off_is_read_back(
    ledger: Ledger, tmp_path: Path, twin: tuple[PlayOutcome, tuple[object, ...]], expected: Outcome
) -> None:
    """It should let the twin decide what became of a run without its closing report, and not guess."""
    canned = Canned({"12_roll": CUT_OFF, "13_look": twin}, through=())  # type: ignore[dict-item]
    runbook = apply(ledger, canned, tmp_path)
    errors: Mapping[Outcome, type[Exception]] = {Outcome.FAILED: PlayFailed, Outcome.UNKNOWN: ActUnknown}

    order = runbook.prepare("12_roll", {}, ())
    if expected is Outcome.OK:
        runbook.run(order)
    else:
        with pytest.raises(errors[expected]) as caught:
            runbook.run(order)
        assert type(caught.value) is errors[expected]

    assert [expected] == [intent.outcome for intent in ledger.intents(RUN)]


@pytest.mark.parametrize(
    ("play", "variables", "servers", "error", "says"),
    [
        ("12_rol", {}, (), NoSuchPlay, "did you mean 12_roll"),
        ("13_look", {}, (), NotThatKind, "its partner is 12_roll"),
        ("12_roll", {}, ("EX77",), NoSuchServer, "'EX77' is not in the estate file"),
        ("50_send", {}, (), VariablesWrong, "needs colour (which colour)"),
        ("50_send", {"colour": "red", "size": "9"}, (), VariablesWrong, "takes no variable 'size'"),
        ("50_send", {"colour": "red"}, ("EX01",), NoServers, "works on the tenant"),
    ],
)
def test_bad_input_is_refused(
    ledger: Ledger,
    tmp_path: Path,
    play: str,
    variables: dict[str, Value],
    servers: tuple[str, ...],
    error: type[Exception],
    says: str,
) -> None:
    """It should refuse what does not exist before anybody knocks at a site, and say what there is."""
    door, canned = Door(), Canned()

    with pytest.raises(error) as caught:
        apply(ledger, canned, tmp_path, door).prepare(play, variables, servers)

    assert says in str(caught.value)
    assert (door.tried, canned.asked, ledger.intents()) == ([], [], [])


def test_a_closed_door_is_met_before_the_first_change(ledger: Ledger, tmp_path: Path) -> None:
    """It should end where the site refuses the account, with nothing run and nothing in the journal."""
    door = Door(Unauthorised(cmdlet="Get-ExchangeServer", status=401, text="no"))
    canned = Canned()

    with pytest.raises(Unauthorised):
        apply(ledger, canned, tmp_path, door).prepare("12_roll", {}, ("EX02",))

    assert door.tried == [("leeds", ("EX02",))]
    assert (canned.asked, ledger.intents()) == ([], [])


def test_verify_runs_every_reading_play() -> None:
    """It should run the plays that only read, take a changing play for its twin, and knock at each site once."""
    door, canned = Door(), Canned({"13_look": (PlayOutcome.FAILED, (a_verdict(findings=[FINDING]),))})
    runbook = VerifySites(Plays(canned), sites(door), TABLE)

    results = runbook.run(runbook.prepare((), {}, ()))
    runbook.run(runbook.prepare(("12",), {}, ("ex12",)))

    assert canned.asked == [("13_look", (), False), ("13_look", ("EX12",), False)]
    assert [finding.id for result in results for finding in result.findings] == ["tls-1-2-off"]
    assert [site for site, _ in door.tried] == ["leeds", "bristol", "bristol"]


def test_prepare_only_predicts(ledger: Ledger, tmp_path: Path) -> None:
    """It should say what would be set, from check mode, and leave no trace in the journal."""
    canned = Canned(
        {"12_roll": (PlayOutcome.OK, (an_answer("bindings", "comment"), an_answer(status=BeatStatus.OK)))}
    )

    lines = PrepareSites(apply(ledger, canned, tmp_path)).prepare()

    assert lines == ["EX01\\Mail: would set bindings, comment"]
    assert canned.asked == [("12_roll", (), True)]
    assert ledger.intents() == []


def test_prepare_applies_and_verifies(ledger: Ledger, tmp_path: Path) -> None:
    """It should apply every preparing play and read it back."""
    canned = Canned({"12_roll": (PlayOutcome.OK, (an_answer("bindings"),))})

    assert PrepareSites(apply(ledger, canned, tmp_path)).run() == ["EX01\\Mail: set bindings"]
    assert [play for play, _, _ in canned.asked] == ["12_roll", "13_look"]
    assert len(ledger.intents(DONE)) == len(SERVERS)


TRUST = Play(
    name="28_trust",
    title="Trust",
    hosts=Hosts.ORGANISATION,
    changes=True,
    twin="29_look",
    variables={"application": Variable("whose", required=False, output="identity/client_ids/hybrid")},
)
LOOK_AT_TRUST = Play(
    name="29_look",
    title="Look",
    hosts=Hosts.ORGANISATION,
    changes=False,
    twin="28_trust",
    variables=TRUST.variables,
)
TRUSTING = PlayTable((ROLL, LOOK, TRUST, LOOK_AT_TRUST))


def exports(environment: str) -> Mapping[str, object]:
    """What the identity stack of *environment* exports."""
    return {"tenant_id": "t", "client_ids": {"hybrid": f"application-of-{environment}", "reader": "r"}}


@pytest.mark.parametrize("environment", ["dev", "pilot", "production", "rehearsal"])
def test_a_stack_gives_what_it_exports(ledger: Ledger, tmp_path: Path, environment: str) -> None:
    """It should hand on the application of the environment's own stack, to play and twin, unless one is given."""
    canned, asked = Canned(), list[str]()

    def outputs(layer: str) -> Mapping[str, object]:
        asked.append(layer)
        return exports(environment)

    artifacts = ArtifactFolder(tmp_path / "artifacts")
    runbook = ApplyPlay(Plays(canned), sites(), TRUSTING, "1", artifacts, ledger, REASON, outputs)

    runbook.run(runbook.prepare("28", {}, ()))
    assert {"application": f"application-of-{environment}"} == canned.variables
    assert [play for play, _, _ in canned.asked] == ["28_trust", "29_look"]
    (order,) = VerifySites(Plays(canned), sites(), TRUSTING, outputs).prepare(["29"], {}, ())
    assert {"application": f"application-of-{environment}"} == order.variables

    given = runbook.prepare("28", {"application": "mine"}, ())
    assert {"application": "mine"} == given.variables
    assert ["identity"] * 2 == asked


@pytest.mark.parametrize(
    "outputs", [{}, {"client_ids": {}}, {"client_ids": "x"}, {"client_ids": {"hybrid": None}}]
)
def test_a_stack_that_is_not_there(ledger: Ledger, tmp_path: Path, outputs: Mapping[str, object]) -> None:
    """It should refuse the play by name before anything runs; of all plays that read, that one says so itself."""
    canned, artifacts = Canned(), ArtifactFolder(tmp_path / "artifacts")
    runbook = ApplyPlay(Plays(canned), sites(), TRUSTING, "1", artifacts, ledger, REASON, lambda _: outputs)
    verify = VerifySites(Plays(canned), sites(), TRUSTING, lambda _: outputs)

    with pytest.raises(NotExported, match=r"stack identity exports no client_ids\.hybrid"):
        runbook.prepare("28", {}, ())
    with pytest.raises(NotExported):
        verify.prepare(["trust"], {}, ())
    assert canned.asked == []
    assert [("13_look", {}), ("29_look", {})] == [
        (order.play, order.variables) for order in verify.prepare((), {}, ())
    ]
