"""The outside systems, one file each; a dry run is refused here, at the lowest level."""
