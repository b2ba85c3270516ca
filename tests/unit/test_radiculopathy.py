"""The radiculopathy table: what opens it, which row decides, and when it is known."""

from dataclasses import replace

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Order, Statement, Status
from cds_service.clinical.side import Side
from cds_service.clinical.topics import radiculopathy
from tests.spec.fhir_json import (
    LOINC,
    Json,
    body_site,
    coding,
    concept,
    observation,
    snomed,
)
from tests.spec.moments import ago as days_ago
from tests.unit.record import (
    advice,
    ago,
    found,
    library,
    patient,
    said,
    seen,
    shown,
    states,
)
from tests.unit.red_flag_record import problem

L, R = Side.LEFT, Side.RIGHT
PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
LEG_PAIN = said("leg_pain", side=L)
NO_BACK = (said("low_back_pain", ABSENT), said("buttock_pain", ABSENT))
ITEMS = ("slr", "motor_deficit", "reflex_reduced", "sensory_deficit")


def decided(*statements: Statement, **more: object) -> Assessment | None:
    """What the table concludes, None when it does not open."""
    conclusions = radiculopathy.assess(found(*statements, **more), library().rulebook, ())
    return conclusions[0] if conclusions else None


def row(*statements: Statement, **more: object) -> str | None:
    """The row that decides."""
    conclusion = decided(*statements, **more)
    return conclusion.row.id if conclusion else None


def negative(*names: str, side: Side = L) -> list[Statement]:
    """These items recorded and negative."""
    return [said(name, ABSENT, side=side) for name in names]


def test_leg_pain_alone_asks_for_the_examination() -> None:
    """Ruling 22: back and buttock pain not recorded are unknown, so the root is examined."""
    conclusion = decided(LEG_PAIN)
    assert conclusion is not None
    assert conclusion.card == "radiculopathy-examine"
    assert "back-pain-not-recorded" in {note.id for note in conclusion.notes}


def test_leg_pain_without_back_pain_or_feature_is_silent() -> None:
    """Ruling 22: with both recorded absent and no neurological feature nothing opens."""
    assert row(LEG_PAIN, *NO_BACK) is None
    assert row(LEG_PAIN, NO_BACK[0]) == "R3"


@pytest.mark.parametrize("feature", ["paresthesia", "radicular_quality", "sensory_deficit"])
def test_a_feature_opens_without_back_pain(feature: str) -> None:
    """Ruling 22: a neurological feature opens even where back and buttock do not hurt."""
    assert row(LEG_PAIN, *NO_BACK, said(feature, side=L)) is not None


@pytest.mark.parametrize("pain", ["calf_pain", "exertional_calf_pain"])
def test_calf_and_exertional_pain_open_no_root(pain: str) -> None:
    """Ruling 22: pain of the calf alone, or on walking, stays with the vessels."""
    assert row(said(pain, side=L)) is None


def test_root_pain_opens_by_itself() -> None:
    """Ruling 23: a diagnosis of sciatica is enough."""
    assert row(said("radicular_pain", side=R)) == "R3"


@pytest.mark.parametrize("recorded", [1, 2, 3])
def test_some_items_recorded(recorded: int) -> None:
    """Row R4: with one to three of the four items the rest is asked for."""
    conclusion = decided(LEG_PAIN, *negative(*ITEMS[:recorded]))
    assert conclusion is not None
    assert conclusion.row.id == "R4"
    assert conclusion.missing == ITEMS[recorded:]


def test_a_positive_leg_raise_alone_decides_nothing() -> None:
    """Row R5: all four recorded, straight-leg raise positive, no feature."""
    assert row(LEG_PAIN, said("slr", side=L), *negative(*ITEMS[1:])) == "R5"


def test_two_features_with_four_negatives_decide_nothing() -> None:
    """Row R5: root-type pain without a test or deficit is indeterminate."""
    features = (said("paresthesia", side=L), said("leg_pain_below_knee", side=L))
    assert row(LEG_PAIN, *features, *negative(*ITEMS)) == "R5"


