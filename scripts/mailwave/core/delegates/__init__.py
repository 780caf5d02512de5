"""The graph of delegate rights: who must move with whom, and where it costs least to part them."""
