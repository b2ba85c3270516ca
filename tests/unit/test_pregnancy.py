"""Pregnancy and the weeks after delivery (ruling 25)."""

from datetime import timedelta

import pytest

from cds_service.clinical.pregnancy import Pregnancy, read_pregnancy
from tests.spec.fhir_json import (
    LOINC,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    snomed,
)
from tests.unit.record import AS_OF, rules, seen


def date_in(days: int) -> str:
    """The calendar day so many days after the assessment; negative numbers lie behind."""
    return (AS_OF + timedelta(days=days)).date().isoformat()


def judged(*resources: Json) -> Pregnancy:
    """What the record says of pregnancy."""
    return read_pregnancy(seen(*resources), rules("dvt"))


def due(days: int, *, recorded: int = 20) -> Json:
    """An expected date of delivery so many days ahead."""
    return observation(
        "survey",
        concept(coding(LOINC, "11778-8")),
        effectiveDateTime=date_in(-recorded),
        valueDateTime=date_in(days),
    )


def weeks(number: int, recorded: int) -> Json:
    """Z3A with so many completed weeks, recorded so many days ago."""
    return condition(concept(icd(f"Z3A.{number:02}", "")), recordedDate=date_in(-recorded))


def status(code: str, recorded: int) -> Json:
    """The pregnancy status observation."""
    return observation(
        "survey",
        concept(coding(LOINC, "82810-3")),
        effectiveDateTime=date_in(-recorded),
        valueCodeableConcept=concept(snomed(code, "")),
    )


PREGNANT, NOT_PREGNANT = "77386006", "60001007"


def test_nothing_on_record_is_not_pregnant() -> None:
    """Without any entry there is no pregnancy and no delivery."""
    assert not judged().pregnant
    assert judged().postpartum_days is None


@pytest.mark.parametrize(
    ("days", "pregnant"),
    [
        pytest.param(120, True, id="due in 120 days"),
        pytest.param(300, True, id="due in 300 days"),
        pytest.param(301, False, id="due in 301 days is implausible"),
        pytest.param(0, True, id="due today"),
        pytest.param(-14, True, id="14 days overdue"),
        pytest.param(-15, False, id="15 days overdue"),
    ],
)
def test_a_due_date_proves_pregnancy_from_14_days_ago_to_300_ahead(
    days: int, *, pregnant: bool
) -> None:
    """Ruling 25: both ends of the span count; dates are compared as whole days."""
    read = judged(due(days))
    assert read.pregnant is pregnant
    assert read.dated is pregnant


@pytest.mark.parametrize(
    ("number", "recorded", "pregnant"),
    [
        pytest.param(20, 0, True, id="week 20 today"),
        pytest.param(20, 150, True, id="week 20, 150 days ago"),
        pytest.param(20, 155, False, id="week 20, 155 days ago"),
        pytest.param(20, 1000, False, id="week 20 of years ago"),
        pytest.param(40, 10, True, id="week 40, ten days ago"),
        pytest.param(40, 20, False, id="week 40, twenty days ago"),
    ],
)
def test_a_week_of_gestation_lasts_until_294_days(
    number: int, recorded: int, *, pregnant: bool
) -> None:
    """Ruling 25: recorded date minus the weeks plus 294 days must lie ahead."""
    read = judged(weeks(number, recorded))
    assert (read.pregnant, read.dated) == (pregnant, pregnant)


