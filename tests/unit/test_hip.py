"""The hip as a source of pain: rows HIP1 and HIP2, sides, windows, and rulings 30 and 53."""

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.side import Side
from cds_service.clinical.topics import hip
from tests.unit.record import advice, day, found, library, said, shown
from tests.unit.red_flag_record import told

L, R, BOTH, UNSIDED = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED
ABSENT = Status.ABSENT
PAIN = said("buttock_pain", side=L)
GROIN, ROTATION = said("groin_pain", side=L), said("hip_ir_painful", side=L)
ARTHRITIS = said("hip_oa", side=L, when=day(9000), source="Condition/oa")


def concluded(*entries: Statement) -> Assessment | None:
    """What the table concludes, None where it does not open."""
    made = hip.assess(found(*entries), library().rulebook, ())
    return made[0] if made else None


def judged(*entries: Statement) -> tuple[str, Side] | None:
    """State and side, None where the table does not open."""
    made = concluded(*entries)
    return (made.state, made.side) if made else None


@pytest.mark.parametrize("sign", [ROTATION, ARTHRITIS], ids=lambda entry: entry.finding)
def test_groin_pain_with_a_hip_sign_asks_for_the_hip(sign: Statement) -> None:
    """Row HIP1: painful or limited internal rotation, or osteoarthritis however old."""
    made = concluded(PAIN, GROIN, sign)
    assert made is not None
    assert (made.state, made.card, made.row.indicator) == ("hip", "hip", "info")
    assert {f.id for f in made.findings} == {"groin_pain", sign.finding}


@pytest.mark.parametrize(
    "entries", [(), (said("hip_ir_painful", ABSENT, side=L),), (said("fadir", side=L),)]
)
def test_groin_pain_without_a_hip_sign_is_silent(entries: tuple[Statement, ...]) -> None:
    """Row HIP2: not recorded, recorded absent, or another test of the hip."""
    assert judged(PAIN, GROIN, *entries) == ("hip-silent", L)


@pytest.mark.parametrize("entries", [(), (said("groin_pain", ABSENT, side=L),)])
def test_a_hip_sign_without_groin_pain_opens_nothing(entries: tuple[Statement, ...]) -> None:
    """Hip signs are common in low back pain and prove nothing alone."""
    assert judged(PAIN, ROTATION, ARTHRITIS, *entries) is None


@pytest.mark.parametrize("other", ["low_back_pain", "leg_swelling", "exertional_calf_pain"])
def test_groin_pain_alone_opens_nothing(other: str) -> None:
    """Ruling 53 and gate row G4: pain of buttock or leg must be there too."""
    assert judged(GROIN, ROTATION) is None
    assert judged(GROIN, ROTATION, said(other, side=L)) is None


@pytest.mark.parametrize("pain", ["buttock_pain", "leg_pain", "calf_pain", "posterior_pelvic_pain"])
def test_pain_of_buttock_or_leg_opens_it(pain: str) -> None:
    """Gate row G4; its side is not matched, because hip pain is felt elsewhere."""
    assert judged(said(pain, side=R), GROIN, ROTATION) == ("hip", L)


@pytest.mark.parametrize(
    ("groin", "sign", "expected"),
    [
        (L, L, ("hip", L)),
        (L, R, ("hip-silent", L)),
        (L, BOTH, ("hip", L)),
        (L, UNSIDED, ("hip", L)),
        (UNSIDED, R, ("hip", R)),
        (BOTH, R, ("hip", R)),
        (BOTH, BOTH, ("hip", BOTH)),
        (UNSIDED, UNSIDED, ("hip", UNSIDED)),
    ],
)
def test_groin_and_sign_are_of_one_side(
    groin: Side, sign: Side, expected: tuple[str, Side]
) -> None:
    """Opposite sides never match; both sides and no side match either."""
    entries = said("groin_pain", side=groin), said("hip_ir_painful", side=sign)
    assert judged(PAIN, *entries) == expected


@pytest.mark.parametrize("name", ["groin_pain", "hip_ir_painful"])
@pytest.mark.parametrize(("days", "counts"), [(89, True), (90, True), (91, False)])
def test_pain_and_examination_count_for_ninety_days(name: str, days: int, *, counts: bool) -> None:
    """Complaint and examination window."""
    other = ROTATION if name == "groin_pain" else GROIN
    made = judged(PAIN, other, said(name, side=L, when=day(days)))
    assert (made == ("hip", L)) is counts


def test_what_was_not_examined_is_named() -> None:
    """Missing: the tests of a hip examination, of the painful side where it is known."""
    made = concluded(PAIN, GROIN, ARTHRITIS, said("fadir", ABSENT, side=L))
    assert made is not None
    assert made.missing == ("hip_ir_painful", "log_roll")
    unsided = concluded(PAIN, said("groin_pain"), said("hip_ir_painful"))
    assert unsided is not None
    assert unsided.missing == ("fadir", "log_roll")


@pytest.mark.parametrize(
    ("entries", "there"),
    [
        ((), False),
        ((said("sij_faber", side=L),), True),
        ((said("sij_faber", ABSENT, side=L),), False),
        ((said("sij_faber", side=R),), False),
    ],
)
def test_a_positive_faber_is_asked_about(entries: tuple[Statement, ...], *, there: bool) -> None:
    """A FABER that hurts in the groin is a hip sign, not one of the SIJ."""
    made = concluded(PAIN, GROIN, ROTATION, *entries)
    assert made is not None
    assert ([note.id for note in made.notes] == ["faber-positive"]) is there


def test_the_card_suggests_an_examination_and_no_radiograph() -> None:
    """A task for the hip examination; the radiograph stands in the text with its condition."""
    pains = (told("buttock_pain", side="L"), told("groin_pain", side="L"))
    cards = advice(*pains, told("hip_ir_painful", side="L")).cards
    (card,) = (c for c in cards if c.id == "hip")
    assert [s.resource["resourceType"] for s in card.suggestions] == ["Task"]
    assert "Radiograph of the hip only if the result would change care" in card.detail
    assert "painful hip internal rotation (left)" in card.summary
    assert "unable-to-examine" in [code for code, _ in card.override_reasons]


def test_the_cap_names_the_hip_on_the_last_card() -> None:
    """Ruling 30: three routine cards; the hip cut by the cap is named in a line."""
    chart = (
        *(told(f"{place}_pain", side="L", onset=120) for place in ("buttock", "leg", "groin")),
        told("hip_ir_painful", side="L"),
        told("slr", side="L"),
        told("sensory_deficit", side="L"),
        told("neurogenic_claudication"),
        told("no_pain_seated"),
        *(told(f"sij_{test}", side="L") for test in ("thigh_thrust", "distraction", "compression")),
    )
    advised = advice(*chart)
    assert shown(advised) == ["radiculopathy-supported", "sij-supported", "lumbar-stenosis"]
    assert "Not shown to keep the number of cards small: hip examination." in (
        advised.cards[-1].detail
    )
