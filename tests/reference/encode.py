"""An abstract chart as the body of a hook call: own codes and standard codes, all value forms."""

from collections.abc import Callable, Iterator, Mapping

from tests.reference.model import Chart, DDimer, Entry, Measured, Scan
from tests.spec.answers import answer
from tests.spec.fhir_json import (
    ENCOUNTER,
    HL7,
    LOINC,
    PRACTITIONER,
    RXNORM,
    UCUM,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    quantity,
    resource,
    searchset,
    snomed,
)
from tests.spec.moments import ago, birth_date, day_ago
from tests.spec.signs import site
from tests.spec.variety import Variety

SERVER = "https://ehr.example.org/fhir/R4"
KEYS = {
    "Condition": "conditions",
    "Observation": "observations",
    "Encounter": "encounters",
    "Procedure": "procedures",
    "MedicationRequest": "medications",
    "DiagnosticReport": "reports",
    "ServiceRequest": "orders",
}
# Standard codes that say the same as one of our own, by side.
STANDARD: Mapping[tuple[str, str | None], Json] = {
    ("calf_pain", "L"): icd("M79.662", "Pain in left lower leg"),
    ("calf_pain", "R"): icd("M79.661", "Pain in right lower leg"),
    ("leg_pain", "L"): icd("M79.605", "Pain in left leg"),
    ("leg_pain", "R"): icd("M79.604", "Pain in right leg"),
    ("radicular_pain", "L"): icd("M54.32", "Sciatica, left side"),
    ("radicular_pain", "R"): icd("M54.31", "Sciatica, right side"),
    ("low_back_pain", None): icd("M54.50", "Low back pain, unspecified"),
    ("leg_swelling", None): snomed("449614009", "Swelling of lower limb (finding)"),
    ("buttock_pain", None): snomed("279043006", "Pain in buttock (finding)"),
}
SCANS = {
    "L": coding(LOINC, "39432-0", "US.doppler Lower extremity vein - left"),
    "R": coding(LOINC, "39443-7", "US.doppler Lower extremity vein - right"),
    "B": coding(LOINC, "39420-5", "US.doppler Lower extremity vein - bilateral"),
    None: coding(LOINC, "30881-7", "US.doppler Lower extremity vein"),
}
CONCLUSIONS = {
    "negative": snomed("373140001", "No thrombus (situation)"),
    "positive": snomed("10828004", "Positive (qualifier value)"),
    "inconclusive": own("scan_inconclusive"),
}


def hook_request(chart: Chart, name: str) -> Json:
    """The request an EHR sends when a clinician opens this chart."""
    found: dict[str, list[Json]] = {key: [] for key in KEYS.values()}
    for number, entry in enumerate(_resources(chart, Variety(name))):
        kind = str(entry["resourceType"])
        named = {"id": f"r{number}"} | entry | {"subject": {"reference": f"Patient/{name}"}}
        found[KEYS[kind]].append(named)
    return {
        "hook": "patient-view",
        "hookInstance": "11111111-2222-4333-8444-555555555555",
        "context": {"userId": PRACTITIONER, "patientId": name, "encounterId": ENCOUNTER},
        "prefetch": {"patient": _patient(chart, name)}
        | {key: searchset(entries, SERVER) for key, entries in found.items()},
    }


def _patient(chart: Chart, name: str) -> Json:
    return resource(
        "Patient",
        id=name,
        gender="male" if chart.male else "female",
        birthDate=None if chart.age is None else birth_date(chart.age),
        deceasedBoolean=True if chart.deceased else None,
    )


def _resources(chart: Chart, variety: Variety) -> Iterator[Json]:
    yield _encounter(chart)
    for number, entry in enumerate(chart.entries):
        yield from _entry(entry, chart, variety, number)
    for number, number_ in enumerate(chart.measured):
        yield _measured(number_, variety, number)
    for result in chart.d_dimers:
        yield _d_dimer(result)
    for scan in chart.scans:
        yield _scan(scan)
    yield from _context(chart, variety)
    yield from _orders(chart)


def _encounter(chart: Chart) -> Json:
    stay = chart.inpatient_hours
    kind = ("IMP", "inpatient encounter") if stay else ("AMB", "ambulatory")
    return resource(
        "Encounter",
        id=ENCOUNTER,
        status="in-progress",
        period={"start": ago(hours=stay or 3)},
        **{"class": coding(f"{HL7}/v3-ActCode", *kind)},
    )


