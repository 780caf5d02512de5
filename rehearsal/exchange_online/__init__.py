"""A simulated Exchange Online: its token service, its admin endpoint and its migration service, in virtual time."""

from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.service import ExchangeOnline
from rehearsal.exchange_online.tenant import Directory
from rehearsal.exchange_online.tokens import TokenService

__all__ = ["Directory", "ExchangeOnline", "Options", "TokenService"]
