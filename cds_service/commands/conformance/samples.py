"""The patients a service is asked about: the checker's own, the sample stories, or yours."""

import json
from dataclasses import dataclass
from pathlib import Path

from cds_service.commands.conformance.sample_patients import BUSY_ID, QUIET_ID, USER, busy, quiet
from cds_service.ehr.answer import Json
from cds_service.ehr.stories import read_stories
from cds_service.errors import ConformanceError


@dataclass(frozen=True, slots=True)
class SamplePatient:
    """One patient with the whole record."""

    name: str
    patient_id: str
    resources: tuple[Json, ...]
    user_id: str = USER

    @property
    def encounter_id(self) -> str:
        """The last encounter of the record, empty when it has none."""
        found = [r["id"] for r in self.resources if r["resourceType"] == "Encounter"]
        return str(found[-1]) if found else ""

    def of_type(self, kind: str) -> list[Json]:
        """The resources of a type."""
        return [resource for resource in self.resources if resource["resourceType"] == kind]


def generic_patients() -> tuple[SamplePatient, SamplePatient]:
    """The busy and the quiet patient."""
    return (
        SamplePatient("generic, common problems", BUSY_ID, tuple(busy())),
        SamplePatient("generic, nothing recorded", QUIET_ID, tuple(quiet())),
    )


def story_patients() -> list[SamplePatient]:
    """The sample patients that come with this package, moved to today."""
    found = []
    for story in read_stories():
        resources = _flat(list(story.today().get("prefetch", {}).values()))
        found += _patients_of(story.name, resources)
    return found


def read_bundles(paths: list[Path]) -> list[SamplePatient]:
    """Patients from Bundles; raises ConformanceError naming the file."""
    found = []
    for path in paths:
        try:
            bundle = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise ConformanceError(f"--patient {path}: cannot be read as JSON ({error})") from None
        patients = _patients_of(path.stem, _flat([bundle]))
        if not patients:
            raise ConformanceError(f"--patient {path}: give a FHIR Bundle that holds a Patient")
        found += patients
    return found


def _flat(values: list[object]) -> list[Json]:
    """Every resource with an id, those inside Bundles too."""
    found: list[Json] = []
    for value in values:
        if not isinstance(value, dict):
            continue
        entries = value.get("entry")
        if value.get("resourceType") == "Bundle" and isinstance(entries, list):
            found += _flat([e.get("resource") for e in entries if isinstance(e, dict)])
        elif isinstance(value.get("id"), str) and isinstance(value.get("resourceType"), str):
            found.append(value)
    return found


def _patients_of(name: str, resources: list[Json]) -> list[SamplePatient]:
    """One for each Patient, with everything that names this patient or nobody else."""
    patients = [r for r in resources if r["resourceType"] == "Patient"]
    return [
        SamplePatient(name, p["id"], (p, *(r for r in resources if _concerns(r, p["id"]))))
        for p in patients
    ]


def _concerns(resource: Json, patient_id: str) -> bool:
    if resource["resourceType"] == "Patient":
        return False
    subject = resource.get("subject") or resource.get("patient")
    reference = subject.get("reference") if isinstance(subject, dict) else None
    return reference is None or str(reference).rpartition("/")[2] == patient_id
