"""What opens the venous topics, and the legs it names (rulings 3, 7, 21 and 48)."""

import pytest

from cds_service.clinical.fact import Statement, Strength
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.clinical.venous.episode import read_episode
from cds_service.clinical.venous.triggers import Triggers, promote, read_triggers
from tests.spec.fhir_json import (
    LOINC,
    Json,
    body_site,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago as instant
from tests.spec.moments import day_ago
from tests.unit.record import ago, day, found, rules, said, seen

L, R, B, N = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED
DVT = rules("dvt")
STRONG = (
    "calf_pain",
    "leg_swelling",
    "calf_swelling",
    "calf_tenderness",
    "leg_erythema_warmth",
    "leg_discoloration",
    "suspected_dvt",
)
WEAK = (
    "leg_pain",
    "radicular_pain",
    "buttock_leg_pain",
    "exertional_calf_pain",
    "bilateral_leg_ache",
)
SIGNS = (
    "deep_vein_tenderness",
    "entire_leg_swollen",
    "calf_swelling_3cm",
    "pitting_edema",
    "collateral_superficial_veins",
)


def triggers(*statements: Statement) -> Triggers:
    """The triggers before weak ones are lifted."""
    return read_triggers(found(*statements), DVT)


def lifted(*statements: Statement, company: bool = False) -> Triggers:
    """The triggers after weak ones with company are lifted."""
    findings = found(*statements)
    return promote(read_triggers(findings, DVT), findings, company=company)


@pytest.mark.parametrize("finding", STRONG)
def test_a_strong_trigger_opens(finding: str) -> None:
    """T1: every strong trigger opens the topic by itself."""
    read = triggers(said(finding, side=L))
    assert read.opened
    assert read.legs() == (L,)


@pytest.mark.parametrize("finding", WEAK)
def test_a_weak_trigger_is_seen_but_does_not_open(finding: str) -> None:
    """T2: leg pain of other kinds is a weak trigger."""
    read = triggers(said(finding, side=L))
    assert read.any
    assert not read.opened


@pytest.mark.parametrize("finding", SIGNS)
def test_a_wells_sign_opens(finding: str) -> None:
    """Ruling 7: any of the items 4 to 8 present in its window is a strong trigger."""
    assert triggers(said(finding, side=L)).opened
    assert not triggers(said(finding, side=L, when=ago(hours=73))).any


@pytest.mark.parametrize(
    "finding",
    ["low_back_pain", "buttock_pain", "active_cancer", "previous_dvt", "slr", "svt"],
)
def test_risk_factors_and_back_pain_never_open(finding: str) -> None:
    """Decision 4: risk factors alone, or back pain alone, never open the topic."""
    assert not triggers(said(finding, side=L)).any


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        pytest.param(day(14), True, id="14 days"),
        pytest.param(day(15), False, id="15 days"),
        pytest.param(ago(days=14), True, id="exactly 14 days"),
        pytest.param(ago(days=14, hours=1), False, id="14 days and an hour"),
    ],
)
def test_a_complaint_counts_for_14_days_after_it_was_last_recorded(
    when: Moment, *, opens: bool
) -> None:
    """Ruling 3: last recorded at most 14 days ago."""
    assert triggers(said("calf_pain", when=when)).opened is opens


def test_the_current_encounter_brings_an_old_complaint_back() -> None:
    """Ruling 3: or named by the current encounter."""
    assert triggers(said("calf_pain", when=day(60), named=True)).opened


@pytest.mark.parametrize(
    ("onset", "opens"),
    [
        pytest.param(day(20), True, id="subacute"),
        pytest.param(day(90), True, id="90 days"),
        pytest.param(day(91), False, id="91 days"),
        pytest.param(None, True, id="unknown"),
    ],
)
def test_the_onset_may_lie_90_days_back(onset: Moment | None, *, opens: bool) -> None:
    """Ruling 3: onset at most 90 days ago or unknown."""
    entry = said("calf_pain", onset=onset, onset_assumed=False)
    assert triggers(entry).opened is opens


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param(said("pitting_edema", side=L), id="a Wells sign within 72 hours"),
        pytest.param(said("worsening_14d"), id="recorded worsening"),
        pytest.param(said("suspected_dvt", side=L), id="suspected DVT"),
    ],
)
def test_an_old_complaint_counts_with_a_reason(reason: Statement) -> None:
    """Ruling 3: beyond 90 days only with a sign, worsening or a provisional DVT."""
    old = said("calf_pain", side=L, onset=day(200), onset_assumed=False)
    assert not triggers(old).strong
    assert old in triggers(old, reason).strong


