"""What operators do: one act a file. prepare() may only look, run() may act."""
