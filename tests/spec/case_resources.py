"""Each entry of a labeled case as a FHIR resource, without id and patient."""

from collections.abc import Mapping
from functools import singledispatch

from tests.spec.case import (
    Ago,
    Answer,
    ConditionEntry,
    EncounterEntry,
    Entry,
    FormAnswer,
    FormEntry,
    MedicationEntry,
    ObservationEntry,
    OrderEntry,
    ProcedureEntry,
    RelativeEntry,
    ReportEntry,
)
from tests.spec.case_codes import SITES, category_of, codings, read_code
from tests.spec.fhir_json import (
    ENCOUNTER,
    HL7,
    PRACTITIONER,
    UCUM,
    Json,
    body_site,
    coding,
    concept,
    condition,
    observation,
    procedure,
    resource,
    snomed,
)
from tests.spec.moments import DAYS_PER_YEAR, ago, day_ago

FORM = "https://legpain-cds.github.io/fhir/Questionnaire/leg-pain-findings"
_CLASSES: Mapping[str, str] = {
    "AMB": "ambulatory", "IMP": "inpatient encounter", "ACUTE": "inpatient acute",
    "EMER": "emergency", "OBSENC": "observation encounter", "VR": "virtual",
}  # fmt: skip


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


def _concept(codes: str | None, text: str = "") -> Json | None:
    return concept(*codings(codes), text=text) if codes else None


def _site(entry: Entry) -> Json | None:
    place = entry.site or ("leg" if entry.side else None)
    return body_site(snomed(SITES[place], ""), entry.side) if place else None


def _sites(entry: Entry) -> list[Json] | None:
    place = _site(entry)
    return [place] if place else None


def _here(*, visit: bool) -> Json | None:
    return {"reference": f"Encounter/{ENCOUNTER}"} if visit else None


def encounter_class(code: str) -> Json:
    """The class of an encounter."""
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
        category_of(entry.observation),
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
        **{"class": encounter_class(entry.encounter)},
    )


@resource_of.register
def _(entry: RelativeEntry) -> Json:
    return resource(
        "FamilyMemberHistory",
        status="completed",
        relationship=concept(coding(f"{HL7}/v3-RoleCode", entry.relative)),
        condition=[{"code": concept(*codings(entry.family))}],
    )


@resource_of.register
def _(entry: FormEntry) -> Json:
    return resource(
        "QuestionnaireResponse",
        status=entry.status,
        questionnaire=FORM,
        authored=instant(entry.at),
        encounter=_here(visit=True),
        author={"reference": PRACTITIONER},
        item=[
            {"linkId": question, "answer": [_form_answer(answer)]}
            for question, answer in entry.form.items()
        ],
    )


def _form_answer(answer: FormAnswer) -> Json:
    match answer:
        case bool():
            return {"valueBoolean": answer}
        case str():
            return {"valueCoding": read_code(answer)}
        case _:
            return {"valueDecimal": answer}
