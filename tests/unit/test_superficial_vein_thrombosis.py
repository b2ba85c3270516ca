"""Superficial vein thrombosis (rows O2 and O3, rulings 18, 34 and 36)."""

from typing import Any

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Statement as Entry
from cds_service.clinical.fact import Status
from cds_service.clinical.rulebook import Row
from cds_service.clinical.side import Side
from cds_service.clinical.topics import superficial_vein_thrombosis as svt
from tests.spec import moments
from tests.spec.fhir_json import Json, body_site, concept, condition, icd, procedure, snomed
from tests.spec.signs import LOWER_LIMB
from tests.unit.record import advice, day, found, library, said, shown, states

LEFT, RIGHT, BOTH = Side.LEFT, Side.RIGHT, Side.BOTH
HIGH, PLAIN = [("svt-high", LEFT)], [("svt", LEFT)]
THIGH = snomed("68367000", "Thigh structure (body structure)")


def cord(days: int | None = 0, code: str = "icd10cm|I80.02", **more: Any) -> Entry:
    """A superficial vein thrombosis of the left leg, recorded so many days ago."""
    when = None if days is None else day(days)
    given = {"side": LEFT, "source": "Condition/svt", "codes": (code,)} | more
    return said("svt", when=when, **given)


def judged(*entries: Entry, earlier: tuple[Assessment, ...] = ()) -> list[tuple[str, Side]]:
    """State and side of the assessment, nothing where the table does not open."""
    book = library().rulebook
    return [(a.state, a.side) for a in svt.assess(found(*entries), book, earlier)]


@pytest.mark.parametrize(("days", "expected"), [(44, PLAIN), (45, PLAIN), (46, [])])
def test_a_thrombosis_counts_for_45_days(days: int, expected: list[object]) -> None:
    """Ruling 36: recorded at most 45 days ago, or begun then."""
    assert judged(cord(days)) == expected
    assert judged(cord(0, onset=day(days), onset_assumed=False)) == expected


def test_an_old_thrombosis_recorded_again_is_not_new() -> None:
    """Ruling 36: the earliest record counts, of the same leg only."""
    assert judged(cord(), cord(400, source="Condition/old")) == []
    assert judged(cord(), cord(400, source="Condition/old", side=RIGHT)) == PLAIN


def test_a_resolved_or_chronic_thrombosis_is_silent() -> None:
    """Ruling 36: resolved entries and the chronic code open nothing."""
    assert judged(cord(current=False)) == []
    chronic = condition(concept(snomed("709602009", "")), recordedDate=moments.day_ago(0))
    assert "superficial_vein_thrombosis" not in states(advice(chronic))


@pytest.mark.parametrize(
    "risk",
    [
        pytest.param(said("svt_high", side=LEFT), id="site, length or junction"),
        pytest.param(said("active_cancer"), id="cancer"),
        pytest.param(said("previous_dvt", when=day(2000)), id="earlier DVT"),
        pytest.param(said("pregnant"), id="pregnancy"),
        pytest.param(
            said("reader:pe_diagnosis", when=day(2000), source="Condition/pe"), id="earlier PE"
        ),
    ],
)
def test_a_risk_makes_it_high(risk: Entry) -> None:
    """O2: above the knee, near the junction, 5 cm, pregnancy, cancer or earlier thrombosis."""
    assert judged(cord(), risk) == HIGH


@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param(said("active_cancer", Status.ABSENT), id="no cancer"),
        pytest.param(
            said("reader:pe_diagnosis", suspected=True, source="Condition/pe"), id="suspected PE"
        ),
    ],
)
def test_what_is_no_risk(doubt: Entry) -> None:
    """A risk recorded absent, or merely suspected, does not make it high."""
    assert judged(cord(), doubt) == PLAIN


def test_high_risk_answered_for_the_other_leg() -> None:
    """An answer for the right leg is a thrombosis of the right leg: both are told."""
    assert judged(cord(), said("svt_high", side=RIGHT)) == [("svt-high", BOTH)]


