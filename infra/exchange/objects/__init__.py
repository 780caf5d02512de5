"""The kinds of Exchange object that the stacks know, a file a family: one row each, from Microsoft's reference."""
