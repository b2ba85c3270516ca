"""Triage: order, deferral, cap; nothing disappears silently."""

from dataclasses import replace
from itertools import pairwise, product

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.rulebook import Row, Tier
from cds_service.clinical.triage import Placed, triage
from tests.spec.fhir_json import (
    LOINC,
    Json,
    body_site,
    coding,
    concept,
    observation,
    own,
    resource,
    snomed,
)
from tests.spec.moments import ago
from tests.unit.record import advice, library, shown, states

RULES = library().rulebook.triage
ROWS = {
    (topic, row.id): row for topic, rules in library().rulebook.topics.items() for row in rules.rows
}
EMERGENCY, URGENT, ROUTINE = Tier.EMERGENCY, Tier.URGENT, Tier.ROUTINE


def concluded(topic: str, row: str) -> Assessment:
    """What a topic concludes when this row applies."""
    return Assessment(topic, ROWS[topic, row])


LIKELY = concluded("dvt", "D14")
UNDETERMINED, QUIET = concluded("dvt", "D18a"), concluded("dvt", "D18b")
PENDING_SCAN, EXCLUDED = concluded("dvt", "D9b"), concluded("dvt", "D17b")
NO_TRIGGER, WEAK = concluded("dvt", "D2"), concluded("dvt", "D7b")
SUSPECTED, ASK = concluded("cauda_equina", "C2"), concluded("cauda_equina", "C5")
ACTED, SAFETY_NET = concluded("cauda_equina", "C1"), concluded("cauda_equina", "C6")
PE, PHLEGMASIA = concluded("pulmonary_embolism", "E2"), concluded("dvt", "E5")
EXAMINE_ROOT, ROOT = concluded("radiculopathy", "R3"), concluded("radiculopathy", "R2")
INCOMPLETE_ROOT = concluded("radiculopathy", "R4")
OPEN_ROOT = concluded("radiculopathy", "R5")
SIJ = {
    row.state: concluded("sij", row.id)
    for row in library().rulebook.topics["sij"].rows
    if row.card and not row.variant
}
STENOSIS, HIP = concluded("lumbar_stenosis", "LSS1"), concluded("hip", "HIP1")
GLUTEAL, STRAIN = concluded("deep_gluteal", "DGS1"), concluded("calf_strain", "CALF1")
NEIGHBORS = (STENOSIS, HIP, GLUTEAL, STRAIN)
FAILED, GAP = concluded("_service", "failed"), concluded("_service", "incomplete")


def placed(*assessments: Assessment) -> tuple[Placed, ...]:
    """The assessments after triage under the shipped rules."""
    return triage(assessments, RULES)


def on_top(*assessments: Assessment) -> list[str | None]:
    """The cards shown, in order."""
    return [p.assessment.card for p in placed(*assessments) if p.shown]


def deferring(cause: Assessment, card: Assessment) -> bool:
    """Whether the first withholds the second."""
    return card.card not in on_top(cause, card)


@pytest.mark.parametrize(
    "cause",
    [LIKELY, UNDETERMINED, concluded("dvt", "D15"), concluded("dvt", "D16")],
    ids=lambda cause: cause.state,
)
@pytest.mark.parametrize("state", SIJ)
def test_an_open_dvt_question_withholds_every_sacroiliac_card(
    cause: Assessment, state: str
) -> None:
    """No provocation test before DVT is excluded."""
    assert deferring(cause, SIJ[state])


DVT_OPEN = [
    row for row in library().rulebook.topics["dvt"].rows if row.vascular == "dvt_unassessed"
]


@pytest.mark.parametrize(
    "state",
    [
        "imaging-pending",
        "repeat-scan-planned",
        "imaging-overdue",
        "neg-scan-needs-ddimer",
        "imaged-unreadable",
        "folded-into-emergency",
        "age-unknown",
        "paediatric",
        "amputated-side",
        "preg-us-neg",
        "unlikely-cancer",
        "known-untreated",
        "known-treated-new-signs",
        "preg-workup",
        "anticoagulated",
        "inpatient",
        "bilateral",
        "cellulitis-overlap",
        "imaged-inconclusive",
        "ddimer-pending",
        "undetermined",
    ],
)
def test_these_states_leave_dvt_unassessed(state: str) -> None:
    """Ruling 10 and design decision 4: an unfinished work-up withholds provocation tests."""
    assert state in {row.state for row in DVT_OPEN}


