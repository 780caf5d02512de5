"""The rules by which the simulated tenant signs people in, each with a switch; see `rehearsal.rules`.

Where the service leaves an application the choice, the simulated one takes the strict side: it wants a proof key, made
in the one good way, and its codes live a minute.
"""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.rules import rule


@dataclass(frozen=True)
class SignInOptions:
    """What `rehearsal.identity.people` does."""

    application_known: bool = rule(
        "reference-error-codes", "doc", "an application that the tenant has not got is told so (700016)"
    )
    address_registered: bool = rule(
        "reply-url", "doc", "who would come back to an address that is not registered is sent nowhere (50011)"
    )
    localhost_any_port: bool = rule("reply-url", "doc", "of http://localhost the port does not matter")
    code_alone: bool = rule(
        "v2-oauth2-auth-code-flow", "doc", "a response type that is not switched on is refused (700054)"
    )
    query_alone: bool = rule("v2-oauth2-auth-code-flow", "inf", "the answer comes in the address (70007)")
    openid_asked: bool = rule("v2-protocols-oidc", "doc", "who signs people in asks for openid (70011)")
    proof_key_asked: bool = rule("RFC 9700, 2.1.1", "inf", "a request without a proof key is refused")
    proof_key_hashed: bool = rule("RFC 7636, 4.2", "inf", "a proof key is sent as its S256 only (9002325)")
    disabled_kept_out: bool = rule("reference-error-codes", "doc", "an account that is disabled gets no code")
    state_returned: bool = rule("v2-protocols-oidc", "doc", "the state comes back as it was sent")
    code_once: bool = rule("v2-oauth2-auth-code-flow", "doc", "a code is good for one token (54005)")
    code_short: bool = rule("v2-oauth2-auth-code-flow", "doc", "a code is good for a minute (70008)")
    code_of_application: bool = rule(
        "RFC 6749, 4.1.3", "doc", "a code is for the application that asked for it (70000)"
    )
    code_of_address: bool = rule(
        "v2-oauth2-auth-code-flow", "doc", "a code is for the address that it was sent to (50011)"
    )
    proof_key_checked: bool = rule(
        "v2-oauth2-auth-code-flow", "doc", "a token is for who knows the proof key (501481)"
    )
    nonce_returned: bool = rule("id-token-claims-reference", "doc", "the token holds the nonce that was sent")
    subject_pairwise: bool = rule(
        "id-token-claims-reference", "doc", "somebody's sub is another in each application"
    )
