"""Deep gluteal syndrome: rows DGS1 to DGS3, what must be excluded first, and ruling 37."""

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.side import Side
from cds_service.clinical.topics import deep_gluteal, radiculopathy, sij
from tests.unit.record import PATIENT, advice, day, found, library, measured, said, shown, states
from tests.unit.red_flag_record import told

L, R, BOTH, UNSIDED = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED
ABSENT = Status.ABSENT
SIX = (
    "sij_thigh_thrust",
    "sij_distraction",
    "sij_compression",
    "sij_sacral_thrust",
    "sij_gaenslen",
    "sij_faber",
)
ITEMS = ("slr", "motor_deficit", "reflex_reduced", "sensory_deficit")
GLUTEAL, SILENT = "deep-gluteal", "deep-gluteal-silent"


def negative(*names: str, side: Side = L) -> tuple[Statement, ...]:
    """These tests recorded and negative."""
    return tuple(
        said(name, ABSENT, side=side, source=f"Observation/{name}-{side}") for name in names
    )


BUTTOCK, SITTING = said("buttock_pain", side=L), said("sitting_intolerance", side=L)
STRETCH = said("seated_piriformis_stretch", side=L)
CORE, ALL_SIX, NO_ROOT = negative(*SIX[:3]), negative(*SIX), negative(*ITEMS)
LEG_PAIN = said("leg_pain", side=L)
PATTERN = (BUTTOCK, SITTING, STRETCH)
EXCLUDED = (*PATTERN, *CORE, LEG_PAIN, *NO_ROOT)


def concluded(*entries: Statement) -> Assessment | None:
    """What the table concludes after root and joint, None where it does not open."""
    findings, book = found(*entries), library().rulebook
    earlier = (*radiculopathy.assess(findings, book, ()), *sij.assess(findings, book, ()))
    made = deep_gluteal.assess(findings, book, earlier)
    return made[0] if made else None


def judged(*entries: Statement) -> tuple[str, Side] | None:
    """Row and side, None where the table does not open."""
    made = concluded(*entries)
    return (made.row.id, made.side) if made else None


@pytest.mark.parametrize("joint", [CORE, ALL_SIX], ids=["out of reach", "all negative"])
@pytest.mark.parametrize("test", ["seated_piriformis_stretch", "active_piriformis"])
def test_root_and_joint_unlikely_and_a_piriformis_test_positive(
    joint: tuple[Statement, ...], test: str
) -> None:
    """Row DGS1: either test, with the joint out of reach or all negative."""
    made = concluded(BUTTOCK, SITTING, said(test, side=L), *joint, LEG_PAIN, *NO_ROOT)
    assert made is not None
    assert (made.row.id, made.state, made.card) == ("DGS1", GLUTEAL, GLUTEAL)
    assert (made.side, made.row.indicator) == (L, "info")
    assert {f.id for f in made.findings} == {"buttock_pain", "sitting_intolerance", test}


def test_without_leg_pain_and_deficit_the_root_need_not_be_examined() -> None:
    """Row DGS2 and ruling 37: the root table opens with leg pain only; the card names its items."""
    made = concluded(*PATTERN, *CORE)
    assert made is not None
    assert (made.row.id, made.state, made.row.variant) == ("DGS2", GLUTEAL, "no-leg-pain")
    assert made.missing == ("leg_pain", *ITEMS)


@pytest.mark.parametrize("missing", [BUTTOCK, SITTING])
def test_the_complaint_opens_the_table(missing: Statement) -> None:
    """Buttock pain and intolerance of sitting, both present."""
    entries = [entry for entry in EXCLUDED if entry is not missing]
    assert judged(*entries) is None
    assert judged(*entries, said(missing.finding, ABSENT, side=L)) is None


@pytest.mark.parametrize(
    "test",
    [
        None,
        said("seated_piriformis_stretch", ABSENT, side=L),
        *(said(name, side=L) for name in ("fair", "pace", "beatty", "freiberg")),
    ],
)
def test_only_the_two_studied_tests_count(test: Statement | None) -> None:
    """Row DGS3: FAIR, Pace, Beatty and Freiberg are optional and decide nothing."""
    entries = [entry for entry in EXCLUDED if entry is not STRETCH]
    assert judged(*entries, *([test] if test else [])) == ("DGS3", L)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ((), "radiculopathy-examine"),
        (negative("slr"), "radiculopathy-incomplete"),
        ((said("slr", side=L), *NO_ROOT[1:]), "radiculopathy-indeterminate"),
        ((said("sensory_deficit", side=L), *NO_ROOT[:3]), "radiculopathy-supported"),
    ],
)
def test_a_root_that_is_not_unlikely_holds_it_back(
    entries: tuple[Statement, ...], state: str
) -> None:
    """Row DGS3: with leg pain only an examined and unlikely root will do."""
    findings = found(*PATTERN, *CORE, LEG_PAIN, *entries)
    (root,) = radiculopathy.assess(findings, library().rulebook, ())
    assert root.state == state
    assert judged(*PATTERN, *CORE, LEG_PAIN, *entries) == ("DGS3", L)


