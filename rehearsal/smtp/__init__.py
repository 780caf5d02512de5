"""An SMTP relay that delivers nowhere: it keeps what it took, for whoever counts what people were sent."""

from rehearsal.smtp.options import RelayOptions
from rehearsal.smtp.relay import Relay, RelayFaults

__all__ = ["Relay", "RelayFaults", "RelayOptions"]
