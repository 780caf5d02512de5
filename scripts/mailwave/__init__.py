"""The operator command: it plans, proves, runs and accounts for the move of an estate."""
