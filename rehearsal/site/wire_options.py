"""The rules of a site's remote PowerShell on the wire, each with its switch (see `rehearsal.rules`)."""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import choice, rule


@dataclass(frozen=True)
class WireOptions:
    """How Exchange's remote PowerShell lets clients in, what it takes, and what it sends."""

    kerberos_only: bool = rule(
        "D3", "live", "where there is a Kerberos realm, NTLM is not taken on /PowerShell/"
    )
    schemes: str = choice(
        "Negotiate",
        ("Kerberos", "Negotiate, Kerberos"),
        "D1",
        "?",
        "schemes that a 401 offers on /PowerShell/",
    )
    service_name: str = choice(
        "HTTP", ("host", "WSMAN"), "D5", "inf", "service by whose name tickets for /PowerShell/ are asked for"
    )
    sealed_only: bool = rule(
        "D1", "doc", "over http a message that the security context did not seal is refused"
    )
    one_folder: bool = rule("D3", "live", "a folder that is not /PowerShell/ answers 404")
    one_configuration: bool = rule(
        "D3", "live", "a session configuration that is not registered is refused by fault 2150858811"
    )
    loose_boundary: bool = rule(
        "D4", "live", "a space stands between the hyphens and the boundary of a sealed part"
    )
    compressed: bool = rule("D4", "live", "answers are compressed unless the client refuses it")
    no_language: bool = rule("D2", "live", "scripts are refused: cmdlets with parameters only")
    one_pipeline: bool = rule("D2", "2nd", "one pipeline at a time runs in a runspace")
    sizes_are_text: bool = rule("D6", "live", "a size arrives as text such as `1.5 MB (1,572,864 bytes)`")
    max_shells: int | None = choice(18, (None,), "D7", "2nd", "shells that a user may hold at a time")
    servers_lose_shells: bool = rule(
        "D8", "live", "a server that ends takes its shells with it, as a fault: they are not found"
    )
    shells_stay: bool = rule("D8", "inf", "a shell is found only on the server that opened it")
    idle_shells_end: bool = rule("D7, D8", "inf", "a shell that nobody spoke to for its idle time is gone")
