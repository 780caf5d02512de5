# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The manifest that a task names, proved to be the approved one and of this tenant."""

from __future__ import annotations

from estate_schema.endpoints import Endpoints
from exchange_admin.migration import Manifest, ManifestError, read_manifest


def approved(path: str, digest: str, endpoints: Endpoints) -> Manifest:
    """The manifest at *path*, whose digest was approved as *digest*.

    Raises:
        ManifestError: it is another one, cannot be read, or is for another tenant than the endpoints file.
    """
    manifest = read_manifest(path, digest)
    if manifest.tenant.casefold() != endpoints.tenant.casefold():
        raise ManifestError(path=path, problem=f"is for tenant {manifest.tenant}, not for {endpoints.tenant}")
    return manifest
