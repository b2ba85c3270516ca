"""Leg-vein imaging: ordered, reported, and what the report says of one leg."""

from typing import Any

import pytest

from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.clinical.venous.scans import LegScan, Scan, read_scan, scans_on_record
from tests.spec.fhir_json import LOINC, Json, coding, concept, own, resource, snomed
from tests.spec.moments import ago, day_ago
from tests.unit.record import ago as before
from tests.unit.record import day, rules, seen

L, R = Side.LEFT, Side.RIGHT
LEFT_VEINS, RIGHT_VEINS, BOTH_VEINS, ANY_VEINS = "39432-0", "39443-7", "39420-5", "30881-7"
NEGATIVE, POSITIVE = snomed("260385009", "Negative"), snomed("10828004", "Positive")
NO_THROMBUS = snomed("373140001", "No thrombus")
THROMBOSIS = coding("http://hl7.org/fhir/sid/icd-10-cm", "I82.412")


def report(*conclusions: Json, code: str = LEFT_VEINS, **more: Any) -> Json:
    """A report on the leg veins of two hours ago."""
    given = {"status": "final", "effectiveDateTime": ago(hours=2)} | more
    coded = [concept(conclusion) for conclusion in conclusions] or None
    return resource(
        "DiagnosticReport", code=concept(coding(LOINC, code)), conclusionCode=coded, **given
    )


def order(code: str = LEFT_VEINS, **more: Any) -> Json:
    """An order of the leg veins of two hours ago."""
    given = {"status": "active", "intent": "order", "authoredOn": ago(hours=2)} | more
    return resource("ServiceRequest", code=concept(coding(LOINC, code)), **given)


def scan(*resources: Json, leg: Side = L, onset: Moment | None = None) -> LegScan:
    """The state of imaging of one leg."""
    return read_scan(seen(*resources), rules("dvt"), leg, onset)


@pytest.mark.parametrize(
    ("conclusions", "kind"),
    [
        pytest.param([NEGATIVE], Scan.NEGATIVE_PROXIMAL, id="negative"),
        pytest.param([NO_THROMBUS], Scan.NEGATIVE_PROXIMAL, id="no thrombus"),
        pytest.param([POSITIVE], Scan.POSITIVE, id="positive"),
        pytest.param([THROMBOSIS], Scan.POSITIVE, id="a thrombosis code"),
        pytest.param([NEGATIVE, own("scan_whole_leg")], Scan.NEGATIVE_WHOLE, id="whole leg"),
        pytest.param([NEGATIVE, own("scan_proximal")], Scan.NEGATIVE_PROXIMAL, id="proximal"),
        pytest.param([own("scan_inconclusive")], Scan.INCONCLUSIVE, id="inconclusive"),
        pytest.param([NEGATIVE, own("scan_inconclusive")], Scan.INCONCLUSIVE, id="doubt wins"),
        pytest.param([NEGATIVE, THROMBOSIS], Scan.POSITIVE, id="positive wins"),
        pytest.param([], Scan.UNREADABLE, id="no coded conclusion"),
        pytest.param([snomed("111", "")], Scan.UNREADABLE, id="a conclusion not in the sets"),
    ],
)
def test_only_a_coded_conclusion_is_read(conclusions: list[Json], kind: Scan) -> None:
    """Ruling 47: absent set, present set or a DVT code; everything else is unreadable."""
    assert scan(report(*conclusions)).kind is kind


def test_prose_is_never_read_into_a_result() -> None:
    """`No DVT` in words asks the reader, it does not reassure."""
    written = report(conclusion="No DVT. Veins fully compressible.")
    assert scan(written).kind is Scan.UNREADABLE


@pytest.mark.parametrize(
    ("code", "left", "right"),
    [
        (LEFT_VEINS, True, False),
        (RIGHT_VEINS, False, True),
        (BOTH_VEINS, True, True),
        (ANY_VEINS, True, True),
    ],
)
def test_a_study_speaks_of_its_own_leg(code: str, *, left: bool, right: bool) -> None:
    """A left study says nothing of the right leg; bilateral and unsided ones speak of both."""
    assert (scan(report(NEGATIVE, code=code), leg=L).kind is not Scan.NONE) is left
    assert (scan(report(NEGATIVE, code=code), leg=R).kind is not Scan.NONE) is right


@pytest.mark.parametrize(
    ("when", "counts"),
    [(day_ago(8), True), (day_ago(9), False), (ago(hours=1), True)],
)
def test_a_study_belongs_to_the_episode_for_eight_days(when: str, *, counts: bool) -> None:
    """NG158 repeats a scan at day 6 to 8; an older one says nothing of today."""
    assert (scan(report(NEGATIVE, effectiveDateTime=when)).kind is not Scan.NONE) is counts


