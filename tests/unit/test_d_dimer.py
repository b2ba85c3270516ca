"""D-dimer results brought to one basis; one that cannot prove its unit is not used."""

from datetime import date
from typing import Any

import pytest

from cds_service.clinical.fact import Order, Person, Quantity, Statement, Status
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.clinical.venous.d_dimer import DDimer, DDimerResult, read_d_dimer
from cds_service.clinical.venous.treatment import Anticoagulation
from tests.spec.fhir_json import LOINC, coding, concept, observation
from tests.spec.fhir_json import quantity as measured
from tests.unit.record import AS_OF, ago, day, found, on, rules, said, seen

FEU, FEU_TOO, DDU, DDU_TOO = "48065-7", "48067-3", "48066-5", "48058-2"
NO_BASIS = "7799-0"
UNTREATED = Anticoagulation(Status.ABSENT)
NEGATIVE, POSITIVE = DDimer.NEGATIVE, DDimer.POSITIVE
UNUSABLE, PENDING, STALE, NONE = (
    DDimer.UNINTERPRETABLE,
    DDimer.PENDING,
    DDimer.STALE,
    DDimer.NONE,
)


def result(
    value: float,
    unit: str = "ng/mL",
    code: str = FEU,
    *,
    when: Moment | None = ago(hours=2),  # noqa: B008 - a moment is immutable
    **more: Any,
) -> Statement:
    """One laboratory result; `comparator`, `high` and `flagged_high` go with the number."""
    spoken = {key: more.pop(key) for key in ("comparator", "high", "flagged_high") if key in more}
    quantity = Quantity(value, unit, **spoken)
    codes = (f"loinc|{code}",)
    return said("reader:d_dimer", Status.UNKNOWN, when=when, quantity=quantity, codes=codes, **more)


def judged(
    *statements: Statement,
    age: int | None = 40,
    onset: Moment | None = None,
    treated: Anticoagulation = UNTREATED,
    orders: tuple[Order, ...] = (),
) -> DDimerResult:
    """What the results say of a patient of this age."""
    birth = on(date(AS_OF.year - age, 4, 17)) if age is not None else None
    person = Person(birth=birth, male=False, deceased=False)
    findings = found(*statements, person=person, orders=orders)
    return read_d_dimer(findings, rules("dvt"), onset, treated)


def order(when: Moment, status: str = "active", intent: str = "order") -> Order:
    """A D-dimer order."""
    return Order(
        "ServiceRequest/d",
        frozenset({"order:d_dimer"}),
        status,
        intent,
        "urgent",
        Side.UNSPECIFIED,
        when,
    )


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        pytest.param(400, "ng/mL", id="ng/mL"),
        pytest.param(400, "ug/L", id="ug/L"),
        pytest.param(400, "\N{MICRO SIGN}g/L", id="micro sign"),
        pytest.param(400, "\N{GREEK SMALL LETTER MU}g/L", id="Greek mu"),
        pytest.param(400, "mcg/L", id="mcg/L"),
        pytest.param(0.4, "ug/mL", id="ug/mL"),
        pytest.param(0.4, "mcg/mL", id="mcg/mL"),
        pytest.param(0.4, "mg/L", id="mg/L"),
        pytest.param(0.4, "mg/L FEU", id="mg/L FEU"),
        pytest.param(400, "ng/mL{FEU}", id="UCUM annotation"),
        pytest.param(400, "NG/ML FEU", id="capitals"),
        pytest.param(400, "ng/mL (FEU)", id="parentheses"),
    ],
)
def test_accepted_units_give_the_same_magnitude(value: float, unit: str) -> None:
    """ng/mL and ug/L count once, ug/mL and mg/L a thousandfold."""
    read = judged(result(value, unit))
    assert read.kind is NEGATIVE
    assert read.value == pytest.approx(400)
    assert read.basis == "FEU"


@pytest.mark.parametrize(
    ("unit", "problem"),
    [
        pytest.param("", "unit-missing", id="no unit"),
        pytest.param("mg/mL", "unit-not-accepted", id="mg/mL"),
        pytest.param("mg/dL", "unit-not-accepted", id="mg/dL is not converted"),
        pytest.param("nmol/L", "unit-not-accepted", id="nmol/L"),
        pytest.param("%", "unit-not-accepted", id="percent"),
        pytest.param("FEU", "unit-not-accepted", id="only a basis"),
        pytest.param("g/L", "unit-not-accepted", id="g/L"),
    ],
)
def test_any_other_unit_is_never_guessed(unit: str, problem: str) -> None:
    """A result whose unit is missing or unknown is unusable, and the reason is told."""
    read = judged(result(400, unit))
    assert (read.kind, read.problem) == (UNUSABLE, problem)


