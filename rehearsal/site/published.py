"""The published address of a site: what somebody without a credential sees of its EWS directory (facts B46, B47).

IIS asks who is there before anything else is looked at, so that a caller without a credential learns which ways to
sign in there are, and nothing of MRSProxy itself.
"""

from __future__ import annotations

from rehearsal.site.mrs_proxy import Door
from rehearsal.wire import Reply, Request

FOLDER = "/ews/"


def answer(door: Door, request: Request) -> Reply:
    """How the server behind *door* answers *request*, which has no credential that it could look at."""
    if not request.path.lower().startswith(FOLDER):
        return Reply(404)
    if door.publishing.authenticates:
        return Reply(302, {"location": "/preauthentication"})
    schemes = [name for name, on in _SCHEMES.items() if door.directory[on]]
    return Reply(401, {"www-authenticate": ", ".join(schemes)} if schemes else {})


_SCHEMES = {
    "Negotiate": "WindowsAuthentication",
    "NTLM": "WindowsAuthentication",
    'Basic realm="published"': "BasicAuthentication",
}
"""By what IIS calls them, and the parameter of the EWS directory that offers each."""
