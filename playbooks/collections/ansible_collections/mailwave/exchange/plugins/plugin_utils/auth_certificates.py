# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The certificate by which Exchange proves who it is (OAuth), turned over so that no server ever lacks the current one.

Three steps, each by itself: the new certificate becomes the next one, and Exchange's service hosts bring it to every
server; it is published, once all have it; the previous one is let go (opd:Set-AuthConfig).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import NotTaken, PlayError, some

from exchange_admin.errors import ExchangeError, OutcomeUnknown
from exchange_admin.port import ExchangeAdmin
from exchange_admin.values import moment


class Step(StrEnum):
    """How far the new certificate is brought."""

    STAGE = "stage"
    PUBLISH = "publish"
    CLEAR = "clear"


NOTICE = timedelta(hours=48)
"""How far ahead Exchange wants the date of a next certificate, so that it is on every server by then."""

ENDS_SOON, NEXT_ENDS_SOON = timedelta(days=60), timedelta(days=120)
"""How long the current certificate, and a next one that stands ready, should be valid still: the bounds of Microsoft's
MonitorExchangeAuthCertificate (css:docs/Admin/MonitorExchangeAuthCertificate.md)."""


class TooSoon(PlayError):
    """The next certificate would count from *effective*, before Exchange has had time to bring it to every server."""

    def __init__(self, *, effective: datetime) -> None:
        self.effective = effective
        super().__init__(
            f"{effective.isoformat()} is less than 48 hours ahead, in which Exchange brings the certificate to every "
            "server; give a later auth_certificate_effective"
        )


class NotEverywhere(PlayError):
    """The certificate with *thumbprint* is not on *servers* with its private key."""

    def __init__(self, *, thumbprint: str, servers: Sequence[str]) -> None:
        self.thumbprint = thumbprint
        self.servers = list(servers)
        super().__init__(
            f"certificate {thumbprint} is not on {some(servers)} with its private key; the service host of a server "
            "brings it there in a while, so wait, or look whether MSExchangeServiceHost runs there"
        )


class NotNext(PlayError):
    """The certificate with *thumbprint* is neither the next one, which is *following*, nor the current one."""

    def __init__(self, *, thumbprint: str, following: str) -> None:
        self.thumbprint = thumbprint
        self.following = following
        super().__init__(
            f"certificate {thumbprint} is not the next one ({following or 'there is none'}); run step stage first"
        )


@dataclass(frozen=True)
class Configured:
    """The thumbprints of the organisation, in capitals; empty where there is none."""

    current: str
    previous: str
    following: str

    def reached(self, step: Step, thumbprint: str) -> bool:
        """Whether the certificate with *thumbprint* has come as far as *step*."""
        wanted = thumbprint.upper()
        if step is Step.STAGE:
            return wanted in (self.following, self.current)
        return self.current == wanted and (step is Step.PUBLISH or not self.previous)


@dataclass(frozen=True)
class Dates:
    """The moment from which a next certificate may count, and the present one."""

    effective: datetime
    now: datetime


def configured(admin: ExchangeAdmin) -> Configured:
    """What the organisation's configuration says."""
    (row,) = admin.invoke("Get-AuthConfig").rows
    names = ("CurrentCertificateThumbprint", "PreviousCertificateThumbprint", "NextCertificateThumbprint")
    return Configured(*(str(row[name] or "").upper() for name in names))


def turn(
    admin: ExchangeAdmin, step: Step, thumbprint: str, dates: Dates | None = None, *, check: bool
) -> list[str]:
    """Bring the certificate as far as *step*, for the first one with *dates*, and return what differed.

    Raises:
        TooSoon: it is to be staged for a date that is too near; nothing was changed.
        NotEverywhere: it is to be published, and a server does not have it; nothing was changed.
        NotNext: it is to be published, and was not staged.
        NotTaken: Exchange accepted the change, and reading it back shows something else.
    """
    before = configured(admin)
    if before.reached(step, thumbprint):
        return []
    sent = dict(_SENT.get(step, {}))
    if step is Step.STAGE:
        sent = {"NewCertificateThumbprint": thumbprint} | _date(dates)
    else:
        _refuse_early(admin, before, step, thumbprint)
    if check:
        return [step.value]
    lost = _send(admin, sent)
    after = configured(admin)
    if not after.reached(step, thumbprint):
        raise lost or NotTaken(
            identity="the authorization configuration",
            wanted={"certificate": thumbprint.upper(), "step": step.value},
            found={"certificate": after.current, "step": "next " + (after.following or "none")},
        )
    return [step.value]


