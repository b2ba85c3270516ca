"""Calf strain: rows CALF1 to CALF3, the DVT question before it, and rulings 10, 12 and 37."""

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.rulebook import Row
from cds_service.clinical.side import Side
from cds_service.clinical.topics import calf_strain
from cds_service.clinical.triage import triage
from tests.spec.fhir_json import Json
from tests.spec.leg_tests import leg_scan
from tests.spec.vignette import Imaging
from tests.unit.record import advice, day, found, library, rules, said, shown, states
from tests.unit.red_flag_record import told

L, R, BOTH, UNSIDED = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED
ABSENT = Status.ABSENT
STRAIN, WAITS, SILENT = "calf-strain", "calf-strain-waits", "calf-strain-silent"
PAIN, MECHANISM = said("calf_pain", side=R), said("calf_strain_mechanism", side=R)
TENDER, BRUISED = said("calf_focal_tenderness", side=R), said("calf_bruising", side=R)
DVT_ROWS = {row.id: row for row in rules("dvt").rows}


def dvt(row: str) -> Assessment:
    """What the DVT table concluded."""
    return Assessment("dvt", DVT_ROWS[row])


NO_TRIGGER, EXCLUDED = dvt("D2"), dvt("D9e")


def concluded(
    *entries: Statement, after: tuple[Assessment, ...] = (NO_TRIGGER,)
) -> Assessment | None:
    """What the table concludes after DVT, None where it does not open."""
    made = calf_strain.assess(found(*entries), library().rulebook, after)
    return made[0] if made else None


def judged(
    *entries: Statement, after: tuple[Assessment, ...] = (NO_TRIGGER,)
) -> tuple[str, Side] | None:
    """State and side, None where the table does not open."""
    made = concluded(*entries, after=after)
    return (made.state, made.side) if made else None


@pytest.mark.parametrize("focal", [TENDER, BRUISED], ids=lambda entry: entry.finding)
@pytest.mark.parametrize("after", [NO_TRIGGER, EXCLUDED], ids=lambda made: made.state)
def test_a_mechanism_and_a_focal_sign_are_a_strain(focal: Statement, after: Assessment) -> None:
    """Row CALF1: DVT excluded or never in question."""
    made = concluded(PAIN, MECHANISM, focal, after=(after,))
    assert made is not None
    assert (made.state, made.card, made.row.indicator, made.side) == (STRAIN, STRAIN, "info", R)
    assert {f.id for f in made.findings} == {"calf_pain", "calf_strain_mechanism", focal.finding}
    assert made.missing == ("leg_swelling", "calf_swelling")


@pytest.mark.parametrize(
    "entries", [(), (said("calf_bruising", ABSENT, side=R),), (said("calf_tenderness", side=R),)]
)
def test_without_a_focal_sign_it_is_silent(entries: tuple[Statement, ...]) -> None:
    """Row CALF3: not recorded, recorded absent, or tenderness along the deep veins."""
    assert judged(PAIN, MECHANISM, *entries) == (SILENT, R)


@pytest.mark.parametrize("missing", ["calf_pain", "calf_strain_mechanism"])
def test_pain_and_mechanism_open_the_table(missing: str) -> None:
    """Not recorded and recorded absent alike."""
    entries = [entry for entry in (PAIN, MECHANISM, TENDER) if entry.finding != missing]
    assert judged(*entries) is None
    assert judged(*entries, said(missing, ABSENT, side=R)) is None


@pytest.mark.parametrize("pain", ["leg_pain", "leg_pain_below_knee", "exertional_calf_pain"])
def test_pain_elsewhere_is_no_calf_pain(pain: str) -> None:
    """Ruling 46: one name per finding; exertional pain is never calf pain."""
    assert judged(said(pain, side=R), MECHANISM, TENDER) is None


@pytest.mark.parametrize("row", rules("dvt").rows, ids=lambda row: row.id)
def test_it_waits_while_dvt_is_open(row: Row) -> None:
    """Row CALF2 and ruling 10: whatever the DVT table hands over but excluded or nothing."""
    expected = STRAIN if row.vascular in (None, "dvt_excluded") else WAITS
    assert judged(PAIN, MECHANISM, TENDER, after=(Assessment("dvt", row),)) == (expected, R)


@pytest.mark.parametrize("row", ["D14", "D9b", "D10", "D17e", "D18a", "D18b", "D3a", "D6c", "E5"])
def test_these_rows_leave_dvt_open(row: str) -> None:
    """Likely, scan pending, treated, D-dimer awaited, undetermined, no age, pregnant, E5."""
    assert judged(PAIN, MECHANISM, TENDER, after=(dvt(row),)) == (WAITS, R)


def test_a_dvt_check_that_failed_leaves_it_open() -> None:
    """Unknown is never absent: without a DVT assessment nothing was excluded."""
    assert judged(PAIN, MECHANISM, TENDER, after=()) == (WAITS, R)


