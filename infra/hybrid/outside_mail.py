"""How people see that mail comes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pulumi

from infra.exchange.resources import ExternalInOutlook, TransportRule
from infra.hybrid.part import Part

AUTHENTICATED_AS = "X-MS-Exchange-Organization-AuthAs"
"""The header in which Exchange says that a sender is one of its own; hybrid connectors carry it across."""


@dataclass(frozen=True)
class OutsideMailArgs:
    """*notice* is the sentence that stands above mail from outside; *rule_name* is what the rule is called."""

    rule_name: str
    notice: str


class OutsideMail(Part):
    """Outlook's own mark, and a sentence for whoever reads mail with something else.

    Mail from people on-premises carries Exchange's own header and is left alone.
    """

    def __init__(self, name: str, args: OutsideMailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("OutsideMail", name, opts)

        self.mark = ExternalInOutlook("mark", enabled=True, allow_list=[], opts=self.child)
        self.rule = TransportRule(
            "notice",
            name=args.rule_name,
            enabled=True,
            mode="Enforce",
            from_scope="NotInOrganization",
            sent_to_scope="InOrganization",
            except_if_header_contains_message_header=AUTHENTICATED_AS,
            except_if_header_contains_words=["Internal"],
            apply_html_disclaimer_text=f"<p>{escape(args.notice)}</p>",
            apply_html_disclaimer_location="Prepend",
            apply_html_disclaimer_fallback_action="Wrap",
            opts=self.child,
        )

        self.register_outputs({})
