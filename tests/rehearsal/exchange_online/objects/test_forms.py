"""The forms of texts."""

from __future__ import annotations

import pytest

from rehearsal.exchange_online.objects.forms import FORMS, NotInForm


@pytest.mark.parametrize(
    ("form", "text", "shown"),
    [
        ("address", "a.b@c.example", "a.b@c.example"),
        ("address", "<>", "<>"),
        ("address_range", "192.0.2.0-192.0.2.255", "192.0.2.0-192.0.2.255"),
        ("address_range", "192.0.2.7/25", "192.0.2.7/25"),
        ("address_space", "*", "smtp:*;1"),
        ("address_space", "SMTP:a.example;5", "smtp:a.example;5"),
        ("domains", "*.a.example", "*.a.example"),
        ("https", "https://a.example/x", "https://a.example/x"),
        ("protected_user", "A B; a@b.example", "A B;a@b.example"),
        ("sender", "*.a.example", "*.a.example"),
        (
            "sharing",
            "*:calendarsharingfreebusysimple,ContactsSharing",
            "*:CalendarSharingFreeBusySimple, ContactsSharing",
        ),
        ("uri", "FYDIBOHF25SPDLT.a.example", "FYDIBOHF25SPDLT.a.example"),
    ],
)
def test_a_text_is_shown_in_its_form(form: str, text: str, shown: str) -> None:
    """It should take the text and show it as the service does, again and again the same."""
    assert shown == FORMS[form](text) == FORMS[form](shown)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("address", "nobody"),
        ("address", "a b@c.example"),
        ("address_range", "192.0.2.0-192.0.3.0"),
        ("address_range", "192.0.2.9-192.0.2.1"),
        ("address_range", "192.0.2.0/23"),
        ("address_range", "2001:db8::1"),
        ("address_space", "a b;1"),
        ("domain", "*"),
        ("domains", "a.*.example"),
        ("https", "http://a.example"),
        ("https", "https:///x"),
        ("network", "192.0.2.1-192.0.2.2"),
        ("protected_user", ";a@b.example"),
        ("sharing", "*"),
        ("sharing", "a b:ContactsSharing"),
        ("uri", ""),
        ("uri", "a b"),
    ],
)
def test_another_text_is_refused(form: str, text: str) -> None:
    """It should name the text and the form that it has not."""
    with pytest.raises(NotInForm) as refused:
        FORMS[form](text)

    assert refused.value.text in text or text in refused.value.text