@pytest.mark.parametrize(
    ("pain", "mechanism", "focal", "expected"),
    [
        (R, R, R, (STRAIN, R)),
        (R, UNSIDED, UNSIDED, (STRAIN, R)),
        (UNSIDED, UNSIDED, UNSIDED, (STRAIN, UNSIDED)),
        (BOTH, R, R, (STRAIN, R)),
        (R, L, R, None),
        (R, R, L, (SILENT, R)),
    ],
)
def test_everything_is_of_one_leg(
    pain: Side, mechanism: Side, focal: Side, expected: tuple[str, Side] | None
) -> None:
    """Opposite legs never match; no side matches either."""
    entries = (
        said("calf_pain", side=pain),
        said("calf_strain_mechanism", side=mechanism),
        said("calf_focal_tenderness", side=focal),
    )
    assert judged(*entries) == expected


@pytest.mark.parametrize(
    ("name", "days", "there"),
    [
        *(("calf_pain", days, days < 91) for days in (89, 90, 91)),
        *(("calf_strain_mechanism", days, days < 15) for days in (13, 14, 15)),
        *(("calf_focal_tenderness", days, days < 15) for days in (13, 14, 15)),
        *(("calf_bruising", days, days < 15) for days in (13, 14, 15)),
    ],
)
def test_windows_of_pain_and_strain(name: str, days: int, *, there: bool) -> None:
    """The complaint counts for 90 days, mechanism and focal signs for 14."""
    focal = name if name in ("calf_focal_tenderness", "calf_bruising") else "calf_focal_tenderness"
    whole = ("calf_pain", "calf_strain_mechanism", focal)
    entries = [said(n, side=R, when=day(days if n == name else 0)) for n in whole]
    assert (judged(*entries) == (STRAIN, R)) is there


def test_a_negative_work_up_is_told() -> None:
    """The card says that the question was closed, and that new swelling opens it again."""
    closed = concluded(PAIN, MECHANISM, TENDER, after=(EXCLUDED,))
    never = concluded(PAIN, MECHANISM, TENDER)
    assert closed is not None
    assert never is not None
    assert [note.id for note in closed.notes] == ["dvt-worked-up"]
    assert never.notes == ()


def test_new_calf_pain_after_running_with_dvt_not_in_question() -> None:
    """Worked patient msk-v25: a fresh calf pain opens DVT, so this is told without that table."""
    entries = (PAIN, said("calf_strain_mechanism"), said("calf_focal_tenderness"))
    strain = concluded(*entries)
    assert strain is not None
    placed = triage((NO_TRIGGER, strain), library().rulebook.triage)
    assert [(p.assessment.card, p.assessment.row.indicator) for p in placed if p.shown] == [
        ("calf-strain", "info")
    ]


CALF = tuple(
    told(name, side="R") for name in ("calf_pain", "calf_strain_mechanism", "calf_focal_tenderness")
)
NEGATIVE = leg_scan(Imaging(result="negative", kind="whole", age_d=0.2), "R")
LINE = "A strain mechanism with focal tenderness or bruising is on record"


def test_after_a_negative_whole_leg_scan_the_strain_speaks() -> None:
    """Row D9e closes the question; the card keeps the safety net and excludes nothing itself."""
    (card,) = advice(*CALF, NEGATIVE).cards
    assert (card.id, card.indicator) == ("calf-strain", "info")
    assert "It is not an exclusion of deep vein thrombosis" in card.detail
    assert "Return at once" in card.detail
    assert [s.resource["resourceType"] for s in card.suggestions] == ["Task"]


def test_a_negative_scan_with_treatment_unclear_closes_nothing() -> None:
    """Ruling 12: without the medications the scan settles nothing, and the strain waits."""
    advised = advice(*CALF, NEGATIVE, medications={"resourceType": "OperationOutcome"})
    assert states(advised)["calf_strain"] == WAITS
    assert "calf-strain" not in shown(advised)


@pytest.mark.parametrize(("days", "card"), [(13, "dvt-undetermined"), (15, "calf-strain")])
def test_calf_pain_of_a_fortnight_ago_opens_dvt_no_more(days: int, card: str) -> None:
    """Ruling 3: the trigger counts for 14 days; after that nothing asks for DVT."""
    pain = told("calf_pain", side="R", days=days)
    assert shown(advice(pain, *CALF[1:])) == [card]


@pytest.mark.parametrize(
    ("entries", "there"),
    [
        (CALF, True),
        ((*CALF[:2], told("calf_bruising", side="R")), True),
        (CALF[:2], False),
        ((CALF[0], CALF[2]), False),
        ((*CALF[:2], told("calf_bruising", side="L")), False),
    ],
    ids=["tender", "bruised", "mechanism only", "no mechanism", "other leg"],
)
def test_the_dvt_card_names_the_strain(entries: tuple[Json, ...], *, there: bool) -> None:
    """Ruling 37: a line inside the DVT card when mechanism and focal sign of the leg exist."""
    (card,) = advice(*entries).cards
    assert card.id == "dvt-undetermined"
    assert (LINE in card.detail) is there