def _date(dates: Dates | None) -> dict[str, object]:
    """Our writes answer every question of Exchange's, so the one about a near date is asked here."""
    if dates is None:
        raise ValueError("the date from which the next certificate may count is needed")
    if dates.effective < dates.now + NOTICE:
        raise TooSoon(effective=dates.effective)
    return {"NewCertificateEffectiveDate": dates.effective.isoformat()}


_SENT: dict[Step, dict[str, object]] = {
    Step.PUBLISH: {"PublishCertificate": True},
    Step.CLEAR: {"ClearPreviousCertificate": True},
}


def _refuse_early(admin: ExchangeAdmin, before: Configured, step: Step, thumbprint: str) -> None:
    ready = before.current if step is Step.CLEAR else before.following
    if ready != thumbprint.upper():
        raise NotNext(thumbprint=thumbprint.upper(), following=before.following)
    lacking = [server for server, there in _held(admin, thumbprint) if not there]
    if lacking:
        raise NotEverywhere(thumbprint=thumbprint.upper(), servers=lacking)


def _held(admin: ExchangeAdmin, thumbprint: str) -> Iterator[tuple[str, bool]]:
    """Each mailbox server, and whether it has the certificate with its private key."""
    for row in admin.invoke("Get-ExchangeServer").rows:
        if "Mailbox" in str(row["ServerRole"]):
            server = str(row["Name"])
            held = admin.invoke("Get-ExchangeCertificate", {"Server": server}).rows
            yield server, any(_is(each, thumbprint) and bool(each["HasPrivateKey"]) for each in held)


def _is(row: Any, thumbprint: str) -> bool:
    return str(row["Thumbprint"]).upper() == thumbprint.upper()


def checks(
    admin: ExchangeAdmin, present: datetime, step: Step | None = None, thumbprint: str = ""
) -> list[dict[str, Any]]:
    """What the twin judges at the *present* moment.

    Every server has the current certificate and the next one, the current one is valid for long enough or a next one
    stands ready, and *step* is reached where one is named.
    """
    try:
        return list(_checks(admin, present, step, thumbprint))
    except ExchangeError as error:
        return [{"id": "auth-certificate-missing", "unknown": str(error)}]


def _checks(
    admin: ExchangeAdmin, present: datetime, step: Step | None, thumbprint: str
) -> Iterator[dict[str, Any]]:
    now = configured(admin)
    for name, each in (
        ("auth-certificate-missing", now.current),
        ("auth-certificate-next-missing", now.following),
    ):
        for server, there in _held(admin, each) if each else ():
            yield {"id": name, "subject": server, "found": there, "expected": each, "holds": there}
    yield from _validity(admin.invoke("Get-ExchangeCertificate").rows, now, present)
    if step is not None:
        found = {"current": now.current, "previous": now.previous, "next": now.following}
        holds = now.reached(step, thumbprint)
        expected = f"{step.value} of {thumbprint.upper()}"
        yield {"id": "auth-certificate-not-turned", "found": found, "expected": expected, "holds": holds}


def _validity(rows: Sequence[Any], now: Configured, present: datetime) -> Iterator[dict[str, Any]]:
    """Whether the current certificate is valid, and for long enough; one that has expired is one finding, not two."""
    for row in rows:
        if _is(row, now.current):
            status, ends = str(row["Status"]), moment(str(row["NotAfter"]))
            valid = status == "Valid" and ends > present
            yield {"id": "auth-certificate-expired", "found": status, "expected": "Valid", "holds": valid}
            ready = any(
                _is(each, now.following) and moment(str(each["NotAfter"])) >= present + NEXT_ENDS_SOON
                for each in rows
            )
            yield {
                "id": "auth-certificate-expiring",
                "found": {"days": (ends - present).days, "next": ready},
                "expected": {"days": ENDS_SOON.days, "next": True},
                "holds": not valid or ready or ends >= present + ENDS_SOON,
            }


def _send(admin: ExchangeAdmin, parameters: dict[str, object]) -> OutcomeUnknown | None:
    """Send one write. A lost answer is returned, not raised: reading back decides what it meant."""
    try:
        admin.invoke("Set-AuthConfig", parameters)
    except OutcomeUnknown as lost:
        return lost
    return None
