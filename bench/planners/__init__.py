"""Planners to compare ours with, each a program of its own that reads the same files and writes the same plan file."""
