"""Refusals: a fixed sentence and the member at fault, never what was sent."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import cds_service
from cds_service.content.fill import Template
from cds_service.errors import ClientMistakeError, DataUnavailableError
from cds_service.hooks.outcomes import mistake, unavailable
from tests.unit.record import library

SOURCE = Path(cds_service.__file__).parent
SENTENCES = library().sentences["errors"]
FILLED = {"index", "where", "keys", "incident"}


def codes() -> Iterator[str]:
    """Every code that the source raises a ClientMistakeError with."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "ClientMistakeError"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield str(node.args[0].value)


RAISED = sorted(set(codes()))


def test_the_source_raises_mistakes() -> None:
    """The search below looks at something."""
    assert {"not-json", "wrong-hook", "wrong-patient", "media-type"} <= set(RAISED)


@pytest.mark.parametrize("code", RAISED)
def test_every_mistake_has_a_sentence(code: str) -> None:
    """A mistake without a sentence would be a failure of ours."""
    assert SENTENCES[code].strip().endswith(".")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_no_sentence_can_repeat_input(code: str) -> None:
    """Only an index, a member's name, a prefetch key or an incident number is filled in."""
    assert set(Template.compile(SENTENCES[code]).names) <= FILLED


@pytest.mark.parametrize("code", RAISED)
@pytest.mark.parametrize("where", ["", "context.patientId", "feedback[3]"])
def test_a_mistake_becomes_one_issue(code: str, where: str) -> None:
    """An OperationOutcome with one error, its sentence, and the member at fault."""
    response = mistake(library(), ClientMistakeError(code, where))
    body = json.loads(bytes(response.body))
    (issue,) = body["issue"]
    assert body["resourceType"] == "OperationOutcome"
    assert issue["severity"] == "error"
    assert "{{" not in issue["details"]["text"]
    assert issue.get("expression", []) == ([where] if where else [])


def test_missing_data_names_every_key() -> None:
    """412 tells which prefetch keys to supply."""
    response = unavailable(library(), DataUnavailableError(("patient", "conditions")))
    (issue,) = json.loads(bytes(response.body))["issue"]
    assert response.status_code == 412
    assert issue["expression"] == ["prefetch.patient", "prefetch.conditions"]
    assert "patient, conditions" in issue["details"]["text"]
