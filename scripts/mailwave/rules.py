"""What the files of an environment mean to the core: models in, the core's own values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from estate_schema import Estate, Limits, Readiness
from estate_schema.administrators import Administrators
from estate_schema.bank_holidays import bank_holidays
from estate_schema.causes import CausesOfFailure
from estate_schema.estate import Window
from estate_schema.notices import NoticeTemplates
from estate_schema.prices import Prices
from estate_schema.rings import Allowed, Rings
from estate_schema.services import ByAttestation, ByCmdlets, ByGroup, Services
from mailwave.core import causes as failing
from mailwave.core.calendar import Calendar, LocalWindow, windows
from mailwave.core.notice_pace import Quota
from mailwave.core.notice_templates import Template, Templates
from mailwave.core.notices import Audience, Milestone, NoticeRules
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.season import Kind, Rule, Scope, Season, lead_rules, pilot_rules
from mailwave.core.prices import Price, PriceList
from mailwave.core.readiness import rules as book
from mailwave.core.readiness import scope
from mailwave.core.services import table
from mailwave.core.stop_loss import Budget, Ring


def calendar(estate: Estate, holidays: Iterable[date]) -> Calendar:
    """The windows of *estate*; *holidays* have hours of their own where the file gives them some."""
    hours = estate.windows
    return Calendar(
        zone=estate.time_zone,
        weekday=_window(hours.weekday),
        weekend=_window(hours.weekend),
        holidays=frozenset(holidays) if hours.bank_holiday else frozenset(),
        holiday=_window(hours.bank_holiday),
    )


def season(
    estate: Estate,
    earliest: datetime,
    days: int,
    *,
    dates: Iterable[Rule] = (),
    pilots: Iterable[str] = (),
) -> Season:
    """The nights of *estate* that begin at or after *earliest*, on that day and the *days* after it, and their rules.

    *dates* are organisations' own, *pilots* the codes of those that go first.
    """
    last = (earliest + timedelta(days=days + 2)).date()
    holidays = {
        day: name
        for day, name in bank_holidays(range(earliest.year, last.year + 1)).items()
        if earliest.date() <= day <= last
    }
    nights = tuple(windows(calendar(estate, holidays), not_before=earliest, days=days))
    begins = estate.season.begins or (nights[0].night if nights else earliest.date())
    copying = begins - timedelta(days=estate.notices.days)
    rules = (
        *(_bank_holiday(day, name) for day, name in holidays.items() if not estate.windows.bank_holiday),
        *(
            Rule(Kind.FREEZE, Scope(freeze.scope), freeze.of, freeze.first, freeze.last, freeze.why)
            for freeze in estate.freezes
        ),
        *_season_rules(estate, begins),
        *lead_rules(copying, ((site.name, site.lead_days) for site in estate.sites)),
        *dates,
    )
    ramp = estate.season.ramp
    return Season(estate.time_zone, nights, copying, begins, rules, ramp, frozenset(pilots))


def _season_rules(estate: Estate, begins: date) -> Iterable[Rule]:
    """The beginning, the deadline, who goes first and who last."""
    rules = estate.season
    yield Rule(Kind.NOT_BEFORE, Scope.NATIONAL, "", begins, date.max, "the season begins")
    if rules.deadline:
        yield Rule(Kind.DEADLINE, Scope.NATIONAL, "", date.min, rules.deadline, "the season ends")
    if rules.pilots:
        sample = begins + timedelta(days=rules.pilots.volunteers_days)
        yield from pilot_rules(sample, sample + timedelta(days=rules.pilots.sample_days), rules.tail)
    elif rules.tail:
        yield from pilot_rules(begins, begins, rules.tail)


def _bank_holiday(day: date, name: str) -> Rule:
    return Rule(Kind.FREEZE, Scope.NATIONAL, "", day, day, f"bank holiday: {name}")


def granted(limits: Limits, estate: Estate) -> Granted:
    """What may be planned on, with the sites that it is for."""
    return Granted(
        limits.profile,
        {
            name: Grant(limit.granted, limit.published, limit.expires, limit.sites)
            for name, limit in limits.named().items()
        },
        {site.name: Place(site.endpoint, len(site.servers)) for site in estate.sites},
        estate.batches.size,
        estate.notices.days,
    )


def _window(window: Window | None) -> LocalWindow | None:
    return LocalWindow(window.start, window.end) if window else None


def notices(estate: Estate) -> NoticeRules:
    """The notice that people are owed."""
    return NoticeRules(estate.notices.days, estate.notices.at, estate.time_zone)


def templates(written: NoticeTemplates, names: Mapping[str, str] = {}) -> Templates:
    """What people are told; *names* are those of organisations, by code."""
    rows = [
        Template(
            row.id,
            Milestone(row.milestone),
            Audience(row.audience),
            row.language,
            row.lane,
            row.organisation,
            row.subject,
            row.body,
        )
        for row in written.templates
    ]
    return Templates(rows, written.languages, names)


def quota(limits: Limits, estate: Estate, day: date) -> Quota:
    """How many notices may go out on *day* by the route of *estate*."""
    grants = granted(limits, estate).limits
    if estate.notices.route == "smtp":
        return Quota(grants["emails_per_day"].on(day), grants["emails_per_day"].on(day))
    return Quota(grants["notify_per_minute"].on(day), grants["notify_per_day"].on(day))


def rings(written: Rings) -> tuple[Ring, ...]:
    """How much may go wrong in a wave, by the ring that it is in."""
    return tuple(
        Ring(ring.name, ring.until, _budget(ring.failures), _budget(ring.contacts)) for ring in written.rings
    )


def prices(written: Prices) -> PriceList:
    """What things cost."""
    return PriceList(
        written.example, {item: Price(**price.model_dump()) for item, price in written.prices.items()}
    )


def _budget(allowed: Allowed) -> Budget:
    return Budget(allowed.share, allowed.least)


def causes(written: CausesOfFailure) -> failing.Causes:
    """Why moves fail, and what follows from it."""
    return failing.Causes(
        tuple(
            failing.Cause(
                row.name,
                row.signs,
                failing.Nature(row.nature),
                row.retries,
                row.remedy,
                row.owner,
                row.error,
                row.way_shut,
            )
            for row in written.causes
        )
    )


def readiness(estate: Estate, written: Readiness) -> book.RuleBook:
    """The rules by which mailboxes are judged in the environment of *estate*.

    A client's evidence counts for as many days as the estate file says, which is how far back its logs are read.
    """
    ages = {"client": estate.clients.evidence_days}
    rules_ = tuple(
        book.Rule(
            name=rule.name,
            title=rule.title,
            subject=book.Subject(rule.subject),
            evidence=rule.evidence,
            failed=rule.failed,
            unknown=rule.unknown,
            effect=book.Effect.WARNED if estate.environment in rule.warned_in else book.Effect(rule.effect),
            remedy=rule.remedy,
            owner=rule.owner,
            age_days=ages.get(rule.name, rule.age_days),
            warned_because=rule.warned_in.get(estate.environment, ""),
        )
        for rule in written.rules
    )
    return book.RuleBook(rules_, _figures(estate, written))


def services(written: Services) -> tuple[table.Service, ...]:
    """What people get besides their mailbox."""
    types = {profile.name: profile.types for profile in written.profiles}
    return tuple(
        table.Service(
            row.name,
            row.title,
            row.owner,
            frozenset(kind for profile in row.profiles for kind in types[profile]),
            frozenset(row.organisations),
            row.needs,
            row.before_move,
            _how(row.step),
        )
        for row in written.services
    )


def _how(step: ByGroup | ByCmdlets | ByAttestation) -> table.Joins | table.Sets | table.Attests:
    match step:
        case ByGroup():
            return table.Joins(step.groups, step.plan)
        case ByAttestation():
            return table.Attests(step.question, step.days)
        case ByCmdlets():
            changes = tuple(table.Change(each.side, each.cmdlet, each.parameters) for each in step.steps)
            return table.Sets(step.noun, step.property, step.value, step.or_any, changes)


def administrators(written: Administrators) -> tuple[scope.Administrator, ...]:
    """Who may attest and waive, a value a key."""
    return tuple(
        scope.Administrator(
            each.who,
            each.organisation,
            each.public_key,
            scope.Part(each.part),
            each.first,
            each.last,
            each.revoked,
        )
        for each in written.administrators
    )


def _figures(estate: Estate, written: Readiness) -> book.Figures:
    clients, figures = estate.clients, written.figures
    return book.Figures(
        client_minimum={int(major): _numbers(version) for major, version in clients.minimum.items()},
        organisation_threshold=estate.organisations.old_client_threshold,
        organisation_exceptions=estate.organisations.exceptions,
        no_client_seen_is_ready=clients.no_client_seen == "ready",
        shared_without_users_is_ready=clients.shared_without_users == "ready",
        mobile_minimum=_numbers(figures.mobile_minimum),
        tls_minimum=_numbers(figures.tls_minimum),
        browser_minimum=dict(figures.browser_minimum),
        bandwidth=figures.kilobits_a_mailbox,
        holds_that_move=figures.holds_that_move,
        asked_domains=(estate.mail_domain, estate.tenant.domain, estate.tenant.routing_domain),
        mail_exchangers=_hosts(figures.mail_exchangers, estate),
        autodiscover=_hosts(figures.autodiscover, estate),
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _hosts(names: Iterable[str], estate: Estate) -> tuple[str, ...]:
    """*names* in the mail domain of *estate*; what names a site stands for one name a site."""
    each = {name.replace("{site}", site.name): None for name in names for site in estate.sites}
    return tuple(name.replace("{mail_domain}", estate.mail_domain) for name in each)
