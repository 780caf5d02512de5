"""Whole migration batches at Exchange Online: made from a manifest, started, stopped, completed, rolled back, removed.

Each act reads first, does only what is left to do, and reads back; it may be called again after it was cut off
anywhere. The plays and the engine's direct adapter both call these functions, so there is one way to do each act.
"""

from exchange_admin.migration.acts import Change, complete, remove_ended, roll_back, start, stop
from exchange_admin.migration.batch import Batch, find_batch
from exchange_admin.migration.errors import BatchError, ManifestError
from exchange_admin.migration.manifest import Manifest, digest_of, read_manifest

__all__ = [
    "Batch",
    "BatchError",
    "Change",
    "Manifest",
    "ManifestError",
    "complete",
    "digest_of",
    "find_batch",
    "read_manifest",
    "remove_ended",
    "roll_back",
    "start",
    "stop",
]
