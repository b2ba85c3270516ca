"""Small random charts: complaints, signs, tests, results and treatment of one patient."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from hypothesis import settings
from hypothesis import strategies as st

from cds_service.pipeline import Advice
from tests.spec.fhir_json import (
    HL7,
    LOINC,
    RXNORM,
    Json,
    body_site,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import numbered

Chart: TypeAlias = list[Json]

# The same examples in every run, so that a failure is everybody's failure.
FEW = settings(max_examples=60, deadline=None, derandomize=True, database=None)
MANY = settings(max_examples=120, deadline=None, derandomize=True, database=None)

LEG = snomed("61685007", "Lower limb structure")
NOT_DONE = concept(coding(f"{HL7}/data-absent-reason", "not-performed"))
YES, NO = snomed("373066001", "Yes"), snomed("373067005", "No")

COMPLAINTS = (
    "calf_pain",
    "leg_swelling",
    "calf_swelling",
    "calf_tenderness",
    "leg_erythema_warmth",
    "leg_discoloration",
    "leg_pain",
    "leg_pain_below_knee",
    "radicular_pain",
    "buttock_leg_pain",
    "exertional_calf_pain",
    "low_back_pain",
    "buttock_pain",
    "posterior_pelvic_pain",
    "bilateral_radicular_pain",
    "groin_pain",
)
WELLS = (
    "active_cancer",
    "paralysis_or_leg_immobilization",
    "bedridden_or_major_surgery",
    "deep_vein_tenderness",
    "entire_leg_swollen",
    "calf_swelling_3cm",
    "pitting_edema",
    "collateral_superficial_veins",
    "previous_dvt",
)
SIJ_TESTS = (
    "sij_thigh_thrust",
    "sij_distraction",
    "sij_compression",
    "sij_sacral_thrust",
    "sij_gaenslen",
    "sij_faber",
)
GIRDLE_TESTS = (
    "sij_thigh_thrust",
    "sij_faber",
    "sij_gaenslen",
    "mod_trendelenburg",
    "ldl_palpation",
    "symphysis_palpation",
    "aslr",
)
INFLAMMATORY = (
    "onset_before_45",
    "onset_before_35",
    "wakes_second_half_night",
    "improves_with_movement",
    "nsaid_response_48h",
    "fdr_spa",
    "arthritis",
    "enthesitis",
    "psoriasis",
    "uveitis",
    "hla_b27",
)
ROOT_TESTS = ("slr", "crossed_slr", "motor_deficit", "reflex_reduced", "sensory_deficit")
FEATURES = ("paresthesia", "radicular_quality", "pain_cough_sneeze", "leg_pain_dominant")
SPINE_FLAGS = (
    "saddle_sensory_change",
    "bladder_dysfunction",
    "bowel_dysfunction",
    "sexual_dysfunction",
    "anal_tone_reduced",
)
WALKING = ("neurogenic_claudication", "no_pain_seated", "relief_bending_forward")
HIP = ("hip_ir_painful",)
GLUTEAL = ("sitting_intolerance", "active_piriformis")
STRAIN = ("calf_strain_mechanism", "calf_focal_tenderness", "calf_bruising")
NEIGHBORS = (*WALKING, *HIP, *GLUTEAL, *STRAIN)
CHEST = ("dyspnea_new", "pleuritic_chest_pain", "hemoptysis", "syncope")
CONTEXT = (
    "alternative_diagnosis_as_likely",
    "worsening_14d",
    "pregnant",
    "anticoag",
    "centralizes",
    "fortin_finger",
    "cyanosis",
    "cellulitis_same_leg",
    "ces_mri_requested",
    "osteoporosis",
    "sij_fusion",
    "axspa_known",
    "symmetrical_distal_sensory",
    "motor_longstanding_stable",
)
ASKED = (
    *COMPLAINTS,
    *WELLS,
    *dict.fromkeys((*SIJ_TESTS, *GIRDLE_TESTS)),
    *INFLAMMATORY,
    *ROOT_TESTS,
    *FEATURES,
    *SPINE_FLAGS,
    *NEIGHBORS,
    *CHEST,
    *CONTEXT,
)
DIAGNOSES = (
    "M79.605",
    "M79.604",
    "M54.31",
    "M54.32",
    "M54.16",
    "M54.50",
    "M53.3",
    "M79.89",
    "R22.42",
    "I82.402",
    "I82.401",
    "I82.511",
    "Z86.718",
    "C50.911",
    "C79.51",
    "Z51.11",
    "L03.116",
    "R33.9",
    "R32",
    "G83.4",
    "Z33.1",
    "Z3A.20",
    "Z79.01",
    "I26.99",
    "M21.371",
)

days = st.sampled_from([0, 1, 2, 4, 8, 13, 15, 20, 40, 89, 91, 200, 400, 2000])
hours = st.sampled_from([0.5, 2, 5, 10, 23, 30, 60, 71, 80])
times = st.one_of(days.map(day_ago), hours.map(lambda h: ago(hours=h)))
recent = st.one_of(st.sampled_from([0, 1, 2]).map(day_ago), hours.map(lambda h: ago(hours=h)))
sides = st.sampled_from([None, "L", "R", "B"])
values: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"valueBoolean": True},
        {"valueBoolean": True},
        {"valueBoolean": False},
        {"valueCodeableConcept": concept(YES)},
        {"valueCodeableConcept": concept(NO)},
        {"valueString": "positive"},
        {"valueString": "negative"},
        {"dataAbsentReason": NOT_DONE},
        {},
    ]
)


@st.composite
def answers(
    draw: st.DrawFn, findings: Sequence[str] = ASKED, where: st.SearchStrategy[Any] = sides
) -> Json:
    """One Observation of our own codes."""
    status = draw(st.sampled_from(["final", "final", "amended", "preliminary"]))
    return observation(
        "exam",
        concept(own(draw(st.sampled_from(findings)))),
        status=status,
        effectiveDateTime=draw(st.one_of(recent, times)),
        bodySite=body_site(LEG, draw(where)),
        performer=[{"reference": "Practitioner/1"}],
        **draw(values),
    )


@st.composite
def problems(draw: st.DrawFn, where: st.SearchStrategy[Any] = sides) -> Json:
    """One Condition, by ICD-10-CM or by our own code."""
    own_code = draw(st.booleans())
    code = (
        own(draw(st.sampled_from((*COMPLAINTS, *SPINE_FLAGS))))
        if own_code
        else icd(draw(st.sampled_from(DIAGNOSES)), "")
    )
    site = body_site(LEG, draw(where)) if own_code else None
    return condition(
        concept(code),
        clinical=draw(st.sampled_from(["active", "active", "recurrence", "resolved", None])),
        verification=draw(st.sampled_from(["confirmed", "confirmed", "provisional", None])),
        onsetDateTime=draw(st.one_of(st.none(), times)),
        recordedDate=draw(times),
        bodySite=[site] if site else None,
    )


@st.composite
def results(draw: st.DrawFn) -> Json:
    """One measurement: D-dimer, calf, vital sign, residual volume or power."""
    code, category, number, unit, ucum = draw(
        st.one_of(
            st.tuples(
                st.just(coding(LOINC, "48065-7")),
                st.just("laboratory"),
                st.sampled_from([120, 499, 500, 640, 4000]),
                st.sampled_from(["ng/mL FEU", "ng/mL{FEU}", "", "mg/mL"]),
                st.none(),
            ),
            st.tuples(
                st.just(own("calf_circumference")),
                st.just("exam"),
                st.sampled_from([36.0, 38.9, 39.0, 42.0]),
                st.just("cm"),
                st.just("cm"),
            ),
            st.tuples(
                st.sampled_from([coding(LOINC, "8480-6")]),
                st.just("vital-signs"),
                st.sampled_from([84, 89, 90, 130]),
                st.just("mmHg"),
                st.just("mm[Hg]"),
            ),
            st.tuples(
                st.just(coding(LOINC, "59408-5")),
                st.just("vital-signs"),
                st.sampled_from([88, 90, 94, 98]),
                st.just("%"),
                st.just("%"),
            ),
            st.tuples(
                st.just(coding(LOINC, "8867-4")),
                st.just("vital-signs"),
                st.sampled_from([70, 100, 101, 130]),
                st.just("/min"),
                st.just("/min"),
            ),
            st.tuples(
                st.just(own("pvr_ml")),
                st.just("exam"),
                st.sampled_from([50, 199, 200, 600]),
                st.just("mL"),
                st.just("mL"),
            ),
            st.tuples(
                st.just(own("mrc")),
                st.just("exam"),
                st.sampled_from([2, 3, 4, 5]),
                st.just(""),
                st.none(),
            ),
        )
    )
    return observation(
        category,
        concept(code),
        effectiveDateTime=draw(recent),
        bodySite=body_site(LEG, draw(st.sampled_from(["L", "R"]))),
        valueQuantity=quantity(number, unit or None, ucum),
    )


@st.composite
def activities(draw: st.DrawFn) -> Json:
    """One order, report, operation, drug or due date."""
    when = draw(st.one_of(recent, times))
    veins = concept(coding(LOINC, draw(st.sampled_from(["39432-0", "39443-7", "30881-7"]))))
    return draw(
        st.sampled_from(
            [
                resource(
                    "ServiceRequest", status="active", intent="order", code=veins, authoredOn=when
                ),
                resource(
                    "ServiceRequest",
                    status="active",
                    intent="order",
                    priority="urgent",
                    code=concept(coding(LOINC, "30679-5")),
                    authoredOn=when,
                ),
                resource(
                    "DiagnosticReport",
                    status="final",
                    code=veins,
                    effectiveDateTime=when,
                    conclusionCode=[concept(snomed("260385009", "Negative"))],
                ),
                resource("DiagnosticReport", status="final", code=veins, effectiveDateTime=when),
                procedure(concept(snomed("609588000", "Total knee replacement")), when),
                resource(
                    "MedicationRequest",
                    status="active",
                    intent="order",
                    medicationCodeableConcept=concept(
                        coding(RXNORM, "1364445", "apixaban 5 MG Oral Tablet")
                    ),
                    authoredOn=when,
                ),
                observation(
                    "survey",
                    concept(coding(LOINC, "11778-8")),
                    effectiveDateTime=when,
                    valueDateTime=day_ago(-100),
                ),
                resource(
                    "Encounter",
                    status="in-progress",
                    period={"start": when},
                    reasonCode=[concept(icd("M79.605", ""))],
                    **{"class": coding(f"{HL7}/v3-ActCode", "IMP")},
                ),
            ]
        )
    )


entries = st.one_of(answers(), answers(), answers(), problems(), results(), activities())
charts: st.SearchStrategy[Chart] = st.lists(entries, max_size=9).map(lambda c: numbered(*c))
opening = answers(COMPLAINTS, sides).map(
    lambda entry: entry | {"status": "final", "effectiveDateTime": ago(hours=1)}
)
painful: st.SearchStrategy[Chart] = st.tuples(opening, charts).map(
    lambda both: numbered(_positive(both[0]), *both[1])
)


def _positive(entry: Json) -> Json:
    """The complaint that opens the chart, recorded present."""
    bare = {key: value for key, value in entry.items() if not key.startswith(("value", "data"))}
    return bare | {"id": "complaint", "valueBoolean": True}


def face(advised: Advice) -> list[tuple[object, ...]]:
    """Everything a clinician sees of the cards; ids that are new each time are left out."""
    return [
        (
            card.id,
            card.indicator,
            card.summary,
            card.detail,
            tuple(
                (draft.label, draft.recommended, str(draft.resource | {"id": ""}))
                for draft in card.suggestions
            ),
        )
        for card in advised.cards
    ]


def outline(advised: Advice) -> list[tuple[object, ...]]:
    """Cards and conclusions without their texts."""
    cards = [(card.id, card.indicator) for card in advised.cards]
    conclusions = [
        (a.topic, a.state, a.row.id, str(a.score), str(a.clusters), a.missing)
        for a in (placed.assessment for placed in advised.placed)
    ]
    return [*cards, *sorted(conclusions, key=repr)]