def test_a_recurrence_is_worsening() -> None:
    """Ruling 28: clinical status recurrence lifts an old onset."""
    assert triggers(said("calf_pain", onset=day(200), onset_assumed=False, worse=True)).opened


UNSPECIFIC = said("leg_swelling", strength=Strength.WEAK, side=L)


@pytest.mark.parametrize(
    ("others", "opens"),
    [
        pytest.param((), False, id="alone"),
        pytest.param((said("leg_pain", side=L),), True, id="leg pain on that side"),
        pytest.param((said("calf_pain", side=L, when=day(20)),), True, id="calf pain, 20 days"),
        pytest.param((said("leg_pain", side=R),), False, id="leg pain on the other side"),
        pytest.param((said("entire_leg_swollen", side=L),), True, id="a Wells sign"),
        pytest.param((said("low_back_pain"),), False, id="back pain"),
    ],
)
def test_an_unspecific_swelling_opens_only_in_company(
    others: tuple[Statement, ...], *, opens: bool
) -> None:
    """Ruling 21: M79.89, ankle edema and the like need a side and company."""
    assert lifted(UNSPECIFIC, *others).opened is opens


@pytest.mark.parametrize("side", [N, B])
def test_an_unspecific_swelling_without_a_side_stays_weak(side: Side) -> None:
    """Ruling 21: chronic ankle edema of both legs is no strong trigger even with pain."""
    swelling = said("leg_swelling", strength=Strength.WEAK, side=side)
    assert not lifted(swelling, said("leg_pain", side=L)).opened


@pytest.mark.parametrize("finding", WEAK)
def test_any_weak_trigger_opens_with_a_d_dimer_scan_or_suspicion(finding: str) -> None:
    """Ruling 7: company lifts every weak trigger."""
    assert lifted(said(finding, side=L), company=True).opened


def test_an_old_bilateral_swelling_is_not_new_when_recorded_again() -> None:
    """Ruling 21: edema of both legs with a record older than 90 days does not open."""
    again = said("leg_swelling", side=B, onset=None)
    first = said("leg_swelling", side=B, when=day(400), onset=None)
    assert triggers(again).opened
    assert not triggers(again, first).opened


@pytest.mark.parametrize(
    ("entries", "legs"),
    [
        pytest.param((said("calf_pain", side=L),), (L,), id="one leg"),
        pytest.param((said("calf_pain", side=L), said("leg_pain", side=R)), (L, R), id="two"),
        pytest.param((said("leg_swelling", side=B),), (L, R), id="both legs"),
        pytest.param((said("calf_pain"),), (N,), id="no side anywhere"),
        pytest.param(
            (said("calf_pain"), said("entire_leg_swollen", side=R)), (R,), id="only signs sided"
        ),
        pytest.param(
            (said("calf_pain", side=L), said("pitting_edema", side=R)), (L,), id="symptoms decide"
        ),
        pytest.param(
            (said("leg_swelling", side=B), said("entire_leg_swollen", side=R)),
            (R,),
            id="a whole swollen leg names the worse one",
        ),
        pytest.param(
            (said("leg_swelling", side=B), said("calf_swelling_3cm", side=L)),
            (L,),
            id="a larger calf names the worse one",
        ),
        pytest.param(
            (said("leg_swelling", side=B), said("pitting_edema", side=L)),
            (L, R),
            id="other signs name none",
        ),
    ],
)
def test_symptoms_name_the_leg_and_signs_only_without_them(
    entries: tuple[Statement, ...], legs: tuple[Side, ...]
) -> None:
    """Ruling 48: the index leg."""
    assert triggers(*entries).legs() == legs


@pytest.mark.parametrize(
    ("entries", "bilateral"),
    [
        pytest.param((said("leg_swelling", side=B),), True, id="both legs"),
        pytest.param((said("leg_swelling", side=B), said("calf_pain", side=L)), False, id="one"),
        pytest.param((said("calf_pain", side=L),), False, id="one leg"),
        pytest.param((said("calf_pain"),), False, id="unknown side is never bilateral"),
        pytest.param((), False, id="nothing"),
    ],
)
def test_bilateral_only(entries: tuple[Statement, ...], *, bilateral: bool) -> None:
    """Only where every strong trigger says both legs is no leg named."""
    assert triggers(*entries).bilateral_only is bilateral