@pytest.mark.parametrize("pain", ["leg_pain", "leg_pain_below_knee", "radicular_pain", "calf_pain"])
def test_any_pain_of_the_leg_asks_for_the_root(pain: str) -> None:
    """Row DGS3: pain of either leg, the calf included, is leg pain here."""
    assert judged(*PATTERN, *CORE, said(pain, side=R)) == ("DGS3", L)


@pytest.mark.parametrize(
    "deficit",
    [
        said("motor_deficit", side=R),
        measured("mrc", 4, side=L),
        said("reflex_reduced", side=L),
        said("sensory_deficit", side=L),
        said("bilateral_leg_deficit"),
    ],
    ids=lambda entry: entry.finding,
)
def test_a_deficit_on_record_holds_it_back(deficit: Statement) -> None:
    """Row DGS3: without leg pain no deficit may be on record, in either leg."""
    assert judged(*PATTERN, *CORE, deficit) == ("DGS3", L)


def test_an_old_weakness_is_a_deficit_too() -> None:
    """A long-standing weakness is unknown in the root table, so it excludes nothing here."""
    old = (said("motor_deficit", side=L), said("motor_longstanding_stable", side=L))
    assert judged(*PATTERN, *CORE, *old) == ("DGS3", L)


def test_a_stocking_pattern_is_no_deficit() -> None:
    """Ruling 52: symmetrical distal loss is recorded and negative."""
    stocking = (said("sensory_deficit", side=BOTH), said("symmetrical_distal_sensory", side=BOTH))
    assert judged(*PATTERN, *CORE, *stocking) == ("DGS2", L)


@pytest.mark.parametrize(
    ("entries", "state"),
    [
        ((), "sij-examine"),
        (negative("sij_thigh_thrust"), "sij-continue"),
        ((*negative(*SIX[1:]), said("sij_thigh_thrust", side=L)), "sij-unreachable"),
        (
            (*negative(*SIX[:3]), *(said(name, side=L) for name in SIX[3:])),
            "sij-mixed",
        ),
        ((*negative(*SIX[2:]), *(said(n, side=L) for n in SIX[:2])), "sij-two-of-four"),
        ((*negative(*SIX[3:]), *(said(n, side=L) for n in SIX[:3])), "sij-supported"),
        ((*CORE, said("sij_fusion", side=L)), "sij-fused"),
        ((*CORE, said("axspa_known")), "sij-na-axspa"),
    ],
)
def test_only_an_unlikely_joint_lets_it_speak(entries: tuple[Statement, ...], state: str) -> None:
    """SIJ out of reach or all negative; every other state of the joint holds it back."""
    (joint,) = sij.assess(found(BUTTOCK, *entries), library().rulebook, ())
    assert joint.state == state
    row = "DGS2" if state == "sij-unreachable" else "DGS3"
    assert judged(*PATTERN, *entries) == (row, L)


def test_without_a_joint_table_nothing_is_excluded() -> None:
    """In pregnancy, and where the joint check failed, the joint was not made unlikely."""
    findings, book = found(*PATTERN, *CORE), library().rulebook
    (made,) = deep_gluteal.assess(findings, book, ())
    assert made.state == SILENT
    assert judged(*PATTERN, *CORE, said("pregnant")) == ("DGS3", L)


@pytest.mark.parametrize(
    ("sitting", "test", "joint", "expected"),
    [
        (L, L, L, ("DGS2", L)),
        (UNSIDED, UNSIDED, UNSIDED, ("DGS2", L)),
        (BOTH, BOTH, BOTH, ("DGS2", L)),
        (R, L, L, None),
        (L, R, L, ("DGS3", L)),
        (L, L, R, ("DGS3", L)),
    ],
)
def test_everything_is_of_one_side(
    sitting: Side, test: Side, joint: Side, expected: tuple[str, Side] | None
) -> None:
    """Buttock, sitting, piriformis and joint of the same side; no side matches either."""
    entries = (
        BUTTOCK,
        said("sitting_intolerance", side=sitting),
        said("active_piriformis", side=test),
        *negative(*SIX[:3], side=joint),
    )
    assert judged(*entries) == expected


def test_with_both_buttocks_painful_each_joint_counts_for_its_side() -> None:
    """A joint that was tested on the left excludes nothing on the right."""
    both = (said("buttock_pain", side=BOTH), said("sitting_intolerance", side=BOTH))
    right = said("active_piriformis", side=R)
    assert judged(*both, right, *ALL_SIX) == ("DGS3", R)
    assert judged(*both, right, *ALL_SIX, *negative(*SIX[:3], side=R)) == ("DGS2", R)


