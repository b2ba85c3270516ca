"""The FHIR R4 Questionnaire that asks for the findings, built from the content.

Link ids are finding ids, with `.left` and `.right` for the sides of one; `docs/site-mapping.md`
says how the answers are read.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from cds_service.content.codes import OWN
from cds_service.content.files import ContentReader
from cds_service.content.library import Library
from cds_service.content.models.questionnaire import QuestionGroup, QuestionnaireFile

QUESTIONNAIRE = "https://legpain-cds.github.io/fhir/Questionnaire/leg-pain-findings"
BUILT = "questionnaire.json"
_SOURCE = "questionnaire.toml"
_UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
_UCUM = "http://unitsofmeasure.org"
_SNOMED = "http://snomed.info/sct"
_RESULTS = (
    ("10828004", "Positive (qualifier value)"),
    ("260385009", "Negative (qualifier value)"),
)
_SIDES = ("left", "right")
_UCUM_CODES = {"mmHg": "mm[Hg]"}

Json: TypeAlias = dict[str, Any]


def build_questionnaire(library: Library, folder: Path) -> str:
    """The resource as JSON text.

    Raises ContentError when a finding is neither asked nor left out on purpose.
    """
    reader = ContentReader(folder)
    path = folder / "_codes" / _SOURCE
    file = reader.model(path, QuestionnaireFile)
    for sentence in _problems(file, library) if file else ():
        reader.report(path, sentence)
    reader.stop_if_broken()
    if file is None:
        message = "unreachable: a missing model is a reported problem"
        raise AssertionError(message)
    return json.dumps(_resource(file, library), indent=2, ensure_ascii=False) + "\n"


def _problems(file: QuestionnaireFile, library: Library) -> Iterator[str]:
    known = set(library.findings.finding)
    listed = Counter((*file.not_asked, *(name for group in file.group for name in group.asked)))
    for name in sorted(set(listed) - known):
        yield f"{name}: not in findings.toml; check its spelling or remove it"
    for name in sorted(known - set(listed)):
        yield f"{name}: neither asked nor in not_asked; add it to one"
    for name in sorted(name for name, count in listed.items() if count > 1):
        yield f"{name}: stands twice; keep it once"


def _resource(file: QuestionnaireFile, library: Library) -> Json:
    return {
        "resourceType": "Questionnaire",
        "id": QUESTIONNAIRE.rpartition("/")[2],
        "url": QUESTIONNAIRE,
        "version": file.version,
        "name": "LegPainFindings",
        "title": file.title,
        "status": "draft",
        "subjectType": ["Patient"],
        "date": file.date.isoformat(),
        "description": file.description,
        "item": [_group(group, library) for group in file.group],
    }


def _group(group: QuestionGroup, library: Library) -> Json:
    items = [_item(name, library, "boolean") for name in group.ask]
    items += [_sided(name, library, "boolean") for name in group.ask_sided]
    items += [_item(name, library, "choice") for name in group.test]
    items += [_sided(name, library, "choice") for name in group.test_sided]
    items += [_item(name, library, "measure") for name in group.measure]
    items += [_sided(name, library, "measure") for name in group.measure_sided]
    return {"linkId": f"group.{group.id}", "text": group.title, "type": "group", "item": items}


def _sided(finding: str, library: Library, kind: str) -> Json:
    """A group named after the finding with one question for each side."""
    sides = library.sentences["sides"]["side"]
    questions = [_question(finding, library, kind, side, sides[side]) for side in _SIDES]
    group = {"linkId": finding, "code": [_coding(finding, library)]}
    return group | {"text": library.display(finding), "type": "group", "item": questions}


def _item(finding: str, library: Library, kind: str) -> Json:
    return _question(finding, library, kind, "", library.display(finding))


def _question(finding: str, library: Library, kind: str, side: str, text: str) -> Json:
    link = f"{finding}.{side}" if side else finding
    item: Json = {"linkId": link, "code": [_coding(finding, library)], "text": text}
    if kind == "measure":
        return item | _measured(finding, library)
    item["type"] = kind
    if kind == "choice":
        item["answerOption"] = [
            {"valueCoding": {"system": _SNOMED, "code": code, "display": display}}
            for code, display in _RESULTS
        ]
    return item


def _measured(finding: str, library: Library) -> Json:
    """A number that may stand alone is a decimal, any other a quantity in its canonical unit."""
    unit = library.units.get(finding)
    if unit is None or unit.bare:
        return {"type": "decimal"}
    code = _UCUM_CODES.get(unit.canonical, unit.canonical)
    coding = {"system": _UCUM, "code": code, "display": unit.canonical}
    return {"extension": [{"url": _UNIT, "valueCoding": coding}], "type": "quantity"}


def _coding(finding: str, library: Library) -> Json:
    system = library.codes.address(OWN)
    return {"system": system, "code": finding, "display": library.display(finding)}
