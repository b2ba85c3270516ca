"""Rows of the SIJ table that a count of tests alone does not reach, and the words that follow."""

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.side import Side
from cds_service.clinical.topics import sij
from tests.unit.record import found, library, said

L, R = Side.LEFT, Side.RIGHT
ABSENT = Status.ABSENT
BUTTOCK = said("buttock_pain", side=L)


def decided(*statements: Statement) -> Assessment | None:
    """What the table concludes, None when it does not open."""
    conclusions = sij.assess(found(*statements), library().rulebook, ())
    return conclusions[0] if conclusions else None


def row(*statements: Statement) -> str | None:
    """The row that decides."""
    conclusion = decided(*statements)
    return conclusion.row.id if conclusion else None


def results(
    present: tuple[str, ...], absent: tuple[str, ...] = (), side: Side = L
) -> list[Statement]:
    """Results of provocation tests on one side."""
    return [
        *(said(f"sij_{name}", side=side) for name in present),
        *(said(f"sij_{name}", ABSENT, side=side) for name in absent),
    ]


THREE = ("thigh_thrust", "distraction", "compression")


def test_known_spondyloarthritis_has_its_own_care() -> None:
    """Row S0-spondyloarthritis: the clusters were not made for inflammatory disease."""
    assert row(BUTTOCK, said("axspa_known"), *results(THREE)) == "S0-spondyloarthritis"


def test_a_fused_joint_is_not_tested() -> None:
    """Row S0-fused: silent on the fused side, not on the other."""
    assert row(BUTTOCK, said("sij_fusion", side=L), *results(THREE)) == "S0-fused"
    assert row(BUTTOCK, said("sij_fusion", side=R), *results(THREE)) == "S3"


def test_opposite_results_are_results() -> None:
    """Row S1 and ruling 27: a test with a tie is unknown, yet it was recorded."""
    positive = said("sij_faber", side=L)
    negative = said("sij_faber", ABSENT, side=L, source="Observation/again")
    conclusion = decided(BUTTOCK, positive, negative)
    assert conclusion is not None
    assert conclusion.row.id == "S8"
    assert "conflicting-test" in {note.id for note in conclusion.notes}
    assert row(BUTTOCK) == "S1"


@pytest.mark.parametrize(
    ("present", "without"),
    [
        pytest.param(("thigh_thrust", "gaenslen", "faber"), "S3", id="three of W5"),
        pytest.param(("distraction", "sacral_thrust"), "S4", id="two of the best four"),
    ],
)
def test_pain_that_centralizes_points_to_the_disc(present: tuple[str, ...], without: str) -> None:
    """Row S2 takes the place of three of five and of two of four alike."""
    assert row(BUTTOCK, *results(present)) == without
    assert row(BUTTOCK, *results(present), said("centralizes")) == "S2"
    assert row(BUTTOCK, *results(present[:1]), said("centralizes")) == "S8"


@pytest.mark.parametrize(
    ("absent", "expected"), [((), "S8"), (("thigh_thrust", "distraction", "compression"), "S6")]
)
def test_three_positive_in_no_set_are_mixed_once_no_set_is_in_reach(
    absent: tuple[str, ...], expected: str
) -> None:
    """Row S6: FABER, Gaenslen and sacral thrust; a core test still open could meet a set."""
    positive = ("faber", "gaenslen", "sacral_thrust")
    assert row(BUTTOCK, *results(positive, absent)) == expected


def test_two_of_four_with_three_of_five_out_of_reach() -> None:
    """Ruling 40: the card says that the other rule cannot be reached, and offers no test."""
    given = results(
        ("thigh_thrust", "distraction"), ("compression", "sacral_thrust", "gaenslen", "faber")
    )
    conclusion = decided(BUTTOCK, *given)
    assert conclusion is not None
    assert conclusion.row.id == "S4-cannot-reach"
    wording = library().cards["sij-two-of-four"].variant["cannot-reach"]
    assert wording.offer == ()
    assert "cannot be reached any more" in str(wording.summary)


def test_two_of_four_with_the_third_still_possible() -> None:
    """Ruling 40: as long as one of a set is open, one more could meet the other rule."""
    given = results(("thigh_thrust", "distraction"), ("compression", "sacral_thrust", "gaenslen"))
    assert row(BUTTOCK, *given) == "S4"


@pytest.mark.parametrize("third", ["compression", "sacral_thrust"])
def test_only_the_three_core_tests_end_the_testing(third: str) -> None:
    """Ruling 40: with sacral thrust among three negatives the set with FABER is still in reach."""
    conclusion = decided(BUTTOCK, *results((), ("thigh_thrust", "distraction", third)))
    assert conclusion is not None
    ended = third == "compression"
    assert conclusion.row.id == ("S7" if ended else "S8")
    assert ("core-negative" in {note.id for note in conclusion.notes}) is ended


def test_left_and_right_are_never_added() -> None:
    """Ruling 52: two positives left and one right are not three."""
    right = results(("compression",), side=R)
    assert row(BUTTOCK, *results(("thigh_thrust",)), *right) == "S8"
    assert row(BUTTOCK, *results(("thigh_thrust", "faber")), *right) == "S8"


@pytest.mark.parametrize("pain", ["groin_pain", "leg_pain", "calf_pain", "low_back_pain"])
def test_other_pain_opens_no_joint(pain: str) -> None:
    """Ruling 53: groin pain alone opens nothing; neither does leg, calf or back pain."""
    assert row(said(pain, side=L), *results(THREE)) is None


def test_both_sides_hurt() -> None:
    """The other side is named, with the question that alternating pain asks for."""
    conclusion = decided(BUTTOCK, said("buttock_pain", side=R), *results(THREE))
    assert conclusion is not None
    assert "other-side" in {note.id for note in conclusion.notes}
    assert "changes sides" in library().notes["sij"]["other-side"]
