"""Quiet period: feedback, and only feedback, keeps a card quiet until something changes."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.quiet import PastFeedback, Showing, after_feedback, marks
from cds_service.clinical.rulebook import Tier
from cds_service.hooks.explain import explain
from cds_service.pipeline import Advice, advise
from tests.spec.fhir_json import Json, body_site, concept, observation, own, snomed
from tests.spec.moments import ago
from tests.unit.record import AS_OF, advice, chart, library, shown, words, writer

LEG = snomed("61685007", "Lower limb structure")
BUTTOCK = snomed("46862004", "Buttock structure")
VISIT, OTHER_VISIT = "visit-1", "visit-0"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def exam(finding: str, site: Json = LEG, *, hours: float = 50) -> Json:
    """A finding of the left side, two days ago unless told otherwise."""
    return observation(
        "exam",
        concept(own(finding)),
        effectiveDateTime=ago(hours=hours),
        bodySite=body_site(site, "L"),
        valueBoolean=True,
    )


SADDLE = (exam("saddle_sensory_change"), exam("low_back_pain", BUTTOCK))
CALF = (exam("calf_pain"), exam("deep_vein_tenderness"))
BUTTOCKS = (exam("buttock_pain", BUTTOCK),)
BOTH_LEGS = (
    observation(
        "exam",
        concept(own("bilateral_radicular_pain")),
        effectiveDateTime=ago(hours=50),
        valueBoolean=True,
    ),
)


def concluded(advised: Advice, card: str) -> Assessment:
    """The assessment behind a card that was shown."""
    (found,) = (p.assessment for p in advised.placed if p.shown and p.assessment.card == card)
    return found


def answered(
    *resources: Json, card: str, before: timedelta, encounter: str = VISIT, **more: Any
) -> PastFeedback:
    """Feedback on a card that these resources showed, so long before the assessment."""
    assessment = concluded(advice(*resources), card)
    given: dict[str, Any] = {"outcome": "overridden", "reason": "explained"} | more
    return PastFeedback(
        card=card,
        topic=assessment.topic,
        tier=assessment.tier or Tier.ROUTINE,
        indicator=str(assessment.row.indicator),
        evidence=marks(assessment),
        encounter=encounter,
        at=AS_OF - before,
        **given,
    )


def again(*resources: Json, past: Iterable[PastFeedback]) -> Advice:
    """The same chart viewed again in the encounter, with what was answered before."""
    return advise(chart(*resources, encounter=VISIT), words(), writer(), AS_OF, tuple(past))


def test_without_feedback_the_same_request_gets_the_same_cards() -> None:
    """Ruling 50: having been shown never makes a card quiet."""
    once = again(*CALF, past=())
    assert shown(once) == shown(again(*CALF, past=())) == ["dvt-undetermined"]


@pytest.mark.parametrize("outcome", ["accepted", "overridden"])
@pytest.mark.parametrize(
    ("resources", "card", "span"),
    [
        pytest.param(BOTH_LEGS, "cauda-equina-ask", DAY, id="urgent: a day"),
        pytest.param(BUTTOCKS, "sij-examine", 30 * DAY, id="routine: 30 days"),
        pytest.param(CALF, "dvt-undetermined", DAY, id="DVT: a day"),
    ],
)
def test_feedback_keeps_a_card_quiet_for_its_time(
    resources: tuple[Json, ...], card: str, span: timedelta, outcome: str
) -> None:
    """Ruling 41: urgent 24 h, routine 30 d, whether accepted or overridden."""
    just_inside = answered(*resources, card=card, before=span - MINUTE, outcome=outcome)
    at_the_end = answered(*resources, card=card, before=span, outcome=outcome)
    assert card not in shown(again(*resources, past=[just_inside]))
    assert card in shown(again(*resources, past=[at_the_end]))


def test_a_dvt_card_is_quiet_in_that_encounter_only() -> None:
    """Ruling 41: silent in that encounter; the next encounter hears it again."""
    here = answered(*CALF, card="dvt-undetermined", before=MINUTE)
    elsewhere = answered(*CALF, card="dvt-undetermined", before=MINUTE, encounter=OTHER_VISIT)
    nowhere = answered(*CALF, card="dvt-undetermined", before=MINUTE, encounter="")
    assert shown(again(*CALF, past=[here])) == []
    assert shown(again(*CALF, past=[elsewhere])) == ["dvt-undetermined"]
    assert shown(again(*CALF, past=[nowhere])) == ["dvt-undetermined"]


def test_a_newly_dated_finding_speaks_again() -> None:
    """Ruling 41: a new dated finding ends the quiet period, though the state is the same."""
    past = answered(*CALF, card="dvt-undetermined", before=MINUTE)
    newer = (*CALF, exam("calf_tenderness", hours=1))
    assert shown(again(*newer, past=[past])) == ["dvt-undetermined"]


def test_a_more_urgent_state_speaks_again() -> None:
    """Ruling 41: silent until the state is more urgent; each further sign makes it so."""
    past = answered(*CALF, card="dvt-undetermined", before=MINUTE)
    worse = (*CALF, exam("entire_leg_swollen"))
    assert shown(again(*worse, past=[past])) == ["dvt-likely-pending-alt"]


def test_a_less_urgent_dvt_state_stays_quiet() -> None:
    """Ruling 41: feedback on any DVT card counts; removed evidence is nothing new."""
    worse = (*CALF, exam("entire_leg_swollen"))
    past = answered(*worse, card="dvt-likely-pending-alt", before=MINUTE)
    assert shown(again(*CALF, past=[past])) == []


def test_an_alternative_given_as_reason_only_silences() -> None:
    """Ruling 41: 'alternative at least as likely' never scores the -2 item."""
    past = answered(*CALF, card="dvt-undetermined", before=MINUTE, reason="alternative-diagnosis")
    advised = again(*CALF, past=[past])
    (dvt,) = (p.assessment for p in advised.placed if p.assessment.topic == "dvt")
    assert dvt.score == concluded(advice(*CALF), "dvt-undetermined").score
    assert shown(advised) == []


@pytest.mark.parametrize("reason", ["wrong-data", "explained", "pathway-already-started"])
def test_an_overridden_emergency_is_shown_without_suggestions(reason: str) -> None:
    """Rulings 41 and design 6.9: re-shown until acted on; the override is named on the card."""
    past = answered(*SADDLE, card="cauda-equina-suspected", before=DAY, reason=reason)
    (card,) = again(*SADDLE, past=[past]).cards
    assert card.id == "cauda-equina-suspected"
    assert card.suggestions == ()
    displays = {r.code: r.display for r in library().reasons.reason}
    assert f"Overridden 19 Nov 2026, 15:00 UTC: {displays[reason]}." in card.detail


def test_an_accepted_emergency_keeps_its_suggestions() -> None:
    """Accepting one suggestion does not settle the emergency; the chart does."""
    past = answered(*SADDLE, card="cauda-equina-suspected", before=DAY, outcome="accepted")
    (card,) = again(*SADDLE, past=[past]).cards
    assert card.suggestions


def test_an_emergency_with_new_evidence_offers_its_suggestions_again() -> None:
    """An override answers what was known then."""
    past = answered(*SADDLE, card="cauda-equina-suspected", before=DAY)
    (card,) = again(*SADDLE, exam("anal_tone_reduced", hours=1), past=[past]).cards
    assert card.suggestions


def test_a_quiet_dvt_card_still_holds_back_joint_tests() -> None:
    """Ruling 10: the question is as open as before, so what waited goes on waiting, aloud."""
    both = (*CALF, *BUTTOCKS)
    past = answered(*both, card="dvt-undetermined", before=MINUTE)
    advised = again(*both, past=[past])
    assert shown(advised) == ["assessment-incomplete"]
    assert library().cards["sij-examine"].short in advised.cards[0].summary


def test_feedback_of_the_future_counts_for_nothing() -> None:
    """Time is an input: an earlier view does not know later answers."""
    past = answered(*CALF, card="dvt-undetermined", before=-MINUTE)
    assert shown(again(*CALF, past=[past])) == ["dvt-undetermined"]


def test_feedback_on_another_card_counts_for_nothing() -> None:
    """An answer to one question is none to another."""
    past = answered(*CALF, card="dvt-undetermined", before=MINUTE)
    assert "sij-examine" in shown(again(*BUTTOCKS, past=[past]))


def test_the_explanation_tells_how_long_a_card_stays_quiet() -> None:
    """Who asks why nothing shows finds the answer, its time and its end."""
    past = answered(*BUTTOCKS, card="sij-examine", before=DAY)
    told = explain(again(*BUTTOCKS, past=[past]), library())["assessments"]
    (sij,) = (a for a in told if a["topic"] == "sij")
    assert sij["shown"] is False
    assert sij["answered"] == {
        "at": (AS_OF - DAY).isoformat(),
        "reason": "explained",
        "quietUntil": (AS_OF + 29 * DAY).isoformat(),
        "quiet": True,
    }


def test_once_per_diagnosis_lasts_until_something_changes() -> None:
    """Ruling 19: a known DVT without visible treatment is said once per diagnosis."""
    row = next(r for r in library().rulebook.topics["dvt"].rows if r.id == "D5a")
    assessment = Assessment("dvt", row)
    past = PastFeedback(
        card="dvt-known-untreated",
        topic="dvt",
        tier=Tier.URGENT,
        indicator="warning",
        evidence=frozenset(),
        encounter=OTHER_VISIT,
        at=AS_OF - timedelta(days=80),
        outcome="accepted",
    )
    (found,) = after_feedback(
        (assessment,), [past], Showing(AS_OF, VISIT), library().rulebook.quiet
    )
    assert not found.speaks
    assert found.answered is not None
    assert found.answered.until is None


def test_both_legs_swollen_is_said_once_in_three_months() -> None:
    """Ruling 21: the bilateral card at most once per 90 days after feedback."""
    row = next(r for r in library().rulebook.topics["dvt"].rows if r.card == "dvt-bilateral")
    assessment = Assessment("dvt", row)

    def speaks(days: int) -> bool:
        past = PastFeedback(
            card="dvt-bilateral",
            topic="dvt",
            tier=row.tier or Tier.ROUTINE,
            indicator=str(row.indicator),
            evidence=frozenset(),
            encounter=OTHER_VISIT,
            at=AS_OF - timedelta(days=days),
            outcome="overridden",
        )
        rules = library().rulebook.quiet
        (found,) = after_feedback((assessment,), [past], Showing(AS_OF, VISIT), rules)
        return found.speaks

    assert not speaks(89)
    assert speaks(90)


def heard(card: str, topic: str, **more: Any) -> PastFeedback:
    """Feedback without evidence, given an hour ago in this encounter."""
    given: dict[str, Any] = {
        "tier": Tier.URGENT,
        "indicator": "warning",
        "evidence": frozenset(),
        "encounter": VISIT,
        "at": AS_OF - timedelta(hours=1),
        "outcome": "overridden",
    }
    return PastFeedback(card=card, topic=topic, **given | more)


def row_of(topic: str, row: str) -> Assessment:
    """What a topic concludes when this row applies, without evidence."""
    (found,) = (r for r in library().rulebook.topics[topic].rows if r.id == row)
    return Assessment(topic, found)


def after(assessment: Assessment, *past: PastFeedback) -> Assessment:
    """The assessment once the history is known."""
    rules = library().rulebook.quiet
    (found,) = after_feedback((assessment,), past, Showing(AS_OF, VISIT), rules)
    return found


def test_a_higher_tier_speaks_again_though_the_indicator_is_the_same() -> None:
    """Ruling 41: more urgent is first a matter of the tier."""
    routine = heard("dvt-weak-risk", "dvt", tier=Tier.ROUTINE, indicator="info")
    assert after(row_of("dvt", "D17e"), routine).speaks
    urgent = heard("dvt-unlikely", "dvt", indicator="info")
    assert not after(row_of("dvt", "D7a"), urgent).speaks


def test_outside_dvt_only_the_same_card_is_answered() -> None:
    """Another card of the topic asks another question."""
    past = heard("sij-supported", "sij", tier=Tier.ROUTINE, indicator="info")
    assert after(row_of("sij", "S1"), past).speaks
    assert not after(row_of("sij", "S3"), past).speaks


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_newest_answer_is_the_one_named(newest_first: bool) -> None:  # noqa: FBT001 - a case
    """Of two overrides the later one holds, in whatever order they are kept."""
    older = heard("cauda-equina-suspected", "cauda_equina", reason="explained", at=AS_OF - DAY)
    newer = heard("cauda-equina-suspected", "cauda_equina", reason="wrong-data")
    past = (newer, older) if newest_first else (older, newer)
    answer = after(row_of("cauda_equina", "C2"), *past).answered
    assert answer is not None
    assert answer.reason == "wrong-data"
    assert answer.quiet is False