@pytest.mark.parametrize(
    ("code", "unit", "basis", "problem"),
    [
        pytest.param(FEU, "mg/L", "FEU", "", id="FEU by code"),
        pytest.param(FEU_TOO, "ng/mL", "FEU", "", id="48067-3 is FEU"),
        pytest.param(DDU, "ng/mL", "DDU", "", id="DDU by code"),
        pytest.param(DDU_TOO, "ng/mL", "DDU", "", id="48058-2 is DDU"),
        pytest.param(NO_BASIS, "ng/mL FEU", "FEU", "", id="FEU by unit"),
        pytest.param(NO_BASIS, "ng/mL DDU", "DDU", "", id="DDU by unit"),
        pytest.param(NO_BASIS, "ng/mL", "", "basis-unknown", id="nobody says"),
        pytest.param(DDU, "mg/L FEU", "", "basis-conflict", id="code DDU, unit FEU"),
        pytest.param(FEU, "ng/mL{DDU}", "", "basis-conflict", id="code FEU, unit DDU"),
    ],
)
def test_the_basis_comes_from_code_and_unit_together(
    code: str, unit: str, basis: str, problem: str
) -> None:
    """Code and unit must not contradict; where neither speaks the result is unusable."""
    read = judged(result(0.2 if unit.startswith("mg/L") else 200, unit, code))
    assert (read.basis, read.problem) == (basis, problem)
    assert (read.kind is UNUSABLE) is bool(problem)


@pytest.mark.parametrize(
    ("age", "value", "kind"),
    [
        pytest.param(49, 499.9, NEGATIVE, id="49 just below 500"),
        pytest.param(49, 500, POSITIVE, id="49 equal to 500"),
        pytest.param(49, 500.1, POSITIVE, id="49 just above 500"),
        pytest.param(50, 499.9, NEGATIVE, id="50 just below 500"),
        pytest.param(50, 500, POSITIVE, id="50 equal to 500"),
        pytest.param(51, 509.9, NEGATIVE, id="51 just below 510"),
        pytest.param(51, 510, POSITIVE, id="51 equal to 510"),
        pytest.param(76, 759.9, NEGATIVE, id="76 just below 760"),
        pytest.param(76, 760, POSITIVE, id="76 equal to 760"),
        pytest.param(None, 499.9, NEGATIVE, id="age unknown just below 500"),
        pytest.param(None, 500, POSITIVE, id="age unknown equal to 500"),
    ],
)
def test_negative_is_strictly_below_the_age_adjusted_threshold(
    age: int | None, value: float, kind: DDimer
) -> None:
    """500 ug/L FEU below 50 years, from 50 the age times 10; an unknown age adjusts nothing."""
    assert judged(result(value), age=age).kind is kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        pytest.param(249.9, NEGATIVE, id="just below 250 DDU"),
        pytest.param(250, POSITIVE, id="equal to 250 DDU"),
        pytest.param(300, POSITIVE, id="above 250 DDU at 80 years"),
    ],
)
def test_ddu_is_doubled_and_never_age_adjusted(value: float, kind: DDimer) -> None:
    """DDU times 2 is compared with 500 whatever the age."""
    read = judged(result(value, code=DDU), age=80)
    assert read.kind is kind
    assert read.value == pytest.approx(2 * value)
    assert read.threshold == 500


@pytest.mark.parametrize(
    "limit",
    [pytest.param({"high": 199.0}, id="limit"), pytest.param({"flagged_high": True}, id="flag")],
)
def test_ddu_above_the_laboratorys_limit_is_not_negative(limit: dict[str, Any]) -> None:
    """A doubled DDU value below 500 does not reassure when the laboratory calls it high."""
    assert judged(result(200, code=DDU, **limit)).kind is not NEGATIVE
    assert judged(result(200, code=DDU, high=200)).kind is NEGATIVE


def test_a_flagged_feu_result_below_its_threshold_stays_negative() -> None:
    """The laboratory flags at 500; the age-adjusted threshold decides, and both are printed."""
    assert judged(result(700, flagged_high=True, high=500), age=76).kind is NEGATIVE


@pytest.mark.parametrize(
    ("comparator", "value", "kind"),
    [
        ("<", 500, NEGATIVE),
        ("<", 220, NEGATIVE),
        ("<", 501, UNUSABLE),
        ("<=", 499, NEGATIVE),
        ("<=", 500, UNUSABLE),
        (">", 500, POSITIVE),
        (">", 20_000, POSITIVE),
        (">", 499, UNUSABLE),
        (">=", 500, POSITIVE),
        (">=", 499, UNUSABLE),
    ],
)
def test_a_bound_decides_only_on_its_own_side(comparator: str, value: float, kind: DDimer) -> None:
    """`<` is negative up to the threshold, `>` positive from it, anything else unusable."""
    read = judged(result(value, comparator=comparator))
    assert read.kind is kind
    assert (read.problem == "comparator") is (kind is UNUSABLE)


