"""The settings that a mailbox keeps: each a row of one table, with what was promised and the cmdlet that sets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mailwave.core.aftercare.differences import CLOUD, Difference, Remedy, Tenant
from mailwave.core.aftercare.pictures import Found, Picture

PLAN_QUOTA = 100 * 1024**3
"""What the licence gives (fact C8): nobody was promised more."""

Wanted = Callable[[Any, Any], Any]
"""From what it was and what it is now, what it must be; `AS_IT_IS` where that is well as it is."""


class _AsItIs:
    """What it is now is well."""


AS_IT_IS = _AsItIs()


def _stays_on(was: Any, now: Any) -> Any:
    """What was on is on; what was off may be either."""
    return True if was is True and now is not True else AS_IT_IS


def _open_stays_open(was: Any, now: Any) -> Any:
    """An access that was not shut is not shut; none said is open."""
    return True if was is not False and now is False else AS_IT_IS


def _stays_named(was: Any, now: Any) -> Any:
    """What was named is still that; where nothing was, the tenant's own will do."""
    return was if was and str(was).casefold() != str(now or "").casefold() else AS_IT_IS


def _always(value: object) -> Wanted:
    return lambda _was, now: AS_IT_IS if now == value else value


def _no_less(was: Any, now: Any) -> Any:
    """As many bytes as it could hold, as far as the licence goes; None is no bound."""
    wanted = PLAN_QUOTA if was is None else min(was, PLAN_QUOTA)
    return wanted if now is not None and now < wanted else AS_IT_IS


@dataclass(frozen=True)
class Setting:
    """Damage of *kind*: the property *name* is not *wanted*; *cmdlet* sets it."""

    kind: str
    name: str
    wanted: Wanted
    cmdlet: str = "Set-Mailbox"


SETTINGS = (
    Setting("litigation-hold-dropped", "LitigationHoldEnabled", _stays_on),
    Setting("retention-hold-dropped", "RetentionHoldEnabled", _stays_on),
    Setting("retention-policy-lost", "RetentionPolicy", _stays_named),
    Setting("item-recovery-off", "SingleItemRecoveryEnabled", _stays_on),
    Setting("audit-off", "AuditEnabled", _always(value=True)),
    Setting(
        "audit-bypassed", "AuditBypassEnabled", _always(value=False), "Set-MailboxAuditBypassAssociation"
    ),
    Setting("forwarding-lost", "ForwardingSmtpAddress", _stays_named),
    Setting("forwarding-lost", "ForwardingAddress", _stays_named),
    Setting("forwarded-copy-lost", "DeliverToMailboxAndForward", _stays_on),
    Setting("sent-copy-lost", "MessageCopyForSentAsEnabled", _stays_on),
    Setting("behalf-copy-lost", "MessageCopyForSendOnBehalfEnabled", _stays_on),
    Setting("quota-cut", "ProhibitSendReceiveQuota", _no_less),
    Setting("web-access-lost", "OWAEnabled", _open_stays_open, "Set-CASMailbox"),
    Setting("outlook-access-lost", "MAPIEnabled", _open_stays_open, "Set-CASMailbox"),
    Setting("phone-access-lost", "ActiveSyncEnabled", _open_stays_open, "Set-CASMailbox"),
    Setting("services-access-lost", "EwsEnabled", _open_stays_open, "Set-CASMailbox"),
)

ALWAYS = frozenset({"AuditEnabled", "AuditBypassEnabled"})
"""What everybody is promised, whatever it was before."""
_FORWARDING = ("ForwardingSmtpAddress", "ForwardingAddress")


def of_settings(was: Picture, now: Found, _: Tenant) -> Iterator[Difference]:
    """The settings that are not as promised; what was not read, on either side, is no finding."""
    if not now.there:
        return
    for each in SETTINGS:
        if each.name not in now.settings or (each.name not in was.settings and each.name not in ALWAYS):
            continue
        wanted = each.wanted(was.settings.get(each.name), now.settings[each.name])
        if wanted is not AS_IT_IS:
            remedy = Remedy(CLOUD, ((each.cmdlet, {"Identity": was.guid, each.name: wanted}),))
            yield Difference(each.kind, was.guid, was.address, each.name, remedy)
    yield from _new_forwarding(was, now.settings, was.settings)
    yield from _searches(was, now)


def _new_forwarding(was: Picture, now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Difference]:
    """Mail that leaves a mailbox which forwarded nothing is how a stolen one is used: a person must look."""
    if any(before.get(name) for name in _FORWARDING):
        return
    for name in _FORWARDING:
        if now.get(name):
            yield Difference("forwarding-new", was.guid, was.address, str(now[name]).lower())


def _searches(was: Picture, now: Found) -> Iterator[Difference]:
    """A hold of a search, which only whoever holds it can place anew."""
    for hold in was.settings.get("InPlaceHolds") or ():
        if hold not in (now.settings.get("InPlaceHolds") or ()):
            yield Difference("in-place-hold-dropped", was.guid, was.address, str(hold))
