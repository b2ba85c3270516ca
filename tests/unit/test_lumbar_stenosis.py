"""Lumbar spinal stenosis: rows LSS1 to LSS3, what the card adds, and rulings 22, 40, 44 and 46."""

from datetime import date

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Person, Statement, Status
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.clinical.topics import lumbar_stenosis
from tests.spec.fhir_json import Json, concept, observation, own, quantity
from tests.spec.moments import ago as instant
from tests.spec.signs import site
from tests.unit.record import advice, ago, day, found, library, measured, on, said, shown
from tests.unit.red_flag_record import listed, problem, told

L, R, BOTH = Side.LEFT, Side.RIGHT, Side.BOTH
ABSENT = Status.ABSENT
STENOSIS, SILENT, YOUNG = "lumbar-stenosis", "lumbar-stenosis-silent", "lumbar-stenosis-too-young"
LEG_PAIN, WALKING = said("leg_pain", side=L), said("neurogenic_claudication")
SEATED = said("no_pain_seated")


def born(moment: Moment | None) -> Person:
    """Somebody born then."""
    return Person(birth=moment, male=False, deceased=False)


def concluded(*entries: Statement, birth: Moment | None = None) -> Assessment | None:
    """What the table concludes of a woman of 60, or of somebody born then."""
    person = {"person": born(birth)} if birth else {}
    made = lumbar_stenosis.assess(found(*entries, **person), library().rulebook, ())
    return made[0] if made else None


def state(*entries: Statement, birth: Moment | None = None) -> str | None:
    """The state, None where the table does not open."""
    made = concluded(*entries, birth=birth)
    return made.state if made else None


@pytest.mark.parametrize(
    "feature",
    [
        said("no_pain_seated"),
        said("relief_bending_forward"),
        said("bilateral_leg_pain"),
        said("bilateral_leg_ache"),
        said("bilateral_radicular_pain"),
    ],
    ids=lambda entry: entry.finding,
)
def test_claudication_with_one_feature_is_stenosis(feature: Statement) -> None:
    """Row LSS1: no pain seated, better bending forward, or pain on both sides."""
    made = concluded(LEG_PAIN, WALKING, feature)
    assert made is not None
    assert (made.state, made.card, made.row.indicator) == (STENOSIS, STENOSIS, "info")
    assert {f.id for f in made.findings} == {"neurogenic_claudication", feature.finding}


def test_claudication_alone_is_silent() -> None:
    """Row LSS3: no feature of the pattern, whether not recorded or recorded absent."""
    denied = [said(name, ABSENT) for name in ("no_pain_seated", "relief_bending_forward")]
    assert state(LEG_PAIN, WALKING) == SILENT
    assert state(LEG_PAIN, WALKING, *denied) == SILENT


@pytest.mark.parametrize("entries", [(), (said("neurogenic_claudication", ABSENT),)])
def test_without_claudication_the_table_stays_closed(entries: tuple[Statement, ...]) -> None:
    """Not recorded and recorded absent alike: a feature alone opens nothing."""
    assert state(LEG_PAIN, SEATED, *entries) is None


@pytest.mark.parametrize(
    "pain", ["low_back_pain", "exertional_calf_pain", "leg_swelling", "groin_pain"]
)
def test_pain_elsewhere_does_not_open_the_table(pain: str) -> None:
    """Gate row G3, rulings 22, 46 and 53: exertional pain is no leg pain, the back no leg."""
    assert state(said(pain, side=L), WALKING, SEATED) is None


@pytest.mark.parametrize("pain", ["leg_pain", "radicular_pain", "buttock_pain", "calf_pain"])
def test_pain_of_leg_or_buttock_opens_the_table(pain: str) -> None:
    """Gate row G4."""
    assert state(said(pain, side=L), WALKING, SEATED) == STENOSIS


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ((("leg_pain", L), ("leg_pain", R)), STENOSIS),
        ((("buttock_pain", L), ("buttock_pain", R)), STENOSIS),
        ((("leg_pain", BOTH),), STENOSIS),
        ((("leg_pain", L), ("buttock_pain", R)), SILENT),
        ((("leg_pain", L), ("leg_pain", Side.UNSPECIFIED)), SILENT),
    ],
)
def test_pain_entered_for_both_sides_is_bilateral(
    sides: tuple[tuple[str, Side], ...], expected: str
) -> None:
    """Bilateral buttock or leg pain, by the sides of its entries; the two are not mixed."""
    entries = [said(name, side=side, source=f"Condition/{name}-{side}") for name, side in sides]
    assert state(WALKING, *entries) == expected


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(1976, 11, 21), YOUNG),
        (date(1976, 11, 20), STENOSIS),
        (date(1976, 11, 19), STENOSIS),
    ],
    ids=["49, fifty tomorrow", "50 today", "50 since yesterday"],
)
def test_the_table_applies_from_fifty(birth: date, expected: str) -> None:
    """Rows LSS1 and LSS2: age 50 or more."""
    assert state(LEG_PAIN, WALKING, SEATED, birth=on(birth)) == expected


