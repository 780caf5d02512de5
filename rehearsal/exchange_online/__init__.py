"""A simulated Exchange Online: its admin endpoint and its migration service, in virtual time."""

from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.premises import Directory
from rehearsal.exchange_online.service import ExchangeOnline

__all__ = ["Directory", "ExchangeOnline", "Options"]
