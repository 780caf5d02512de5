"""What `mailwave aftercare delivery` needs: the relay, Graph, and what both sides wrote down of messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from estate_schema import ConfigurationError
from estate_schema.estate import Delivery
from mailwave.adapters.run_lock import run_lock
from mailwave.core.aftercare.delivery import Boxes, Sampling
from mailwave.core.reason import Reason
from mailwave.runbooks.aftercare.delivery import TryDelivery
from mailwave.wiring.alerts import announcing
from mailwave.wiring.settings import Say, Settings, estate_file, folder, kept
from mailwave.wiring.waves import admin_of

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.delivery_post import DeliveryPost
    from mailwave.adapters.graph import Graph
    from mailwave.adapters.ledger import Ledger

_MAILBOX = "mailwave:delivery_mailbox"


@contextmanager
def trying(
    settings: Settings, reason: Reason, say: Say, *, dry_run: bool
) -> Iterator[tuple[Ledger, DeliveryPost, TryDelivery]]:
    """The runbook, with the ledger and the post that it works on; in a *dry_run* nothing can be sent.

    Raises:
        AlreadyRunning: another process tries mail of this environment.
        ConfigurationError: the estate file has no mailboxes for this, or another than the stack hybrid has; or the
            endpoints name no Graph or no relay.
    """
    wanted, clock = declared(settings), settings.clock()
    runs = _post(settings, wanted.premises, dry_run=dry_run)
    with (
        run_lock(folder(settings) / "delivery.lock"),
        settings.ledger() as ledger,
        ledger.alone("aftercare delivery"),
        runs as post,
    ):
        yield (
            ledger,
            post,
            TryDelivery(
                clock,
                ledger,
                post,
                Boxes(wanted.premises, wanted.cloud),
                Sampling(wanted.share, wanted.most),
                timedelta(minutes=wanted.minutes),
                kept(settings),
                reason,
                say,
            ),
        )


def declared(settings: Settings) -> Delivery:
    """What the estate file says of trying mail and free/busy.

    Raises:
        ConfigurationError: it says nothing of it, or names another mailbox than the stack hybrid.
    """
    if settings.estate.delivery is None:
        raise ConfigurationError(
            file=estate_file(settings.environment).name,
            key="delivery",
            problem="is missing, so that neither mail nor free/busy can be tried",
            allowed="the addresses of two mailboxes made for it: premises, cloud",
        )
    file = settings.rules / f"Pulumi.hybrid-{settings.environment}.yaml"
    _require_the_stack_s(settings.estate.delivery.cloud, file)
    return settings.estate.delivery


def _require_the_stack_s(cloud: str, file: Path) -> None:
    """Raise `ConfigurationError` where the stack hybrid lets the courier send out of another mailbox than *cloud*.

    Nothing is known of an environment whose stack's *file* is kept elsewhere; Graph refuses the message then.
    """
    if not file.exists():
        return
    allowed = (yaml.safe_load(file.read_text(encoding="utf-8")).get("config") or {}).get(_MAILBOX)
    if str(allowed or "").casefold() != cloud.casefold():
        raise ConfigurationError(
            file=file.name,
            key=_MAILBOX,
            problem=f"is {allowed or 'missing'}, and delivery.cloud of the estate file is {cloud}",
            allowed="one shared mailbox in both",
        )


def courier_graph(settings: Settings) -> Graph:
    """Graph as the application that may send out of the mailbox of the cloud, and ask as it.

    Raises:
        ConfigurationError: the endpoints name no Graph.
    """
    from mailwave.adapters.graph import Graph

    endpoints = settings.endpoints()
    graph = Graph.connect(endpoints, settings.clock().sleep, endpoints.credentials.courier)
    if graph is None:
        raise ConfigurationError(
            file="endpoints", key="graph", problem="is missing", allowed="https://graph.microsoft.com"
        )
    return graph


@contextmanager
def _post(settings: Settings, sender: str, *, dry_run: bool) -> Iterator[DeliveryPost]:
    from exchange_admin import connect
    from mailwave.adapters.delivery_post import DeliveryPost
    from mailwave.adapters.relay import Relay

    endpoints, clock = settings.endpoints(), settings.clock()
    graph = courier_graph(settings)
    with ExitStack() as stack:
        sites = {
            site.name: stack.enter_context(
                connect.on_premises(endpoints, site.name, dry_run=True, sleep=clock.sleep)
            )
            for site in settings.estate.sites
        }
        yield DeliveryPost(
            Relay.connect(endpoints, sender, clock.now, dry_run=dry_run),
            graph,
            admin_of(settings, dry_run=True, announce=announcing(settings)),
            sites,
            {site.name: [server.name for server in site.servers] for site in settings.estate.sites},
            clock.now,
        )
