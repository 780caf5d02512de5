"""Discovery: what is read of the estate, joined by ids that never change, judged by what blocks a move."""
