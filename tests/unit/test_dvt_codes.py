"""Which codes of a leg reach the DVT table, and as what (rulings 8, 19, 20, 21, 34 and 61)."""

from typing import Any

import pytest

from cds_service.clinical.assessment import Interval
from tests.spec.fhir_json import (
    ICD10CM,
    ICPC2,
    SNOMED,
    Json,
    body_site,
    coding,
    concept,
    condition,
    icd,
    observation,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import advice, shown, states
from tests.unit.test_dvt_rulings import (
    CALF_PAIN,
    LEG,
    LEG_PAIN,
    NINE,
    NO_HISTORY,
    dvt,
    lab,
    noted,
    problem,
    scan,
)

CALF = snomed("53840002", "Structure of calf of leg")
POPLITEAL = snomed("32361000", "Structure of popliteal fossa")
KNEE = snomed("72696002", "Knee region structure")
WHO = "http://hl7.org/fhir/sid/icd-10"


def at(code: str, site: Json | None = None, side: str | None = None, **more: Any) -> Json:
    """A problem of today by SNOMED CT code, with its site."""
    place = body_site(site, side)
    sited: dict[str, Any] = {"bodySite": [place]} if place else {}
    return condition(concept(snomed(code, "")), **{"recordedDate": day_ago(0)} | sited | more)


def score(*resources: Json) -> Interval:
    """The bounds of the Wells score of the leg shown."""
    (placed,) = (p for p in advice(*resources).placed if p.assessment.topic == "dvt")
    assert placed.assessment.score is not None
    return placed.assessment.score


@pytest.mark.parametrize(
    ("site", "side", "scores"),
    [
        pytest.param(CALF, "L", True, id="calf"),
        pytest.param(POPLITEAL, "L", True, id="popliteal fossa"),
        pytest.param(LEG, "L", False, id="leg"),
        pytest.param(KNEE, "L", False, id="knee"),
        pytest.param(None, "L", False, id="side without site"),
        pytest.param(None, None, False, id="neither"),
    ],
)
def test_tenderness_scores_along_the_deep_veins_only(
    site: Json | None, side: str | None, *, scores: bool
) -> None:
    """Ruling 20: 301423002 is item 4 at calf, popliteal fossa or medial thigh, else nothing."""
    tender = at("301423002", site, side)
    assert (score(CALF_PAIN, tender).lower > score(CALF_PAIN).lower) is scores
    assert (dvt(tender) != "silent-no-trigger") is scores


@pytest.mark.parametrize(
    "code", ["247348008", "276323006", "444827008", "420356000", "102599008", "248420006"]
)
def test_unsited_signs_are_no_leg_sign(code: str) -> None:
    """Ruling 20: tenderness, redness and warmth need a leg body site, and score no item there."""
    assert dvt(at(code)) == "silent-no-trigger"
    assert dvt(at(code, CALF, "L")) == "undetermined"


def pitting(side: str | None) -> Json:
    """Pitting edema by SNOMED CT code."""
    return observation(
        "exam",
        concept(snomed("421605005", "Pitting edema of leg")),
        effectiveDateTime=ago(hours=1),
        valueBoolean=True,
        bodySite=body_site(None, side),
    )


def test_unsided_pitting_of_a_flowsheet_is_no_point() -> None:
    """Ruling 20: SNOMED pitting scores with a side only; our own code scores without (v100)."""
    bare = score(CALF_PAIN).lower
    assert score(CALF_PAIN, pitting("L")).lower == bare + 1
    assert score(CALF_PAIN, pitting(None)).lower == bare
    assert score(CALF_PAIN, noted("pitting_edema", side=None)).lower == bare + 1


@pytest.mark.parametrize(
    ("company", "state"),
    [
        pytest.param([], "weak-trigger", id="alone"),
        pytest.param([problem("M79.604")], "weak-trigger", id="pain of the other leg"),
        pytest.param([LEG_PAIN], "undetermined", id="pain of this leg"),
        pytest.param([noted("deep_vein_tenderness")], "undetermined", id="a Wells sign"),
        pytest.param([scan(1, "48065-7")], "undetermined", id="D-dimer ordered"),
        pytest.param([scan(1)], "imaging-pending", id="scan ordered"),
    ],
)
def test_a_limb_lump_or_swelling_code_needs_company(company: list[Json], state: str) -> None:
    """Ruling 21: R22.42 is a weak trigger until pain, a sign or an order stands beside it."""
    assert dvt(problem("R22.42"), *company) == state


def test_swelling_of_both_legs_asks_once() -> None:
    """Ruling 21: R22.43 asks for the worse leg, unless edema is on record for over 90 days."""
    both = problem("R22.43")
    assert shown(advice(both)) == ["dvt-bilateral"]
    assert shown(advice(both, problem("R60.0", day_ago(100)))) == []


SWOLLEN_BOTH = at("762898005")


def test_bilateral_swelling_is_scored_from_two_points_on() -> None:
    """Ruling 8: D12 only with at most one point and every strong trigger bilateral."""
    one, two = (noted(item, side=None) for item in ("active_cancer", "previous_dvt"))
    assert dvt(SWOLLEN_BOTH, one) == "bilateral"
    assert dvt(SWOLLEN_BOTH, one, two) != "bilateral"
    assert dvt(SWOLLEN_BOTH, CALF_PAIN, one) != "bilateral"
    assert dvt(SWOLLEN_BOTH, *[noted(item, side=None) for item in NINE[:4]]) == "likely-certain"


@pytest.mark.parametrize(
    ("days", "items", "more", "state"),
    [
        pytest.param(14, 0, [], "cellulitis-overlap", id="14 days"),
        pytest.param(15, 0, [], "undetermined", id="15 days"),
        pytest.param(1, 3, [], "cellulitis-overlap", id="3 points"),
        pytest.param(1, 4, [], "likely-certain", id="4 points"),
        pytest.param(1, 0, [noted("antibiotic_failing")], "undetermined", id="no response"),
        pytest.param(1, 0, [lab(4000)], "ddimer-positive", id="D-dimer positive"),
    ],
)
def test_the_limits_of_the_cellulitis_row(
    days: int, items: int, more: list[Json], state: str
) -> None:
    """Ruling 8: recorded within 14 days, at most 3 points, responding to antibiotics."""
    signs = [noted(item) for item in NINE[3 : 3 + items]]
    cellulitis = problem("L03.116", day_ago(days))
    assert dvt(CALF_PAIN, cellulitis, *NO_HISTORY, *signs, *more) == state


def test_an_amputated_leg_that_is_likely_stays_likely() -> None:
    """Ruling 8: D8 does not outrank a leg that is likely for certain."""
    lost = problem("Z89.512", "2015-01-01")
    chart = (noted("leg_swelling"), lost, *[noted(item) for item in NINE[:4]])
    assert dvt(*chart) == "likely-certain"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "128053003"),
        (SNOMED, "132281000119108"),
        (ICD10CM, "I82.90"),
        (WHO, "I82.9"),
    ],
)
def test_a_clot_of_an_unspecified_vein_needs_a_leg_to_be_current(system: str, code: str) -> None:
    """Ruling 19: always a previous DVT; current only with a leg body site or a strong trigger."""
    clot = condition(concept(coding(system, code)), recordedDate=day_ago(3))
    sited = clot | {"bodySite": [body_site(LEG, "L")]}
    assert dvt(clot) == "silent-no-trigger"
    assert dvt(sited) == "known-untreated"
    assert dvt(clot, CALF_PAIN) == "known-untreated"
    old = clot | {"recordedDate": day_ago(400)}
    assert score(CALF_PAIN, old).lower == score(CALF_PAIN).lower + 1


