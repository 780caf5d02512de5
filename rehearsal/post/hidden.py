"""Why Exchange's availability service does not show when somebody is free: its response codes, in its words.

The codes are those of Microsoft's list of response codes of Exchange Web Services, the texts those of its pages on
free/busy that fails. Which code a cause has is in `rehearsal.post.calendars` and `rehearsal.site.halves`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hidden:
    """The response *code*, and its *text*."""

    code: str
    text: str


def unknown(address: str) -> Hidden:
    """Nobody has the address there, or no relationship with its domain shows free/busy."""
    text = f"Unable to resolve e-mail address {address} to an Active Directory object."
    return Hidden("ErrorMailRecipientNotFound", text)


def unusable(relationship: object) -> Hidden:
    """The relationship says of the other organisation what that does not say of itself."""
    text = (
        f"The mail recipient is not found in Active Directory., inner exception: The organization relationship "
        f"{relationship} can't be used. Please confirm that the organization relationship is configured correctly."
    )
    return Hidden("ErrorMailRecipientNotFound", text)


def no_access() -> Hidden:
    """Whoever asks may not see it."""
    return Hidden("ErrorNoFreeBusyAccess", "The caller does not have access to free/busy data.")


def nowhere(address: str, host: str) -> Hidden:
    """Nobody answers where the other organisation is asked."""
    text = (
        f"Autodiscover failed for email address {address} with error System.Net.WebException: The remote name could "
        f"not be resolved: '{host}'"
    )
    return Hidden("ErrorAutoDiscoverFailed", text)


def unauthorised() -> Hidden:
    """The other organisation does not take the token."""
    text = (
        "Proxy web request failed. , inner exception: The request failed with HTTP status 401: Unauthorized."
    )
    return Hidden("ErrorProxyRequestProcessingFailed", text)
