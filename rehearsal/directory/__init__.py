"""The Entra tenant: its users, groups and licences, and the synchronisation that fills it from the sites."""

from rehearsal.directory.declared import Declared
from rehearsal.directory.objects import Sku, User
from rehearsal.directory.setup import synchronised
from rehearsal.directory.sync import Cycle, SyncEngine
from rehearsal.directory.tenant import Entra, usual_skus

__all__ = ["Cycle", "Declared", "Entra", "Sku", "SyncEngine", "User", "synchronised", "usual_skus"]
