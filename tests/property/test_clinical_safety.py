"""Clinical-safety properties over random charts (security document, section 7)."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import chain
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from cds_service.clinical.engine import find
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding, Findings, Unknown
from cds_service.clinical.rulebook import Tier
from cds_service.clinical.side import Side
from cds_service.clinical.venous.wells import ALTERNATIVE, Wells
from cds_service.commands.shift import shift_dates
from cds_service.errors import DataUnavailableError
from cds_service.fhir.prefetch import gather
from cds_service.pipeline import Advice, advise
from tests.property import charts as made
from tests.property.charts import (
    FEW,
    LEG,
    MANY,
    SIJ_TESTS,
    WELLS,
    Chart,
    answers,
    charts,
    face,
    outline,
    painful,
)
from tests.spec.fhir_json import (
    HL7,
    LOINC,
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
from tests.unit.record import (
    AS_OF,
    PATIENT,
    advice,
    library,
    prefetch,
    raw,
    read,
    shown,
    words,
    writer,
)

PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
INDICATORS = ("info", "warning", "critical")
TIERS = (Tier.ROUTINE, Tier.URGENT, Tier.EMERGENCY)


def sign(finding: str, side: str | None = None, **more: Any) -> Json:
    """An examination finding of half an hour ago."""
    given_ = {"id": f"sign-{finding}", "subject": {"reference": f"Patient/{PATIENT}"}}
    return given_ | observation(
        "exam",
        concept(own(finding)),
        effectiveDateTime=ago(hours=0.5),
        valueBoolean=True,
        bodySite=body_site(LEG, side),
        **more,
    )


PRESSURE = {
    "id": "sign-pressure",
    "subject": {"reference": f"Patient/{PATIENT}"},
} | observation(
    "vital-signs",
    concept(coding(LOINC, "8480-6")),
    effectiveDateTime=ago(hours=0.1),
    valueQuantity=quantity(80, "mmHg", "mm[Hg]"),
)
EMERGENCIES = st.sampled_from(
    [
        [sign("saddle_sensory_change")],
        [sign("anal_tone_reduced")],
        [sign("low_back_pain"), sign("bladder_dysfunction")],
        [sign("entire_leg_swollen", "L"), sign("cyanosis", "L")],
        [sign("calf_pain", "L"), sign("dyspnea_new")],
        [sign("calf_pain", "R"), PRESSURE],
    ]
)


def rank(advised: Advice) -> tuple[int, int]:
    """The highest tier and the highest indicator shown."""
    visible = [placed.assessment for placed in advised.placed if placed.shown]
    tiers = [TIERS.index(a.tier) for a in visible if a.tier]
    indicators = [INDICATORS.index(str(a.row.indicator)) for a in visible]
    return max(tiers, default=-1), max(indicators, default=-1)


def topics(advised: Advice) -> Mapping[str, int]:
    """The highest tier shown of each topic."""
    return {
        placed.assessment.topic: TIERS.index(placed.assessment.tier)
        for placed in reversed(advised.placed)
        if placed.shown and placed.assessment.tier
    }


@MANY
@given(chart=charts, emergency=EMERGENCIES)
def test_an_emergency_sign_never_lowers_urgency(chart: Chart, emergency: list[Json]) -> None:
    """Adding one keeps every urgent topic on show, save what folds into the emergency.

    A DVT folds into one of lung or leg, a weak leg into a suspected cauda equina.
    """
    before, after = advice(*chart), advice(*chart, *emergency)
    assert rank(after)[0] >= rank(before)[0]
    assert rank(after)[1] >= rank(before)[1]
    for topic, tier in topics(before).items():
        if tier >= TIERS.index(Tier.URGENT):
            emergency_shown = rank(after)[0] == TIERS.index(Tier.EMERGENCY)
            dvt = topic == "dvt" and emergency_shown
            weak_leg = topic == "leg_weakness" and "cauda-equina-suspected" in shown(after)
            assert dvt or weak_leg or topics(after).get(topic, -1) >= tier


@MANY
@given(chart=charts)
def test_emergencies_come_first_and_routine_cards_are_few(chart: Chart) -> None:
    """Tiers are in order; with urgent cards at most three are shown unless all are urgent."""
    tiers = [p.assessment.tier for p in advice(*chart).placed if p.shown]
    order = [TIERS.index(tier) for tier in tiers if tier]
    assert order == sorted(order, reverse=True)
    routine = [
        p.assessment.card
        for p in advice(*chart).placed
        if p.shown and p.assessment.tier is Tier.ROUTINE
    ]
    counted = [card for card in routine if card != "assessment-incomplete"]
    assert len(counted) <= max(0, 3 - (len(tiers) - len(routine)))


@MANY
@given(chart=charts)
def test_every_card_has_dated_reasons_and_evidence(chart: Chart) -> None:
    """Each clinical card lists at least one fact with its source, and a citation."""
    for placed in advice(*chart).placed:
        assessment = placed.assessment
        if placed.shown and assessment.topic != "_service":
            assert any(s.source for f in assessment.findings for s in f.evidence)
            assert library().cards[str(assessment.card)].evidence


CONTRADICTIONS = (
    {"dvt-likely", "dvt-unlikely"},
    {"pe-suspected", "pe-consider"},
    {"pe-suspected", "pe-unstable"},
    {"cauda-equina-suspected", "cauda-equina-safety-net"},
    {"cauda-equina-suspected", "cauda-equina-ask"},
    {"sij-supported", "sij-all-negative"},
    {"phlegmasia", "dvt-unlikely"},
    {"deep-gluteal", "sij-all-negative"},
    {"deep-gluteal", "sij-unreachable"},
    {"deep-gluteal", "radiculopathy-supported"},
    {"lumbar-stenosis", "sij-examine"},
    {"calf-strain", "dvt-likely"},
    {"calf-strain", "dvt-undetermined"},
    {"pelvic-girdle-supported", "pelvic-girdle-negative"},
    {"pelvic-girdle-examine", "sij-examine"},
    {"pelvic-girdle-supported", "sij-supported"},
    {"axial-spa-refer", "sij-examine"},
    {"axial-spa-refer", "sij-continue"},
)


@MANY
@given(chart=charts)
def test_no_two_cards_contradict_each_other(chart: Chart) -> None:
    """At most one card of each topic, and none of the forbidden pairs."""
    cards = [card.id for card in advice(*chart).cards]
    of_topic = [library().topic_of_card[card] for card in cards]
    assert len(set(of_topic)) == len(of_topic)
    assert not [pair for pair in CONTRADICTIONS if pair <= set(cards)]


statuses = st.sampled_from(list(Status))


def scored(items: list[Status], alternative: Status) -> tuple[int, int]:
    """The interval of nine items and the alternative."""
    recorded = {n: Finding(n, s) for n, s in zip(WELLS, items, strict=True)}
    interval = Wells(recorded, Finding(ALTERNATIVE, alternative), 2, 2).interval
    return interval.lower, interval.upper


@MANY
@given(items=st.lists(statuses, min_size=9, max_size=9), place=st.integers(0, 8), other=statuses)
def test_a_positive_item_never_lowers_the_score(
    items: list[Status], place: int, other: Status
) -> None:
    """Both ends grow or stay when an item becomes present, and shrink or stay when absent."""
    before = scored(items, other)
    more = scored([*items[:place], PRESENT, *items[place + 1 :]], other)
    less = scored([*items[:place], ABSENT, *items[place + 1 :]], other)
    assert less[0] <= before[0] <= more[0]
    assert less[1] <= before[1] <= more[1]


@MANY
@given(items=st.lists(statuses, min_size=9, max_size=9), other=statuses)
def test_an_alternative_diagnosis_never_raises_the_score(
    items: list[Status], other: Status
) -> None:
    """Recording it present raises neither end; recording it absent lowers neither."""
    before = scored(items, other)
    there, gone = scored(items, PRESENT), scored(items, ABSENT)
    assert there[0] <= before[0] <= gone[0]
    assert there[1] <= before[1] <= gone[1]


# States, and the one row of a state that says less while tests are open.
REASSURING = {
    "sij-all-negative",
    "sij-unreachable",
    "PGP3-complete",
    "unlikely-certain",
    "unlikely-ddimer-neg",
    "imaged-neg-whole",
    "imaged-neg-closed",
    "cauda-equina-safety-net",
    "calf-strain",
}
TESTED = tuple(dict.fromkeys((*SIJ_TESTS, *made.GIRDLE_TESTS)))
one_each = st.lists(
    answers(
        (*WELLS, *TESTED, *made.ROOT_TESTS, *made.SPINE_FLAGS, *made.STRAIN),
        st.sampled_from([None, "L"]),
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda entry: str(entry["code"]),
).map(lambda recorded: [{"id": f"a{n}"} | entry for n, entry in enumerate(recorded)])
FRAME = [sign("calf_pain", "L"), sign("buttock_pain", "L"), sign("bilateral_radicular_pain")]
DUE = {"id": "due", "subject": {"reference": f"Patient/{PATIENT}"}} | observation(
    "survey",
    concept(coding(LOINC, "11778-8")),
    effectiveDateTime=day_ago(30),
    valueDateTime=day_ago(-60),
)
NEGATIVE_D_DIMER = {"id": "lab", "subject": {"reference": f"Patient/{PATIENT}"}} | observation(
    "laboratory",
    concept(coding(LOINC, "48065-7")),
    effectiveDateTime=ago(hours=0.4),
    valueQuantity=quantity(200, "ng/mL FEU", None),
)


def reassurances(advised: Advice) -> set[str]:
    """The states that tell a clinician to worry less."""
    concluded = [placed.assessment for placed in advised.placed]
    return ({a.state for a in concluded} | {a.row.id for a in concluded}) & REASSURING


def upper_ends(advised: Advice) -> dict[str, int]:
    """The highest score and cluster counts still possible."""
    ends = {}
    for assessment in (placed.assessment for placed in advised.placed):
        if assessment.score:
            ends[f"score {assessment.side}"] = assessment.score.upper
        ends |= {f"{n} {assessment.side}": i.upper for n, i in assessment.clusters.items()}
    return ends


@MANY
@given(recorded=one_each, lost=st.integers(0, 13), lab=st.booleans(), expecting=st.booleans())
def test_losing_a_fact_never_reassures(
    recorded: Chart, lost: int, *, lab: bool, expecting: bool
) -> None:
    """Without one of the answers no reassuring state appears and nothing becomes less possible."""
    frame = [*FRAME, *([NEGATIVE_D_DIMER] if lab else []), *([DUE] if expecting else [])]
    fewer = [entry for n, entry in enumerate(recorded) if n != lost % len(recorded)]
    whole, part = advice(*frame, *recorded), advice(*frame, *fewer)
    assert reassurances(part) <= reassurances(whole)
    ends = upper_ends(whole)
    assert all(end >= ends.get(name, end) for name, end in upper_ends(part).items())


def findings_of(chart: Chart) -> Findings:
    """The findings of a chart."""
    return find(read(*chart), library().rulebook)


@MANY
@given(chart=charts, lost=st.integers(0, 8))
def test_losing_a_fact_never_turns_unknown_into_absent(chart: Chart, lost: int) -> None:
    """What was unknown stays unknown or is still present; conflicts apart."""
    assume(chart)
    whole = findings_of(chart)
    part = findings_of([e for n, e in enumerate(chart) if n != lost % len(chart)])
    for finding in made.ASKED:
        for side in (None, Side.LEFT, Side.RIGHT):
            legs = [whole.of(finding, leg) for leg in (side, Side.LEFT, Side.RIGHT)]
            conflicting = any(leg.reason is Unknown.CONFLICTING for leg in legs)
            if whole.of(finding, side).unknown and not conflicting:
                assert not part.of(finding, side).absent


@MANY
@given(chart=painful, order=st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(chart: Chart, order: Any) -> None:
    """Shuffled, the same chart gives the same cards, word for word."""
    shuffled = order.sample(chart, len(chart))
    assert face(advice(*shuffled)) == face(advice(*chart))


@FEW
@given(chart=painful, twice=st.lists(st.integers(0, 9), max_size=5))
def test_entries_sent_twice_count_once(chart: Chart, twice: list[int]) -> None:
    """Duplicates, and pages under other keys, change nothing."""
    repeated = [chart[n % len(chart)] for n in twice]
    page = prefetch(*repeated)["conditions"]
    assert face(advice(*chart, *repeated)) == face(advice(*chart))
    assert face(advice(*chart, exam=page)) == face(advice(*chart))


WHO: dict[str, Any] = {"subject": {"reference": f"Patient/{PATIENT}"}}
SOMEBODY_ELSE: dict[str, Any] = {"subject": {"reference": "Patient/p2"}}
IRRELEVANT = st.lists(
    st.sampled_from(
        [
            WHO
            | observation(
                "laboratory",
                concept(coding(LOINC, "2345-7", "Glucose")),
                effectiveDateTime=ago(hours=1),
                valueQuantity=quantity(5.4, "mmol/L", "mmol/L"),
            ),
            WHO | condition(concept(icd("J06.9", "")), recordedDate=day_ago(1)),
            WHO | condition(concept(snomed("38341003", "Hypertension")), recordedDate=day_ago(9)),
            {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p1"}},
            {"resourceType": "Immunization", "patient": {"reference": "Patient/p1"}},
            {"resourceType": "Claim", "status": {"odd": True}},
            SOMEBODY_ELSE | condition(concept(icd("I82.402", "")), recordedDate=day_ago(1)),
            sign("saddle_sensory_change") | SOMEBODY_ELSE,
            sign("saddle_sensory_change") | {"status": "cancelled"},
        ]
    ),
    min_size=1,
    max_size=6,
).map(lambda more: [{**entry, "id": f"x{n}"} for n, entry in enumerate(more)])


@FEW
@given(chart=painful, more=IRRELEVANT)
def test_unrelated_entries_change_nothing(chart: Chart, more: Chart) -> None:
    """Other diseases, other types, other patients and cancelled entries leave every word alone."""
    assert face(advice(*chart, *more)) == face(advice(*chart))


@FEW
@given(chart=painful, moved=st.integers(-1000, 1000))
def test_moving_everything_in_time_changes_nothing(chart: Chart, moved: int) -> None:
    """All dates and the assessment shifted by the same days give the same cards and states."""
    shifted = shift_dates(prefetch(*chart), moved)
    assert isinstance(shifted, dict)
    later = advise(gather(raw(shifted), PATIENT), words(), writer(), AS_OF + timedelta(days=moved))
    assert outline(later) == outline(advice(*chart))


SWAPPED = {
    "7771000": "24028007",
    "39432-0": "39443-7",
    "M79.605": "M79.604",
    "M54.32": "M54.31",
    "I82.402": "I82.401",
    "R22.42": "R22.41",
    "I82.511": "I82.512",
    "L03.116": "L03.115",
    "M21.371": "M21.372",
    "C50.911": "C50.912",
}
MIRROR = SWAPPED | {right: left for left, right in SWAPPED.items()}


def mirrored(value: Any) -> Any:
    """The same chart with left and right exchanged."""
    if isinstance(value, dict):
        return {
            key: MIRROR.get(item, item)
            if key == "code" and isinstance(item, str)
            else mirrored(item)
            for key, item in value.items()
        }
    return [mirrored(item) for item in value] if isinstance(value, list) else value


@MANY
@given(chart=painful)
def test_a_mirrored_chart_gives_the_mirrored_conclusions(chart: Chart) -> None:
    """Left and right exchanged, the same cards at the same urgency show."""
    one, other = advice(*chart), advice(*mirrored(chart))
    assert [(c.id, c.indicator) for c in other.cards] == [(c.id, c.indicator) for c in one.cards]
    assert sorted(p.assessment.state for p in other.placed) == sorted(
        p.assessment.state for p in one.placed
    )


@FEW
@given(recorded=one_each, lab=st.booleans())
def test_a_mirrored_leg_gives_the_mirrored_words(recorded: Chart, *, lab: bool) -> None:
    """With one leg on record the texts differ only in the words left and right."""
    chart = [sign("calf_pain", "L"), *recorded, *([NEGATIVE_D_DIMER] if lab else [])]
    one = [(c.id, c.summary, c.detail) for c in advice(*chart).cards]
    other = [(c.id, c.summary, c.detail) for c in advice(*mirrored(chart)).cards]
    swapped = [
        (
            card,
            *(
                text.replace("left leg", "right leg").replace("· left ·", "· right ·")
                for text in texts
            ),
        )
        for card, *texts in one
    ]
    assert other == swapped


def retracted(entry: Json) -> Json:
    """The same entry, entered in error."""
    if entry["resourceType"] == "Condition":
        wrong = concept(coding(f"{HL7}/condition-ver-status", "entered-in-error"))
        return entry | {"verificationStatus": wrong}
    return entry | {"status": "entered-in-error"}


@MANY
@given(chart=painful, gone=st.sets(st.integers(0, 9)))
def test_what_was_entered_in_error_does_not_exist(chart: Chart, gone: set[int]) -> None:
    """A retracted entry is the same as none."""
    wrong = [retracted(entry) if n in gone else entry for n, entry in enumerate(chart)]
    without = [entry for n, entry in enumerate(chart) if n not in gone]
    assert face(advice(*wrong)) == face(advice(*without))


@MANY
@given(chart=charts)
def test_what_was_refuted_never_counts_as_present(chart: Chart) -> None:
    """A refuted problem is evidence of nothing present."""
    refuted = concept(coding(f"{HL7}/condition-ver-status", "refuted"))
    chart = [
        entry | {"verificationStatus": refuted} if entry["resourceType"] == "Condition" else entry
        for entry in chart
    ]
    for placed in advice(*chart).placed:
        present = (f for f in placed.assessment.findings if f.present)
        sources = chain.from_iterable((s.source for s in f.evidence) for f in present)
        assert not [source for source in sources if source.startswith("Condition/")]


FAILURE = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}


@MANY
@given(chart=charts, lost=st.sampled_from(["patient", "conditions"]), failed=st.booleans())
def test_silence_needs_all_required_data(chart: Chart, lost: str, *, failed: bool) -> None:
    """With a required query unread the answer is a critical card or 412, never an empty list."""
    answered = prefetch(*chart)
    observed = {"exam": answered["conditions"]} if lost == "conditions" else {}
    answered |= observed | {lost: FAILURE}
    if not failed:
        del answered[lost]
    assert critical_or_unavailable(answered) in ("critical", lost)


def critical_or_unavailable(answered: dict[str, Any]) -> str:
    """`critical` where such a card shows, the keys of a 412, anything else as the cards shown."""
    try:
        advised = advise(gather(raw(answered), PATIENT), words(), writer(), AS_OF)
    except DataUnavailableError as error:
        return ", ".join(error.keys)
    cards = [card.indicator for card in advised.cards]
    return "critical" if "critical" in cards else f"cards {cards}"


@FEW
@given(chart=painful)
def test_no_topic_fails_on_any_chart(chart: Chart) -> None:
    """Whatever is on record, every topic comes to a conclusion."""
    assert advice(*chart).crashes == ()


def test_the_random_charts_reach_most_cards() -> None:
    """The properties are not vacuous: examples show cards of every topic."""
    reached: set[str] = set()

    @MANY
    @given(chart=painful)
    def collect(chart: Chart) -> None:
        reached.update(card.id for card in advice(*chart).cards)

    collect()
    assert {library().topic_of_card[card] for card in reached} >= {
        "dvt",
        "pulmonary_embolism",
        "cauda_equina",
        "radiculopathy",
        "sij",
    }
    assert len(reached) >= 12
