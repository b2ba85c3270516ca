"""Pregnancy and the weeks after delivery (ruling 25)."""

from datetime import timedelta
from typing import Any

import pytest

from cds_service.clinical.pregnancy import Pregnancy, read_pregnancy
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
    procedure,
    snomed,
)
from tests.unit.record import AS_OF, advice, patient, rules, seen, shown, states


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


@pytest.mark.parametrize(
    "over",
    [
        {"verificationStatus": concept(coding(f"{HL7}/condition-ver-status", "refuted"))},
        {"clinicalStatus": concept(coding(f"{HL7}/condition-clinical", "resolved"))},
    ],
    ids=["refuted", "resolved"],
)
def test_a_gestation_that_is_refuted_or_over_proves_nothing(over: Json) -> None:
    """Ruling 25: the weeks of gestation are those of a current pregnancy."""
    assert judged(weeks(20, 3)).pregnant
    assert not judged(weeks(20, 3) | over).pregnant


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


@pytest.mark.parametrize(
    "code",
    ["O09.90", "O13.3", "O21.0", "O24.419", "O26.891", "O47.1", "O99.011", "Z34.90", "Z36.9"],
)
def test_any_record_of_the_pregnancy_chapter_is_a_pregnancy(code: str) -> None:
    """Ruling 25: any O, Z33, Z34 or Z36 record of the last 90 days."""
    for recorded, pregnant in ((90, True), (91, False)):
        entry = condition(concept(icd(code, "")), recordedDate=date_in(-recorded))
        assert judged(entry).pregnant is pregnant


@pytest.mark.parametrize("code", ["O03.9", "O04.89", "Z33.2", "O80", "O82", "Z37.0"])
def test_delivery_and_abortion_codes_end_a_pregnancy(code: str) -> None:
    """Ruling 25: they are its end, never its proof."""
    ending = condition(concept(icd(code, "")), recordedDate=date_in(-2))
    assert not judged(ending).pregnant
    assert not judged(due(60), ending).pregnant


@pytest.mark.parametrize("code", ["O26.72", "O26.73"])
def test_a_symphysis_that_gave_way_at_birth_is_no_pregnancy(code: str) -> None:
    """Ruling 25: the prefix O26 does not swallow them."""
    assert not judged(condition(concept(icd(code, "")), recordedDate=date_in(-2))).pregnant


@pytest.mark.parametrize("code", ["O86.4", "O87.0", "O88.23", "O89.4"])
def test_puerperal_complications_are_no_pregnancy(code: str) -> None:
    """Ruling 25: O85 to O90 belong to the puerperium."""
    read = judged(condition(concept(icd(code, "")), recordedDate=date_in(-2)))
    assert not read.pregnant
    assert read.postpartum_days is not None


def test_an_old_record_without_an_end_is_told_with_its_date() -> None:
    """Ruling 25: older is unknown and printed; a recorded end answers the question."""
    old = condition(concept(icd("Z3A.20", "")), recordedDate=date_in(-1000))
    outdated = judged(old).outdated
    assert outdated is not None
    assert outdated.first.date().isoformat() == date_in(-1000)
    ended = condition(concept(icd("Z37.0", "")), recordedDate=date_in(-900))
    assert judged(old, ended).outdated is None
    assert judged(weeks(20, 0)).outdated is None


def test_the_evidence_after_a_delivery_is_the_delivery() -> None:
    """A pregnancy that has ended proves nothing; the days since are counted from its end."""
    delivery = procedure(concept(snomed("177184002", "")), date_in(-10))
    read = judged(due(60), delivery)
    assert {s.finding for s in read.evidence} == {"pp_days"}
    assert {s.source.partition("/")[0] for s in read.evidence} == {"Procedure"}


MALE: dict[str, Any] = {"patient": patient(gender="male")}
BUTTOCK = observation(
    "exam",
    concept(own("buttock_pain")),
    bodySite=body_site(snomed("46862004", "Buttock structure"), "L"),
    effectivePeriod={"start": date_in(-40), "end": date_in(0)},
    valueBoolean=True,
)


def test_one_stray_entry_makes_no_man_pregnant_for_the_pelvis() -> None:
    """Ruling 25: adult table, but no sacral thrust; a gestation is believed everywhere."""
    stray = status(PREGNANT, 3)
    assert "pelvic_girdle" not in states(advice(stray, BUTTOCK, **MALE))
    listed = next(c for c in advice(stray, BUTTOCK, **MALE).cards if c.id == "sij-examine")
    assert "sacral thrust" not in listed.detail.split("**Not known**")[1].split("**")[0].lower()
    assert "sij" not in states(advice(due(60), BUTTOCK, **MALE))


def test_the_veins_believe_one_entry_of_a_pregnancy() -> None:
    """Ruling 25: the vascular side does not use sex to exclude."""
    calf = observation(
        "exam", concept(own("calf_pain")), effectiveDateTime=date_in(0), valueBoolean=True
    )
    assert "dvt-pregnancy" in shown(advice(status(PREGNANT, 3), calf, **MALE))
