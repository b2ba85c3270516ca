"""A labeled case as the body of a patient-view hook call."""

import re
from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

from tests.spec.case import Case, ObservationEntry
from tests.spec.case_codes import codings
from tests.spec.case_resources import encounter_class, instant, resource_of
from tests.spec.fhir_json import ENCOUNTER, PRACTITIONER, Json, concept, resource, searchset
from tests.spec.moments import ago, birth_date

SERVER = "https://ehr.example.org/fhir/R4"
STRANGER = "somebody-else"
WELLS_HISTORY = (
    "active_cancer", "paralysis_or_leg_immobilization", "bedridden_or_major_surgery",
    "previous_dvt",
)  # fmt: skip
WELLS_SIGNS = (
    "deep_vein_tenderness", "entire_leg_swollen", "calf_swelling_3cm", "pitting_edema",
    "collateral_superficial_veins",
)  # fmt: skip
_SIJ = ("thigh_thrust", "distraction", "compression", "sacral_thrust", "gaenslen", "faber")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "WELLS": WELLS_HISTORY + WELLS_SIGNS,
    "WELLS-HISTORY": WELLS_HISTORY,
    "ROOT-TESTS": ("slr", "motor_deficit", "reflex_reduced", "sensory_deficit"),
    "CAUDA-QUESTIONS": ("saddle_sensory_change", "bladder_dysfunction", "bowel_dysfunction"),
    "SIJ-TESTS": tuple(f"sij_{test}" for test in _SIJ),
    "GIRDLE-TESTS": (
        "sij_thigh_thrust", "sij_faber", "sij_gaenslen", "mod_trendelenburg", "ldl_palpation",
        "symphysis_palpation", "aslr",
    ),
}  # fmt: skip
_FINDING = re.compile(r"([\w-]+)(?:@([LRB]))?(?: (at|since) (\S+))?")
_JUDGEMENT = "alternative_diagnosis_as_likely"
_KEYS: Mapping[str, str] = {
    "Condition": "conditions",
    "FamilyMemberHistory": "procedures",  # no query of ours asks for it; any key may bring it
    "Encounter": "encounters",
    "Procedure": "procedures",
    "MedicationRequest": "medications",
    "MedicationStatement": "medications",
    "MedicationAdministration": "medications",
    "DiagnosticReport": "reports",
    "ServiceRequest": "orders",
    "QuestionnaireResponse": "surveys",
}
_OBSERVATION_KEYS: Mapping[str, str] = {
    "vital-signs": "vitals", "laboratory": "labs", "exam": "exam", "survey": "surveys",
}  # fmt: skip


def hook_request(case: Case) -> Json:
    """Write the request an EHR sends when a clinician opens this chart."""
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid5(NAMESPACE_URL, case.id)),
        "context": {"userId": PRACTITIONER, "patientId": case.id, "encounterId": ENCOUNTER},
        "prefetch": prefetch(case),
    }


def prefetch(case: Case) -> Json:
    """Every key of the service with what the chart holds for it."""
    delivered: dict[str, list[Json]] = {
        key: [] for key in (*dict.fromkeys(_KEYS.values()), *_OBSERVATION_KEYS.values())
    }
    for key, found in chart(case):
        delivered[key].append(found)
    answers: Json = {key: searchset(found, SERVER) for key, found in delivered.items()}
    failed = {key: _not_answered() for key in case.unread}
    return {"patient": patient(case)} | answers | failed


def patient(case: Case) -> Json | None:
    """The patient, or nothing where the read found none."""
    person = case.patient
    if person.missing:
        return None
    return resource(
        "Patient",
        id=case.id,
        gender={"F": "female", "M": "male", None: None}[person.sex],
        birthDate=person.born or (birth_date(person.age) if person.age is not None else None),
        deceasedDateTime=ago(days=1) if person.deceased else None,
    )


def chart(case: Case) -> Iterator[tuple[str, Json]]:
    """The prefetch key and the resource of everything in the chart but the patient."""
    entries = [(_visit(case), "")]
    entries += [(resource_of(entry), entry.of or "") for entry in (*_found(case), *case.chart)]
    for number, (found, of) in enumerate(entries):
        kind = str(found["resourceType"])
        who = "patient" if kind == "FamilyMemberHistory" else "subject"
        subject = {"reference": f"Patient/{STRANGER if of else case.id}"}
        key = _OBSERVATION_KEYS[category(found)] if kind == "Observation" else _KEYS[kind]
        yield key, {"id": f"{kind.lower()}-{number}"} | found | {who: subject}


def category(found: Json) -> str:
    """The one category of an Observation this module wrote."""
    match found["category"]:
        case [{"coding": [{"code": str(code)}]}]:
            return code
        case other:
            raise ValueError(other)


def findings(names: tuple[str, ...], named: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Each finding of a list with the rest of its line; a group without what the case names."""
    for line in names:
        found = _FINDING.fullmatch(line)
        if not found:
            raise ValueError(f"not a finding: {line}")
        rest = line.removeprefix(found[1])
        for finding in GROUPS.get(found[1], (found[1],)):
            if finding == found[1] or finding not in named:
                yield finding, rest


def _found(case: Case) -> Iterator[ObservationEntry]:
    """The findings of `present` and `absent` as Observations."""
    own_words = [line.partition("@")[0].partition(" ")[0] for line in case.present]
    named = frozenset((*own_words, *case.unknown))
    for present, names in ((True, case.present), (False, case.absent)):
        for finding, rest in findings(names, named):
            yield _observed(finding, rest, present=present)


def _observed(finding: str, rest: str, *, present: bool) -> ObservationEntry:
    line = _FINDING.fullmatch(finding + rest)
    if not line:
        raise ValueError(finding + rest)
    _, side, when, span = line.groups()
    judged = "0.5h" if finding == _JUDGEMENT else "2h"
    return ObservationEntry.model_validate(
        {
            "observation": finding,
            "value": present,
            "side": side,
            "at": span if when == "at" else judged,
            "since": span if when == "since" else None,
        }
    )


def _visit(case: Case) -> Json:
    visit = case.visit
    return resource(
        "Encounter",
        id=ENCOUNTER,
        status=visit.status,
        period={"start": instant(visit.start)},
        reasonCode=[concept(*codings(reason)) for reason in visit.reasons] or None,
        serviceType=concept(*codings(visit.service)) if visit.service else None,
        **{"class": encounter_class(visit.klass)},
    )


def _not_answered() -> Json:
    issue = {"severity": "error", "code": "exception"}
    return resource("OperationOutcome", issue=[issue])