def _entry(entry: Entry, chart: Chart, variety: Variety, number: int) -> Iterator[Json]:
    """An Observation or a Condition; a managed radiculopathy brings its imaging."""
    if chart.managed_root and entry.finding == "radicular_pain":
        yield _managed(entry)
        yield _spine_report()
        return
    code, place = _code(entry, variety, number)
    began = None if entry.onset is None else day_ago(entry.onset)
    if entry.problem:
        yield condition(
            concept(code),
            onsetDateTime=began,
            recordedDate=ago(hours=entry.hours),
            bodySite=[place] if place else None,
        )
        return
    when: Json = {"effectiveDateTime": ago(hours=entry.hours)}
    if began:
        when = {"effectivePeriod": {"start": began, "end": ago(hours=entry.hours)}}
    yield observation(
        variety.choose(f"category {number}", ("exam", "survey")),
        concept(code),
        bodySite=place,
        performer=[{"reference": PRACTITIONER}],
        encounter={"reference": f"Encounter/{ENCOUNTER}"} if entry.hours < 3 else None,
        **when,
        **answer(entry.finding, present=entry.present, variety=variety),
    )


def _code(entry: Entry, variety: Variety, number: int) -> tuple[Json, Json | None]:
    """A standard code that says side and all, or our own code with a body site."""
    standard = STANDARD.get((entry.finding, entry.side))
    if standard and entry.present and variety.choose(f"code {number}", (True, False)):
        return standard, None
    return own(entry.finding), site(entry.finding, entry.side)


def _managed(entry: Entry) -> Json:
    return condition(
        concept(icd("M54.16", "Radiculopathy, lumbar region")),
        onsetDateTime=day_ago(entry.onset or 0),
        recordedDate=ago(hours=entry.hours),
    )


def _spine_report() -> Json:
    return resource(
        "DiagnosticReport",
        status="final",
        category=[concept(coding(f"{HL7}/v2-0074", "RAD", "Radiology"))],
        code=concept(coding(LOINC, "24968-0", "MR Lumbar spine")),
        effectiveDateTime=day_ago(118),
    )


Form = Callable[[float], tuple[float, str, str]]
FORMS: Mapping[str, tuple[Form, ...]] = {
    "sbp": (lambda v: (v, "mmHg", "mm[Hg]"),),
    "hr": (lambda v: (v, "beats/minute", "/min"),),
    "rr": (lambda v: (v, "breaths/min", "/min"),),
    "spo2": (lambda v: (v, "%", "%"),),
    "temperature": (
        lambda v: (v, "Cel", "Cel"),
        lambda v: (round(v * 9 / 5 + 32, 2), "degF", "[degF]"),
    ),
    "pvr_ml": (lambda v: (v, "mL", "mL"),),
    "calf_circumference": (
        lambda v: (v, "cm", "cm"),
        lambda v: (round(v * 10), "mm", "mm"),
        lambda v: (round(v / 2.54, 2), "in", "[in_i]") if v in (36, 42) else (v, "cm", "cm"),
    ),
    "delta_pressure": (lambda v: (v, "mmHg", "mm[Hg]"),),
    "mrc": (lambda v: (v, "", "{score}"), lambda v: (v, "", "")),
    "abi": (lambda v: (v, "", "1"), lambda v: (v, "", "")),
    "aslr": (lambda v: (v, "", "{score}"), lambda v: (v, "", "")),
}
LOINC_OF = {
    "sbp": "8480-6",
    "hr": "8867-4",
    "rr": "9279-1",
    "spo2": "59408-5",
    "temperature": "8310-5",
}


def _measured(measured: Measured, variety: Variety, number: int) -> Json:
    form = variety.choose(f"form {number}", FORMS[measured.name])
    value, unit, ucum = form(measured.value)
    loinc = LOINC_OF.get(measured.name)
    return observation(
        "vital-signs" if loinc else "exam",
        concept(coding(LOINC, loinc) if loinc else own(measured.name)),
        effectiveDateTime=ago(hours=measured.hours),
        bodySite=site(measured.name, measured.side),
        valueQuantity=quantity(value, unit or None, ucum or None),
    )