def test_a_partial_birth_date_gives_the_oldest_age() -> None:
    """Ruling 44: oldest possible age for the flag, so that half a date hides no stenosis."""
    year = Moment(on(date(1976, 1, 1)).first, on(date(1976, 12, 31)).last)
    later = Moment(on(date(1977, 1, 1)).first, on(date(1977, 12, 31)).last)
    assert state(LEG_PAIN, WALKING, SEATED, birth=year) == STENOSIS
    assert state(LEG_PAIN, WALKING, SEATED, birth=later) == YOUNG


def test_an_unknown_age_is_an_unknown_item() -> None:
    """Ruling 44: without a birth date the age item is unknown, so the row waits."""
    entries = found(LEG_PAIN, WALKING, SEATED, person=born(None))
    (made,) = lumbar_stenosis.assess(entries, library().rulebook, ())
    assert (made.state, made.card) == (SILENT, None)
    assert {note.id for note in made.notes} == set()


@pytest.mark.parametrize(
    "entry", ["neurogenic_claudication", "no_pain_seated", "relief_bending_forward"]
)
@pytest.mark.parametrize(("days", "counts"), [(89, True), (90, True), (91, False)])
def test_answers_count_for_ninety_days(entry: str, days: int, *, counts: bool) -> None:
    """Window of the stenosis findings: 90 days."""
    others = [said(n) for n in ("neurogenic_claudication", "no_pain_seated") if n != entry]
    if entry == "relief_bending_forward":
        others = [WALKING]
    assert (state(LEG_PAIN, *others, said(entry, when=day(days))) == STENOSIS) is counts


@pytest.mark.parametrize(("days", "counts"), [(89, True), (90, True), (91, False)])
def test_both_legs_count_for_ninety_days(days: int, *, counts: bool) -> None:
    """Pain of the other leg that is too old does not make it bilateral."""
    other = said("leg_pain", side=R, when=day(days), source="Condition/old")
    assert (state(WALKING, LEG_PAIN, other) == STENOSIS) is counts


@pytest.mark.parametrize(
    ("years", "note"),
    [
        (59, {"age-against"}),
        (60, set()),
        (70, set()),
        (71, {"age-for"}),
    ],
)
def test_the_age_speaks_for_and_against(years: int, note: set[str]) -> None:
    """Over 70 likelihood ratio 2.0, under 60 0.40; at the limits neither."""
    made = concluded(LEG_PAIN, WALKING, SEATED, birth=on(date(2026 - years, 6, 1)))
    assert made is not None
    assert {n.id for n in made.notes} == note


def test_a_wide_based_gait_is_told() -> None:
    """Likelihood ratio 13: a line, and no longer among what is missing."""
    made = concluded(LEG_PAIN, WALKING, SEATED, said("wide_based_gait"))
    assert made is not None
    assert {n.id for n in made.notes} == {"wide-based-gait"}
    assert made.missing == ("relief_bending_forward", "abi")
    assert "wide_based_gait" in {f.id for f in made.findings}


@pytest.mark.parametrize(("days", "variant"), [(364, True), (365, True), (366, False)])
def test_an_index_on_record_is_named_and_not_ordered_again(days: int, *, variant: bool) -> None:
    """Row LSS1-index: the index counts for a year; older, it is asked for again."""
    made = concluded(LEG_PAIN, WALKING, SEATED, measured("abi", 0.95, when=day(days), side=L))
    assert made is not None
    assert (made.row.id == "LSS1-index") is variant
    assert ("abi" not in made.missing) is variant
    assert ([n.values["abi"] for n in made.notes if n.id == "index-on-record"] == ["0.95"]) is (
        variant
    )


def test_an_index_decides_nothing_by_itself() -> None:
    """Rows LSS2 and LSS3 stay as they are with an index on record."""
    index = measured("abi", 0.95, side=L)
    assert state(LEG_PAIN, WALKING, index) == SILENT
    assert state(LEG_PAIN, WALKING, SEATED, index, birth=on(date(1990, 6, 1))) == YOUNG


