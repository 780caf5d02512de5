"""The decisions: pure values and functions, without I/O, clock or chance of their own."""
