"""What did not arrive is asked for while waves run: seldom, within the quota, and in nobody's way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mailwave.core.letters import Returned
from mailwave.core.notice_pace import Quota
from mailwave.core.notices import NoticeState
from mailwave.core.outcomes import ActError, ActPostponed, ActRefused, ActUnknown
from mailwave.runbooks.read_back_notices import EVERY, KeepReadingBack, ReadBackNotices
from tests.mailwave.adapters.ledgers import closed_ledgers
from tests.mailwave.builders import REASON
from tests.mailwave.runbooks.test_notices import QUOTA, Desk, Service

__all__ = ["closed_ledgers"]


class Asked(Service):
    """A service that counts how often it is asked what did not arrive, and may not say."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.silent: ActError | None = None

    def returned(self) -> list[Returned]:
        """What did not arrive."""
        self.looks += 1
        if self.silent:
            raise self.silent
        return super().returned()


class Watch:
    """Somebody who was told, and who asks what became of it."""

    def __init__(self, folder: Path, quota: Quota = QUOTA) -> None:
        self.service = Asked()
        self.desk = Desk(folder, self.service, quota=quota)
        self.desk.tell(0)
        self.service.returns = [Returned(self.service.sent[0], "permanent-failure")]
        runbook = ReadBackNotices(self.desk.ledger, self.service, REASON)
        pace, said = self.desk.teller.pace, self.desk.said
        self.look = KeepReadingBack(self.desk.clock, runbook, pace, said.append)


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    """A watch with room for every notice."""
    return Watch(tmp_path)


def test_what_did_not_arrive_is_kept_without_anybody_asking(watch: Watch) -> None:
    """It should record it, and say where it is shown."""
    watch.look()

    assert NoticeState.UNDELIVERED is watch.desk.state
    assert "notices that did not arrive: 1; their organisations' pages show which" == watch.desk.said[-1]


def test_the_service_is_asked_seldom(watch: Watch) -> None:
    """It should ask once an hour, however often the waves are polled."""
    for _ in range(13):
        watch.look()
        watch.desk.clock.pass_(EVERY / 6)

    assert 3 == watch.service.looks


@pytest.mark.parametrize("kind", [ActRefused, ActUnknown, ActPostponed])
def test_a_service_that_does_not_say_is_asked_later(watch: Watch, kind: type[ActError]) -> None:
    """It should say so, keep the wave going, and find out an hour later."""
    watch.service.silent = kind(act="reading back", subject="notices", why="503")
    watch.look()
    assert NoticeState.SENT == watch.desk.state
    assert "503" in watch.desk.said[-1]

    watch.service.silent = None
    watch.desk.clock.pass_(EVERY)
    watch.look()
    after = watch.desk.ledger.notices(NoticeState.UNDELIVERED)

    assert 1 == len(after)


def test_no_look_takes_what_somebody_is_to_be_told_by(tmp_path: Path) -> None:
    """It should wait for the next day when the day's quota is used up, and count as one notice of it."""
    watch = Watch(tmp_path, Quota(3_000, 1))
    watch.look()
    assert 0 == watch.service.looks

    watch.desk.clock.pass_(timedelta(days=1))
    watch.look()
    assert (1, 0) == (watch.service.looks, watch.desk.teller.pace.room())
