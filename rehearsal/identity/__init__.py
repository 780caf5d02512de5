"""The identity service: who an application is, and the tokens that say so."""

from rehearsal.identity.assertions import Trust
from rehearsal.identity.tokens import EXCHANGE, GRAPH, TokenService

__all__ = ["EXCHANGE", "GRAPH", "TokenService", "Trust"]
