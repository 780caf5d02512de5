"""What the commands of site need: runbooks over the plays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from estate_schema.endpoints import VARIABLE
from mailwave.adapters.ledger import Ledger
from mailwave.core.play_table import Outputs, PlayTable
from mailwave.core.reason import Reason
from mailwave.runbooks.batch_plays import ApplyBatchPlay
from mailwave.runbooks.prepare_sites import PrepareSites
from mailwave.runbooks.site_plays import ApplyPlay, Sites, VerifySites
from mailwave.wiring.alerts import announcing
from mailwave.wiring.settings import ROOT, Settings, estate_file, folder, kept
from mailwave.wiring.stacks import engine, refuse_unreviewed

if TYPE_CHECKING:  # each takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.ansible import OnBeat
    from mailwave.adapters.plays import Plays, Sent

PLAYBOOKS = ROOT / "playbooks"


def play_table() -> PlayTable:
    """Every play that there is."""
    from mailwave.adapters.play_files import load_plays

    return load_plays(PLAYBOOKS)


def refuse_reviewed(settings: Settings, play: str) -> None:
    """Refuse to run *play* by itself in an environment where it is to be a part of a change.

    Raises:
        NoSuchPlay: there is no play of that name.
        ChangeNeeded: it is such a play, and the environment has approvers.
    """
    found = play_table().find(play)
    if found.reviewed:
        refuse_unreviewed(settings, f"play {found.name} runs in {settings.environment}")


def apply_play(settings: Settings, ledger: Ledger, reason: Reason, *, on_beat: OnBeat) -> ApplyBatchPlay:
    """The runbook that runs a play that may change something; *on_beat* is told of each task on each server."""
    from mailwave.adapters.scoped_batches import ManifestGate

    applies = _apply(settings, ledger, reason, on_beat=on_beat)
    return ApplyBatchPlay(applies, settings.clock(), ManifestGate(ledger))


def _apply(settings: Settings, ledger: Ledger, reason: Reason, *, on_beat: OnBeat) -> ApplyPlay:
    from mailwave.adapters.ansible import refuse_unfit
    from mailwave.adapters.play_files import source
    from mailwave.adapters.secrets import Censor

    settings.endpoints()  # says so when there are none
    return ApplyPlay(
        plays(settings, on_beat=on_beat),
        _sites(settings),
        play_table(),
        source(PLAYBOOKS),
        kept(settings),
        ledger,
        reason,
        _outputs(settings),
        partial(refuse_unfit, censor=Censor.of_endpoints(Path(os.environ[VARIABLE]))),
    )


def _outputs(settings: Settings) -> Outputs:
    """What the stacks of the environment export; nothing is read before a play wants it."""

    def read(layer: str) -> Mapping[str, object]:
        from mailwave.adapters.engine_errors import StackNotFound

        try:
            return engine(settings).outputs(layer)
        except StackNotFound:
            return {}

    return read


def verify_sites(settings: Settings, *, on_beat: OnBeat) -> VerifySites:
    """The runbook that runs plays that only read."""
    found = plays(settings, on_beat=on_beat, changing=False)
    return VerifySites(found, _sites(settings), play_table(), _outputs(settings))


def prepare_sites(settings: Settings, ledger: Ledger, reason: Reason, *, on_beat: OnBeat) -> PrepareSites:
    """The runbook that prepares the servers; *on_beat* is told of each task on each server."""
    return PrepareSites(_apply(settings, ledger, reason, on_beat=on_beat))


def _sites(settings: Settings) -> Sites:
    from mailwave.adapters.doors import Doors

    staying = [
        site for site in settings.estate.sites if not site.leaving
    ]  # the others' servers are in no such play
    servers = {site.name: tuple(server.name for server in site.servers) for site in staying}
    return Sites(servers, Doors(settings.endpoints(), sleep=settings.clock().sleep))


def plays(
    settings: Settings, *, on_beat: OnBeat | None = None, changing: bool = True, sent: Sent | None = None
) -> Plays:
    """The plays of the environment; those that are *changing* something are run by one command at a time.

    *sent* is told of the requests that they send to Exchange Online.
    """
    from mailwave.adapters.ansible import Ansible
    from mailwave.adapters.plays import Plays

    settings.endpoints()  # refuses another environment's before any play starts
    locks = folder(settings) / "locks" if changing else None
    ansible = Ansible(
        PLAYBOOKS,
        estate_file(settings.environment),
        Path(os.environ[VARIABLE]),
        dry_run=False,
        locks=locks,
        announce=announcing(settings),
    )
    return Plays(ansible, on_beat=on_beat, sent=sent)