@pytest.mark.parametrize(
    ("system", "code"),
    [(ICD10CM, "I80.3"), (ICPC2, "K94"), (SNOMED, "64156001"), (SNOMED, "309735004")],
)
def test_a_phlebitis_of_unknown_depth_opens_and_never_scores(system: str, code: str) -> None:
    """Ruling 34: a strong trigger and a superficial vein card, never a point."""
    entry = condition(concept(coding(system, code)), recordedDate=day_ago(2))
    found = states(advice(entry))
    assert found["dvt"] == "undetermined"
    assert found["superficial_vein_thrombosis"] == "svt"
    assert score(CALF_PAIN, entry).lower == score(CALF_PAIN).lower


@pytest.mark.parametrize("code", ["195437003", "128055005", "95448006"])
def test_a_clot_of_pelvis_or_cava_is_history_and_printed(code: str) -> None:
    """Ruling 34: it scores as previous DVT, is never the current one of a leg, and is told."""
    clot = at(code, recordedDate=day_ago(20))
    assert dvt(clot) == "silent-no-trigger"
    assert score(CALF_PAIN, clot).lower == score(CALF_PAIN).lower + 1
    (card,) = (c for c in advice(CALF_PAIN, clot).cards if c.id == "dvt-undetermined")
    assert "clot of the pelvic veins or the vena cava is on record" in card.detail


@pytest.mark.parametrize("code", ["L03.119", "L03.114", "L03.115"])
def test_cellulitis_of_another_part_does_not_damp(code: str) -> None:
    """Section C: part of limb, arm or the other leg is not cellulitis of this leg."""
    entry = condition(concept(icd(code, "")), recordedDate=day_ago(0))
    assert dvt(CALF_PAIN, entry, *NO_HISTORY) == "undetermined"
