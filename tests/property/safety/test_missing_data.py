"""Property 3: absence is not denial; what is lost never reassures."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cds_service.clinical.engine import find
from cds_service.clinical.finding import Unknown
from cds_service.clinical.findings import Findings
from cds_service.clinical.side import Side
from cds_service.errors import DataUnavailableError
from cds_service.fhir.prefetch import gather
from cds_service.pipeline import Advice, advise
from tests.property.charts import MANY, Chart, advised, answers, anyone, of_patient, recorded
from tests.property.entries import due, measured, told
from tests.property.pools import (
    ASKED,
    GIRDLE_TESTS,
    ROOT_TESTS,
    SIJ_TESTS,
    SPINE_FLAGS,
    STRAIN,
    WELLS,
)
from tests.spec.moments import day_ago
from tests.unit.record import AS_OF, PATIENT, library, numbered, prefetch, raw, read, words, writer

# States, and the one row of a state that says less while tests are open.
REASSURING = {
    "sij-all-negative",
    "sij-unreachable",
    "PGP3-complete",
    "radiculopathy-unlikely",
    "unlikely-certain",
    "unlikely-ddimer-neg",
    "imaged-neg-whole",
    "imaged-neg-closed",
    "cauda-equina-safety-net",
    "calf-strain",
}
FAILURE = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
FRAME = numbered(
    told("calf_pain", side="L") | {"id": "calf"},
    told("buttock_pain", side="L") | {"id": "buttock"},
    told("bilateral_radicular_pain") | {"id": "both"},
)
NEGATIVE_D_DIMER = numbered(measured("48065-7", 200) | {"id": "lab"})
DUE = numbered(due(day_ago(-60)) | {"id": "due"})
ONE_BY_ONE = tuple(
    dict.fromkeys(WELLS + SIJ_TESTS + GIRDLE_TESTS + ROOT_TESTS + SPINE_FLAGS + STRAIN)
)

one_each = st.lists(
    answers(ONE_BY_ONE, st.sampled_from([None, "L"])),
    min_size=1,
    max_size=14,
    unique_by=lambda entry: str(entry["code"]),
).map(lambda found: numbered(*({"id": f"a{n}"} | entry for n, entry in enumerate(found))))


def reassurances(advised_: Advice) -> set[str]:
    """The states that tell a clinician to worry less."""
    concluded = [placed.assessment for placed in advised_.placed]
    return ({a.state for a in concluded} | {a.row.id for a in concluded}) & REASSURING


def upper_ends(advised_: Advice) -> dict[str, int]:
    """The highest score and cluster counts still possible."""
    ends = {}
    for assessment in (placed.assessment for placed in advised_.placed):
        if assessment.score:
            ends[f"score {assessment.side}"] = assessment.score.upper
        ends |= {f"{n} {assessment.side}": i.upper for n, i in assessment.clusters.items()}
    return ends


def less_one(chart: Chart, lost: int) -> Chart:
    """The chart without one of its entries."""
    return [entry for n, entry in enumerate(chart) if n != lost % len(chart)]


@MANY
@given(found=one_each, lost=st.integers(0, 13), lab=st.booleans(), expecting=st.booleans())
def test_losing_a_fact_never_reassures(
    found: Chart, lost: int, *, lab: bool, expecting: bool
) -> None:
    """Property 3: without an answer no reassuring state appears, nothing becomes less possible."""
    frame = [*FRAME, *(NEGATIVE_D_DIMER if lab else []), *(DUE if expecting else [])]
    whole, part = advised([*frame, *found]), advised([*frame, *less_one(found, lost)])
    assert reassurances(part) <= reassurances(whole)
    ends = upper_ends(whole)
    assert all(end >= ends.get(name, end) for name, end in upper_ends(part).items())


@MANY
@given(found=one_each, lab=st.booleans())
def test_losing_a_query_never_reassures(found: Chart, *, lab: bool) -> None:
    """Property 3: where examination or laboratory could not be read nothing is less possible."""
    known: dict[str, Any] = {
        "conditions": prefetch(*FRAME)["conditions"],
        "exam": prefetch(*found)["conditions"],
    }
    if lab:
        known["labs"] = prefetch(*NEGATIVE_D_DIMER)["conditions"]
    whole = advised([], **known)
    for key in known.keys() - {"conditions"}:
        part = advised([], **known | {key: FAILURE})
        assert reassurances(part) <= reassurances(whole)
        ends = upper_ends(whole)
        assert all(end >= ends.get(name, end) for name, end in upper_ends(part).items())


def findings_of(chart: Chart) -> Findings:
    """The findings of a chart."""
    return find(read(*chart), library().rulebook)


@MANY
@given(chart=anyone, lost=st.integers(0, 20))
def test_losing_a_fact_never_turns_unknown_into_absent(chart: Chart, lost: int) -> None:
    """Property 3: what was unknown stays unknown or is still present; conflicts apart."""
    known = recorded(chart)
    whole, part = findings_of(known), findings_of(less_one(known, lost))
    for finding in ASKED:
        for side in (None, Side.LEFT, Side.RIGHT):
            legs = [whole.of(finding, leg) for leg in (side, Side.LEFT, Side.RIGHT)]
            conflicting = any(leg.reason is Unknown.CONFLICTING for leg in legs)
            if whole.of(finding, side).unknown and not conflicting:
                assert not part.of(finding, side).absent


@MANY
@given(chart=anyone, lost=st.sampled_from(["patient", "conditions"]), failed=st.booleans())
def test_silence_needs_all_required_data(chart: Chart, lost: str, *, failed: bool) -> None:
    """Property 3: with a required query unread the answer is a critical card or 412, never none."""
    answered = prefetch(*recorded(chart)) | of_patient(chart)
    observed = {"exam": answered["conditions"]} if lost == "conditions" else {}
    answered |= observed | {lost: FAILURE}
    if not failed:
        del answered[lost]
    assert critical_or_unavailable(answered) in ("critical", lost)


def critical_or_unavailable(answered: dict[str, Any]) -> str:
    """`critical` where such a card shows, the keys of a 412, anything else as the cards shown."""
    try:
        found = advise(gather(raw(answered), PATIENT), words(), writer(), AS_OF)
    except DataUnavailableError as error:
        return ", ".join(error.keys)
    cards = [card.indicator for card in found.cards]
    return "critical" if "critical" in cards else f"cards {cards}"
