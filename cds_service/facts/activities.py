"""Procedures, orders, studies, visits and medications: what was done, ordered or given."""

from collections.abc import Iterator

from cds_service.clinical.fact import (
    Medication,
    Order,
    Statement,
    Status,
    Strength,
    Study,
    Visit,
)
from cds_service.clinical.moment import Moment
from cds_service.content.codes import Meaning
from cds_service.facts.conditions import names_encounter
from cds_service.facts.vocabulary import Vocabulary, as_list, names_other_site, side_of, sites_of
from cds_service.fhir.chart import Chart
from cds_service.fhir.references import local
from cds_service.fhir.resources import CodeableConcept, Resource
from cds_service.fhir.times import read_moment

_SURGICAL = "387713003"
_SURGEONS = "reader:surgical_service"
_DONE = frozenset({"completed", "in-progress"})
_REPORTED = frozenset({"final", "amended", "corrected", "appended", "available", "completed"})
_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC", "OBSENC"})
_ENDED = frozenset({"cancelled", "entered-in-error", "finished", "planned"})


def read_procedure(resource: Resource, vocabulary: Vocabulary, chart: Chart) -> Iterator[Statement]:
    """Completed procedures; a surgical or uncoded one is at least a hint of surgery."""
    if resource.status.strip() not in _DONE:
        return
    meanings = vocabulary.meanings(resource.code)
    places = vocabulary.meanings(*as_list(resource.body_site))
    period = resource.performed_period
    noted = read_moment(
        resource.performed_date_time or (period.end or period.start if period else "")
    )
    found = {token: strength for m in meanings for token, strength in m.findings}
    if not found and _surgical(resource, vocabulary):
        found["reader:surgery_hint"] = Strength.WEAK
    for finding, strength in found.items():
        yield Statement(
            finding=finding,
            status=Status.PRESENT,
            source=resource.reference,
            strength=strength,
            side=side_of(meanings, places),
            sites=sites_of(places),
            elsewhere=names_other_site(as_list(resource.body_site), places),
            onset=noted,
            noted=noted,
            in_encounter=names_encounter(resource, chart),
            codes=tuple(m.key for m in meanings),
        )


def _surgical(resource: Resource, vocabulary: Vocabulary) -> bool:
    categories = as_list(resource.category)
    named = any(c.code == _SURGICAL for concept in categories for c in concept.coding)
    codings = resource.code.coding if resource.code else []
    return named or not any(vocabulary.codes.known(coding.system) for coding in codings)


def read_order(resource: Resource, vocabulary: Vocabulary) -> Order:
    """A ServiceRequest with the families of its code and of its reasons."""
    meanings = vocabulary.meanings(resource.code)
    places = vocabulary.meanings(*as_list(resource.body_site))
    reasons = vocabulary.meanings(*resource.reason_code)
    return Order(
        source=resource.reference,
        kinds=_strong(meanings),
        status=resource.status.strip(),
        intent="" if resource.do_not_perform else resource.intent.strip(),
        priority=_priority(resource),
        side=side_of(meanings, places),
        authored=read_moment(resource.authored_on),
        reasons=frozenset(finding for meaning in reasons for finding in meaning.ids),
    )


def _priority(resource: Resource) -> str:
    stated = resource.priority if isinstance(resource.priority, str) else ""
    return stated.strip() or "routine"


def _strong(meanings: tuple[Meaning, ...]) -> frozenset[str]:
    return frozenset(
        finding
        for meaning in meanings
        for finding, strength in meaning.findings
        if strength is Strength.STRONG
    )


def read_study(resource: Resource, vocabulary: Vocabulary) -> Study | None:
    """A report, imaging study or coded result; prose is never read into a result."""
    if resource.status.strip() not in _REPORTED:
        return None
    meanings = vocabulary.meanings(resource.code, *resource.procedure_code)
    places = vocabulary.meanings(*as_list(resource.body_site))
    said = vocabulary.meanings(*resource.conclusion_code, resource.value_codeable_concept)
    kinds = frozenset(finding for meaning in meanings for finding in meaning.ids)
    result = _result(said)
    if not _strong(meanings) and result is Status.UNKNOWN:
        return None
    own = frozenset(finding for meaning in said for finding in meaning.ids)
    return Study(
        source=resource.reference,
        kinds=kinds,
        side=side_of(meanings, places),
        done=_done(resource),
        result=result,
        inconclusive="scan_inconclusive" in own,
        whole_leg="scan_whole_leg" in own,
    )


def read_conclusion(resource: Resource, vocabulary: Vocabulary) -> Iterator[Statement]:
    """Findings that a finished report states by code, where a report may state them."""
    if resource.status.strip() not in _REPORTED:
        return
    meanings = vocabulary.meanings(*resource.conclusion_code)
    for finding in sorted({name for m in meanings for name in m.ids} & vocabulary.reported):
        yield Statement(
            finding=finding,
            status=Status.PRESENT,
            source=resource.reference,
            onset=_done(resource),
            onset_assumed=True,
            noted=_done(resource),
            codes=tuple(m.key for m in meanings if finding in m.ids),
        )


