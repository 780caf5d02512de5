"""Is there an order in which a history of calls makes sense? A checker that knows nothing of who made the trouble.

A history is a list of calls on one subject, each with the moments at which it began and ended. A call whose outcome is
unknown never ended: it may have taken effect at any later moment, or never. A model says which states a call with that
outcome can lead to, and which states change by themselves. The history makes sense when each call can be given one
moment between its beginning and its end, so that the calls in the order of these moments are a run of the model.

The search is Lowe's ("Testing for linearizability", 2016), as in Porcupine: it goes through the beginnings and ends in
their order and keeps every state that there may be, with the calls that have taken effect already. Nothing is imported
but the language's own library, so that no fault of the product or of its simulator is repeated here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass

OK, REFUSED, UNKNOWN = "ok", "refused", "unknown"


@dataclass(frozen=True)
class Call:
    """One call of *act* on *subject* by *process*; *ended* is None where nobody knows what came of it.

    *what* is what was asked, *seen* what was answered.
    """

    process: str
    subject: str
    act: str
    began: int
    ended: int | None
    outcome: str = OK
    what: str = ""
    seen: str = ""


@dataclass(frozen=True)
class Model[State: Hashable]:
    """Where a subject begins, where a call can lead from a state, and where a state can lead by itself."""

    begins: State
    after: Callable[[State, Call], Iterable[State]]
    by_itself: Callable[[State], Iterable[State]] = lambda _: ()


@dataclass(frozen=True)
class Nonsense:
    """No order explains the calls on *subject* up to the end of *call*; before it the *states* were possible."""

    subject: str
    call: Call
    states: tuple[str, ...]


def nonsense[State: Hashable](calls: Iterable[Call], model: Model[State]) -> list[Nonsense]:
    """The first call on each subject that cannot be explained; nothing where all can."""
    of: defaultdict[str, list[Call]] = defaultdict(list)
    for call in calls:
        of[call.subject].append(call)
    found = (_first(its, model) for its in of.values())
    return [each for each in found if each is not None]


type _Held[State] = tuple[State, frozenset[int]]
"""A state that there may be, and which of the calls under way have taken effect in it."""


def _first[State: Hashable](calls: list[Call], model: Model[State]) -> Nonsense | None:
    under_way: set[int] = set()
    held: set[_Held[State]] = {(model.begins, frozenset())}
    for _, ends, n in _moments(calls):
        if not ends:
            under_way.add(n)
            continue
        reached = _closure(held, [(each, calls[each]) for each in sorted(under_way)], model)
        kept = {(state, done - {n}) for state, done in reached if n in done}
        if not kept:
            states = sorted({str(state) for state, _ in reached})
            return Nonsense(calls[n].subject, calls[n], tuple(states))
        under_way.discard(n)
        held = kept
    return None


def _moments(calls: list[Call]) -> Iterator[tuple[int, bool, int]]:
    """When a call began or ended, which of both, and its place, in order."""
    began = ((call.began, False, n) for n, call in enumerate(calls))
    ended = ((call.ended, True, n) for n, call in enumerate(calls) if call.ended is not None)
    yield from sorted([*began, *ended])


def _closure[State: Hashable](
    held: set[_Held[State]], under_way: list[tuple[int, Call]], model: Model[State]
) -> set[_Held[State]]:
    """Everything that there may be once any of the calls *under_way* have taken effect, in any order."""
    reached, new = set(held), list(held)
    while new:
        state, done = new.pop()
        following = [(each, done) for each in model.by_itself(state)]
        for n, call in under_way:
            if n not in done:
                following += [(each, done | {n}) for each in model.after(state, call)]
        for each in following:
            if each not in reached:
                reached.add(each)
                new.append(each)
    return reached


# --- a move at the service, as its pages describe it

ABSENT, SYNCING, SYNCED, RELEASED, COMPLETING, MOVED, FAILED, STOPPED, GOING = (
    *("absent", "syncing", "synced", "released", "completing", "moved", "failed", "stopped", "going"),
)
_ITSELF = {
    SYNCING: (SYNCED, FAILED),
    SYNCED: (SYNCING, FAILED),
    RELEASED: (COMPLETING, FAILED),
    COMPLETING: (MOVED, FAILED),
    GOING: (ABSENT,),
}
_SHOWN = {
    ABSENT: {""},
    SYNCING: {"Starting", "Validating", "Provisioning", "ProvisionUpdating", "Queued", "Syncing", ""},
    SYNCED: {"Synced", "IncrementalSyncing", "IncrementalSynced"},
    RELEASED: {"Synced", "IncrementalSyncing", "IncrementalSynced"},
    COMPLETING: {"Completing", "CompletionSynced"},
    MOVED: {"Completed", "CompletedWithWarnings"},
    FAILED: {"Failed", "IncrementalFailed", "CompletionFailed"},
    STOPPED: {"Stopping", "Stopped", "IncrementalStopped"},
    GOING: {"Removing", ""},
}
"""What the service shows of each; a batch may show nobody for some seconds after it was started (fact B24)."""
_CLAIMS = {
    "waiting": {ABSENT},
    "syncing": {SYNCING, SYNCED, RELEASED, COMPLETING, MOVED, FAILED, STOPPED, GOING},
    "synced": {SYNCING, SYNCED, RELEASED, COMPLETING, MOVED, FAILED, STOPPED, GOING},
    "completing": {RELEASED, COMPLETING, MOVED, FAILED, STOPPED, GOING, ABSENT},
    "moved": {MOVED},
    "failed": {FAILED, STOPPED, ABSENT},
    "deferred": {ABSENT},
    "excluded": {ABSENT},
    "unknown": set(_ITSELF) | {ABSENT, MOVED, FAILED, STOPPED},
}
"""Where a move may be when a ledger says so: a ledger may be late, but never ahead."""
_CHANGES: dict[str, dict[str, tuple[str, ...]]] = {
    "complete": {SYNCED: (RELEASED,), RELEASED: (RELEASED,)},
    "retry": {FAILED: (SYNCING, RELEASED)},
    "approve": {each: (each,) for each in (SYNCING, SYNCED, FAILED, RELEASED)},
    "stop": dict.fromkeys((SYNCING, SYNCED, RELEASED, FAILED, STOPPED), (STOPPED,)),
    "withdraw": dict.fromkeys((SYNCING, SYNCED, RELEASED, FAILED, STOPPED, GOING), (GOING,)),
}

type Where = tuple[str, str]
"""How far a move is, and the batch it is in."""


def _after(where: Where, call: Call) -> Iterator[Where]:
    status, batch = where
    if call.act == "start":
        yield from _started(where, call)
    elif call.act == "read":
        if call.outcome != OK or call.seen in (_SHOWN[status] if call.what == batch else {""}):
            yield where
    elif call.act == "claim":
        if call.outcome != OK or status in _CLAIMS[call.seen]:
            yield where
    elif call.outcome == REFUSED:
        yield where
    else:
        yield from ((to, batch) for to in _CHANGES[call.act].get(status, ()))


def _started(where: Where, call: Call) -> Iterator[Where]:
    """A batch is adopted by its name; a second one with the same mailbox is never asked for, whatever came of it."""
    status, batch = where
    if status == ABSENT:
        yield where if call.outcome == REFUSED else (SYNCING, call.what)
    elif batch == call.what:
        yield where


MOVE: Model[Where] = Model(
    (ABSENT, ""),
    _after,
    lambda where: [(to, "" if to == ABSENT else where[1]) for to in _ITSELF.get(where[0], ())],
)


# --- a notice of one milestone to one person


def _told(sent: int, call: Call) -> Iterator[int]:
    if call.act == "send":
        if call.outcome == REFUSED:
            yield sent
        elif sent == 0:
            yield 1
    elif call.outcome != OK or sent == int(call.seen):  # what was found, or what lies in the inbox
        yield sent


NOTICE: Model[int] = Model(0, _told)
