"""Patients from files: a hook request, or a FHIR Bundle with one or more patients."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cds_service.errors import ClientMistakeError, LegPainError
from cds_service.fhir.queries import QUERIES
from cds_service.hooks.context import PatientViewContext
from cds_service.hooks.request import Envelope, HookRequest, decode_request
from cds_service.hooks.services import HOOK_SERVICES

_NO_INSTANCE = "00000000-0000-4000-8000-000000000000"
_USER = "Practitioner/offline"


class UnreadableFileError(LegPainError):
    """A sentence that names the file and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class PatientFile:
    """One patient of one file; `document` is the parsed JSON, for its dates."""

    path: Path
    request: HookRequest
    document: Any


def read_patients(path: Path) -> Iterator[PatientFile]:
    """The patients of one file.

    Raises UnreadableFileError when it is neither a CDS Hooks request nor a Bundle with a Patient.
    """
    try:
        body = path.read_bytes()
        document = json.loads(body)
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror})"
        raise UnreadableFileError(message) from None
    except (ValueError, RecursionError):
        message = f"{path}: not valid JSON"
        raise UnreadableFileError(message) from None
    if isinstance(document, dict) and "hook" in document:
        try:
            yield PatientFile(path, decode_request(body, HOOK_SERVICES), document)
        except ClientMistakeError as error:
            message = f"{path}: not a valid CDS Hooks request ({error.where or error.code})"
            raise UnreadableFileError(message) from None
    elif isinstance(document, dict) and document.get("resourceType") == "Bundle":
        yield from _from_bundle(path, document)
    else:
        message = f"{path}: neither a CDS Hooks request nor a FHIR Bundle"
        raise UnreadableFileError(message)


def find_files(paths: list[Path]) -> list[Path]:
    """The files themselves, and in folders every JSON file that holds a request or Bundle."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += [file for file in sorted(path.rglob("*.json")) if _assessable(file)]
        else:
            found.append(path)
    return found


def _assessable(path: Path) -> bool:
    head = path.read_bytes()[:4096]
    return b'"hook"' in head or b'"Bundle"' in head


def _from_bundle(path: Path, bundle: dict[str, Any]) -> Iterator[PatientFile]:
    """A Bundle is a whole record: every query counts as answered in full."""
    listed = bundle.get("entry")
    entries = [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []
    local = {
        str(entry.get("fullUrl")): f"{entry['resource'].get('resourceType')}/"
        f"{entry['resource'].get('id')}"
        for entry in entries
        if isinstance(entry.get("resource"), dict)
    }
    resources = [
        _relink(e["resource"], local) for e in entries if isinstance(e.get("resource"), dict)
    ]
    patients = [r for r in resources if _is_patient(r)]
    if not patients:
        message = f"{path}: the Bundle holds no Patient with an id"
        raise UnreadableFileError(message)
    others = [r for r in resources if r.get("resourceType") != "Patient"]
    searchset = {"resourceType": "Bundle", "entry": [{"resource": r} for r in others]}
    has_conditions = any(r.get("resourceType") == "Condition" for r in others)
    for patient in patients:
        prefetch = {query.key: None for query in QUERIES} | {
            "patient": patient,
            "conditions" if has_conditions else "exam": searchset,
        }
        yield PatientFile(path, _request(patient["id"], prefetch), bundle)


def _is_patient(resource: dict[str, Any]) -> bool:
    identifier = resource.get("id")
    return resource.get("resourceType") == "Patient" and isinstance(identifier, str)


def _relink(value: Any, local: dict[str, str]) -> Any:
    """References to entries of the same Bundle, as relative references."""
    if isinstance(value, dict):
        return {
            key: local.get(item, item)
            if key == "reference" and isinstance(item, str)
            else _relink(item, local)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_relink(item, local) for item in value]
    return value


def _request(patient_id: str, prefetch: dict[str, Any]) -> HookRequest:
    context = PatientViewContext.model_construct(
        userId=_USER, patientId=patient_id, encounterId=None
    )
    envelope = Envelope.model_construct(
        hook="patient-view", hookInstance=_NO_INSTANCE, context=context
    )
    raw = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in prefetch.items()}
    return HookRequest(envelope, raw)
