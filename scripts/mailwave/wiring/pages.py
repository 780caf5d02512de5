"""What the pages need: their readers, joined to the ledger of an environment."""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from types import TracebackType
from typing import TYPE_CHECKING, Self

from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.runbooks.watch_move import WatchMove
from mailwave.wiring.settings import Settings
from mailwave.wiring.waves import causes_of, rings_of

if TYPE_CHECKING:
    from mailwave.core.forecast.summary import Ends


def watch_move(settings: Settings, ledger: Ledger) -> WatchMove:
    """The runbook that looks at the whole move."""
    return WatchMove(
        settings.environment,
        settings.clock(),
        ledger,
        rules.granted(settings.limits, settings.estate),
        rings_of(settings),
        causes_of(),
    )


class Foreseen:
    """The ends of the saved plan, reckoned in a process of its own, once a day and whenever the plan is another."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._aside = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self._asked: object = None
        self._answer: Future[Ends | None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._aside.shutdown(wait=False, cancel_futures=True)

    def ends(self) -> Ends | None:
        """What was reckoned last of the plan as it is; None while that goes on, and where there is nothing ahead."""
        with self._settings.ledger() as ledger:
            asked = (tuple(ledger.nights()), self._settings.clock().now().date())
        if asked != self._asked:
            self._asked, self._answer = asked, self._aside.submit(_ends, self._settings.environment)
        return self._answer.result() if self._answer and self._answer.done() else None


def _ends(environment: str) -> Ends | None:
    from mailwave.core.forecast.load import NothingPlanned
    from mailwave.core.forecast.record_table import RUNS, SEED
    from mailwave.core.forecast.report import report
    from mailwave.runbooks.wave.run import NoPlan
    from mailwave.wiring.forecasting import sight_of_plan

    try:
        sight = sight_of_plan(Settings.load(environment), None)
        found = report(sight.ahead, sight.granted, runs=RUNS, seed=SEED, cases=(), say=lambda _: None)
    except (NoPlan, NothingPlanned):
        return None
    return found.forecast.ends