def _d_dimer(result: DDimer) -> Json:
    if result.pending:
        return observation(
            "laboratory",
            concept(coding(LOINC, result.code)),
            status="registered",
            effectiveDateTime=ago(hours=result.hours),
        )
    value = quantity(result.value, result.unit or None, None)
    if result.bound:
        value["comparator"] = result.bound
    return observation(
        "laboratory",
        concept(coding(LOINC, result.code), text="D-dimer"),
        effectiveDateTime=ago(hours=result.hours),
        issued=ago(hours=max(0.1, result.hours - 1)),
        valueQuantity=value,
    )


def _scan(scan: Scan) -> Json:
    if scan.result == "ordered":
        return _order(SCANS[scan.side], scan.hours)
    conclusions = [concept(CONCLUSIONS[scan.result])] if scan.result in CONCLUSIONS else []
    if scan.result == "negative":
        conclusions.append(concept(own("scan_whole_leg" if scan.whole else "scan_proximal")))
    return resource(
        "DiagnosticReport",
        status="final",
        category=[concept(coding(f"{HL7}/v2-0074", "RAD", "Radiology"))],
        code=concept(SCANS[scan.side]),
        effectiveDateTime=ago(hours=scan.hours),
        conclusion=None if conclusions else "No clot seen.",
        conclusionCode=conclusions or None,
    )


def _order(code: Json, hours: float, priority: str = "urgent") -> Json:
    return resource(
        "ServiceRequest",
        status="active",
        intent="order",
        priority=priority,
        code=concept(code),
        authoredOn=ago(hours=hours),
    )


def _orders(chart: Chart) -> Iterator[Json]:
    if chart.d_dimer_ordered is not None:
        yield _order(coding(LOINC, "48065-7"), chart.d_dimer_ordered)
    if chart.ct_angiogram_ordered is not None:
        yield _order(coding(LOINC, "87848-8"), chart.ct_angiogram_ordered)
    if chart.spine_mri is not None:
        urgency = "stat" if chart.spine_mri_urgent else "routine"
        yield _order(coding(LOINC, "24968-0", "MR Lumbar spine"), chart.spine_mri, urgency)


def _context(chart: Chart, variety: Variety) -> Iterator[Json]:
    if chart.dvt:
        code = {"L": "I82.412", "R": "I82.411"}[chart.dvt[0]]
        began = day_ago(chart.dvt[1])
        yield condition(concept(icd(code, "")), onsetDateTime=began, recordedDate=began)
    if chart.pulmonary_embolism is not None:
        began = day_ago(chart.pulmonary_embolism)
        yield condition(concept(icd("I26.99", "")), onsetDateTime=began, recordedDate=began)
    if chart.operation is not None:
        knee = snomed("609588000", "Total knee replacement (procedure)")
        yield procedure(concept(knee), day_ago(chart.operation))
    if chart.delivered is not None:
        birth = snomed("177184002", "Normal delivery procedure (procedure)")
        yield procedure(concept(birth), day_ago(chart.delivered))
    if chart.pregnant:
        yield _pregnancy(chart, variety)
    if chart.anticoagulant is not None:
        yield _apixaban(chart.anticoagulant, dose=chart.anticoagulant_dose)


def _pregnancy(chart: Chart, variety: Variety) -> Json:
    """A due date or the status question; in a man's chart only a stray status."""
    if not chart.male and variety.choose("due", (True, False)):
        return observation(
            "survey",
            concept(coding(LOINC, "11778-8", "Delivery date Estimated")),
            effectiveDateTime=day_ago(120),
            valueDateTime=day_ago(-70),
        )
    return observation(
        "survey",
        concept(coding(LOINC, "82810-3", "Pregnancy status")),
        effectiveDateTime=day_ago(20),
        valueCodeableConcept=concept(snomed("77386006", "Pregnant (finding)")),
    )


def _apixaban(hours: float, *, dose: bool) -> Json:
    tablets = {"doseQuantity": {"value": 5, "unit": "mg", "system": UCUM, "code": "mg"}}
    return resource(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept=concept(
            coding(RXNORM, "1364445", "apixaban 5 MG Oral Tablet")
            if dose
            else coding(RXNORM, "1364430", "apixaban")
        ),
        authoredOn=ago(hours=hours),
        dosageInstruction=[{"doseAndRate": [tablets]}] if dose else None,
    )