PAIN = condition(concept(icd("M79.605", "")), recordedDate=day_ago(1))
SUSPECTED = condition(
    concept(icd("I82.402", "")), verification="provisional", recordedDate=day_ago(1)
)


def lab(value: float) -> Json:
    """A D-dimer of two hours ago."""
    return observation(
        "laboratory",
        concept(coding(LOINC, "48065-7")),
        effectiveDateTime=instant(hours=2),
        valueQuantity=quantity(value, "ng/mL FEU", None),
    )


def scan_order(code: str = "39432-0") -> Json:
    """A leg-vein scan ordered two hours ago."""
    return resource(
        "ServiceRequest",
        status="active",
        intent="order",
        code=concept(coding(LOINC, code)),
        authoredOn=instant(hours=2),
    )


@pytest.mark.parametrize(
    ("others", "opens"),
    [
        pytest.param((), False, id="leg pain alone"),
        pytest.param((lab(4000),), True, id="positive D-dimer"),
        pytest.param((lab(300),), False, id="negative D-dimer"),
        pytest.param((scan_order(),), True, id="scan ordered"),
        pytest.param((SUSPECTED,), True, id="provisional DVT"),
    ],
)
def test_leg_pain_opens_in_company(others: tuple[Json, ...], *, opens: bool) -> None:
    """Ruling 7, from the chart: M79.605 with a positive D-dimer is not silent."""
    assert read_episode(seen(PAIN, *others), DVT).triggers.opened is opens


def test_a_d_dimer_on_order_lifts_one_sided_swelling() -> None:
    """Ruling 21: ordering a D-dimer for a swollen leg says what the clinician thinks."""
    swelling = condition(concept(icd("R22.42", "")), recordedDate=day_ago(1))
    order = resource(
        "ServiceRequest",
        status="active",
        intent="order",
        code=concept(coding(LOINC, "48065-7")),
        authoredOn=instant(hours=2),
    )
    assert not read_episode(seen(swelling), DVT).triggers.opened
    assert read_episode(seen(swelling, order), DVT).triggers.opened


@pytest.mark.parametrize(
    ("code", "strong"),
    [
        ("449614009", True),
        ("449615005", True),
        ("449707004", True),
        ("102572006", True),
        ("26237000", False),
        ("267039000", False),
        ("299414004", False),
        ("102576009", False),
        ("162782003", False),
        ("297142003", False),
        ("271809000", False),
        ("267038008", False),
        ("80068009", False),
    ],
)
def test_which_swelling_codes_open_by_themselves(code: str, *, strong: bool) -> None:
    """Ruling 21: leg swelling codes are strong, ankle, foot, limb and unspecified edema weak."""
    left = body_site(snomed("61685007", "Lower limb structure"), "L")
    entry = condition(concept(snomed(code, "")), recordedDate=day_ago(1), bodySite=[left])
    read = read_triggers(seen(entry), DVT)
    assert read.any
    assert read.opened is strong


@pytest.mark.parametrize("code", ["M25.471", "M25.472", "M25.475"])
def test_a_joint_effusion_is_never_a_trigger(code: str) -> None:
    """Ruling 21: M25.47 is not leg swelling."""
    entry = condition(concept(icd(code, "")), recordedDate=day_ago(1))
    assert not read_triggers(seen(entry), DVT).any


@pytest.mark.parametrize(
    ("start", "noted", "begun"),
    [
        pytest.param(5, 1, 5, id="stated"),
        pytest.param(None, 1, 1, id="assumed from the record"),
    ],
)
def test_the_episode_begins_with_its_onset(start: int | None, noted: int, begun: int) -> None:
    """A stated onset dates the episode, else the first record of it."""
    onset = day_ago(start) if start is not None else None
    entry = condition(concept(own("calf_pain")), onsetDateTime=onset, recordedDate=day_ago(noted))
    read = read_triggers(seen(entry), DVT).onset
    assert read is not None
    assert read.first.date() == day(begun).first.date()