@pytest.mark.parametrize(
    ("entry", "recorded", "pregnant"),
    [
        ("status", 90, True),
        ("status", 91, False),
        ("problem", 90, True),
        ("problem", 91, False),
        ("answer", 90, True),
        ("answer", 91, False),
    ],
)
def test_an_undated_pregnancy_record_counts_for_90_days(
    entry: str, recorded: int, *, pregnant: bool
) -> None:
    """Ruling 25: status observation, problem and our own answer are current for 90 days."""
    resources = {
        "status": status(PREGNANT, recorded),
        "problem": condition(concept(icd("Z33.1", "")), recordedDate=date_in(-recorded)),
        "answer": observation(
            "survey",
            concept(own("pregnant")),
            effectiveDateTime=date_in(-recorded),
            valueBoolean=True,
        ),
    }
    read = judged(resources[entry])
    assert read.pregnant is pregnant
    assert not read.dated


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(
            procedure(concept(snomed("11466000", "Cesarean section")), date_in(-5)), id="delivery"
        ),
        pytest.param(
            condition(
                concept(snomed("19169002", "Miscarriage in first trimester")),
                onsetDateTime=date_in(-5),
                recordedDate=date_in(-5),
            ),
            id="miscarriage",
        ),
        pytest.param(condition(concept(icd("Z37.0", "")), recordedDate=date_in(-5)), id="outcome"),
        pytest.param(status(NOT_PREGNANT, 5), id="not pregnant"),
    ],
)
@pytest.mark.parametrize(
    "pregnancy",
    [
        pytest.param(due(60, recorded=30), id="due date"),
        pytest.param(weeks(20, 30), id="gestation"),
        pytest.param(status(PREGNANT, 30), id="status"),
    ],
)
def test_a_later_end_ends_the_pregnancy(pregnancy: Json, end: Json) -> None:
    """Delivery, miscarriage, outcome of delivery or `not pregnant` after the record end it."""
    assert judged(pregnancy).pregnant
    assert not judged(pregnancy, end).pregnant


def test_an_earlier_end_does_not_end_a_new_pregnancy() -> None:
    """The delivery of two years ago says nothing of today's pregnancy."""
    delivery = procedure(concept(snomed("11466000", "Cesarean section")), date_in(-700))
    assert judged(due(60), delivery).pregnant


@pytest.mark.parametrize("days", [0, 10, 42, 43, 84, 500])
def test_days_after_delivery_are_counted_from_the_delivery(days: int) -> None:
    """A delivery procedure dates the puerperium to the day."""
    delivery = procedure(concept(snomed("177184002", "")), date_in(-days))
    assert judged(delivery).postpartum_days == days


@pytest.mark.parametrize(
    ("recorded", "assumed"),
    [
        pytest.param(0, True, id="today"),
        pytest.param(42, True, id="42 days ago"),
        pytest.param(43, False, id="43 days ago"),
    ],
)
@pytest.mark.parametrize("code", ["Z39.2", "O85", "O90.9"])
def test_a_puerperal_record_counts_for_42_days(code: str, recorded: int, *, assumed: bool) -> None:
    """Without a delivery date Z39 and O85 to O90 mean puerperium for 42 days after the record."""
    entry = condition(concept(icd(code, "")), recordedDate=date_in(-recorded))
    days = judged(entry).postpartum_days
    assert (days is not None and days <= 42) is assumed


def test_a_postpartum_visit_does_not_date_the_delivery() -> None:
    """Z39.2 is given around week six: a known delivery dates it, not the visit."""
    visit = condition(concept(icd("Z39.2", "")), recordedDate=date_in(-1))
    delivery = procedure(concept(snomed("177184002", "")), date_in(-40))
    assert judged(visit, delivery).postpartum_days == 40


def test_a_retracted_due_date_does_not_count() -> None:
    """Entered in error is no entry."""
    assert not judged(due(60) | {"status": "entered-in-error"}).pregnant


@pytest.mark.parametrize("code", ["Z3A.", "Z3A.XX", "Z3A"])
def test_a_gestation_code_without_weeks_proves_no_date(code: str) -> None:
    """A code whose weeks cannot be read dates nothing and breaks nothing."""
    entry = condition(concept(icd(code, "")), recordedDate=date_in(-5))
    assert not judged(entry).dated


def test_a_record_of_the_first_year_of_the_calendar_breaks_nothing() -> None:
    """An absurd date is an old one, not an error."""
    entry = condition(concept(icd("Z3A.20", "")), recordedDate="0001-01-01")
    assert not judged(entry).pregnant