@pytest.mark.parametrize(
    ("row", "vascular"),
    [
        ("D14", "dvt_likely"),
        ("D15", "dvt_likely"),
        ("D16", "dvt_likely"),
        ("D17d", "dvt_ddimer"),
        ("D17e", "dvt_ddimer"),
        ("D9e", "dvt_excluded"),
        ("D9f", "dvt_excluded"),
        ("D17b", "dvt_excluded"),
        ("D5c-early", "dvt_unassessed"),
        ("D5c", None),
        ("D6a", None),
        ("D7b", None),
        ("D7a", None),
        ("D2", None),
    ],
)
def test_what_a_dvt_row_hands_to_triage(row: str, vascular: str | None) -> None:
    """Design decision 4 and ruling 10, row by row."""
    assert ROWS["dvt", row].vascular == vascular


@pytest.mark.parametrize("cause", [NO_TRIGGER, WEAK, EXCLUDED], ids=lambda cause: cause.row.id)
def test_a_closed_or_absent_dvt_question_withholds_nothing(cause: Assessment) -> None:
    """Excluded or never asked: everything returns."""
    assert on_top(cause, EXAMINE_ROOT, SIJ["sij-examine"]) == [
        "radiculopathy-examine",
        "sij-examine",
    ]


@pytest.mark.parametrize(
    ("cause", "card", "held"),
    [
        pytest.param(LIKELY, EXAMINE_ROOT, True, id="likely, examine"),
        pytest.param(LIKELY, INCOMPLETE_ROOT, True, id="likely, incomplete"),
        pytest.param(LIKELY, ROOT, False, id="likely, a documented deficit stays"),
        pytest.param(UNDETERMINED, EXAMINE_ROOT, True, id="undetermined with a sign"),
        pytest.param(QUIET, EXAMINE_ROOT, False, id="undetermined without point or sign"),
        pytest.param(QUIET, INCOMPLETE_ROOT, False, id="undetermined without, incomplete"),
        pytest.param(PENDING_SCAN, EXAMINE_ROOT, False, id="a silent work-up"),
        pytest.param(ASK, EXAMINE_ROOT, False, id="cauda equina question"),
    ],
)
def test_which_radiculopathy_cards_wait(cause: Assessment, card: Assessment, *, held: bool) -> None:
    """Rulings 10 and 37: silent and point-free states never remove radiculopathy cards."""
    assert deferring(cause, card) is held


@pytest.mark.parametrize("row", ["C4", "C5"])
@pytest.mark.parametrize("state", SIJ)
def test_an_open_cauda_equina_question_withholds_provocation(row: str, state: str) -> None:
    """The matrix: neither pelvis nor joint is provoked before saddle and bladder are settled."""
    assert deferring(concluded("cauda_equina", row), SIJ[state])


@pytest.mark.parametrize(
    ("cause", "held"),
    [
        pytest.param(LIKELY, {STENOSIS.card, HIP.card, GLUTEAL.card, STRAIN.card}, id="likely"),
        pytest.param(
            UNDETERMINED, {STENOSIS.card, HIP.card, GLUTEAL.card, STRAIN.card}, id="with a sign"
        ),
        pytest.param(
            PENDING_SCAN, {STENOSIS.card, HIP.card, GLUTEAL.card, STRAIN.card}, id="scan pending"
        ),
        pytest.param(QUIET, {HIP.card, GLUTEAL.card, STRAIN.card}, id="without point or sign"),
        pytest.param(EXCLUDED, set(), id="excluded"),
        pytest.param(NO_TRIGGER, set(), id="never in question"),
        pytest.param(WEAK, set(), id="weak trigger"),
        pytest.param(ASK, {GLUTEAL.card}, id="cauda equina question"),
        pytest.param(concluded("cauda_equina", "C4"), {GLUTEAL.card}, id="cauda equina late"),
        pytest.param(concluded("spinal_metastasis", "MSC2"), {GLUTEAL.card}, id="metastasis pain"),
        pytest.param(concluded("spinal_metastasis", "MSC3"), {GLUTEAL.card}, id="metastasis check"),
        pytest.param(concluded("spinal_infection", "I2"), {GLUTEAL.card}, id="infection"),
        pytest.param(concluded("fracture", "F0"), {GLUTEAL.card}, id="known fracture"),
        pytest.param(concluded("fracture", "F1"), {GLUTEAL.card}, id="trauma"),
        pytest.param(concluded("fracture", "F2"), {GLUTEAL.card}, id="fragility"),
        pytest.param(ROOT, set(), id="root supported"),
        pytest.param(ACTED, {card.card for card in NEIGHBORS}, id="cauda equina acted"),
        pytest.param(SUSPECTED, {card.card for card in NEIGHBORS}, id="emergency"),
        pytest.param(FAILED, {card.card for card in NEIGHBORS}, id="part of the check failed"),
    ],
)
def test_what_holds_stenosis_hip_gluteal_and_strain(cause: Assessment, held: set[str]) -> None:
    """The matrix with rulings 37, 39 and 54: DVT holds all four, a red flag the buttock alone.

    A leg without point or sign keeps stenosis, as it keeps the root.
    """
    assert {card.card for card in NEIGHBORS if deferring(cause, card)} == held