def test_a_qualitative_result_needs_a_listed_assay() -> None:
    """A coded negative without a number is unusable."""
    coded = said("reader:d_dimer", Status.ABSENT, codes=(f"loinc|{FEU}",))
    read = judged(coded)
    assert (read.kind, read.problem) == (UNUSABLE, "qualitative")


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        pytest.param(ago(hours=72), NEGATIVE, id="72 hours"),
        pytest.param(ago(hours=73), STALE, id="73 hours"),
        pytest.param(day(3), NEGATIVE, id="three days ago"),
        pytest.param(day(4), STALE, id="four days ago"),
        pytest.param(None, UNUSABLE, id="no time of collection"),
    ],
)
def test_a_result_counts_for_72_hours_after_collection(when: Moment | None, kind: DDimer) -> None:
    """An older result is stale; one without time of collection cannot be used."""
    assert judged(result(300, when=when)).kind is kind


def test_the_time_of_issue_is_not_the_time_of_collection() -> None:
    """A result that only says when it was issued cannot be used."""
    read = judged(result(300, issued_only=True))
    assert (read.kind, read.problem) == (UNUSABLE, "no-collection-time")


@pytest.mark.parametrize(
    ("taken", "onset", "kind"),
    [
        pytest.param(ago(hours=30), ago(hours=20), STALE, id="before the onset"),
        pytest.param(ago(hours=20), ago(hours=30), NEGATIVE, id="after the onset"),
        pytest.param(ago(hours=12), day(0), NEGATIVE, id="same calendar day"),
        pytest.param(day(0), ago(hours=1), NEGATIVE, id="a date on the same day"),
        pytest.param(ago(hours=30), day(0), STALE, id="the day before"),
    ],
)
def test_a_result_from_before_the_complaint_is_stale(
    taken: Moment, onset: Moment, kind: DDimer
) -> None:
    """Ruling 32: compared at the coarser precision, the same day counts as after."""
    assert judged(result(300, when=taken), onset=onset).kind is kind


def test_a_result_of_the_same_encounter_is_after_onset() -> None:
    """The diagnosis is often recorded at the end of the visit that took the blood."""
    taken = result(300, when=ago(hours=30), in_encounter=True)
    assert judged(taken, onset=ago(hours=1)).kind is NEGATIVE


def test_a_result_after_the_first_anticoagulant_dose_is_not_valid() -> None:
    """Treatment changes the result; one taken before the dose stays valid."""
    treated = Anticoagulation(Status.PRESENT, first_dose=ago(hours=10))
    after = judged(result(300, when=ago(hours=5)), treated=treated)
    assert (after.kind, after.problem) == (DDimer.NOT_VALID, "after-anticoagulant")
    assert judged(result(300, when=ago(hours=15)), treated=treated).kind is NEGATIVE


def test_a_preliminary_or_registered_result_is_pending() -> None:
    """What is not final is awaited, not read."""
    assert judged(result(300, preliminary=True)).kind is PENDING


def test_an_earlier_positive_is_not_cancelled_by_a_later_negative() -> None:
    """Within the episode the positive stands."""
    results = (result(900, when=ago(hours=40)), result(300, when=ago(hours=2)))
    assert judged(*results).kind is POSITIVE
    assert judged(*reversed(results)).kind is POSITIVE


def test_nothing_on_record_is_none() -> None:
    """No result and no order."""
    assert judged().kind is NONE


@pytest.mark.parametrize(
    ("when", "kind"),
    [
        pytest.param(ago(hours=23), PENDING, id="23 hours"),
        pytest.param(ago(hours=25), NONE, id="25 hours"),
    ],
)
def test_an_order_is_awaited_for_a_day(when: Moment, kind: DDimer) -> None:
    """An open D-dimer order means pending for 24 hours."""
    assert judged(orders=(order(when),)).kind is kind


@pytest.mark.parametrize(
    ("status", "intent"),
    [("draft", "order"), ("revoked", "order"), ("on-hold", "order"), ("active", "proposal")],
)
def test_a_draft_or_proposal_is_no_order(status: str, intent: str) -> None:
    """Our own suggestion, stored by the EHR, is not an order."""
    assert judged(orders=(order(ago(hours=1), status, intent),)).kind is NONE


def test_an_order_younger_than_an_unusable_result_wins() -> None:
    """Ruling 51: the repeat is on its way."""
    unusable = result(300, unit="", when=ago(hours=10))
    assert judged(unusable, orders=(order(ago(hours=5)),)).kind is PENDING
    assert judged(unusable, orders=(order(ago(hours=15)),)).kind is UNUSABLE


def test_an_awaited_result_older_than_an_unusable_one_does_not_silence() -> None:
    """Ruling 51: only what is younger than an unusable result replaces it."""
    unusable = result(300, unit="", when=ago(hours=10))
    assert judged(unusable, result(300, preliminary=True, when=ago(hours=5))).kind is PENDING
    assert judged(unusable, result(300, preliminary=True, when=ago(hours=15))).kind is UNUSABLE


def test_a_result_dated_ahead_is_not_seen() -> None:
    """A collection time after the assessment is no result of today."""
    ahead = observation(
        "laboratory",
        concept(coding(LOINC, FEU)),
        effectiveDateTime="2026-11-21T08:00:00Z",
        valueQuantity=measured(300, "ng/mL FEU", None),
    )
    assert read_d_dimer(seen(ahead), rules("dvt"), None, UNTREATED).kind is NONE
