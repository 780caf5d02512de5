"""The tenant of an estate when the rehearsal begins: synchronised long ago, with licences for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.clock import VirtualClock
from rehearsal.directory.objects import User
from rehearsal.directory.options import Options
from rehearsal.directory.projection import Source
from rehearsal.directory.settings import GLOBAL_ADMINISTRATOR
from rehearsal.directory.sync import SyncEngine
from rehearsal.directory.tenant import SET_UP, Entra, usual_skus
from rehearsal.estate import Estate


def synchronised(
    estate: Estate,
    clock: VirtualClock,
    sources: Sequence[Source],
    options: Options | None = None,
    others: int = 0,
) -> tuple[Entra, SyncEngine]:
    """The tenant of *estate*, filled from its sites' directories, and the engine that goes on filling it.

    *others* is how many objects it holds that are not modelled.
    """
    skus = usual_skus(len(estate.mailboxes))
    entra = Entra(estate.tenant, estate.seed, clock, options=options, skus=skus, others=others)
    companies = {organisation.code: organisation.name.title() for organisation in estate.organisations}
    engine = SyncEngine(entra, estate.seed, sources, companies)
    engine.begin()
    for number in (1, 2):
        _administrator(entra, clock, f"break-glass-{number}")
    return entra, engine


def _administrator(entra: Entra, clock: VirtualClock, name: str) -> None:
    """Add somebody who rules the whole tenant, and whom no synchronisation brought."""
    user = entra.add_user(
        User(
            id=entra.store.new_id("user"),
            display_name=name,
            created_date_time=clock.now - SET_UP,
            user_principal_name=f"{name}@{entra.tenant.domain}",
            mail_nickname=name,
        )
    )
    entra.settings.assign(user.id, GLOBAL_ADMINISTRATOR)