def test_a_fused_joint_beside_an_unlikely_one() -> None:
    """The fused side is not made unlikely by the tests of the other."""
    both = (said("buttock_pain", side=BOTH), said("sitting_intolerance", side=BOTH))
    tests = (*ALL_SIX, *negative(*SIX, side=R), said("sij_fusion", side=R))
    assert judged(*both, said("active_piriformis", side=R), *tests) == ("DGS3", R)
    assert judged(*both, said("active_piriformis", side=L), *tests) == ("DGS2", L)


def test_a_record_without_sides_stays_without_side() -> None:
    """Nothing names a side: the card says so."""
    entries = (
        said("buttock_pain"),
        said("sitting_intolerance"),
        said("active_piriformis"),
        *negative(*SIX[:3], side=UNSIDED),
    )
    assert judged(*entries) == ("DGS2", UNSIDED)


@pytest.mark.parametrize("name", ["buttock_pain", "sitting_intolerance"])
@pytest.mark.parametrize(("days", "there"), [(89, True), (90, True), (91, False)])
def test_the_complaint_counts_for_ninety_days(name: str, days: int, *, there: bool) -> None:
    """Complaint window."""
    others = [entry for entry in (*PATTERN, *CORE) if entry.finding != name]
    made = judged(*others, said(name, side=L, when=day(days)))
    assert (made == ("DGS2", L)) is there


@pytest.mark.parametrize("name", ["seated_piriformis_stretch", "sij_compression"])
@pytest.mark.parametrize(("days", "row"), [(89, "DGS2"), (90, "DGS2"), (91, "DGS3")])
def test_tests_count_for_ninety_days(name: str, days: int, row: str) -> None:
    """Examination window, of the piriformis and of the joint."""
    status = ABSENT if name.startswith("sij") else Status.PRESENT
    others = [entry for entry in (*PATTERN, *CORE) if entry.finding != name]
    assert judged(*others, said(name, status, side=L, when=day(days))) == (row, L)


@pytest.mark.parametrize(("days", "row"), [(29, "DGS3"), (30, "DGS3"), (31, "DGS2")])
def test_weakness_counts_for_thirty_days(days: int, row: str) -> None:
    """Motor window; reflex and sensation count for ninety days."""
    assert judged(*PATTERN, *CORE, said("motor_deficit", side=L, when=day(days))) == (row, L)


def chart(*names: str, value: bool = True) -> list[dict[str, object]]:
    """Entries of the left side, by an examination of today."""
    return [told(name, value=value, side="L") for name in names]


SEEN = (
    *chart("buttock_pain", "sitting_intolerance", "seated_piriformis_stretch"),
    *chart(*SIX, value=False),
)


def test_it_takes_the_place_of_the_negative_joint() -> None:
    """Ruling 37: shown instead of sij-all-negative and sij-unreachable, which it names."""
    advised = advice(*SEEN)
    assert shown(advised) == [GLUTEAL]
    assert states(advised)["sij"] == "sij-all-negative"
    assert "Deep gluteal syndrome takes the place of:" in advised.cards[0].detail


def test_without_leg_pain_the_summary_does_not_claim_an_examination() -> None:
    """Unknown is not negative: the words follow the row."""
    (card,) = advice(*SEEN).cards
    assert card.summary.startswith("SIJ tests negative, no leg pain or deficit on record")
    examined = (*SEEN, *chart("leg_pain"), *chart(*ITEMS, value=False))
    (card,) = advice(*examined).cards
    assert card.summary.startswith("Lumbar and SIJ tests negative")
    assert "endoscopy" in card.detail


@pytest.mark.parametrize(
    ("flag", "card"),
    [
        (told("cancer_history", days=900), "spinal-metastasis-check"),
        (told("fever"), "spinal-infection"),
        (told("major_trauma"), "fracture-trauma"),
    ],
)
def test_a_red_flag_holds_it_back(flag: dict[str, object], card: str) -> None:
    """It waits with the sacroiliac family until the flag is settled."""
    advised = advice(*SEEN, flag)
    assert shown(advised)[0] == card
    assert GLUTEAL not in shown(advised)
    assert "deep gluteal syndrome" in advised.cards[0].detail


@pytest.mark.parametrize(("birth", "there"), [("2010-11-21", False), ("2010-11-20", True)])
def test_adults_only(birth: str, *, there: bool) -> None:
    """Gate row G2: below 16 years the support tables stay closed."""
    who = {"resourceType": "Patient", "id": PATIENT, "birthDate": birth}
    assert ("deep_gluteal" in states(advice(*SEEN, patient=who))) is there
