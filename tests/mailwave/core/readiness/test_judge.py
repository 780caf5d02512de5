"""Who is ready by what the sites show: the rules one by one, and what their order means."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pytest

from mailwave.core.client_log import parse_version
from mailwave.core.estate import ClientSeen, Mailbox, Permission
from mailwave.core.readiness.findings import Explainer
from mailwave.core.readiness.inventory import estate_columns
from mailwave.core.readiness.judge import judge
from mailwave.core.readiness.rules import LARGEST_BYTES, Effect, RuleBook
from rehearsal.estate import generate
from tests.mailwave.builders import NOW, a_mailbox, a_right, a_shared_mailbox, guid, seen
from tests.mailwave.core.readiness import tables
from tests.mailwave.core.readiness.books import OF_SERVICES, some_rules

NEW, OLD = (16, 0, 17932, 20286), (14, 0, 7268, 5000)


class Said(NamedTuple):
    """What is said of one mailbox."""

    code: str = "ready"
    effect: Effect | None = None
    reason: str = ""


def rules(*, threshold: float = 1.0, unseen: bool = False, unused: bool = False, **own: float) -> RuleBook:
    return some_rules(
        *OF_SERVICES,
        organisation_threshold=threshold,
        organisation_exceptions=own,
        no_client_seen_is_ready=unseen,
        shared_without_users_is_ready=unused,
    )


def assess(
    mailboxes: Sequence[Mailbox],
    clients: Mapping[str, ClientSeen],
    permissions: Iterable[Permission],
    book: RuleBook,
) -> dict[str, Said]:
    estate = estate_columns(tables.boxes(mailboxes), tables.rights(permissions), clients)
    judged = judge(estate, book, NOW.date())
    blocked = Explainer(judged, estate, book, NOW.date()).blocked()
    found = {each.guid: Said(each.code.name, each.code.effect, each.reason) for each in blocked}
    return {mailbox.guid: found.get(mailbox.guid, Said()) for mailbox in mailboxes}


def verdict(mailbox: Mailbox, version: tuple[int, ...] | None = NEW, by: RuleBook | None = None) -> Said:
    clients = seen(mailbox, *version) if version else {}
    return assess([mailbox], clients, [], by or rules())[mailbox.guid]


def code(of: Said) -> str:
    return of.code


class TestExcluded:
    @pytest.mark.parametrize(
        "kind", ["DiscoveryMailbox", "ArbitrationMailbox", "MonitoringMailbox", "Unheard-of"]
    )
    def test_system_mailboxes_are_out_by_rule(self, kind: str) -> None:
        """It should exclude recipient types that a remote move does not take."""
        found = verdict(a_mailbox(recipient_type=kind))

        assert ("recipient-type", Effect.EXCLUDED) == found[:2]

    def test_the_largest_supported_size_is_still_taken(self) -> None:
        """It should take exactly 200 GB and exclude a byte more (fact C2)."""
        assert "ready" == code(verdict(a_mailbox(size_bytes=LARGEST_BYTES)))
        assert "too-large" == code(verdict(a_mailbox(size_bytes=LARGEST_BYTES + 1)))


class TestClients:
    @pytest.mark.parametrize(
        ("version", "expected"),
        [
            ((16, 0, 4600, 1000), "ready"),
            ((16, 0, 4600, 999), "client-old"),
            ((15, 0, 4971, 1000), "ready"),
            ((15, 0, 4971, 999), "client-old"),
            ((14, 99, 99999, 9999), "client-old"),
            ((12, 0, 6423, 1000), "client-old"),
            ((17, 0, 0, 0), "ready"),
        ],
    )
    def test_the_minimum_is_that_of_its_major_version(self, version: tuple[int, ...], expected: str) -> None:
        """It should hold Outlook 2013 and 2016 to their own minimum, and refuse 2010 and older (fact D28)."""
        assert expected == code(verdict(a_mailbox(), version))

    def test_the_lowest_client_decides(self) -> None:
        """It should defer a mailbox that one old machine opens, however new the other is."""
        mailbox = a_mailbox()
        clients = {mailbox.legacy_dn.casefold(): ClientSeen(lowest=OLD, newest=NEW, last_seen=NOW)}

        assert "client-old" == code(assess([mailbox], clients, [], rules())[mailbox.guid])

    def test_no_evidence_is_not_ready(self) -> None:
        """It should defer a person's mailbox that no client opened, unless the estate file says ready."""
        assert "client-unknown" == code(verdict(a_mailbox(), None))
        assert "ready" == code(verdict(a_mailbox(), None, rules(unseen=True)))

    def test_no_size_is_not_ready(self) -> None:
        """It should defer a mailbox without statistics, whatever its client."""
        assert "size-unknown" == code(verdict(a_mailbox(size_bytes=None)))


