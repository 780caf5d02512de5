"""The tables that reports on waves, organisations and the programme share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from mailwave.core.aftercare.differences import SHOWN
from mailwave.core.prices import CONTACT, LICENCE, NOTICE, ONCE, TRANSFER, PriceList
from mailwave.core.progress import Tally
from mailwave.core.reports.document import Cell, Column, Kind, Section, count, day, size, text
from mailwave.core.reports.facts import Cluster, Facts, by, counts_of
from mailwave.core.states import MailboxState

COUNTED = ("planned", "moved", "waiting", "in_flight", "unknown", "deferred", "failed", "excluded")
_HEADS = tuple(count(name.replace("_", " ")) for name in COUNTED)
NOT_PLANNED = "not planned"

NO_PRICE = "no price agreed"


def standing(title: str, says: str, what: str, parts: Mapping[str, Sequence[Cluster]]) -> Section:
    """How many mailboxes of each of *parts* stand where, and what has moved."""
    rows: list[tuple[Cell, ...]] = [
        (name or NOT_PLANNED, *_counted(some), _moved(some).size_bytes) for name, some in parts.items()
    ]
    return Section(title, says, (text(what), *_HEADS, size("bytes moved")), tuple(rows))


def nights(facts: Facts) -> Section:
    """Night by night, what was promised and what was done."""
    clusters, told = by(facts.clusters, "wave"), {each.night: each for each in facts.told}
    rows: list[tuple[Cell, ...]] = []
    for night in facts.nights:
        some = clusters.get(night.wave, [])
        word = told.get(night.night.isoformat())
        if not some and word is None:
            continue
        promised = (word.people, word.kept, word.people - word.kept) if word else (0, 0, 0)
        counts, done = counts_of(some), _moved(some)
        rows.append(
            (night.night, night.wave, *promised, counts.planned, *done, facts.contacts.get(night.wave))
        )
    columns = (
        *(day("night"), text("wave")),
        *(count(name) for name in ("people told", "of them moved", "of them not", "in the plan", "moved")),
        *(size("bytes moved"), count("contacts")),
    )
    says = (
        "People told: who was told of the night two weeks before it; of them moved: who has moved in that very night. "
        "Contacts are what the service desk said last; where it said nothing, the cell is empty."
    )
    return Section("Nights", says, columns, tuple(rows))


def still_open(facts: Facts) -> Section:
    """What has not ended, and what ended otherwise than promised, by its reason."""
    counts = facts.counts
    rows: list[tuple[Cell, ...]] = [
        (name, why, number)
        for name, why, number in (
            ("waiting", "their night is to come, or they have none", counts.waiting),
            ("in flight", "a move request stands", counts.in_flight),
            ("unknown", "the outcome has not been read back", counts.unknown),
        )
        if number
    ]
    rows += [(str(state), why or "no reason given", number) for state, why, number in facts.reasons]
    rows += [("act", f"{act}: how it ended is not known", number) for act, number in facts.doubtful.items()]
    rows += [
        ("notices", f"{_words(each.milestone)}: {each.state}", each.notices)
        for each in facts.sent
        if each.state in ("failed", "undelivered", "reserved")
    ]
    rows += _aftercare(facts)
    says = (
        "Mailboxes that have not ended or did not move, acts in doubt, notices that did not arrive, and what aftercare "
        "found."
    )
    return Section("Open", says, (text("what"), text("why"), count("number")), tuple(rows), SHOWN)


def _aftercare(facts: Facts) -> list[tuple[Cell, ...]]:
    kinds: Counter[str] = Counter()
    for each in facts.checks:
        kinds.update(each.open)
    rows: list[tuple[Cell, ...]] = [("aftercare", kind, number) for kind, number in sorted(kinds.items())]
    if excepted := sum(each.excepted for each in facts.checks):
        rows.append(("aftercare", "accepted for a while, with an owner", excepted))
    return rows


def notices(facts: Facts) -> Section:
    """What people were sent."""
    rows = tuple((_words(each.milestone), each.state, each.notices) for each in facts.sent)
    return Section("Notices", "", (text("milestone"), text("state"), count("notices")), rows)


def _words(milestone: str) -> str:
    return milestone.replace("_", " ")


def licences(facts: Facts) -> Section:
    """What licences those who moved need, and which groups they are in."""
    rows: list[tuple[Cell, ...]] = [("needed by moved mailboxes", facts.licences)]
    rows += [(f"in the group {group}", number) for group, number in sorted(facts.groups.items())]
    given = sum(facts.groups.values())
    rows.append(("needed, less the people in groups", max(facts.licences - given, 0)))
    says = (
        "Needed: moved mailboxes of people, and shared ones of over 50 GiB. In a group: as the journal has it, read "
        "back."
    )
    return Section("Licences", says, (text("what"), count("number")), tuple(rows))


def costs(facts: Facts) -> Section:
    """What it cost, as far as prices are agreed."""
    rows = [_charge(facts.prices, *counted) for counted in _charged(facts)]
    columns = (
        text("what"),
        count("number"),
        text("unit"),
        _money("each"),
        _money("amount"),
        text("currency"),
        text("by whom"),
    )
    says = "Where the price list of the environment has no price there is no amount."
    if facts.prices.example:
        says += " The prices are examples, which nobody pays."
    return Section("Cost", says, columns, tuple(rows))


def _charged(facts: Facts) -> Iterator[tuple[str, str, float]]:
    """What the price list may have a price for: the item, what it is in words, and how many of it there are."""
    for group, people in sorted(facts.groups.items()):
        yield LICENCE.format(name=group), f"licences of {group}", people
    yield NOTICE, "notices", facts.notices
    if facts.contacts:  # else nobody knows how many there were, which is not none
        yield CONTACT, "contacts at the service desk", sum(facts.contacts.values())
    yield TRANSFER, "gigabytes of mail moved", round(facts.moved_bytes / 10**9, 3)


def _charge(prices: PriceList, item: str, what: str, number: float) -> tuple[Cell, ...]:
    price = prices.prices.get(item)
    if price is None:
        return what, number, None, None, None, None, NO_PRICE
    amount = (Decimal(str(number)) * price.price).quantize(Decimal("0.01"))
    unit = price.unit if price.per == ONCE else f"{price.unit}, a {price.per}"
    return what, number, unit, float(price.price), float(amount), price.currency, price.source


def _money(name: str) -> Column:
    return Column(name, Kind.MONEY)


def _counted(some: Sequence[Cluster]) -> tuple[int, ...]:
    counts = counts_of(some)
    return tuple(getattr(counts, name) for name in COUNTED)


def _moved(some: Sequence[Cluster]) -> Tally:
    done = [each for each in some if each.state is MailboxState.MOVED]
    return Tally(sum(each.mailboxes for each in done), sum(each.size_bytes for each in done))
