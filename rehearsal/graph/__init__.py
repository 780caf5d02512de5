"""A simulated Microsoft Graph over the directory: queries, pages, delta, batches, limits and permissions."""

from rehearsal.graph.options import Options
from rehearsal.graph.routes import ADMINISTRATOR, OPERATOR
from rehearsal.graph.service import Graph

__all__ = ["ADMINISTRATOR", "OPERATOR", "Graph", "Options"]
