"""What is done after a move: look at what was promised, mend what the move broke, and say what is left."""
