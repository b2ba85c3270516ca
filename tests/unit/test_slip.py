"""A slipped vertebra is a line on the cards of root and canal, never a card (table SPL)."""

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.side import Side
from cds_service.clinical.topics import lumbar_stenosis, radiculopathy
from tests.spec.fhir_json import concept, condition, icd
from tests.spec.moments import years_ago
from tests.unit.record import advice, day, found, library, said
from tests.unit.red_flag_record import told

PAIN = said("leg_pain", side=Side.LEFT)
CLAUDICATION = (said("neurogenic_claudication"), said("no_pain_seated"))
KNOWN, STEP = said("spondylolisthesis_dx", when=day(4000)), said("step_off_palpation")
SILL = said("low_midline_sill")


def lines(*entries: Statement) -> list[set[str]]:
    """The lines on a slip that the root and the stenosis card carry."""
    findings, book = found(PAIN, *CLAUDICATION, *entries), library().rulebook
    made: tuple[Assessment, ...] = (
        *radiculopathy.assess(findings, book, ()),
        *lumbar_stenosis.assess(findings, book, ()),
    )
    return [{n.id for n in one.notes if n.id.startswith("slip-")} for one in made]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), set()),
        ((KNOWN,), {"slip-known"}),
        ((STEP,), {"slip-step"}),
        ((KNOWN, STEP, SILL), {"slip-known", "slip-step", "slip-sill"}),
        ((STEP, SILL), {"slip-step", "slip-sill"}),
        ((SILL,), set()),
        ((said("step_off_palpation", Status.ABSENT), SILL), set()),
    ],
)
def test_a_known_slip_or_a_palpable_step_is_a_line(
    entries: tuple[Statement, ...], expected: set[str]
) -> None:
    """Known at any time, or a step felt; the sill sign opens no line by itself."""
    assert lines(*entries) == [expected, expected]


@pytest.mark.parametrize(("days", "there"), [(89, True), (90, True), (91, False)])
def test_palpation_counts_for_ninety_days(days: int, *, there: bool) -> None:
    """Examination window; a diagnosis has none."""
    felt = said("step_off_palpation", when=day(days))
    assert lines(felt) == [{"slip-step"} if there else set()] * 2


@pytest.mark.parametrize(
    ("code", "there"),
    [
        ("M43.16", True),
        ("M43.17", True),
        ("M43.10", True),
        ("M43.12", False),
        ("M43.14", False),
    ],
)
def test_a_slip_of_the_neck_is_no_lumbar_slip(code: str, *, there: bool) -> None:
    """The code's region counts: cervical and thoracic slips say nothing on a lumbar root."""
    slip = condition(concept(icd(code, "")), recordedDate=years_ago(3))
    (card,) = advice(told("leg_pain", side="L"), slip).cards
    assert ("Spondylolisthesis is on record" in card.detail) is there
