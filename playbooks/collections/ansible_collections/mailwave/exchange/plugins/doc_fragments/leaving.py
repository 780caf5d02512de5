# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What the modules that take a site down say of the site alike; `decommission_action.LEAVING` takes these options."""

from __future__ import annotations


class ModuleDocFragment:
    """The options that say which site leaves."""

    DOCUMENTATION = """
options:
  site:
    description: The site of the endpoints file that leaves.
    type: str
    required: true
  endpoint:
    description: The migration endpoint of the site.
    type: str
    required: true
  servers:
    description: The short names of the site's servers.
    type: list
    elements: str
    required: true
  domains:
    description: The mail domains whose MX and autodiscover must lead to the tenant.
    type: list
    elements: str
    required: true
  logs:
    description:
      - A folder of the controller with what every server of the site logged of the SMTP protocol on receiving mail in
        the last 30 days. Without it nobody knows who still sends.
    type: path
  tools:
    description: The machine that has Exchange's management tools, where the last servers of the organisation go.
    type: str
    default: ""
"""
