"""Entra objects of one environment: what the operator command signs in as, and who stands behind it."""
