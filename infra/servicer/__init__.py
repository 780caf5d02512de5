"""A base for Pulumi providers in Python: the raw gRPC protocol, with plain dicts on the inside.

A provider is a subclass of `Provider` whose module ends in ``serve(MyProvider())``, and an executable
``pulumi-resource-<name>`` that starts that module.
"""

from infra.servicer.provider import CheckFailure, Difference, HalfMade, Live, Provider, ProviderError, Subject
from infra.servicer.server import serve, start
from infra.servicer.values import (
    UNKNOWN,
    Change,
    Kind,
    Properties,
    Secret,
    differences,
    has_unknown,
    project,
)

__all__ = [
    "UNKNOWN",
    "Change",
    "CheckFailure",
    "Difference",
    "HalfMade",
    "Kind",
    "Live",
    "Properties",
    "Provider",
    "ProviderError",
    "Secret",
    "Subject",
    "differences",
    "has_unknown",
    "project",
    "serve",
    "start",
]
