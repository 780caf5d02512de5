"""Fixtures of the adapters' tests."""

from tests.mailwave.adapters.ledgers import closed_ledgers

__all__ = ["closed_ledgers"]
