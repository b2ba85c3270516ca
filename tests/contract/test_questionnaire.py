"""The checked-in Questionnaire: current, valid, complete, and read back as it asks."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds_service.clinical.fact import Status
from cds_service.clinical.side import Side
from cds_service.content.load import content_folder, load_library
from cds_service.content.questionnaire import BUILT, QUESTIONNAIRE, build_questionnaire
from cds_service.errors import ContentError
from tests.spec.fhir_json import OWN, Json, resource
from tests.spec.moments import ago
from tests.unit.record import library, read

FILE = content_folder() / "_codes" / BUILT
FORM: Any = json.loads(FILE.read_text(encoding="utf-8"))
SIDES = {"left": Side.LEFT, "right": Side.RIGHT, "": Side.UNSPECIFIED}


def items(within: Any) -> Iterator[Any]:
    """Every item, groups included."""
    for item in within.get("item", []):
        yield item
        yield from items(item)


QUESTIONS = [item for item in items(FORM) if item["type"] != "group"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content."""
    copied = tmp_path / "cards"
    shutil.copytree(content_folder(), copied)
    return copied


def test_the_questionnaire_is_up_to_date() -> None:
    """If this fails run `legpain-cds content questionnaire`."""
    built = build_questionnaire(library(), content_folder())
    assert FILE.read_text(encoding="utf-8") == built


def test_the_questionnaire_is_valid_fhir() -> None:
    """It validates as FHIR R4B, and no link id stands twice."""
    get_fhir_model_class("Questionnaire").model_validate(FORM)
    links = [item["linkId"] for item in items(FORM)]
    assert len(links) == len(set(links))
    assert FORM["url"] == QUESTIONNAIRE


def test_every_question_names_its_finding() -> None:
    """The code is the finding, and so is the link id up to its side."""
    for question in QUESTIONS:
        (code,) = question["code"]
        assert code["system"] == OWN
        assert question["linkId"].partition(".")[0] == code["code"]
        assert code["display"] == library().display(code["code"])


def test_the_findings_that_decide_are_asked() -> None:
    """All items of the Wells score, the provocation tests and the emergency questions."""
    asked = {question["linkId"] for question in QUESTIONS}
    assert {
        "active_cancer",
        "calf_swelling_3cm.left",
        "alternative_diagnosis_as_likely.right",
        "calf_circumference.left",
        "slr.left",
        "crossed_slr.right",
        "reflex_reduced.left",
        "mrc.right",
        "sij_thigh_thrust.left",
        "sij_faber.right",
        "saddle_sensory_change",
        "anal_tone_reduced",
        "dyspnea_new",
        "abi.left",
    } <= asked


def test_every_answer_is_read_as_it_was_asked() -> None:
    """Yes, positive or a number: one statement of the finding on its side."""
    wrong = []
    for question in QUESTIONS:
        answered = {"linkId": question["linkId"], "answer": [_answer(question)]}
        response = resource(
            "QuestionnaireResponse",
            status="completed",
            questionnaire=f"{QUESTIONNAIRE}|{FORM['version']}",
            authored=ago(hours=1),
            item=[answered],
        )
        finding, _, side = question["linkId"].partition(".")
        (statement,) = read(response).statements
        numeric = question["type"] in ("decimal", "quantity")
        right = statement.quantity is not None if numeric else statement.status is Status.PRESENT
        if not right or (statement.finding, statement.side) != (finding, SIDES[side]):
            wrong.append(question["linkId"])
    assert wrong == []


def _answer(question: Any) -> Json:
    """The first answer the question offers; measures in the middle of what is plausible."""
    if question["type"] == "boolean":
        return {"valueBoolean": True}
    if question["type"] == "choice":
        return {"valueCoding": question["answerOption"][0]["valueCoding"]}
    unit = library().units.get(question["code"][0]["code"])
    value = sum(unit.plausible) / 2 if unit else 1
    if question["type"] == "decimal":
        return {"valueDecimal": value}
    (extension,) = question["extension"]
    coding = extension["valueCoding"]
    return {
        "valueQuantity": {
            "value": value,
            "unit": coding["display"],
            "system": coding["system"],
            "code": coding["code"],
        }
    }


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"slr", ', "", "slr: neither asked nor in not_asked; add it to one"),
        ('"slr", ', '"slr", "slr", ', "slr: stands twice; keep it once"),
        ('"slr", ', '"slr", "srl", ', "srl: not in findings.toml"),
        ('title = "Complaint"', 'titel = "Complaint"', "this key is not known here"),
    ],
)
def test_a_slip_is_told_with_its_remedy(folder: Path, old: str, new: str, sentence: str) -> None:
    """A new finding must be asked or left out on purpose."""
    path = folder / "_codes" / "questionnaire.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=sentence):
        build_questionnaire(load_library(folder), folder)
