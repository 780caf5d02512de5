"""A simulated on-premises site: Exchange's remote PowerShell, and the logs that its servers write."""

from rehearsal.site.directory import Directory, NotAtSource
from rehearsal.site.options import Options
from rehearsal.site.organisation import Organisation
from rehearsal.site.site import Site

__all__ = ["Directory", "NotAtSource", "Options", "Organisation", "Site"]
