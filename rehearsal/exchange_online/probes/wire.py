"""Probes of what is said on the wire."""

from __future__ import annotations

import base64
import json

from rehearsal.exchange_online.lab import Lab, batch, csv_of
from rehearsal.exchange_online.probes.registry import PROBES, Bench, is_json
from rehearsal.faults import Kind
from rehearsal.wire import Reply, Request


@PROBES.keep
def _beta_only(bench: Bench) -> object:
    lab = bench.tenant()
    path = f"/adminapi/v1.0/{lab.estate.tenant_id}/InvokeCommand"
    return lab.post("Get-AcceptedDomain", {}, path=path).status == 405


@PROBES.keep
def _object_parameters(bench: Bench) -> object:
    return bench.tenant().post("Get-AcceptedDomain", None).status == 400


def _second_page(lab: Lab) -> str:
    """Return the query of the link to the second page of the mail users."""
    first = json.loads(lab.post("Get-MailUser", {}, prefer="odata.maxpagesize=1").body)
    return str(first["@odata.nextLink"]).partition("?")[2]


@PROBES.keep
def _post_only_paging(bench: Bench) -> object:
    lab = bench.tenant(None, None)
    path = f"/adminapi/beta/{lab.estate.tenant_id}/InvokeCommand"
    return lab.service.handle(Request("GET", path, _second_page(lab), lab.headers)).status == 405


@PROBES.keep
def _link_belongs_to_body(bench: Bench) -> object:
    lab = bench.tenant(None, None)
    return lab.post("Get-Recipient", {}, query=_second_page(lab)).status == 400


def _bundle(lab: Lab, *cmdlets: str) -> Reply:
    """Post several cmdlets in one `$batch`, and ask for nothing else."""
    base = f"/adminapi/beta/{lab.estate.tenant_id}"
    requests = [
        {
            "id": str(n),
            "method": "POST",
            "url": f"{base}/InvokeCommand",
            "body": {"CmdletInput": {"CmdletName": name, "Parameters": {}}},
        }
        for n, name in enumerate(cmdlets)
    ]
    body = json.dumps({"requests": requests}).encode()
    return lab.service.handle(Request("POST", f"{base}/$batch", "", lab.headers, body))


@PROBES.keep
def _ten_in_a_batch(bench: Bench) -> object:
    return _bundle(bench.tenant(), *["Get-OrganizationConfig"] * 11).status == 400


@PROBES.keep
def _continue_on_error(bench: Bench) -> object:
    reply = _bundle(bench.tenant(), "Get-Nothing", "Get-OrganizationConfig")
    return len(json.loads(reply.body)["responses"]) == 1


@PROBES.keep
def _csv_forms(bench: Bench) -> object:
    lab = bench.tenant()
    text = csv_of(lab.addresses)
    typed = {"@odata.type": "#Exchange.ByteArrayType", "Data": list(base64.b64decode(text))}
    taken = [
        form
        for form, data in (("text", text), ("typed", typed))
        if lab.post("New-MigrationBatch", batch(form) | {"CSVData": data}).status == 200
    ]
    return taken[0] if len(taken) == 1 else "both"


@PROBES.keep
def _honours_result_size(bench: Bench) -> object:
    return len(bench.tenant(None, None).rows("Get-MailUser", ResultSize=1)) == 1


@PROBES.keep
def _anchor_mailbox(bench: Bench) -> object:
    without = bench.tenant().post("Get-AcceptedDomain", {}, x_anchormailbox="")
    return "optional" if without.status == 200 else "required"


@PROBES.keep
def _credentials_refused(bench: Bench) -> object:
    given = {
        "Name": "york",
        "ExchangeRemoteMove": True,
        "RemoteServer": "mail.york.nhsmail.example",
        "Credentials": {"UserName": "x", "Password": "y"},
    }
    return bench.tenant().post("New-MigrationEndpoint", given).status == 500


@PROBES.keep
def _unreadable_refusal(bench: Bench) -> object:
    reply = bench.tenant().post("Get-Nothing", {})
    return reply.status == 403 and not reply.body.strip(b"\0")


@PROBES.keep
def _unreadable_success(bench: Bench) -> object:
    reply = bench.faulty(Kind.UNREADABLE)
    return reply.status == 200 and not is_json(reply.body)


@PROBES.keep
def _redirects_to_446(bench: Bench) -> object:
    reply = bench.faulty(Kind.REDIRECT)
    return reply.status == 302 and ":446/" in reply.headers["location"]


@PROBES.keep
def _decimal_retry_after(bench: Bench) -> object:
    reply = bench.faulty(Kind.THROTTLE)
    return reply.status == 429 and "." in reply.headers["retry-after"]


@PROBES.keep
def _answers_503(bench: Bench) -> object:
    return bench.faulty(Kind.UNAVAILABLE).status == 503


@PROBES.keep
def _answers_504(bench: Bench) -> object:
    return bench.faulty(Kind.GATEWAY_TIMEOUT).status == 504


@PROBES.keep
def _transient_inside_400(bench: Bench) -> object:
    reply = bench.faulty(Kind.TRANSIENT)
    return reply.status == 400 and b"ServerBusyException" in reply.body


@PROBES.keep
def _busy_is_no_429(bench: Bench) -> object:
    reply = bench.faulty(Kind.TENANT_BUSY)
    return reply.status == 400 and b"maximum number of concurrent requests per tenant" in reply.body


@PROBES.keep
def _claims_challenge(bench: Bench) -> object:
    reply = bench.faulty(Kind.UNAUTHORISED)
    return reply.status == 401 and "claims=" in reply.headers["www-authenticate"]


@PROBES.keep
def _rate_headers(bench: Bench) -> object:
    lab = bench.tenant()
    left = [lab.post("Get-AcceptedDomain", {}).headers.get("rate-limit-remaining", "0") for _ in range(2)]
    return int(left[0]) == int(left[1]) + 1


@PROBES.keep
def _prompts(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch()
    answer = lab.answer("Remove-MigrationBatch", Identity="wave-1")
    return "@adminapi.confirmationmessage" in answer and lab.batch_status() != "Removing"


def _warned(bench: Bench) -> Reply:
    """Return the answer to a cmdlet that changes nothing, which the service warns of."""
    lab = bench.tenant()
    return lab.post("Set-AcceptedDomain", {"Identity": "nhsmail.example", "DomainType": "Authoritative"})


@PROBES.keep
def _warnings_in_body(bench: Bench) -> object:
    return "@adminapi.warnings" in json.loads(_warned(bench).body)


@PROBES.keep
def _warnings_in_header(bench: Bench) -> object:
    return "x-warnings" in _warned(bench).headers


@PROBES.keep
def _sizes_are_text(bench: Bench) -> object:
    return bench.synced().statistics()["EstimatedTotalTransferSize"] == "1 GB (1,073,741,824 bytes)"


@PROBES.keep
def _unknown_means_all(bench: Bench) -> object:
    lab = bench.tenant()
    lab.start_batch()
    return lab.post("Get-MigrationBatch", {"Identity": "nobody"}).status == 200


@PROBES.keep
def _online_parameters_only(bench: Bench) -> object:
    lab = bench.tenant()
    given = batch("wave-1") | {"CSVData": lab.listed(lab.addresses), "AutoRetryCount": 3}
    return lab.post("New-MigrationBatch", given).status == 400
