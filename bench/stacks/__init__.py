"""The same resources without our program: what its components and settings cost is the difference."""
