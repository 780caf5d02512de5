"""Notices to people, by GOV.UK Notify and its own client, which neither retries nor has an idempotency key.

So a notice carries a reference that follows from what it is (environment, mailbox, milestone), and whoever does not
know whether one went out asks for its reference before sending again. The service remembers references for seven days.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from estate_schema.endpoints import Endpoints
from estate_schema.errors import ConfigurationError
from exchange_admin.reach import Reach
from exchange_admin.reach_requests import mounted
from mailwave.core.letters import Letter, Returned
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown

ATTEMPTS = 5
"""How often a notice is offered to a service that answers 429."""

NOT_DELIVERED = ("permanent-failure", "temporary-failure", "technical-failure")
"""What the service says of an e-mail that did not arrive; of a temporary failure after three days of trying."""

_MINUTE_SECONDS = 60.0
_TIMEOUT_SECONDS = 30
_DAILY = "TooManyRequestsError"


class Throttled(ActPostponed):
    """The service has taken all it takes for now, and did not take this; *daily*: the day's limit, not the minute's."""

    def __init__(self, *, subject: str, why: str, daily: bool) -> None:
        self.daily = daily
        super().__init__(act="sending", subject=subject, why=why)


class NoticesDisabled(ActRefused):
    """A notice was to be sent in a dry run."""

    def __init__(self, *, subject: str) -> None:
        super().__init__(act="sending", subject=subject, why="this is a dry run")


class Notify:
    """One service's key to Notify. Not for use by several threads at once: its client is not.

    *sleep* takes seconds; it is called before a notice that was answered 429 is offered again.
    """

    def __init__(
        self, client: NotificationsAPIClient, *, sleep: Callable[[float], None], dry_run: bool = True
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._dry_run = dry_run

    @classmethod
    def connect(cls, endpoints: Endpoints, *, sleep: Callable[[float], None], dry_run: bool = True) -> Notify:
        """Speak to the Notify of *endpoints* with the key in its file.

        Raises SecretUnreadable, and ConfigurationError when the environment has no Notify or names no usable authority.
        """
        if endpoints.notify is None:
            raise ConfigurationError(file="endpoints", key="notify", problem="is null", allowed="an address")
        # its client would print every refusal; here an error carries it, and whoever catches it says it once
        logging.getLogger("notifications_python_client").addHandler(logging.NullHandler())
        key = endpoints.credentials.notify.secret()
        client = NotificationsAPIClient(key, base_url=str(endpoints.notify), timeout=_TIMEOUT_SECONDS)
        mounted(client.request_session, Reach.of(endpoints))
        return cls(client, sleep=sleep, dry_run=dry_run)

    def send(self, letter: Letter) -> str:
        """Send *letter* and return the service's id of the notice.

        Raises:
            NoticesDisabled: in a dry run.
            Throttled: the service still answered 429 after five attempts, or its daily limit is reached.
            ActRefused: it will not send this notice: the template, the address, a missing value, the key.
            ActUnknown: the answer was lost; ask `find` before sending again.
        """
        if self._dry_run:
            raise NoticesDisabled(subject=letter.reference)
        for _ in range(ATTEMPTS - 1):
            try:
                return self._offer(letter)
            except Throttled as full:
                if full.daily:
                    raise
            self._sleep(_MINUTE_SECONDS)  # the service names no time; its window is a rolling minute
        return self._offer(letter)

    def find(self, reference: str) -> str | None:
        """The id of the notice sent under *reference* in the last seven days, or None when there is none.

        Raises ActRefused when the key is refused, and ActUnknown when no answer came: a failed read is never "absent".
        """
        try:
            found = self._client.get_all_notifications(template_type="email", reference=reference)
        except APIError as error:
            _fail("finding", reference, error)
        # filtered again here: a reader that ignored the reference would otherwise find somebody else's notice
        ids = [str(notice["id"]) for notice in found["notifications"] if notice["reference"] == reference]
        return ids[-1] if ids else None

    def shown(self, letter: Letter) -> tuple[str, str]:
        """Subject and body as the service itself fills its own template; nothing is sent.

        Raises ActRefused, as for a template or value that it does not know, and ActUnknown when no answer came.
        """
        try:
            shown = self._client.post_template_preview(letter.template.id, letter.values)
        except APIError as error:
            _fail("previewing", letter.template.id, error)
        return str(shown["subject"]), str(shown["body"])

    def returned(self) -> Iterator[Returned]:
        """What did not arrive of the last seven days, the newest first of each kind; each once.

        Raises ActRefused when the key is refused, and ActUnknown when no answer came.
        """
        for status in NOT_DELIVERED:
            older_than = None
            while page := self._page(status, older_than):
                for notice in page:
                    if notice["reference"] and notice["status"] == status:
                        yield Returned(str(notice["reference"]), status)
                older_than = page[-1]["id"]

    def _page(self, status: str, older_than: str | None) -> list[dict[str, Any]]:
        try:
            found = self._client.get_all_notifications(
                status=status, template_type="email", older_than=older_than
            )
        except APIError as error:
            _fail("reading back", status, error)
        page: list[dict[str, Any]] = found["notifications"]
        return page

    def _offer(self, letter: Letter) -> str:
        try:
            answer = self._client.send_email_notification(
                email_address=letter.address,
                template_id=letter.template.id,
                personalisation=letter.values,
                reference=letter.reference,
                sanitise_content_for=sorted(letter.values),  # harmless already, and once more where it counts
            )
        except APIError as error:
            _fail("sending", letter.reference, error)
        return str(answer["id"])


def _fail(act: str, reference: str, error: APIError) -> NoReturn:
    """Say which kind of failure *error* is. The client turns a broken connection into a 503 without an answer."""
    status = error.status_code
    if not 400 <= status < 500:
        raise ActUnknown(act=act, subject=reference, why=f"no usable answer ({status})") from error
    kind, text = _first(error.message)
    why = f"{status} {kind}: {text}"
    if status == 429:
        raise Throttled(subject=reference, why=why, daily=kind == _DAILY) from error
    raise ActRefused(act=act, subject=reference, why=why) from error


def _first(message: Any) -> tuple[str, str]:
    """The kind and wording of the first of the service's errors, or the whole when it has another shape."""
    if isinstance(message, list) and message and isinstance(message[0], dict):
        return str(message[0].get("error", "")), str(message[0].get("message", ""))
    return "", str(message)
