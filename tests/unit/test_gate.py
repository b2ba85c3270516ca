"""Who is in scope: rows G0 to G4, painless emergencies (ruling 2) and unknown age (ruling 44)."""

from datetime import date

import pytest

from cds_service.clinical.fact import Person
from cds_service.clinical.fact import Statement as Entry
from cds_service.clinical.side import Side
from cds_service.clinical.topics import gate
from tests.unit.record import AS_OF, found, library, on, said

PAINS = ("buttock_pain", "posterior_pelvic_pain", "leg_pain", "calf_pain", "radicular_pain")


def row(*entries: Entry, **more: object) -> str:
    """The gate's row."""
    (passed,) = gate.assess(found(*entries, **more), library().rulebook, ())
    return passed.row.id


def born(day: date | None, *, deceased: bool = False) -> Person:
    """Somebody born on this day, or on one that is not recorded."""
    return Person(birth=on(day) if day else None, male=False, deceased=deceased)


@pytest.mark.parametrize("pain", PAINS)
def test_pain_of_buttock_or_leg_opens_all_tables(pain: str) -> None:
    """Row G4."""
    assert row(said(pain)) == "G4"


def test_low_back_pain_alone_opens_safety_only() -> None:
    """Row G3; any pain of buttock or leg beside it opens everything."""
    assert row(said("low_back_pain")) == "G3"
    assert row(said("low_back_pain"), said("fortin_finger")) == "G4"
    assert row(said("low_back_pain"), said("leg_pain")) == "G4"


@pytest.mark.parametrize("sign", ["leg_swelling", "calf_swelling_3cm", "exertional_calf_pain"])
def test_a_vascular_trigger_is_not_low_back_pain(sign: str) -> None:
    """Row G3 needs pain of the low back: a swollen leg without any pain passes to G4."""
    assert row(said(sign, side=Side.LEFT)) == "G4"


@pytest.mark.parametrize(
    "sign",
    ["saddle_sensory_change", "anal_tone_reduced", "bilateral_leg_deficit", "umn_signs"],
)
def test_a_painless_emergency_sign_passes(sign: str) -> None:
    """Ruling 2: missing pain is unknown, not absent."""
    assert row(said(sign)) != "G1"


@pytest.mark.parametrize("finding", ["bladder_dysfunction", "sij_faber", "cancer_history", "fever"])
def test_without_complaint_or_sign_nothing_opens(finding: str) -> None:
    """Row G1: bladder trouble, a test or a risk alone is no complaint (ruling 2)."""
    assert row(said(finding)) == "G1"
    assert row() == "G1"


@pytest.mark.parametrize(
    ("birth", "expected"),
    [(date(2010, 11, 21), "G2"), (date(2010, 11, 20), "G4"), (date(2010, 11, 19), "G4")],
)
def test_the_adult_tables_begin_at_sixteen(birth: date, expected: str) -> None:
    """Row G2: one day before, on and after the sixteenth birthday."""
    assert AS_OF.date() == date(2026, 11, 20)
    assert row(said("leg_pain"), person=born(birth)) == expected


def test_an_unknown_age_counts_as_adult() -> None:
    """Ruling 44."""
    assert row(said("leg_pain"), person=born(None)) == "G4"


def test_death_ends_everything() -> None:
    """Row G0."""
    assert row(said("leg_pain"), person=born(date(1960, 1, 1), deceased=True)) == "G0"
