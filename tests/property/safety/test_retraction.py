"""Property 8: what was retracted, refuted or is over does not count; taken back, it does again."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from cds_service.clinical.rulebook import Reading
from cds_service.pipeline import Advice
from tests.property.charts import MANY, Chart, advised, anyone, face
from tests.property.safety.urgency import rank
from tests.spec.fhir_json import HL7, Json, coding, concept
from tests.spec.moments import day_ago
from tests.unit.record import library

REFUTED = concept(coding(f"{HL7}/condition-ver-status", "refuted"))
WRONG = concept(coding(f"{HL7}/condition-ver-status", "entered-in-error"))
RESOLVED = concept(coding(f"{HL7}/condition-clinical", "resolved"))
# What was done or happened counts by its date, whatever the list says of it now.
PAST_EVENTS = {"reader:pe_diagnosis", "reader:cancer_treatment", "reader:palliative_care"}
places = st.sets(st.integers(1, 12))


def retracted(entry: Json) -> Json:
    """The same entry, entered in error."""
    if entry["resourceType"] == "Condition":
        return entry | {"verificationStatus": WRONG}
    return entry | {"status": "entered-in-error"}


def conditions_as(members: Json, chart: Chart) -> Chart:
    """The chart with all problems changed."""
    return [entry | members if entry["resourceType"] == "Condition" else entry for entry in chart]


def present_problems(found: Advice) -> set[tuple[str, str]]:
    """Findings that a problem of the list supports as present, in any assessment."""
    return {
        (finding.id, entry.source)
        for finding in chain.from_iterable(p.assessment.findings for p in found.placed)
        if finding.present
        for entry in finding.evidence
        if entry.source.startswith("Condition/")
    }


@MANY
@given(chart=anyone, gone=places)
def test_what_was_entered_in_error_does_not_exist(chart: Chart, gone: set[int]) -> None:
    """Property 8: a retracted entry is the same as none."""
    wrong = [retracted(entry) if n in gone else entry for n, entry in enumerate(chart)]
    without = [entry for n, entry in enumerate(chart) if n not in gone]
    assert face(advised(wrong)) == face(advised(without))


@MANY
@given(chart=anyone, gone=places)
def test_a_retraction_taken_back_restores_the_cards(chart: Chart, gone: set[int]) -> None:
    """Property 8: nothing of the retracted record is kept, so its return is the first answer."""
    wrong = [retracted(entry) if n in gone else entry for n, entry in enumerate(chart)]
    before = face(advised(chart))
    advised(wrong)
    assert face(advised(chart)) == before


@MANY
@given(chart=anyone)
def test_what_was_refuted_never_counts_as_present(chart: Chart) -> None:
    """Property 8: a refuted problem is evidence of nothing present."""
    assert present_problems(advised(conditions_as({"verificationStatus": REFUTED}, chart))) == set()


@MANY
@given(chart=anyone)
def test_what_was_refuted_never_makes_urgent(chart: Chart) -> None:
    """Property 8: no card is more urgent with refuted problems than without them."""
    refuted = advised(conditions_as({"verificationStatus": REFUTED}, chart))
    without = advised([entry for entry in chart if entry["resourceType"] != "Condition"])
    assert rank(refuted) <= rank(without)


@MANY
@given(chart=anyone)
def test_what_is_long_over_is_history_only(chart: Chart) -> None:
    """Property 8: a problem resolved years ago supports nothing but what counts for life."""
    over: Json = {"clinicalStatus": RESOLVED, "abatementDateTime": day_ago(900)}
    counted = {name for name, _ in present_problems(advised(conditions_as(over, chart)))}
    assert {name for name in counted - PAST_EVENTS if not is_history(name)} == set()


def is_history(finding: str) -> bool:
    """Whether a finding counts whatever its clinical status."""
    return library().rulebook.findings[finding].reading is Reading.HISTORY