def test_a_study_from_before_the_onset_does_not_count() -> None:
    """Ruling 32: only imaging since the onset; the same calendar day counts as after."""
    study = report(NEGATIVE, effectiveDateTime=day_ago(3))
    assert scan(study, onset=day(2)).kind is Scan.NONE
    assert scan(study, onset=day(3)).kind is Scan.NEGATIVE_PROXIMAL
    assert scan(study, onset=before(days=3)).kind is Scan.NEGATIVE_PROXIMAL


def test_the_newest_study_wins() -> None:
    """A later scan replaces the earlier one, in whatever order they arrive."""
    old = report(NEGATIVE, effectiveDateTime=day_ago(6))
    new = report(POSITIVE, effectiveDateTime=ago(hours=2))
    assert scan(old, new).kind is Scan.POSITIVE
    assert scan(new, old).kind is Scan.POSITIVE


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "entered-in-error"])
def test_a_report_that_is_not_final_is_no_result(status: str) -> None:
    """Only final, amended, corrected and appended reports are read."""
    assert scan(report(NEGATIVE, status=status)).kind is Scan.NONE


def test_an_open_order_is_awaited() -> None:
    """Ordered and not yet reported."""
    read = scan(order())
    assert read.kind is Scan.ORDERED
    assert read.order is not None


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"status": "draft"}, id="draft"),
        pytest.param({"status": "revoked"}, id="revoked"),
        pytest.param({"status": "on-hold"}, id="on hold"),
        pytest.param({"status": "entered-in-error"}, id="entered in error"),
        pytest.param({"status": "completed"}, id="completed without report"),
        pytest.param({"intent": "proposal"}, id="our own suggestion"),
        pytest.param({"intent": "plan"}, id="plan"),
        pytest.param({"authoredOn": day_ago(9)}, id="older than eight days"),
        pytest.param({"authoredOn": None}, id="undated"),
    ],
)
def test_what_is_not_an_open_order_is_not_awaited(more: dict[str, Any]) -> None:
    """Rulings 4 and 31: drafts, proposals, held, revoked and forgotten orders never count."""
    assert scan(order(**more)).kind is Scan.NONE


@pytest.mark.parametrize("intent", ["order", "original-order", "reflex-order", "filler-order"])
def test_every_kind_of_order_counts(intent: str) -> None:
    """FHIR knows several intents that are orders."""
    assert scan(order(intent=intent)).kind is Scan.ORDERED


def test_an_order_for_the_other_leg_is_not_awaited() -> None:
    """An order of the right leg does not silence the left."""
    assert scan(order(RIGHT_VEINS), leg=L).kind is Scan.NONE


def test_an_order_after_a_study_is_its_repeat() -> None:
    """The repeat is planned only when it was ordered after the study."""
    study = report(NEGATIVE, effectiveDateTime=ago(hours=20))
    assert scan(study, order(authoredOn=ago(hours=2))).repeat_ordered
    assert not scan(study, order(authoredOn=ago(hours=30))).repeat_ordered


def test_any_scan_on_record_is_told_for_both_legs() -> None:
    """A scan of either leg is company for a weak trigger (ruling 7)."""
    findings = seen(order(RIGHT_VEINS))
    assert scans_on_record(findings, rules("dvt"), None)
    assert not scans_on_record(seen(), rules("dvt"), None)


def test_an_imaging_study_without_result_is_unreadable() -> None:
    """Pictures were taken; what they show is not machine-readable."""
    study = resource(
        "ImagingStudy",
        status="available",
        started=ago(hours=2),
        procedureCode=[concept(coding(LOINC, LEFT_VEINS))],
    )
    assert scan(study).kind is Scan.UNREADABLE


def test_a_coded_observation_is_a_result() -> None:
    """A result may come as an Observation with a coded value."""
    result = resource(
        "Observation",
        status="final",
        code=concept(coding(LOINC, LEFT_VEINS)),
        effectiveDateTime=ago(hours=2),
        valueCodeableConcept=concept(NEGATIVE),
    )
    assert scan(result).kind is Scan.NEGATIVE_PROXIMAL


@pytest.mark.parametrize("code", ["39431-2", "39422-1", "44174-1"])
def test_a_study_of_vessels_without_result_is_no_vein_study(code: str) -> None:
    """A Doppler of the leg's vessels may be arterial: it counts only with a venous result."""
    assert scan(report(code=code)).kind is Scan.NONE
    assert scan(report(NO_THROMBUS, code=code)).kind is Scan.NEGATIVE_PROXIMAL
