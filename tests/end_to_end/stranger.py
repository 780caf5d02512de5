"""Somebody else's client of a tenant: it changes Exchange Online as a person's script would, with no code of ours."""

from __future__ import annotations

import json
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

JSON = {"content-type": "application/json", "x-responseformat": "json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
SCOPE = "https://outlook.office365.com/.default"


@dataclass(frozen=True)
class Stranger:
    """Speaks to the services that the endpoints *file* names."""

    file: Path

    def invoke(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Run *cmdlet* and return its rows."""
        endpoints = json.loads(self.file.read_text(encoding="utf-8"))
        url = f"{endpoints['exchange_online']}/adminapi/beta/{endpoints['tenant']}/InvokeCommand"
        body = json.dumps({"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}})
        headers = {**JSON, "authorization": f"Bearer {self._token(endpoints)}"}
        rows: list[dict[str, Any]] = self._post(endpoints, url, body, headers).get("value", [])
        return rows

    def _token(self, endpoints: dict[str, Any]) -> str:
        credential = endpoints["credentials"]["exchange_online"]
        secret = (self.file.parent / credential["secret_file"]).read_text(encoding="utf-8").strip()
        form = {
            "grant_type": "client_credentials",
            "client_id": credential["client_id"],
            "client_secret": secret,
            "scope": SCOPE,
        }
        url = f"{endpoints['token']}/{endpoints['tenant']}/oauth2/v2.0/token"
        return str(self._post(endpoints, url, urlencode(form), FORM)["access_token"])

    def _post(
        self, endpoints: dict[str, Any], url: str, body: str, headers: dict[str, str]
    ) -> dict[str, Any]:
        """One POST to *url* at the address that the connection map gives for its host."""
        name = urlsplit(url).hostname or ""
        address, _, port = endpoints["connect"][f"{name}:443"].rpartition(":")
        connection = HTTPConnection(name)
        trusted = ssl.create_default_context(cafile=str(self.file.parent / endpoints["ca"]))
        with socket.create_connection((address, int(port)), timeout=30) as plain:
            connection.sock = trusted.wrap_socket(plain, server_hostname=name)
            connection.request("POST", urlsplit(url).path, body.encode(), headers)
            reply = connection.getresponse()
            text = reply.read().decode()
            connection.close()
        assert 200 == reply.status, f"{url}: {reply.status} {text}"
        found: dict[str, Any] = json.loads(text)
        return found
