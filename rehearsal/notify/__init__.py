"""A stand-in for GOV.UK Notify: the part of its version 2 interface by which e-mails are sent and looked up."""

from rehearsal.notify.astray import astray
from rehearsal.notify.options import NotifyOptions
from rehearsal.notify.service import Notify, NotifyFaults

__all__ = ["Notify", "NotifyFaults", "NotifyOptions", "astray"]
