"""Patients from files: a hook request, or a Bundle with one or more patients."""

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.clinical.fact import Outcome
from cds_service.commands.patient_file import (
    UnreadableFileError,
    find_files,
    read_patients,
)
from cds_service.fhir.chart import Chart
from cds_service.fhir.prefetch import gather


def written(folder: Path, content: Any, name: str = "file.json") -> Path:
    """A file with this content."""
    path = folder / name
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(text)
    return path


def patient(identifier: str) -> dict[str, Any]:
    """A Patient."""
    return {"resourceType": "Patient", "id": identifier}


def condition(subject: str, identifier: str = "c1") -> dict[str, Any]:
    """A Condition of somebody."""
    return {"resourceType": "Condition", "id": identifier, "subject": {"reference": subject}}


def bundle(*entries: dict[str, Any]) -> dict[str, Any]:
    """A collection."""
    return {"resourceType": "Bundle", "type": "collection", "entry": list(entries)}


def charts(path: Path) -> list[Chart]:
    """The charts of all patients of a file."""
    return [
        gather(found.request.prefetch, found.request.envelope.context.patientId)
        for found in read_patients(path)
    ]


REQUEST = {
    "hook": "patient-view",
    "hookInstance": "9d2f5a8e-5f2c-4b1e-9b62-2f0a5f5c8f11",
    "context": {"userId": "Practitioner/1", "patientId": "p1"},
    "prefetch": {"patient": patient("p1")},
}


def test_a_hook_request_is_taken_as_it_stands(tmp_path: Path) -> None:
    """Context and prefetch are those of the file."""
    (found,) = read_patients(written(tmp_path, REQUEST))
    assert found.request.envelope.context.patientId == "p1"
    assert set(found.request.prefetch) == {"patient"}
    assert found.document == REQUEST


def test_a_bundle_is_a_whole_record(tmp_path: Path) -> None:
    """Every query counts as answered in full."""
    path = written(
        tmp_path, bundle({"resource": patient("p1")}, {"resource": condition("Patient/p1")})
    )
    (chart,) = charts(path)
    assert set(chart.queries.values()) == {Outcome.COMPLETE}
    assert [r.id for r in chart.resources] == ["c1"]


def test_each_patient_of_a_bundle_gets_only_their_own(tmp_path: Path) -> None:
    """Two patients in one file are two charts."""
    path = written(
        tmp_path,
        bundle(
            {"resource": patient("p1")},
            {"resource": patient("p2")},
            {"resource": condition("Patient/p1", "c1")},
            {"resource": condition("Patient/p2", "c2")},
        ),
    )
    assert [[r.id for r in chart.resources] for chart in charts(path)] == [["c1"], ["c2"]]


def test_references_by_full_url_are_resolved(tmp_path: Path) -> None:
    """Transactions and synthetic records point at urn:uuid entries of the same Bundle."""
    path = written(
        tmp_path,
        bundle(
            {"fullUrl": "urn:uuid:1", "resource": patient("p1")},
            {"fullUrl": "urn:uuid:2", "resource": condition("urn:uuid:1")},
        ),
    )
    (chart,) = charts(path)
    assert [r.id for r in chart.resources] == ["c1"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"{", "not valid JSON", id="broken JSON"),
        pytest.param(b"", "not valid JSON", id="empty file"),
        pytest.param(b"\xff\xfe\x00", "not valid JSON", id="not UTF-8"),
        pytest.param([], "neither a CDS Hooks request nor a FHIR Bundle", id="a list"),
        pytest.param("text", "neither a CDS Hooks request nor a FHIR Bundle", id="a string"),
        pytest.param(patient("p1"), "neither a CDS Hooks request nor a FHIR Bundle", id="resource"),
        pytest.param({"hook": "x"}, "not a valid CDS Hooks request", id="half a request"),
        pytest.param({"hook": 7}, "not a valid CDS Hooks request", id="a hook that is a number"),
        pytest.param(bundle(), "no Patient with an id", id="empty Bundle"),
        pytest.param({"resourceType": "Bundle"}, "no Patient with an id", id="no entry"),
        pytest.param({"resourceType": "Bundle", "entry": 7}, "", id="entry is a number"),
        pytest.param({"resourceType": "Bundle", "entry": {}}, "no Patient", id="entry is a map"),
        pytest.param(
            {"resourceType": "Bundle", "entry": [None, 7, {}, {"resource": 7}]},
            "no Patient with an id",
            id="odd entries",
        ),
        pytest.param(
            bundle({"resource": {"resourceType": "Patient"}}), "no Patient with an id", id="no id"
        ),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(
    tmp_path: Path, content: Any, complaint: str
) -> None:
    """The sentence names the file and what is wrong with it; never a traceback."""
    path = written(tmp_path, content)
    with pytest.raises(UnreadableFileError) as told:
        charts(path)
    assert str(path) in str(told.value)
    assert complaint in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_gone_is_said_so(tmp_path: Path) -> None:
    """A missing file is a sentence too."""
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        charts(tmp_path / "gone.json")


def test_folders_are_searched_for_requests_and_bundles(tmp_path: Path) -> None:
    """Every JSON file that holds one, at any depth, in the order of names; nothing else."""
    deeper = tmp_path / "b" / "c"
    deeper.mkdir(parents=True)
    request = written(tmp_path, REQUEST, "a.json")
    record = written(deeper, bundle(), "z.json")
    written(tmp_path, {"why": "expected"}, "expected.json")
    written(tmp_path, b"not JSON", "notes.txt")
    assert find_files([tmp_path]) == [request, record]


def test_a_named_file_is_taken_even_if_it_is_neither(tmp_path: Path) -> None:
    """Whoever names a file wants to hear what is wrong with it."""
    odd = written(tmp_path, {"why": "expected"}, "expected.json")
    assert find_files([odd]) == [odd]
