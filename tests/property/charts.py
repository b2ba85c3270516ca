"""Small random charts: complaints, signs, tests, results and treatment of one patient."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from hypothesis import settings
from hypothesis import strategies as st

from cds_service.pipeline import Advice
from tests.property.activities import activities
from tests.property.pools import (
    ASKED,
    COMPLAINTS,
    DIAGNOSES,
    MEASURES,
    SCENES,
    SPINE_FLAGS,
    UNSIDED,
    Measure,
    Scene,
)
from tests.spec.fhir_json import (
    HL7,
    Json,
    body_site,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    quantity,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import advice, numbered, patient

Chart: TypeAlias = list[Json]

# How many charts a property sees is the profile's choice (`tests/conftest.py`).
MANY = settings()
FEW = settings(max_examples=MANY.max_examples // 2)

LEG = snomed("61685007", "Lower limb structure")
NOT_DONE = concept(coding(f"{HL7}/data-absent-reason", "not-performed"))
YES, NO = snomed("373066001", "Yes"), snomed("373067005", "No")
BORN_AS_CHILD = ("2016-04-17", "2011-01-02")
BIRTH_DATES = ("1966-04-17", "1966-04-17", "1990-04-17", "1948-04-17", "2009-02-01", None)

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
def problems(
    draw: st.DrawFn,
    diagnoses: Sequence[str] = DIAGNOSES,
    where: st.SearchStrategy[Any] = sides,
) -> Json:
    """One Condition, by ICD-10-CM or by our own code."""
    own_code = draw(st.booleans())
    code = (
        own(draw(st.sampled_from((*COMPLAINTS, *SPINE_FLAGS))))
        if own_code
        else icd(draw(st.sampled_from(diagnoses)), "")
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
def results(draw: st.DrawFn, measures: Sequence[Measure] = MEASURES) -> Json:
    """One measurement, in one of the spellings of its unit."""
    measure = draw(st.sampled_from(measures))
    unit, ucum = draw(st.sampled_from(measure.units))
    limit = [{"high": {"value": measure.high, "unit": unit}}] if measure.high else None
    return observation(
        measure.category,
        concept(measure.code),
        effectiveDateTime=draw(recent),
        bodySite=body_site(LEG, draw(st.sampled_from(["L", "R"]))),
        valueQuantity=quantity(draw(st.sampled_from(measure.values)), unit or None, ucum),
        referenceRange=limit,
    )


entries = st.one_of(
    answers(), answers(), answers(), problems(), results(), activities(st.one_of(recent, times))
)
charts: st.SearchStrategy[Chart] = st.lists(entries, max_size=9).map(lambda c: numbered(*c))


def opening(findings: Sequence[str], *where: str) -> st.SearchStrategy[Json]:
    """The complaint that opens the chart, recorded present an hour ago."""
    places = st.sampled_from([*where, *where, None, "B"]) if where else sides
    return answers(findings, places).map(_positive)


def _positive(entry: Json) -> Json:
    bare = {key: value for key, value in entry.items() if not key.startswith(("value", "data"))}
    told = {"status": "final", "effectiveDateTime": ago(hours=1), "valueBoolean": True}
    return bare | told | {"id": "complaint"}


painful: st.SearchStrategy[Chart] = st.tuples(opening(COMPLAINTS), charts).map(
    lambda both: numbered(both[0], *both[1])
)


@st.composite
def staged(draw: st.DrawFn, scene: Scene) -> Chart:
    """The chart of one kind of patient, with the patient, and now and then something else in it."""
    of_scene = (
        answers(scene.findings),
        answers(scene.findings),
        problems(scene.diagnoses),
        results(scene.measures),
    )
    found = draw(st.lists(st.one_of(*of_scene), max_size=3 if scene.panel else 8))
    others = draw(st.lists(entries, max_size=2))
    born = draw(st.sampled_from(BORN_AS_CHILD if scene.child else BIRTH_DATES))
    person = {k: v for k, v in patient(birthDate=born).items() if v is not None}
    side = draw(st.sampled_from(["L", "R"]))
    complaint = draw(opening(scene.complaints, side))
    if scene.since:
        begun = {"start": day_ago(scene.since), "end": complaint.pop("effectiveDateTime")}
        complaint["effectivePeriod"] = begun
    asked = [*draw(panel(scene.panel, side)), *denied(scene.absent, side)]
    return [person, *numbered(complaint, *asked, *found, *others)]


@st.composite
def panel(draw: st.DrawFn, findings: Sequence[str], side: str) -> Chart:
    """Findings examined together an hour ago: most of them absent, some present, some left out."""
    said = draw(st.tuples(*(st.sampled_from([False, False, True, None]) for _ in findings)))
    pairs = zip(findings, said, strict=True)
    return [examined(name, side, present=there) for name, there in pairs if there is not None]


def denied(findings: Sequence[str], side: str) -> Chart:
    """Findings asked or examined an hour ago and absent."""
    return [examined(finding, side, present=False) for finding in findings]


def examined(finding: str, side: str, *, present: bool) -> Json:
    """One finding of an examination an hour ago."""
    return observation(
        "exam",
        concept(own(finding)),
        effectiveDateTime=ago(hours=1),
        bodySite=None if finding in UNSIDED else body_site(LEG, side),
        performer=[{"reference": "Practitioner/1"}],
        valueBoolean=present,
    )


# Patients of every scene: together their charts reach all topics.
anyone: st.SearchStrategy[Chart] = st.sampled_from(SCENES).flatmap(staged)


def of_patient(chart: Chart) -> dict[str, Any]:
    """The patient as the answer to a query of their own, where the chart holds one."""
    people = [entry for entry in chart if entry["resourceType"] == "Patient"]
    return {"patient": people[0]} if people else {}


def recorded(chart: Chart) -> Chart:
    """Everything but the patient."""
    return [entry for entry in chart if entry["resourceType"] != "Patient"]


def advised(chart: Chart, **more: Any) -> Advice:
    """What the service advises on a chart that may hold its patient."""
    return advice(*recorded(chart), **of_patient(chart) | more)


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