@pytest.mark.parametrize("state", SIJ)
def test_stenosis_comes_before_untested_joints_only(state: str) -> None:
    """The matrix: a walking pattern holds sij-examine and nothing else of the joint."""
    assert deferring(STENOSIS, SIJ[state]) is (state == "sij-examine")


@pytest.mark.parametrize("state", SIJ)
def test_deep_gluteal_takes_the_place_of_a_joint_made_unlikely(state: str) -> None:
    """Ruling 37: it replaces sij-unreachable and sij-all-negative."""
    assert deferring(GLUTEAL, SIJ[state]) is (state in ("sij-unreachable", "sij-all-negative"))


def test_a_silent_work_up_keeps_radiculopathy_and_says_so() -> None:
    """Ruling 10: the card that stays says that provocation tests wait for the result."""
    found = placed(PENDING_SCAN, EXAMINE_ROOT, SIJ["sij-examine"])
    (card,) = (p for p in found if p.shown)
    assert card.assessment.card == "radiculopathy-examine"
    assert card.waits
    (held,) = (p for p in found if p.assessment.topic == "sij")
    assert (held.shown, held.because) == (False, "dvt-open")


@pytest.mark.parametrize(
    ("state", "held"),
    [
        ("sij-examine", True),
        ("sij-continue", True),
        ("sij-unreachable", True),
        ("sij-all-negative", True),
        ("sij-supported", False),
        ("sij-two-of-four", False),
        ("sij-centralizes", False),
        ("sij-mixed", False),
    ],
)
def test_a_supported_radiculopathy_comes_before_unfinished_sacroiliac_tests(
    state: str, *, held: bool
) -> None:
    """The matrix: a reached cluster may still show after it, the rest waits."""
    assert deferring(ROOT, SIJ[state]) is held


@pytest.mark.parametrize("state", SIJ)
def test_open_cauda_equina_questions_withhold_sacroiliac_cards(state: str) -> None:
    """Questions first, provocation later."""
    assert deferring(ASK, SIJ[state])


@pytest.mark.parametrize("cause", [PE, SUSPECTED, PHLEGMASIA], ids=lambda cause: cause.card)
def test_an_emergency_withholds_every_routine_card_and_no_other(cause: Assessment) -> None:
    """Design decision 3: one message at a time, but urgent cards stay."""
    cards = on_top(cause, LIKELY, ASK, ROOT, SIJ["sij-supported"])
    assert cards[0] == cause.card
    assert set(cards[1:]) == {"dvt-likely", "cauda-equina-ask"}


def test_a_running_pathway_withholds_routine_cards_only() -> None:
    """Ruling 54: cauda equina acted on suppresses routine cards, nothing else."""
    assert on_top(ACTED, LIKELY, ROOT) == ["dvt-likely"]


def row(number: int, tier: Tier) -> Row:
    """A row that shows a card of its own."""
    return Row(f"r{number}", "T", f"state-{number}", f"card-{number}", "info", tier)


def crowd(emergencies: int, urgent: int, routine: int) -> tuple[Assessment, ...]:
    """So many cards of each tier, routine ones first."""
    tiers = [ROUTINE] * routine + [URGENT] * urgent + [EMERGENCY] * emergencies
    return tuple(Assessment(f"t{n}", row(n, tier)) for n, tier in enumerate(tiers))


