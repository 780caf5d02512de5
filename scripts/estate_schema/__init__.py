"""Models of the files in environments/, which infra, playbooks and mailwave all read."""

from estate_schema.endpoints import Endpoints, endpoints_from_environment, load_endpoints
from estate_schema.errors import ConfigurationError
from estate_schema.estate import Estate, load_estate
from estate_schema.limits import Limits, load_limits
from estate_schema.readiness import Readiness, load_readiness

__all__ = [
    "ConfigurationError",
    "Endpoints",
    "Estate",
    "Limits",
    "Readiness",
    "endpoints_from_environment",
    "load_endpoints",
    "load_estate",
    "load_limits",
    "load_readiness",
]
