"""`make setup`: a virtual environment from the lock file, and the Pulumi engine. Standard library only."""
