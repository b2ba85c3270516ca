"""A labeled case as the body of a patient-view hook call."""

import re
from collections.abc import Iterator, Mapping
from functools import singledispatch
from uuid import NAMESPACE_URL, uuid5

from tests.spec.case import (
    Ago,
    Answer,
    Case,
    ConditionEntry,
    EncounterEntry,
    Entry,
    MedicationEntry,
    ObservationEntry,
    OrderEntry,
    ProcedureEntry,
    RelativeEntry,
    ReportEntry,
)
from tests.spec.fhir_json import (
    ATC,
    ENCOUNTER,
    HL7,
    ICD10CM,
    ICPC2,
    LOCAL,
    LOINC,
    PRACTITIONER,
    RXNORM,
    SNOMED,
    UCUM,
    Json,
    body_site,
    coding,
    concept,
    condition,
    observation,
    own,
    procedure,
    resource,
    searchset,
    snomed,
)
from tests.spec.moments import DAYS_PER_YEAR, ago, birth_date, day_ago

SERVER = "https://ehr.example.org/fhir/R4"
STRANGER = "somebody-else"
# Ends a code that no table of ours knows, or knows only by its beginning.
UNKNOWN = "!"
SYSTEMS: Mapping[str, str] = {
    "snomed": SNOMED,
    "icd10cm": ICD10CM,
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "icpc2": ICPC2,
    "loinc": LOINC,
    "rxnorm": RXNORM,
    "atc": ATC,
    "local": LOCAL,
}
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
_SITES: Mapping[str, str] = {
    "leg": "61685007",
    "lower-leg": "30021000",
    "calf": "53840002",
    "thigh": "68367000",
    "knee": "72696002",
    "foot": "56459004",
    "buttock": "46862004",
    "sij": "39723000",
    "hip": "24136001",
    "groin": "26893007",
    "low-back": "52612000",
    "arm": "53120007",
    "perineum": "38864007",
}
_FINDING = re.compile(r"([\w-]+)(?:@([LRB]))?(?: (at|since) (\S+))?")
_JUDGEMENT = "alternative_diagnosis_as_likely"
_VITAL = {"8480-6", "85354-9", "8867-4", "9279-1", "59408-5", "2708-6", "8310-5", "8331-1"}
_ASKED = {"82810-3", "11778-8", "11779-6", "11780-4"}
_CLASSES: Mapping[str, str] = {
    "AMB": "ambulatory", "IMP": "inpatient encounter", "ACUTE": "inpatient acute",
    "EMER": "emergency", "OBSENC": "observation encounter", "VR": "virtual",
}  # fmt: skip
_KEYS: Mapping[str, str] = {
    "Condition": "conditions",
    "FamilyMemberHistory": "conditions",
    "Encounter": "encounters",
    "Procedure": "procedures",
    "MedicationRequest": "medications",
    "MedicationStatement": "medications",
    "MedicationAdministration": "medications",
    "DiagnosticReport": "reports",
    "ServiceRequest": "orders",
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


def stamp(when: Ago | None) -> str | None:
    """FHIR time: an instant for hours, a date for anything longer."""
    if when is None:
        return None
    number, unit = float(when[:-1]), when[-1]
    if unit == "h":
        return ago(hours=number)
    return day_ago(number * {"d": 1, "w": 7, "y": DAYS_PER_YEAR}[unit])


def instant(when: Ago | None) -> str | None:
    """FHIR instant, also for days and longer."""
    if when is None:
        return None
    number, unit = float(when[:-1]), when[-1]
    return ago(hours=number * {"h": 1, "d": 24, "w": 168, "y": 24 * DAYS_PER_YEAR}[unit])


def codings(codes: str) -> list[Json]:
    """Codings side by side: `system|code`, or an id of our own."""
    return [_coding(code) for code in codes.split()]


def _coding(code: str) -> Json:
    system, bar, value = code.removesuffix(UNKNOWN).partition("|")
    return coding(SYSTEMS[system], value) if bar else own(code)


def _concept(codes: str | None, text: str = "") -> Json | None:
    return concept(*codings(codes), text=text) if codes else None


def _site(entry: Entry) -> Json | None:
    place = entry.site or ("leg" if entry.side else None)
    return body_site(snomed(_SITES[place], ""), entry.side) if place else None


def _sites(entry: Entry) -> list[Json] | None:
    place = _site(entry)
    return [place] if place else None


def _here(*, visit: bool) -> Json | None:
    return {"reference": f"Encounter/{ENCOUNTER}"} if visit else None


def _not_answered() -> Json:
    issue = {"severity": "error", "code": "exception"}
    return resource("OperationOutcome", issue=[issue])


def _visit(case: Case) -> Json:
    visit = case.visit
    return resource(
        "Encounter",
        id=ENCOUNTER,
        status=visit.status,
        period={"start": instant(visit.start)},
        reasonCode=[concept(*codings(reason)) for reason in visit.reasons] or None,
        serviceType=_concept(visit.service),
        **{"class": _class(visit.klass)},
    )


def _class(code: str) -> Json:
    return coding(f"{HL7}/v3-ActCode", code, _CLASSES[code])


@singledispatch
def resource_of(entry: object) -> Json:
    """The FHIR resource an entry of a chart stands for."""
    raise TypeError(entry)


@resource_of.register
def _(entry: ConditionEntry) -> Json:
    recorded = entry.recorded or ("2h" if entry.visit else None)
    return condition(
        concept(*codings(entry.condition), text=entry.text),
        clinical=entry.clinical,
        verification=entry.verification,
        visit=entry.visit,
        bodySite=_sites(entry),
        onsetDateTime=stamp(entry.onset),
        abatementDateTime=stamp(entry.ended),
        recordedDate=stamp(recorded),
    )


@resource_of.register
def _(entry: ObservationEntry) -> Json:
    code = concept(*codings(entry.observation), text=entry.text)
    period = {"start": instant(entry.since), "end": instant(entry.at)} if entry.since else None
    parts = [{"code": concept(*codings(part.code))} | _answer(part) for part in entry.components]
    return observation(
        _category(entry.observation),
        code,
        status=entry.status,
        effectiveDateTime=None if period else instant(entry.at),
        effectivePeriod=period,
        issued=instant(entry.issued),
        encounter=_here(visit=True),
        performer=[{"reference": PRACTITIONER}],
        bodySite=_site(entry),
        component=parts or None,
        **_answer(entry),
    )


def _category(codes: str) -> str:
    system, bar, code = codes.split(maxsplit=1)[0].partition("|")
    if not bar or system != "loinc":
        return "exam"
    return "vital-signs" if code in _VITAL else "survey" if code in _ASKED else "laboratory"


def _answer(given: Answer) -> Json:
    """The members that carry the answer."""
    value = given.value
    measured = {"value": value, "comparator": given.comparator, "unit": given.unit_text}
    if given.unit:
        measured |= {"unit": given.unit, "system": UCUM, "code": given.unit}
    flag = coding(f"{HL7}/v3-ObservationInterpretation", given.flag or "")
    absent = coding(f"{HL7}/data-absent-reason", given.missing or "")
    number = isinstance(value, float) and not isinstance(value, bool)
    members: Json = {
        "valueBoolean": value if isinstance(value, bool) else None,
        "valueQuantity": {k: v for k, v in measured.items() if v is not None} if number else None,
        "valueCodeableConcept": _concept(given.means),
        "valueString": given.word,
        "valueDateTime": stamp(given.day),
        "interpretation": [concept(flag)] if given.flag else None,
        "dataAbsentReason": concept(absent) if given.missing else None,
        "referenceRange": [{"high": {"value": given.high}}] if given.high is not None else None,
    }
    return {name: member for name, member in members.items() if member is not None}


@resource_of.register
def _(entry: ProcedureEntry) -> Json:
    code = concept(*codings(entry.procedure), text=entry.text)
    when = stamp(entry.at) or ""
    done = procedure(code, when, bodySite=_sites(entry))
    return done | {"status": entry.status}


@resource_of.register
def _(entry: MedicationEntry) -> Json:
    drug = concept(*codings(entry.medication), text=entry.text)
    dose: Json = {"route": _concept(entry.route)} if entry.route else {}
    if entry.dose is not None:
        dose["doseAndRate"] = [{"doseQuantity": {"value": entry.dose, "unit": "mg"}}]
    kinds = {"request": "MedicationRequest", "statement": "MedicationStatement"}
    ordered = entry.carrier == "request"
    given = entry.carrier == "administration"
    return resource(
        kinds.get(entry.carrier, "MedicationAdministration"),
        status=entry.status,
        medicationCodeableConcept=drug,
        intent=entry.intent if ordered else None,
        authoredOn=stamp(entry.since) if ordered else None,
        effectiveDateTime=None if ordered else stamp(entry.since),
        dosageInstruction=[dose] if dose and ordered else None,
        dosage=None if ordered or not dose else dose if given else [dose],
    )


@resource_of.register
def _(entry: OrderEntry) -> Json:
    reason = _concept(entry.reason)
    return resource(
        "ServiceRequest",
        status=entry.status,
        intent=entry.intent,
        priority=entry.priority,
        code=concept(*codings(entry.order), text=entry.text),
        authoredOn=stamp(entry.at),
        bodySite=_sites(entry),
        encounter=_here(visit=entry.visit),
        reasonCode=[reason] if reason else None,
    )


@resource_of.register
def _(entry: ReportEntry) -> Json:
    conclusion = _concept(entry.conclusion)
    return resource(
        "DiagnosticReport",
        status=entry.status,
        code=concept(*codings(entry.report)),
        effectiveDateTime=stamp(entry.at),
        conclusion=entry.text or None,
        conclusionCode=[conclusion] if conclusion else None,
    )


@resource_of.register
def _(entry: EncounterEntry) -> Json:
    period = {"start": stamp(entry.start)} | ({"end": stamp(entry.end)} if entry.end else {})
    kind = _concept(entry.type)
    return resource(
        "Encounter",
        status=entry.status,
        period=period,
        type=[kind] if kind else None,
        reasonCode=[concept(*codings(reason)) for reason in entry.reasons] or None,
        serviceType=_concept(entry.service),
        **{"class": _class(entry.encounter)},
    )


@resource_of.register
def _(entry: RelativeEntry) -> Json:
    return resource(
        "FamilyMemberHistory",
        status="completed",
        relationship=concept(coding(f"{HL7}/v3-RoleCode", entry.relative)),
        condition=[{"code": concept(*codings(entry.family))}],
    )
