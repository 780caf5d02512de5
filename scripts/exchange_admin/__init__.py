"""The one way to speak to Exchange: one port, one adapter for Exchange Online and one for on-premises servers.

Start at `exchange_admin.connect`, which makes an adapter from an endpoints file; `ExchangeAdmin` is what both are.
Nothing here imports an HTTP or a PowerShell library until an adapter is made.
"""

from exchange_admin.errors import (
    Ambiguous,
    DryRunRefusal,
    ExchangeError,
    NotFound,
    NotOffered,
    OutcomeUnknown,
    Refused,
    Unauthorised,
    Unreachable,
)
from exchange_admin.port import ExchangeAdmin, Result, Row, find_by_guid, find_one, get_one, is_read

__all__ = [
    "Ambiguous",
    "DryRunRefusal",
    "ExchangeAdmin",
    "ExchangeError",
    "NotFound",
    "NotOffered",
    "OutcomeUnknown",
    "Refused",
    "Result",
    "Row",
    "Unauthorised",
    "Unreachable",
    "find_by_guid",
    "find_one",
    "get_one",
    "is_read",
]