def _done(resource: Resource) -> Moment | None:
    period = resource.effective_period or resource.performed_period
    return read_moment(
        resource.effective_date_time
        or resource.performed_date_time
        or resource.started
        or (period.end or period.start if period else "")
        or resource.issued
    )


def _result(said: tuple[Meaning, ...]) -> Status:
    """Positive wins over negative; anything uncoded stays unknown (ruling 47)."""
    qualifiers = {name for meaning in said for name in meaning.qualifiers}
    findings = {finding for meaning in said for finding in meaning.ids}
    if qualifiers & {"present", "known_present"} or "current_dvt" in findings:
        return Status.PRESENT
    if qualifiers & {"absent", "definitely_not_present", "absence_thrombus"}:
        return Status.ABSENT
    return Status.UNKNOWN


def read_visit(resource: Resource, vocabulary: Vocabulary, chart: Chart) -> Visit:
    """An Encounter; missing class is never inpatient."""
    period = resource.period
    code = resource.clinical_class.code.strip().upper() if resource.clinical_class else ""
    return Visit(
        source=resource.reference,
        inpatient=code in _INPATIENT,
        in_progress=resource.status.strip() not in _ENDED and not (period and period.end),
        in_context=bool(chart.encounter_id) and resource.id == chart.encounter_id,
        start=read_moment(period.start if period else ""),
        surgical=any(_SURGEONS in m.ids for m in vocabulary.meanings(resource.service_type)),
    )


def read_reasons(resource: Resource, vocabulary: Vocabulary, chart: Chart) -> Iterator[Statement]:
    """Coded visit reasons are complaints; prose reasons are counted elsewhere."""
    if resource.status.strip() in ("cancelled", "entered-in-error"):
        return
    noted = read_moment(resource.period.start if resource.period else "")
    in_context = bool(chart.encounter_id) and resource.id == chart.encounter_id
    for concept in resource.reason_code:
        meanings = vocabulary.meanings(concept)
        for finding, strength in {f: s for m in meanings for f, s in m.findings}.items():
            yield Statement(
                finding=finding,
                status=Status.PRESENT,
                source=resource.reference,
                strength=strength,
                side=side_of(meanings),
                onset=noted,
                onset_assumed=True,
                noted=noted,
                current=None,
                named=in_context,
                in_encounter=in_context,
                codes=tuple(m.key for m in meanings),
            )


def read_medication(resource: Resource, vocabulary: Vocabulary, chart: Chart) -> Medication | None:
    """Orders, statements and administrations; a plan or proposal is not a treatment."""
    status, kind = resource.status.strip(), resource.resource_type
    given = kind == "MedicationAdministration" and status in ("completed", "in-progress")
    planned = resource.intent.strip() in ("plan", "proposal")
    if status == "entered-in-error" or planned:
        return None
    concept = _drug(resource, chart)
    meanings = vocabulary.meanings(concept)
    uses = frozenset(finding for meaning in meanings for finding in meaning.ids)
    strong = _strong(meanings)
    routes = {
        coding.code
        for dosage in resource.dosage_instruction
        if dosage.route
        for coding in dosage.route.coding
    }
    return Medication(
        source=resource.reference,
        uses=uses,
        label=_label(concept, uses),
        active=kind != "MedicationAdministration" and status == "active",
        given=given,
        classified=bool(uses) or _systematic(concept, vocabulary),
        prophylactic="reader:anticoag_prophylactic" in uses,
        dose_known="reader:anticoag_dose" in uses,
        weak=not strong,
        topical=bool(routes & vocabulary.topical_routes),
        since=read_moment(resource.authored_on) or _done(resource),
    )


def _drug(resource: Resource, chart: Chart) -> CodeableConcept | None:
    if resource.medication_codeable_concept is not None:
        return resource.medication_codeable_concept
    reference = resource.medication_reference.reference if resource.medication_reference else ""
    if reference.startswith("#"):
        name = reference.removeprefix("#")
        inside = [c.code for c in resource.contained if c.id == name]
        return next((code for code in inside if isinstance(code, CodeableConcept)), None)
    shared = chart.medications.get(local(reference))
    return shared.code if shared else None


def _systematic(concept: CodeableConcept | None, vocabulary: Vocabulary) -> bool:
    """ATC says the class of any drug; other systems only of what the tables list."""
    codings = concept.coding if concept else []
    codes = vocabulary.codes
    return any(
        codes.system(coding.system) == "atc" or codes.lists(coding.system, coding.code)
        for coding in codings
    )


def _label(concept: CodeableConcept | None, uses: frozenset[str]) -> str:
    """The drug's name as recorded, only where it is one of ours."""
    if concept is None or not uses:
        return ""
    return next((coding.display for coding in concept.coding if coding.display), concept.text)