@pytest.mark.parametrize(("urgent", "routine"), list(product(range(6), range(5))))
def test_routine_cards_fill_up_to_three(urgent: int, routine: int) -> None:
    """Ruling 30: urgent cards are never cut; routine ones fill the rest of three places."""
    cards = crowd(0, urgent, routine)
    order = tuple(str(a.card) for a in cards)
    found = triage(
        cards, replace(RULES, order=dict.fromkeys(Tier, order), deferrals=(), never_cut=frozenset())
    )
    on = [p.assessment for p in found if p.shown]
    assert sum(a.tier is URGENT for a in on) == urgent
    assert sum(a.tier is ROUTINE for a in on) == min(routine, max(0, 3 - urgent))


@pytest.mark.parametrize("emergencies", range(1, 6))
def test_emergencies_are_never_cut(emergencies: int) -> None:
    """However many there are, all show, before everything else."""
    cards = crowd(emergencies, 3, 3)
    order = tuple(str(a.card) for a in cards)
    found = triage(cards, replace(RULES, order=dict.fromkeys(Tier, order)))
    tiers = [p.assessment.tier for p in found if p.shown]
    assert tiers[:emergencies] == [EMERGENCY] * emergencies
    assert tiers[emergencies:] == [URGENT] * 3


def test_every_withheld_card_names_who_withholds_it_and_why() -> None:
    """Nothing disappears silently: the card that shows lists what it withholds."""
    found = placed(LIKELY, ASK, EXAMINE_ROOT, SIJ["sij-examine"], concluded("sij", "S3"))
    withheld = [p for p in found if p.assessment.card and not p.shown]
    assert withheld
    for held in withheld:
        (by,) = (p for p in found if p.shown and p.assessment.card == held.deferred_by)
        assert held in by.deferring
        assert held.because in library().sentences["deferred"]


def test_a_card_cut_by_the_cap_is_named_by_the_last_one_shown() -> None:
    """The cap is a reason like any other."""
    cards = crowd(0, 2, 3)
    order = tuple(str(a.card) for a in cards)
    found = triage(
        cards, replace(RULES, order=dict.fromkeys(Tier, order), deferrals=(), never_cut=frozenset())
    )
    last = [p for p in found if p.shown][-1]
    cut = [p for p in found if not p.shown]
    assert {p.because for p in cut} == {"cap"}
    assert list(last.deferring) == cut


def test_the_incomplete_message_is_never_cut() -> None:
    """Design decision 10: a gap that matters is always told."""
    urgent = (LIKELY, ASK, FAILED, concluded("cauda_equina", "C4"))
    assert "assessment-incomplete" in on_top(*urgent, GAP)


def test_the_order_of_the_answer_does_not_depend_on_the_order_of_topics() -> None:
    """Tier first, then the published order."""
    cards = (SIJ["sij-supported"], ROOT, EXCLUDED, concluded("cauda_equina", "C4"))
    assert on_top(*cards) == on_top(*reversed(cards))