def test_the_thigh_is_above_the_knee() -> None:
    """O2: a body site above the knee."""
    site = [body_site(THIGH, "L")]
    chart = condition(concept(icd("I80.02", "")), recordedDate=moments.day_ago(1), bodySite=site)
    assert states(advice(chart))["superficial_vein_thrombosis"] == "svt-high"


@pytest.mark.parametrize("code", ["308136002", "308137006"])
def test_the_code_itself_may_say_pregnancy(code: str) -> None:
    """Superficial thrombophlebitis in pregnancy or puerperium is high-risk by its name."""
    assert judged(cord(code=f"snomed|{code}")) == HIGH


@pytest.mark.parametrize(("days", "state"), [(41, "svt-high"), (42, "svt-high"), (43, "svt")])
def test_the_puerperium_counts_as_pregnancy(days: int, state: str) -> None:
    """42 days after delivery, as in the DVT rows."""
    delivery = procedure(concept(snomed("177184002", "")), moments.day_ago(days))
    chart = condition(concept(icd("I80.02", "")), recordedDate=moments.day_ago(1))
    assert states(advice(chart, delivery))["superficial_vein_thrombosis"] == state


@pytest.mark.parametrize(
    "code", ["icd10cm|I80.3", "icpc2|K94", "snomed|309735004", "snomed|64156001"]
)
def test_depth_unknown_is_never_high(code: str) -> None:
    """Ruling 34: strong trigger and O3, whatever the risk; the card says why."""
    entries = (cord(code=code), said("active_cancer"))
    assert judged(*entries) == PLAIN
    (assessment,) = svt.assess(found(*entries), library().rulebook, ())
    assert [note.id for note in assessment.notes] == ["depth-not-stated"]


def test_an_arm_is_no_leg() -> None:
    """A cannula phlebitis of the forearm opens nothing."""
    forearm = body_site(snomed("14975008", "Forearm structure (body structure)"), "L")
    today = moments.day_ago(0)
    arm = condition(concept(snomed("2477008", "")), recordedDate=today, bodySite=[forearm])
    assert shown(advice(arm)) == []
    leg = arm | {"bodySite": [body_site(LOWER_LIMB, "L")]}
    assert shown(advice(leg)) == ["svt"]


@pytest.mark.parametrize(
    "card", ["pe-unstable", "pe-suspected", "limb-ischemia", "phlegmasia", "compartment-syndrome"]
)
def test_it_stays_away_beside_an_emergency(card: str) -> None:
    """Table O is not shown when one of E1 to E5 fired."""
    row = Row("E", "E", card, card)
    emergency = Assessment("any", row)
    assert judged(cord(), earlier=(emergency,)) == [("vascular-emergency-first", LEFT)]
    assert judged(earlier=(emergency,)) == []


def chart(code: str) -> Json:
    """A problem of today."""
    return condition(concept(icd(code, "")), recordedDate=moments.day_ago(0))


def test_the_indicator_follows_the_risk() -> None:
    """O2 is a warning, O3 an info card; both ask for a duplex."""
    plain = advice(chart("I80.02"))
    high = advice(chart("I80.02"), chart("Z86.718"))
    assert [(c.id, c.indicator) for c in plain.cards] == [("svt", "info")]
    assert ("svt", "warning") in [(c.id, c.indicator) for c in high.cards]
    assert "High-risk" in next(c.summary for c in high.cards if c.id == "svt")
    assert [s.label for s in plain.cards[0].suggestions] == [
        "Order leg vein duplex, superficial and deep"
    ]


def test_one_card_of_the_vessels_at_most() -> None:
    """Table O: SVT before the ABI cards, limb threat before SVT; what waits is named."""
    claudication = condition(concept(snomed("63491006", "")), recordedDate=moments.day_ago(0))
    both = advice(chart("I80.02"), claudication)
    assert [c for c in shown(both) if c.startswith(("svt", "pad", "clti"))] == ["svt"]
    assert "ankle-brachial index" in both.cards[0].detail
    threat = advice(chart("I80.02"), chart("I70.222"))
    assert shown(threat) == ["clti"]
    assert "superficial vein thrombosis" in threat.cards[0].detail
