"""What a faithful rehearsal must be able to do, by the facts, is carried by rules that have switches."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from rehearsal.matrix.subjects import SUBJECTS
from rehearsal.rules import Rule

RULES: dict[str, Rule] = {
    f"{subject.name}.{each.name}": each for subject in SUBJECTS for each in subject.rules
}


class Item(NamedTuple):
    """One thing that a rehearsal must be able to do: the *facts* that ask for it and the *rules* that carry it."""

    says: str
    facts: str
    subject: str
    rules: str

    @property
    def names(self) -> list[str]:
        """The rules by their full names."""
        return [f"{self.subject}.{name}" for name in self.rules.split()]


_ONLINE, _WIRE, _SITE, _ENTRA, _GRAPH, _ACS = (
    "exchange_online",
    "site wire",
    "site",
    "directory",
    "graph",
    "acs e-mail",
)

ITEMS = (
    Item("POST-only paging", "A14", _ONLINE, "post_only_paging link_belongs_to_body"),
    Item("both CSV encodings", "A18", _ONLINE, "csv_forms"),
    Item("PSCredential refused with 500", "A19", _ONLINE, "credentials_refused"),
    Item("403 of NUL bytes declared as gzip", "A23", _ONLINE, "unreadable_refusal"),
    Item("302 with port 446", "A25", _ONLINE, "redirects_to_446"),
    Item("429 with a decimal Retry-After", "A26", _ONLINE, "decimal_retry_after"),
    Item("503 and 504", "A26", _ONLINE, "answers_503 answers_504"),
    Item("the tenant's concurrency refusal is no 429", "A28", _ONLINE, "busy_is_no_429"),
    Item("transient exceptions inside 400", "A27", _ONLINE, "transient_inside_400"),
    Item("Confirm in two steps", "A16", _ONLINE, "prompts"),
    Item("warnings in body and header", "A17", _ONLINE, "warnings_in_body warnings_in_header"),
    Item("null identity returns all", "B24", _ONLINE, "unknown_means_all"),
    Item("batch 101 refused", "B5", _ONLINE, "most_batches"),
    Item("name still taken after removal", "A30", _ONLINE, "removed_name_lingers"),
    Item("8-hour repeat rule", "B19", _ONLINE, "eight_hours"),
    Item("override by the user", "B19", _ONLINE, "user_completion_wins"),
    Item("scores Investigate and Poor", "B31", _ONLINE, "worst_score investigate_waits poor_stays"),
    Item("95 % plateau, 24 h increments", "B23", _ONLINE, "plateau daily_increments"),
    Item("two slot pools", "B3", _ONLINE, "two_pools"),
    Item("batch cancels itself at 500 failures", "B42", _ONLINE, "cancel_at_failures"),
    Item("a warning leaves two mailboxes", "B.10 error 27", _ONLINE, "leaves_two_mailboxes"),
    Item(
        "rights that come along, and that work across premises",
        "D26",
        _ONLINE,
        "explicit_rights_move unmailed_trustees_stay send_as_moves_together automapping_moves_together "
        "send_as_needs_both_sides automapping_on_one_side folders_on_one_side full_access_across "
        "send_on_behalf_across groups_do_not_map",
    ),
    Item("a licence within 30 days of the move", "B51", _ONLINE, "licence_days disconnected_days"),
    Item("roles carry cmdlets", "A10 A23", _ONLINE, "permission_needed role_needed roles_carry_cmdlets"),
    Item("CSVData ignores the recipient scope", "B9", _ONLINE, "write_scope_bounds csv_ignores_scope"),
    Item("sessions at once", "C10 A28", _ONLINE, "sessions_a_user sessions_a_tenant"),
    Item("http and Kerberos stand-in", "D1 D3", _WIRE, "sealed_only kerberos_only"),
    Item("no-language refusal of scripts", "D2", _WIRE, "no_language"),
    Item("sizes as text", "D6", _WIRE, "sizes_are_text"),
    Item("18-shell refusal", "D7", _WIRE, "max_shells"),
    Item("lost shell", "D8", _WIRE, "servers_lose_shells idle_shells_end"),
    Item("space before the MIME boundary", "D4", _WIRE, "loose_boundary"),
    Item("MRSProxy limit", "B44", _SITE, "connections restart_reads_limits"),
    Item("NTLM failures of MRSProxy", "B46", _SITE, "ntlm_needed"),
    Item("7,000 writes in 5 minutes", "C13", _ENTRA, "export_ceiling"),
    Item("30-minute cycles, attributes not yet synced", "C16", _ENTRA, "cycle_minutes one_cycle_at_a_time"),
    Item("stop at the quota", "C14", _ENTRA, "quota_stops object_quota"),
    Item("X500 kept", "D24", _ENTRA, "x500_kept"),
    Item("202 for group licences", "E5", _GRAPH, "group_licence_status"),
    Item("202 for sendMail", "E9", _GRAPH, "mail_status"),
    Item("429 of an item of $batch", "E4", _GRAPH, "items_throttled"),
    Item("header lost on a next link", "E1", _GRAPH, "header_lost_on_next_link"),
    Item("410 on delta", "E3", _GRAPH, "delta_lives_seven_days gone_says_where"),
    Item("100 e-mails an hour", "C27", _ACS, "hourly_quota"),
    Item(
        "repeatability: 412, 409, 400",
        "E12",
        _ACS,
        "late_repeat_refused running_repeat_refused other_body_refused",
    ),
)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.says)
def test_what_a_rehearsal_must_do_is_a_rule(item: Item) -> None:
    """It should carry each item by rules that have switches and probes, and that name its facts."""
    assert [] == [name for name in item.names if name not in RULES]
    told = {fact for name in item.names for fact in RULES[name].fact.split(", ")}
    asked = {item.facts} if " error " in item.facts else set(item.facts.split())
    assert set() == asked - told
