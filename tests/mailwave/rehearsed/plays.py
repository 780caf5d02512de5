"""The port `Plays` without Ansible: the code behind the plays' tasks, called as playbooks/50_start_batch.yml does."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from exchange_admin import ExchangeAdmin, ExchangeError, OutcomeUnknown
from mailwave.core.outcomes import ActRefused, ActUnknown

_COLLECTIONS = Path(__file__).resolve().parents[3] / "playbooks" / "collections"
if str(_COLLECTIONS) not in sys.path:
    sys.path.insert(0, str(_COLLECTIONS))

from ansible_collections.mailwave.exchange.plugins.plugin_utils import manifest as manifests  # noqa: E402
from ansible_collections.mailwave.exchange.plugins.plugin_utils import migration_batches  # noqa: E402
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import (  # noqa: E402
    BatchDiffers,
    BatchNotStartable,
)


class InProcessPlays:
    """Makes and starts batches through *admin*."""

    def __init__(self, admin: ExchangeAdmin) -> None:
        self._admin = admin

    def prepare_servers(self, *, check: bool) -> Sequence[str]:
        """The servers are as they should be."""
        return ()

    def start_batch(self, manifest: Path, digest: str) -> None:
        """Both tasks of the play, one after the other."""
        read = manifests.read_manifest(str(manifest), digest)
        try:
            migration_batches.ensure(self._admin, read, start=False, check=False)
            migration_batches.ensure(self._admin, read, start=True, check=False)
        except OutcomeUnknown as error:
            raise ActUnknown(act="play", subject=read.batch, why=str(error)) from error
        except (ExchangeError, BatchDiffers, BatchNotStartable) as error:
            raise ActRefused(act="play", subject=read.batch, why=str(error)) from error
