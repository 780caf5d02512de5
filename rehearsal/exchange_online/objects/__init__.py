"""The tenant's configuration objects: one engine (`engine`), and tables of kinds (`kinds/`)."""