def test_four_negatives_and_one_feature_make_a_root_unlikely() -> None:
    """Row R6: no card, one line on the SIJ card."""
    conclusion = decided(LEG_PAIN, said("paresthesia", side=L), *negative(*ITEMS))
    assert conclusion is not None
    assert conclusion.row.id == "R6"
    assert conclusion.card is None


@pytest.mark.parametrize(
    "sign", ["motor_deficit", "reflex_reduced", "sensory_deficit", "crossed_slr"]
)
def test_one_sign_supports_a_root(sign: str) -> None:
    """Row R2: an asymmetric deficit or the crossed leg raise is enough."""
    assert row(LEG_PAIN, said(sign, side=L)) == "R2"


def test_signs_of_the_other_leg_support_nothing() -> None:
    """Row R2 is about the painful side."""
    assert row(LEG_PAIN, said("slr", side=R), said("reflex_reduced", side=R)) != "R2"


@pytest.mark.parametrize("loss", ["reflex_symmetrical", "symmetrical_distal_sensory"])
def test_equal_loss_on_both_sides_is_negative(loss: str) -> None:
    """Ruling 52: symmetric reflexes and stocking loss count as recorded, not as a deficit."""
    names = {
        "reflex_symmetrical": "reflex_reduced",
        "symmetrical_distal_sensory": "sensory_deficit",
    }
    conclusion = decided(LEG_PAIN, said(names[loss], side=Side.BOTH), said(loss, side=Side.BOTH))
    assert conclusion is not None
    assert conclusion.row.id == "R4"
    assert names[loss] not in conclusion.missing


REFERRAL = Order(
    source="ServiceRequest/r",
    kinds=frozenset({"order:physiotherapy"}),
    status="active",
    intent="order",
    priority="routine",
    side=Side.UNSPECIFIED,
    authored=ago(days=60),
)
SCIATICA = said("radicular_pain", side=L, when=ago(days=80), source="Condition/c")


def managed(*statements: Statement) -> str | None:
    """The row for sciatica referred 60 days ago."""
    return row(SCIATICA, LEG_PAIN, *statements, orders=(REFERRAL,))


def test_known_and_under_care_is_silent() -> None:
    """Row R1: referred within six months and nothing new since."""
    assert managed() == "R1"


@pytest.mark.parametrize(
    "sign", ["motor_deficit", "reflex_reduced", "sensory_deficit", "crossed_slr"]
)
def test_a_new_deficit_ends_the_silence(sign: str) -> None:
    """Ruling 29: a deficit dated after the referral is not known."""
    assert managed(said(sign, side=L, when=ago(days=2))) == "R2"


def test_an_old_deficit_was_known() -> None:
    """Ruling 29: what was found before the referral is what the referral was for."""
    assert managed(said("reflex_reduced", side=L, when=ago(days=70))) == "R1"


def test_worsening_ends_the_silence() -> None:
    """Ruling 29: getting worse is never known and stable."""
    assert managed(said("worsening_14d")) == "R3"


def test_the_other_side_was_never_known() -> None:
    """Ruling 29: the same side only; a new deficit of the right leg shows."""
    assert managed(said("leg_pain", side=R), said("reflex_reduced", side=R)) == "R2"


def test_a_care_plan_is_no_referral() -> None:
    """Ruling 29: an order of another kind does not make a radiculopathy known."""
    other = replace(REFERRAL, kinds=frozenset({"order:us_leg_veins"}))
    assert row(SCIATICA, LEG_PAIN, orders=(other,)) == "R3"


@pytest.mark.parametrize(
    "doubtful",
    [
        said("motor_deficit", side=L, preliminary=True),
        said("motor_deficit", side=L, suspected=True),
        said("motor_deficit", side=L, issued_only=True),
    ],
    ids=["preliminary", "suspected", "issued only"],
)
def test_a_doubtful_deficit_supports_no_root(doubtful: Statement) -> None:
    """Ruling 27: for the root tests a doubtful entry, or one without its time, is unknown."""
    assert row(LEG_PAIN, doubtful) == "R3"