class TestOrganisation:
    def _verdicts(self, old: int, by: RuleBook, of: int = 4) -> Counter[str]:
        boxes = [a_mailbox(n) for n in range(of)]
        clients = {
            key: value
            for n, box in enumerate(boxes)
            for key, value in seen(box, *(OLD if n < old else NEW)).items()
        }
        return Counter(map(code, assess(boxes, clients, [], by).values()))

    def test_over_the_threshold_everybody_waits(self) -> None:
        """It should defer new clients too when their organisation has too many old ones."""
        assert {"organisation-threshold": 4} == self._verdicts(2, rules(threshold=0.25))

    def test_at_the_threshold_only_the_old_wait(self) -> None:
        """It should count a share that equals the threshold as within it."""
        assert {"ready": 3, "client-old": 1} == self._verdicts(1, rules(threshold=0.25))

    def test_an_organisation_can_have_its_own_threshold(self) -> None:
        """It should use the threshold that the estate file gives one organisation, 0 included."""
        assert {"ready": 2, "client-old": 2} == self._verdicts(2, rules(threshold=0.25, RR8=0.5))
        assert {"organisation-threshold": 4} == self._verdicts(1, rules(threshold=0.25, RR8=0.0))


class TestShared:
    def _verdict(
        self, versions: Iterable[tuple[int, ...] | None], rights: Iterable[Permission] | None = None
    ) -> str:
        people = [a_mailbox(n) for n, _ in enumerate(versions, start=1)]
        clients = {
            key: value
            for person, version in zip(people, versions, strict=True)
            if version
            for key, value in seen(person, *version).items()
        }
        held = [a_right(0, n) for n, _ in enumerate(people, start=1)] if rights is None else rights
        return code(assess([a_shared_mailbox(0), *people], clients, held, rules())[guid(0)])

    def test_ready_when_all_who_use_it_are(self) -> None:
        """It should judge a shared mailbox by the people whose Outlook opens it."""
        assert "ready" == self._verdict([NEW, NEW])

    @pytest.mark.parametrize("other", [OLD, None])
    def test_one_who_is_not_ready_holds_it_back(self, other: tuple[int, ...] | None) -> None:
        """It should wait for a person with an old or an unknown client."""
        assert "user-not-ready" == self._verdict([NEW, other])

    def test_nobody_is_no_evidence(self) -> None:
        """It should defer a shared mailbox on which nobody holds a right, or only another shared one."""
        assert "users-unknown" == self._verdict([NEW], rights=[])
        shared = [a_shared_mailbox(0), a_shared_mailbox(1)]
        found = assess(shared, {}, [a_right(0, 1)], rules())
        assert {"users-unknown"} == set(map(code, found.values()))

    def test_the_estate_file_can_say_ready(self) -> None:
        """It should take an unused shared mailbox when the estate file says so."""
        assert "ready" == code(verdict(a_shared_mailbox(0), None, rules(unused=True)))

    def test_its_own_old_client_counts_too(self) -> None:
        """It should defer a shared mailbox that an old Outlook opened by itself."""
        assert "client-old" == code(verdict(a_shared_mailbox(0), OLD, rules(unused=True)))


def test_the_rehearsed_estate_has_one_organisation_over_its_threshold() -> None:
    """It should hold back the organisation with 13 of 30 mailboxes on Office 2010, and the two giants."""
    estate = generate(7)
    by_alias = {mailbox.alias: mailbox.exchange_guid for mailbox in estate.mailboxes}
    boxes = [
        Mailbox(
            guid=m.exchange_guid, address=m.address, alias=m.alias, display_name=m.display_name,
            organisation=m.organisation, site="leeds", recipient_type=m.recipient_type, legacy_dn=m.legacy_dn,
            server=m.server, database=m.database, size_bytes=m.size_bytes, items=m.items,
        )
        for m in estate.mailboxes
    ]  # fmt: skip
    rights = [
        Permission(m.exchange_guid, by_alias[right.trustee], right.kind)
        for m in estate.mailboxes
        for right in m.rights
    ]
    clients = {
        m.legacy_dn.casefold(): ClientSeen(version, version, NOW)
        for m in estate.mailboxes
        if (version := parse_version(m.client or "")) is not None
    }

    found = Counter(map(code, assess(boxes, clients, rights, rules(threshold=0.25)).values()))

    expected = {
        "organisation-threshold": 30,
        "client-old": 21,
        "user-not-ready": 9,
        "too-large": 2,
        "ready": 438,
    }
    assert expected == found