EMERGENCIES = (
    "pe-unstable",
    "pe-suspected",
    "limb-ischemia",
    "phlegmasia",
    "compartment-syndrome",
    "cauda-equina-suspected",
    "spinal-metastasis-neurology",
    "cord-compression",
    "leg-weakness-acute",
    "spinal-infection-deficit",
)
URGENT_CARDS = (
    ("dvt-likely", "dvt-d-dimer-positive", "dvt-likely-pending-alt"),
    ("pe-consider",),
    ("cauda-equina-ask",),
    ("cauda-equina-late",),
    ("clti",),
    (
        "dvt-known-untreated",
        "dvt-known-new-signs",
        "dvt-pregnancy",
        "dvt-scan-overdue",
        "dvt-scan-inconclusive",
        "dvt-scan-repeat",
        "dvt-anticoagulated",
        "dvt-inpatient",
        "dvt-unlikely-cancer",
        "dvt-undetermined/warning",
    ),
    ("spinal-metastasis-pain",),
    ("spinal-infection",),
    ("fracture-trauma",),
    ("fracture-fragility",),
    ("spinal-metastasis-check",),
    ("leg-weakness-established", "leg-weakness-ungraded"),
    ("svt",),
    ("child-red-flag",),
    (
        "dvt-undetermined/info",
        "dvt-age-unknown",
        "dvt-pediatric",
        "dvt-pregnancy-scan-negative",
        "dvt-amputee",
        "dvt-scan-unreadable",
        "dvt-scan-needs-d-dimer",
        "dvt-bilateral",
        "dvt-cellulitis",
        "dvt-unlikely",
        "dvt-d-dimer-unusable",
        "dvt-weak-risk",
    ),
)
ROUTINE_CARDS = (
    ("dvt-weak-risk",),
    ("leg-weakness-after-injection",),
    ("cauda-equina-safety-net",),
    ("radiculopathy-supported",),
    ("axial-spa-refer",),
    ("radiculopathy-examine",),
    ("radiculopathy-incomplete",),
    ("radiculopathy-indeterminate",),
    ("axial-spa-hla-b27",),
    (
        "pelvic-girdle-supported",
        "pelvic-girdle-continue",
        "pelvic-girdle-examine",
        "pelvic-girdle-negative",
    ),
    ("sij-supported",),
    ("sij-two-of-four",),
    ("sij-centralizes",),
    ("sij-continue",),
    ("sij-examine",),
    ("sij-mixed",),
    ("sij-all-negative",),
    ("sij-unreachable",),
    ("lumbar-stenosis",),
    ("svt", "pad-abi-needed", "pad-abi-low", "pad-tbi-needed", "pad-exercise-abi"),
    ("hip",),
    ("deep-gluteal",),
    ("axial-spa-ask",),
    ("calf-strain",),
    ("assessment-incomplete",),
)


@pytest.mark.parametrize(
    ("tier", "groups"),
    [
        pytest.param(EMERGENCY, tuple((card,) for card in EMERGENCIES), id="emergency"),
        pytest.param(URGENT, URGENT_CARDS, id="urgent"),
        pytest.param(ROUTINE, ROUTINE_CARDS, id="routine"),
    ],
)
def test_the_published_order(tier: Tier, groups: tuple[tuple[str, ...], ...]) -> None:
    """Rulings 30 and 55: life, then limb, then function; cards of one place in any order."""
    order = RULES.order[tier]
    named = [card for group in groups for card in group]
    assert set(named) <= set(order)
    places = [[order.index(card) for card in group] for group in groups]
    assert all(max(before) < min(after) for before, after in pairwise(places))


LEG = snomed("61685007", "Lower limb structure")
BUTTOCK = snomed("46862004", "Buttock structure")
SCAN = resource(
    "ServiceRequest",
    status="active",
    intent="order",
    code=concept(coding(LOINC, "39432-0")),
    authoredOn=ago(hours=2),
)


def exam(finding: str, site: Json) -> Json:
    """An examination finding of the left side, five hours ago."""
    return observation(
        "exam",
        concept(own(finding)),
        effectiveDateTime=ago(hours=5),
        valueBoolean=True,
        bodySite=body_site(site, "L"),
    )


def test_when_everything_waits_one_card_says_so() -> None:
    """Ruling 10: with nothing else to show, the incomplete card names what waits."""
    advised = advice(exam("calf_swelling", LEG), exam("buttock_pain", BUTTOCK), SCAN)
    assert states(advised)["dvt"] == "imaging-pending"
    assert shown(advised) == ["assessment-incomplete"]
    waiting = library().cards["sij-examine"].short
    assert waiting in advised.cards[0].summary


def test_a_card_beside_a_silent_work_up_says_what_waits() -> None:
    """Ruling 10: radiculopathy stays and says that tests and exercise wait for the result."""
    pain = [exam("radicular_pain", LEG), exam("buttock_pain", BUTTOCK)]
    advised = advice(exam("calf_swelling", LEG), *pain, SCAN)
    assert states(advised)["dvt"] == "imaging-pending"
    assert shown(advised) == ["radiculopathy-examine"]
    assert "SIJ tests and exercise wait for the leg-vein result." in advised.cards[0].detail


def test_the_card_that_withholds_names_what_it_withholds() -> None:
    """Invariant: a deferred card is named on the card that deferred it."""
    advised = advice(exam("calf_swelling", LEG), exam("buttock_pain", BUTTOCK))
    assert shown(advised) == ["dvt-undetermined"]
    short = library().cards["sij-examine"].short
    assert f"Deferred until DVT is excluded: {short}." in advised.cards[0].detail