def pain_score(value: int, site: str, *, side: str | None = "L", days: float = 0.1) -> Json:
    """A numeric rating of pain at one site."""
    return observation(
        "survey",
        concept(coding(LOINC, "72514-3", "Pain severity - 0-10 verbal numeric rating")),
        effectiveDateTime=days_ago(days=days),
        bodySite=body_site(snomed(site, ""), side),
        valueInteger=value,
    )


THE_LEG, THE_BACK = "61685007", "52612000"


@pytest.mark.parametrize(
    ("leg", "back", "dominant"),
    [
        pytest.param(8, 3, True, id="leg worse"),
        pytest.param(3, 8, False, id="back worse"),
        pytest.param(5, 5, False, id="equal"),
        pytest.param(8, None, False, id="back not scored"),
    ],
)
def test_the_leg_hurts_more_by_the_scores_of_both(
    leg: int, back: int | None, *, dominant: bool
) -> None:
    """The feature is answered, or read from two pain scores; one score tells nothing."""
    scores = [pain_score(leg, THE_LEG)]
    scores += [pain_score(back, THE_BACK, side=None)] if back is not None else []
    (conclusion,) = radiculopathy.assess(seen(problem("M54.16"), *scores), library().rulebook, ())
    assert ("leg_pain_dominant" in {f.id for f in conclusion.findings if f.present}) is dominant


def test_the_newest_pain_scores_count_for_30_days() -> None:
    """An older score of the back is not compared."""
    old = pain_score(3, THE_BACK, side=None, days=31)
    found_now = seen(problem("M54.16"), pain_score(8, THE_LEG), old)
    (conclusion,) = radiculopathy.assess(found_now, library().rulebook, ())
    assert "leg_pain_dominant" not in {f.id for f in conclusion.findings}


def test_without_a_birth_date_the_card_says_so() -> None:
    """Ruling 44: the adult table runs with the line that the age is not recorded."""
    unborn = advice(problem("M54.16"), patient=patient(birthDate=""))
    dated = advice(problem("M54.16"))
    assert shown(unborn) == shown(dated) == ["radiculopathy-examine"]
    assert "age is not recorded" in unborn.cards[0].detail.lower()
    assert "age is not recorded" not in dated.cards[0].detail.lower()


@pytest.mark.parametrize(("birth", "opens"), [("2010-11-20", True), ("2010-11-21", False)])
def test_the_adult_table_begins_at_sixteen(birth: str, *, opens: bool) -> None:
    """Ruling 44: 16 and 17 years old use the adult tables."""
    young = states(advice(problem("M54.16"), patient=patient(birthDate=birth)))
    assert ("radiculopathy" in young) is opens


@pytest.mark.parametrize("code", ["R20.0", "R20.1", "R20.2"])
@pytest.mark.parametrize(
    ("site", "counts"),
    [("61685007", True), ("56459004", True), ("38864007", True), (None, False), ("7569003", False)],
    ids=["leg", "foot", "perineum", "no site", "finger"],
)
def test_numbness_of_the_skin_needs_a_leg(code: str, site: str | None, *, counts: bool) -> None:
    """Ruling 15: with leg, foot or perineum it is paresthesia, never a sensory deficit."""
    place = [concept(snomed(site, ""))] if site else None
    numb = seen(problem(code, bodySite=place))
    assert numb.present("paresthesia") is counts
    assert not numb.present("sensory_deficit")
    assert not numb.present("saddle_sensory_change")


def test_a_sciatic_nerve_lesion_is_no_sciatica() -> None:
    """Ruling 38: G57.03 is context, neither root pain nor pain of both legs."""
    lesion = seen(problem("G57.03"))
    assert not lesion.present("radicular_pain")
    assert "radiculopathy" not in states(advice(problem("G57.03")))
