"""The lines of `Why this card`: each thing once, with what dates and explains it."""

import pytest

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.writing.reasons import recorded, told_once
from tests.spec.fhir_json import Json, concept, condition, icd, snomed
from tests.spec.moments import day_ago
from tests.unit.record import ago, day, library, measured, said, seen

L, R = Side.LEFT, Side.RIGHT
IMPLIED = {"radicular_pain": ("leg_pain",)}


def finding(*entries: Statement) -> Finding:
    """A finding that rests on these entries."""
    first = entries[0]
    return Finding(first.finding, first.status, first.side, entries)


def told(*findings: Finding) -> list[str]:
    """The ids that remain, in order."""
    return [f.id for f in told_once(findings, IMPLIED)]


ENTRY = "Condition/c"
ROOT = finding(said("radicular_pain", side=L, source=ENTRY))


@pytest.mark.parametrize(
    ("other", "kept"),
    [
        pytest.param(said("leg_pain", side=L, source=ENTRY), False, id="of the same entry"),
        pytest.param(said("leg_pain", side=L, source="Condition/d"), True, id="of another entry"),
        pytest.param(said("leg_pain", side=R, source=ENTRY), True, id="of the other side"),
        pytest.param(said("paresthesia", side=L, source=ENTRY), True, id="not implied"),
    ],
)
def test_what_another_line_implies_is_not_told_again(other: Statement, *, kept: bool) -> None:
    """Sciatica says leg pain; both of one diagnosis are one line."""
    assert (other.finding in told(ROOT, finding(other))) is kept


@pytest.mark.parametrize(
    ("again", "lines"),
    [
        pytest.param(said("calf_pain", side=L, source="Condition/d"), 1, id="same day"),
        pytest.param(said("calf_pain", side=L, when=ago(days=2)), 2, id="another day"),
        pytest.param(said("calf_pain", side=R), 2, id="other side"),
        pytest.param(said("calf_pain", Status.ABSENT, side=L), 2, id="denied"),
    ],
)
def test_the_same_on_one_day_is_told_once(again: Statement, lines: int) -> None:
    """Two entries of one complaint, side and day are one line."""
    first = finding(said("calf_pain", side=L))
    assert len(told(first, finding(again))) == lines


def test_two_measurements_of_one_day_are_both_told() -> None:
    """A number is never dropped for another number."""
    left, again = (
        measured("mrc", value, side=L, source=f"Observation/{value}") for value in (2, 4)
    )
    assert told(finding(left), finding(again)) == ["mrc", "mrc"]


@pytest.mark.parametrize(
    ("onset", "line"),
    [
        pytest.param(day(10), "since 10 Nov 2026, last recorded 20 Nov 2026", id="began before"),
        pytest.param(day(0), "· 20 Nov 2026 (", id="began that day"),
    ],
)
def test_a_stated_onset_stands_beside_the_record(onset: Moment, line: str) -> None:
    """When it began and when it was last recorded are two dates."""
    entry = said("calf_pain", side=L, onset=onset, onset_assumed=False, source=ENTRY)
    assert line in recorded(finding(entry), library())


def test_an_assumed_onset_is_not_told_as_one() -> None:
    """Without a stated onset only the date of the record is known."""
    assert "since" not in recorded(finding(said("calf_pain", side=L, when=day(3))), library())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(icd("C50.911", ""), "breast", id="ICD-10-CM"),
        pytest.param(snomed("254837009", ""), "breast", id="SNOMED CT"),
    ],
)
def test_a_cancer_is_named_with_its_kind(code: Json, kind: str) -> None:
    """A reader wants to know which cancer; the words are those of the code, without its mark."""
    entry = condition(concept(code), recordedDate=day_ago(30))
    line = recorded(seen(entry).of("cancer_history"), library())
    assert line.startswith("cancer, past or current")
    assert kind in line.lower()
    assert "(disorder)" not in line


def test_a_due_date_shows_the_date() -> None:
    """The reader sees which date of delivery was believed, also where it stands for pregnancy."""
    due = said("reader:edd", Status.UNKNOWN, moment_value=day(-56))
    assert "15 Jan 2027" in recorded(finding(due), library())
    expecting = recorded(Finding("pregnant", Status.PRESENT, evidence=(due,)), library())
    assert "pregnancy: present (expected date of delivery 15 Jan 2027)" in expecting


@pytest.mark.parametrize("unit", ["{score}", "/10", "[x](https://evil.example)"])
def test_a_pain_score_is_told_without_its_unit(unit: str) -> None:
    """Leg against back: two numbers, whatever unit the client writes behind them."""
    scores = [
        measured("reader:pain_score", value, side=side, unit=unit, source=f"Observation/{value}")
        for value, side in ((7, L), (4, Side.UNSPECIFIED))
    ]
    line = recorded(Finding("leg_pain_dominant", Status.PRESENT, L, tuple(scores)), library())
    assert "(left 7, 4)" in line


def test_a_unit_kept_as_recorded_is_quoted() -> None:
    """A laboratory's own unit is text of the record, escaped like any other (invariant 6)."""
    result = measured("reader:crp", 80, unit="[x](https://evil.example)")
    line = recorded(Finding("crp_raised", Status.PRESENT, evidence=(result,)), library())
    assert "](" not in line
    plain = measured("reader:crp", 80, unit="mg/L")
    assert "(“80 mg/L”)" in recorded(
        Finding("crp_raised", Status.PRESENT, evidence=(plain,)), library()
    )
