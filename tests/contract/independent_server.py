"""A FHIR server that is not ours, in a process of its own, holding the sample patients."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from tests.contract.http_calls import STORIES, TEMPLATES, Json

TOKEN = "a-static-token"  # noqa: S105 - known to a server that lives for one test run
_PATIENCE = 60.0
_PAGE = 20  # what the server puts on a page when nobody says


@dataclass(frozen=True, slots=True)
class IndependentServer:
    """Where it listens, and a client that may read everything."""

    base: str
    client: httpx.Client

    @property
    def root(self) -> str:
        """The address without the FHIR path."""
        return self.base.removesuffix("/fhir")

    def grant(self, token: str = TOKEN) -> Json:
        """The members of a request that give access to it."""
        return {
            "fhirServer": self.base,
            "fhirAuthorization": {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": 300,
                "scope": "patient/*.rs",
                "subject": "legpain-cds",
            },
        }

    def token_for(self, scope: str) -> str:
        """A token of the server's own making that reaches only this."""
        form = {"grant_type": "client_credentials", "scope": scope}
        answer = self.client.post(f"{self.root}/auth/token", data=form, auth=("partial", "secret"))
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def prefetched(self, patient_id: str) -> Json:
        """What an EHR would deliver: every template run, all pages of each in one Bundle."""
        return {
            key: self._whole(template.replace("{{context.patientId}}", patient_id))
            for key, template in TEMPLATES.items()
        }

    def _whole(self, query: str) -> Json:
        address: str | None = f"{self.base}/{query}"
        whole: Json = {}
        while address:
            answer = self.client.get(address)
            answer.raise_for_status()
            page: Json = answer.json()
            if page["resourceType"] != "Bundle":
                return page
            links = {link["relation"]: link["url"] for link in page.pop("link", [])}
            address = links.get("next")
            page["entry"] = whole.get("entry", []) + page.get("entry", [])
            whole = page
        return whole


@contextmanager
def independent_server(folder: Path) -> Iterator[IndependentServer]:
    """Start the server, load every sample patient, stop it in the end."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    base = f"http://127.0.0.1:{port}/fhir"
    settings = folder / "settings.yaml"
    settings.write_text(yaml.safe_dump(_settings(base, port, folder)), encoding="utf-8")
    command = [sys.executable, "-m", "uvicorn", "--factory", "sekmet.main:app_factory"]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"],
            cwd=folder,
            env={**os.environ, "SEKMET_CONFIG": str(settings)},
            stdout=log,
            stderr=log,
        )
        headers = {"authorization": f"Bearer {TOKEN}"}
        try:
            with httpx.Client(
                base_url=base, trust_env=False, timeout=_PATIENCE, headers=headers
            ) as client:
                _wait(client)
                _load(client)
                yield IndependentServer(base, client)
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _settings(base: str, port: int, folder: Path) -> Json:
    client = {"client_id": "partial", "client_secret": "secret", "scopes": "system/*.read"}
    return {
        "base_url": base,
        "host": "127.0.0.1",
        "port": port,
        "data_dir": str(folder),
        "db_path": str(folder / "records.sqlite"),
        "simulator": {"enabled": False},
        "log_inbound": False,
        "validation": {"inbound": "off"},
        "server_auth": {
            "types": ["bearer", "smart"],
            "tokens": [TOKEN],
            "smart_clients": [client],
        },
    }


def _load(client: httpx.Client) -> None:
    for name in STORIES:
        entries = [_put(resource) for resource in resources(story_on_server(name))]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        client.post("", json=bundle).raise_for_status()


def _wait(client: httpx.Client) -> None:
    patience = time.monotonic() + _PATIENCE
    while True:
        try:
            if client.get("/metadata").is_success:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < patience, "the server did not start"
        time.sleep(0.1)


def _put(resource: Json) -> Json:
    return {
        "resource": resource,
        "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
    }


def story_on_server(name: str) -> Json:
    """A story's request of today with ids that no other story uses, and enough to need pages."""
    request = STORIES[name].today()
    patient = request["context"]["patientId"]
    bundle = request["prefetch"]["conditions"]
    for nth in range(_PAGE + 5 if name == "dvt-likely" else 0):
        bundle["entry"].append({"resource": _harmless(nth, patient)})
    return _renamed(request, name)


def _harmless(nth: int, patient: str) -> Json:
    return {
        "resourceType": "Condition",
        "id": f"settled-{nth}",
        "clinicalStatus": {"coding": [{"code": "resolved"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "195662009"}]},
        "subject": {"reference": f"Patient/{patient}"},
    }


def resources(request: Json) -> list[Json]:
    """Every resource that a request delivers, once."""
    found: Json = {}
    for value in request["prefetch"].values():
        entries = [value] if value and "entry" not in value else (value or {}).get("entry", [])
        for entry in entries:
            resource = entry.get("resource", entry)
            if resource["resourceType"] not in ("Bundle", "OperationOutcome"):
                found[f"{resource['resourceType']}/{resource['id']}"] = resource
    return list(found.values())


def _renamed(request: Json, name: str) -> Json:
    """The request with every id and reference in it made the story's own."""
    ids = {resource["id"] for resource in resources(request)} | {request["context"]["patientId"]}
    text = json.dumps(request)
    for identifier in sorted(ids, key=len, reverse=True):
        for before in ('"', "/"):
            text = text.replace(f'{before}{identifier}"', f'{before}{name}.{identifier}"')
    renamed: Json = json.loads(text)
    return renamed
