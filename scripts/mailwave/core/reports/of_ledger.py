"""The reports on a wave and on an organisation, and what the one on the programme takes from the ledger."""

from __future__ import annotations

from mailwave.core.overview import Night
from mailwave.core.reports import tables
from mailwave.core.reports.course import Course, Support
from mailwave.core.reports.course import Night as Done
from mailwave.core.reports.document import Document, Figure, Kind, Section, Tone, Verdict
from mailwave.core.reports.facts import Facts, by, counts_of
from mailwave.core.states import MailboxState


def of_wave(facts: Facts) -> Document:
    """The report on the wave that *facts* are of."""
    night = next(each for each in facts.nights if each.wave == facts.part.wave)
    names = {code: body.name for code, body in facts.organisations.items()}
    bodies = {f"{code} {names[code]}": some for code, some in by(facts.clusters, "organisation").items()}
    sections = (
        tables.nights(facts),
        tables.standing("Batches", "", "batch", by(facts.clusters, "batch")),
        tables.standing("Organisations", "", "organisation", bodies),
        *_common(facts),
    )
    title = f"The night of {night.night:%d %B %Y}"
    return _document(facts, title, night.wave, _verdict(facts, night), sections)


def of_organisation(facts: Facts) -> Document:
    """The report on the organisation that *facts* are of."""
    body = facts.organisations[facts.part.organisation]
    last = max(
        (each for each in facts.nights if _is_in(facts, each)), key=lambda each: each.end, default=None
    )
    sections = (
        tables.nights(facts),
        tables.standing("Waves", "", "wave", by(facts.clusters, "wave")),
        *_common(facts),
    )
    return _document(facts, body.name, body.code, _verdict(facts, last), sections)


def _is_in(facts: Facts, night: Night) -> bool:
    return any(each.wave == night.wave for each in facts.clusters)


def course_of(facts: Facts) -> Course:
    """The course of the whole programme, as the ledger has it."""
    counts, waves = facts.counts, by(facts.clusters, "wave")
    rows = []
    for night in facts.nights:
        some = waves.get(night.wave, [])
        done = [each for each in some if each.state is MailboxState.MOVED]
        here = (sum(each.mailboxes for each in done), sum(each.size_bytes for each in done))
        rows.append(Done(night.night, counts_of(some).planned, *here))
    contacts = sum(facts.contacts.values()) if facts.contacts else None
    return Course(
        name=f"{facts.environment}, by its ledger",
        on=facts.at.date(),
        over=facts.deadline is not None and facts.at.date() > facts.deadline,
        mailboxes=counts.planned,
        size_bytes=sum(each.size_bytes for each in facts.clusters),
        moved=counts.moved,
        moved_bytes=facts.moved_bytes,
        left=counts.waiting + counts.in_flight + counts.unknown,
        aside={
            name: number for name in ("deferred", "failed", "excluded") if (number := getattr(counts, name))
        },
        nights=tuple(sorted(rows)),
        support=Support(contacts, "contacts at the service desk, as it told them of each wave"),
        deadline=facts.deadline,
        why=_why(facts),
    )


def _why(facts: Facts) -> tuple[tuple[str, int], ...]:
    """What keeps those who have not ended, the most first: mailboxes by where they stand."""
    unplanned = sum(
        each.mailboxes for each in facts.clusters if each.state is MailboxState.WAITING and not each.wave
    )
    counts = facts.counts
    kept = {
        "mailboxes without a night": unplanned,
        "mailboxes that wait for their night": counts.waiting - unplanned,
        "mailboxes in flight": counts.in_flight,
        "mailboxes whose outcome was not read back": counts.unknown,
    }
    return tuple(sorted(((name, number) for name, number in kept.items() if number), key=lambda row: -row[1]))


def _common(facts: Facts) -> tuple[Section, ...]:
    return (
        tables.still_open(facts),
        tables.notices(facts),
        tables.licences(facts),
        tables.costs(facts),
    )


def bodies(facts: Facts) -> Section:
    """The organisations, those with the most that is open first."""
    parts = by(facts.clusters, "organisation")
    ordered = sorted(parts, key=lambda code: (-_open(counts_of(parts[code])), code))
    named = {f"{code} {facts.organisations[code].name}": parts[code] for code in ordered}
    return tables.standing(
        "Organisations", "Those with the most mailboxes open first.", "organisation", named
    )


def common(facts: Facts) -> tuple[Section, ...]:
    """The tables of the whole ledger that stand in the programme's report behind its own."""
    return (tables.nights(facts), bodies(facts), *_common(facts))


def _open(counts: object) -> int:
    return sum(getattr(counts, name) for name in ("waiting", "in_flight", "unknown"))


def _verdict(facts: Facts, night: Night | None) -> Verdict:
    counts = facts.counts
    promised, still = counts.planned - counts.excluded, _open(counts)
    aside = ", ".join(
        f"{number:,} {name}"
        for name in ("deferred", "failed", "excluded")
        if (number := getattr(counts, name))
    )
    told = f"{counts.moved:,} of {promised:,} mailboxes have moved" + (f"; {aside}" if aside else "")
    if night is None or (still and night.start > facts.at):
        return Verdict("Ahead", f"{told}.", Tone.PLAIN)
    if still and night.end > facts.at:
        return Verdict("Under way", f"{told}; {still:,} are open.", Tone.PLAIN)
    if still:
        return Verdict("Open", f"The window is over: {told}, and {still:,} are still open.", Tone.BAD)
    if counts.moved == promised:
        return Verdict("Kept", f"{told}.", Tone.GOOD)
    return Verdict("Kept in part", f"{told}.", Tone.WARN)


def _document(
    facts: Facts, title: str, subject: str, verdict: Verdict, sections: tuple[Section, ...]
) -> Document:
    counts = facts.counts
    figures = (
        Figure("planned", counts.planned),
        Figure("moved", counts.moved, tone=Tone.GOOD),
        Figure("open", _open(counts), tone=Tone.WARN if _open(counts) else Tone.PLAIN),
        Figure("deferred", counts.deferred),
        Figure("failed", counts.failed, tone=Tone.BAD if counts.failed else Tone.PLAIN),
        Figure("excluded", counts.excluded),
        Figure("moved", facts.moved_bytes, Kind.BYTES),
        Figure("licences needed", facts.licences),
    )
    return Document(title, subject, facts.environment, facts.at, verdict, figures, sections)
