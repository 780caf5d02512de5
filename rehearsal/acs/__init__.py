"""A stand-in for the e-mail of Azure Communication Services, the second route for notices.

Slow at first and easy to misread: whoever takes that route meets its quotas here before they meet them there. It is
not among the services that a rehearsal serves, because notices go by Notify.
"""

from rehearsal.acs.options import AcsOptions
from rehearsal.acs.service import Acs

__all__ = ["Acs", "AcsOptions"]