def test_the_lower_index_is_named() -> None:
    """The lower side counts, with the comparator it was recorded with."""
    right, left = measured("abi", 1.2, side=R), measured("abi", 0.7, side=L, source="Observation/l")
    made = concluded(LEG_PAIN, WALKING, SEATED, right, left)
    assert made is not None
    (note,) = (n for n in made.notes if n.id == "index-on-record")
    assert (note.values["abi"], note.values["side"]) == ("0.70", L)


LEG = told("leg_pain", side="L")
CLAUDICATION = listed("303081002")
BENDING = told("relief_bending_forward")
EXERTION = told("exertional_calf_pain", side="L")
ROOT = [
    told(name, value=False, side="L")
    for name in ("slr", "motor_deficit", "reflex_reduced", "sensory_deficit")
]
CHART = (LEG, CLAUDICATION, BENDING, *ROOT)


def orders(*resources: Json) -> list[tuple[str, list[str]]]:
    """The cards shown, with the orders each suggests."""
    return [
        (card.id, [s.resource["code"]["text"] for s in card.suggestions])
        for card in advice(*resources).cards
    ]


FLEXION = "Referral to physiotherapy: flexion-based exercise for the lumbar spine"
INDEX = "Ankle-brachial index at rest, both legs"


def test_both_claudications_share_one_index() -> None:
    """Ruling 40: stenosis and arteries explain the same walk; the first card offers the index."""
    assert orders(*CHART, EXERTION) == [
        ("lumbar-stenosis", [FLEXION, INDEX]),
        ("pad-abi-needed", []),
    ]
    later = advice(*CHART, EXERTION).cards[1]
    assert "Offered on an earlier card of this answer" in later.detail


def test_the_arterial_card_offers_the_index_where_stenosis_waits() -> None:
    """Rulings 37 and 40: an open DVT question withholds the stenosis card, not the index."""
    swollen = told("leg_swelling", side="L")
    made = dict(orders(*CHART, EXERTION, swollen))
    assert "lumbar-stenosis" not in made
    assert made["pad-abi-needed"] == [INDEX]


def test_an_index_on_record_is_not_suggested() -> None:
    """Row LSS1-index offers exercise alone and prints the index."""
    index = observation(
        "exam",
        concept(own("abi")),
        effectiveDateTime=instant(days=30),
        bodySite=site("abi", "L"),
        valueQuantity=quantity(1.08, None, "1"),
    )
    (card,) = advice(*CHART, index).cards
    assert [s.resource["code"]["text"] for s in card.suggestions] == [FLEXION]
    assert "Ankle-brachial index on record: 1.08 (left)" in card.detail
    assert card.summary.startswith("Claudication with relief bending forward: lumbar stenosis")


def test_a_coded_diagnosis_is_claudication() -> None:
    """ICD-10-CM M48.062 and SNOMED CT 303081002 both name it; M48.061 names the canal alone."""
    assert shown(advice(LEG, problem("M48.062"), BENDING, *ROOT)) == ["lumbar-stenosis"]
    assert shown(advice(*CHART)) == ["lumbar-stenosis"]
    assert shown(advice(LEG, problem("M48.061"), BENDING, *ROOT)) == []


def test_claudication_is_no_pain_finding_by_itself() -> None:
    """Gate row G1 with rulings 22 and 46: no leg pain is derived from walking pain of any kind."""
    assert shown(advice(problem("M48.062"), BENDING)) == []
    assert shown(advice(problem("M48.062"), BENDING, EXERTION)) == ["pad-abi-needed"]


def test_a_doubtful_claudication_does_not_count() -> None:
    """Ruling 27: support needs a definite entry; a provisional or preliminary one is unknown."""
    for doubt in ({"suspected": True, "source": "Condition/c"}, {"preliminary": True}):
        assert state(LEG_PAIN, said("neurogenic_claudication", **doubt), SEATED) is None


@pytest.mark.parametrize("text", ["7.4 (1.9-30)", "6.4 (4.1-9.9)", "6.3 (3.1-13)", "13 (1.9-95)"])
def test_the_card_prints_what_the_signs_are_worth(text: str) -> None:
    """Likelihood ratios of the review of 2010, with their intervals."""
    (card,) = advice(*CHART).cards
    assert text in card.detail
    assert card.source_url == "https://doi.org/10.1001/jama.2010.1833"


def test_the_newest_answer_counts() -> None:
    """Recorded absent today outdoes yesterday's entry."""
    yesterday = said("no_pain_seated", when=ago(1), source="Observation/y")
    today = said("no_pain_seated", ABSENT, source="Observation/t")
    assert state(LEG_PAIN, WALKING, yesterday) == STENOSIS
    assert state(LEG_PAIN, WALKING, yesterday, today) == SILENT
