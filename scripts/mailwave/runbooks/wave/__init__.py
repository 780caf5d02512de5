"""Running the planned waves: notices, batches, moves and completion, each in a file of its own."""
