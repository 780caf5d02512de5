"""Plays that a change carries by name, beside those that prepare the sites."""
