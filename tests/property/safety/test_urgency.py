"""Properties 1 and 12: urgency never falls when a danger is added, and no danger is cut."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.rulebook import Tier
from cds_service.clinical.side import Side
from cds_service.pipeline import Advice
from tests.property.charts import MANY, Chart, advised, anyone
from tests.property.entries import measured, problem, told
from tests.property.safety.urgency import URGENT, rank, shown, tier
from tests.spec.fhir_json import Json
from tests.spec.moments import ago
from tests.unit.record import library, numbered

# Newer than every order of the charts: what was ordered before a sign began is no answer to it.
JUST_NOW = ago(hours=0.1)


def sign(finding: str, side: str | None = None) -> Json:
    """A finding of just now."""
    return told(finding, JUST_NOW, side=side)


EMERGENCIES = st.sampled_from(
    [
        [sign("calf_pain", "L"), sign("dyspnea_new")],
        [sign("calf_pain", "R"), measured("8480-6", 80, JUST_NOW)],
        [sign("cold", "L"), sign("leg_pain", "L")],
        [sign("ali", "R")],
        [sign("entire_leg_swollen", "L"), sign("cyanosis", "L")],
        [sign("tense_compartment", "L"), sign("passive_stretch_pain", "L")],
        [measured("delta_pressure", 10, JUST_NOW, side="R")],
        [sign("saddle_sensory_change")],
        [sign("anal_tone_reduced")],
        [sign("low_back_pain"), sign("bladder_dysfunction")],
        [measured("pvr_ml", 500, JUST_NOW)],
        [problem("Z85.3"), sign("low_back_pain"), sign("gait_disturbance")],
        [sign("umn_signs")],
        [sign("low_back_pain"), sign("fever"), sign("sensory_deficit", "L")],
        [measured("mrc", 2, JUST_NOW, side="R")],
    ]
)
# Rows by which a table hands a topic over to the emergency card, which then prints its findings.
FOLDED = {
    "folded-into-emergency",
    "leg-weakness-in-cauda-equina",
    "vascular-emergency-first",
}


def with_emergency(chart: Chart, emergency: Chart) -> Chart:
    """The chart with the entries of an emergency."""
    added = [entry | {"id": f"sign-{n}"} for n, entry in enumerate(emergency)]
    return [*chart, *numbered(*added)]


def present(assessment: Assessment, leg: Side = Side.BOTH) -> set[tuple[str, str]]:
    """What the card gives as present of this leg, or of any: each finding with its sources."""
    return {
        (finding.id, entry.source)
        for finding in assessment.findings
        if finding.present and finding.side.covers(leg)
        for entry in finding.evidence
    }


def told_by(emergencies: list[Assessment], folded: Assessment) -> bool:
    """Whether one of these cards prints what the folded one said of its leg."""
    return any(present(folded, card.side) <= present(card) for card in emergencies)


def states(advised_: Advice) -> Mapping[str, str]:
    """The state of each topic."""
    return {placed.assessment.topic: placed.assessment.state for placed in advised_.placed}


@MANY
@given(chart=anyone, emergency=EMERGENCIES)
def test_an_emergency_sign_never_lowers_urgency(chart: Chart, emergency: Chart) -> None:
    """Property 1: the highest tier and indicator stay or rise when an emergency sign is added."""
    before, after = rank(advised(chart)), rank(advised(with_emergency(chart, emergency)))
    assert after[0] >= before[0]
    assert after[1] >= before[1]


@MANY
@given(chart=anyone, emergency=EMERGENCIES)
def test_an_emergency_sign_removes_no_urgent_card(chart: Chart, emergency: Chart) -> None:
    """Property 1: each urgent topic stays on show, or its findings stand on the emergency card."""
    before, after = advised(chart), advised(with_emergency(chart, emergency))
    now = {a.topic: a for a in shown(after)}
    emergencies = [a for a in shown(after) if a.tier is Tier.EMERGENCY]
    for assessment in (a for a in shown(before) if tier(a) >= URGENT):
        kept = now.get(assessment.topic)
        if kept is None or tier(kept) < tier(assessment):
            assert states(after)[assessment.topic] in FOLDED
            assert told_by(emergencies, assessment)


@MANY
@given(chart=anyone)
def test_cards_stand_in_the_order_of_their_tiers(chart: Chart) -> None:
    """Property 12: emergencies first, then urgent cards, then routine ones."""
    order = [tier(assessment) for assessment in shown(advised(chart))]
    assert order == sorted(order, reverse=True)


@MANY
@given(chart=anyone)
def test_routine_cards_are_few(chart: Chart) -> None:
    """Property 12: at most three cards unless more than three are urgent (ruling 30)."""
    cards = shown(advised(chart))
    urgent = [a for a in cards if tier(a) >= URGENT]
    rules = library().rulebook.triage
    counted = [a for a in cards if tier(a) < URGENT and a.card not in rules.never_cut]
    assert len(counted) <= max(0, rules.most_cards - len(urgent))


@MANY
@given(chart=anyone)
def test_nothing_urgent_is_cut(chart: Chart) -> None:
    """Property 12: only another vessel card withholds an urgent card, never the cap."""
    withheld = [p for p in advised(chart).placed if p.assessment.speaks and not p.shown]
    assert not [p for p in withheld if p.assessment.tier is Tier.EMERGENCY]
    urgent = [p for p in withheld if p.assessment.tier is Tier.URGENT]
    assert {p.because for p in urgent} <= {"one-vessel-card"}
