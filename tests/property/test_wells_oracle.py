"""The Wells interval against brute force over all 3^10 combinations of recorded items."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations_with_replacement, product

import pytest

from cds_service.clinical.assessment import Note
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.rulebook import Row
from cds_service.clinical.side import Side
from cds_service.clinical.venous import dvt_notes
from cds_service.clinical.venous.episode import read_episode
from cds_service.clinical.venous.leg import Leg
from cds_service.clinical.venous.scans import LegScan, Scan
from cds_service.clinical.venous.wells import ALTERNATIVE, Wells, WellsState
from tests.unit.record import found, rules

ITEMS = (
    "active_cancer",
    "paralysis_or_leg_immobilization",
    "bedridden_or_major_surgery",
    "deep_vein_tenderness",
    "entire_leg_swollen",
    "calf_swelling_3cm",
    "pitting_edema",
    "collateral_superficial_veins",
    "previous_dvt",
)
P, A, U = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
FINDINGS = {name: {status: Finding(name, status) for status in Status} for name in ITEMS}
ANSWERS = {status: Finding(ALTERNATIVE, status) for status in Status}
LIKELY_FROM = 2
ALTERNATIVE_POINTS = 2
DECIDING = (
    "decide-likely",
    "decide-likely-unless-alternative",
    "decide-likely-despite-alternative",
    "decide-not-with-alternative",
    "decide-unlikely",
    "settle-likely",
    "only-alternative",
)

Recorded = tuple[Status, ...]


def wells(items: Recorded, alternative: Status) -> Wells:
    """The score of these nine recorded items and this answer."""
    return Wells(
        items={name: FINDINGS[name][status] for name, status in zip(ITEMS, items, strict=True)},
        alternative=ANSWERS[alternative],
        likely_from=LIKELY_FROM,
        alternative_points=ALTERNATIVE_POINTS,
    )


def completed(items: Recorded, alternative: Status) -> Iterator[int]:
    """Every score that completing the unknown items can give, one by one."""
    plus = [{P: (1,), A: (0,), U: (0, 1)}[status] for status in items]
    minus = {P: (-2,), A: (0,), U: (-2, 0)}[alternative]
    return map(sum, product(*plus, minus))


def bounds(items: Recorded, alternative: Status) -> tuple[int, int]:
    """Lowest and highest completed score."""
    scores = set(completed(items, alternative))
    return min(scores), max(scores)


def expected_state(items: Recorded, alternative: Status, low: int, high: int) -> WellsState:
    """The table of score states, read from its own columns."""
    if low >= 2:
        return WellsState.LIKELY_CERTAIN
    if high <= 1:
        return WellsState.UNLIKELY_CERTAIN
    if alternative is U and items.count(P) in (2, 3):
        return WellsState.LIKELY_PENDING_ALTERNATIVE
    return WellsState.UNDETERMINED


def test_all_combinations_fall_into_the_documented_states() -> None:
    """Of 59,049 combinations exactly the documented numbers are likely, pending, open, unlikely."""
    counted = Counter(
        wells(items, alternative).state
        for items in product(Status, repeat=9)
        for alternative in Status
    )
    assert counted == {
        WellsState.LIKELY_CERTAIN: 30_633,
        WellsState.LIKELY_PENDING_ALTERNATIVE: 9_984,
        WellsState.UNDETERMINED: 17_559,
        WellsState.UNLIKELY_CERTAIN: 873,
    }


def test_unlikely_needs_eight_of_nine_items_unless_an_alternative_is_recorded() -> None:
    """Only 19 and 19 combinations are unlikely with the alternative absent and unknown."""
    counted = Counter(
        alternative
        for items in product(Status, repeat=9)
        for alternative in Status
        if wells(items, alternative).state is WellsState.UNLIKELY_CERTAIN
    )
    assert counted == {P: 835, A: 19, U: 19}


def test_bounds_and_state_equal_brute_force() -> None:
    """In every combination the interval is the lowest and highest completion, and so the state."""
    for items in product(Status, repeat=9):
        for alternative in Status:
            low, high = bounds(items, alternative)
            scored = wells(items, alternative)
            assert (scored.interval.lower, scored.interval.upper) == (low, high)
            assert scored.state is expected_state(items, alternative, low, high)


OPEN = [
    pytest.param(items, alternative, id=f"{items.count(P)}-{items.count(U)}-{alternative}")
    for items in combinations_with_replacement((P, U, A), 9)
    for alternative in Status
    if wells(items, alternative).state
    in (WellsState.UNDETERMINED, WellsState.LIKELY_PENDING_ALTERNATIVE)
]


def deciding_notes(items: Recorded, alternative: Status) -> dict[str, Note]:
    """What the card of these items says on how many of the missing ones decide."""
    scored = wells(items, alternative)
    dvt, findings = rules("dvt"), found()
    leg = Leg(
        side=Side.LEFT,
        findings=findings,
        rules=dvt,
        episode=read_episode(findings, dvt),
        wells=scored,
        scan=LegScan(Scan.NONE),
        earlier=(),
    )
    notes = dvt_notes.notes(leg, row_of(scored.state), None)
    return {note.id: note for note in notes if note.id in DECIDING}


def row_of(state: WellsState) -> Row:
    """The decision row that lists the missing items."""
    identifier = "D16" if state is WellsState.LIKELY_PENDING_ALTERNATIVE else "D18a"
    return next(row for row in rules("dvt").rows if row.id == identifier)


def recorded(items: Recorded, status: Status, count: int) -> Recorded:
    """The items after `count` of the unknown ones were recorded with this status."""
    places = [place for place, item in enumerate(items) if item is U][:count]
    assert len(places) == count, "asks for more items than are missing"
    return tuple(status if place in places else item for place, item in enumerate(items))


def assert_sharp_likely(items: Recorded, alternative: Status, count: object) -> None:
    """`count` positives reach 2 whatever the rest; one fewer does not."""
    assert isinstance(count, int)
    assert count >= 1
    assert bounds(recorded(items, P, count), alternative)[0] >= 2
    assert bounds(recorded(items, P, count - 1), alternative)[0] < 2


def assert_sharp_unlikely(items: Recorded, alternative: Status, count: object) -> None:
    """`count` negatives keep the score at 1 or less whatever the rest; one fewer does not."""
    assert isinstance(count, int)
    assert count >= 1
    assert bounds(recorded(items, A, count), alternative)[1] <= 1
    assert bounds(recorded(items, A, count - 1), alternative)[1] > 1


@pytest.mark.parametrize(("items", "alternative"), OPEN)
def test_the_card_says_exactly_how_many_items_decide(items: Recorded, alternative: Status) -> None:
    """Each figure printed is enough and not too many, and never more than the missing items."""
    notes = deciding_notes(items, alternative)
    missing = items.count(U)
    assert all(note.values.get("u", missing) == missing for note in notes.values())
    assert all(int(str(note.values.get("k", 0))) <= missing for note in notes.values())
    for name, note in notes.items():
        count = note.values.get("k")
        if name == "decide-likely":
            assert_sharp_likely(items, alternative, count)
        elif name == "decide-likely-unless-alternative":
            assert_sharp_likely(items, A, count)
        elif name == "decide-likely-despite-alternative":
            assert_sharp_likely(items, P, count)
        elif name == "decide-unlikely":
            assert_sharp_unlikely(items, alternative, count)
        elif name == "settle-likely":
            assert_sharp_likely(items, U, count)


@pytest.mark.parametrize(("items", "alternative"), OPEN)
def test_each_open_score_gets_the_sentences_of_its_row(
    items: Recorded, alternative: Status
) -> None:
    """An open score is told what makes it likely and unlikely, a pending one what settles it."""
    points, missing = items.count(P), items.count(U)
    reachable = missing >= 4 - points
    if wells(items, alternative).state is WellsState.LIKELY_PENDING_ALTERNATIVE:
        expected = {"settle-likely"} if reachable else {"only-alternative"}
    elif alternative is U:
        other = "decide-likely-despite-alternative" if reachable else "decide-not-with-alternative"
        expected = {"decide-likely-unless-alternative", other, "decide-unlikely"}
    else:
        expected = {"decide-likely", "decide-unlikely"}
    assert set(deciding_notes(items, alternative)) == expected


def test_only_the_alternative_decides_where_the_card_says_so() -> None:
    """Ruling 60: where no missing item can change the class, the alternative alone settles it."""
    told = [
        items
        for items in combinations_with_replacement((P, U, A), 9)
        if wells(items, U).state is WellsState.LIKELY_PENDING_ALTERNATIVE
        and "only-alternative" in deciding_notes(items, U)
    ]
    assert {(items.count(P), items.count(U)) for items in told} == {(2, 0), (2, 1), (3, 0)}
    for items in told:
        assert bounds(items, A)[0] >= 2
        assert bounds(items, P)[1] <= 1


def test_the_unreachable_clause_is_left_out_exactly_where_it_was_wrong() -> None:
    """Ruling 60: too few missing items, says the card, cannot outweigh an alternative."""
    told = [
        items
        for items in combinations_with_replacement((P, U, A), 9)
        if wells(items, U).state is WellsState.UNDETERMINED
        and "decide-not-with-alternative" in deciding_notes(items, U)
    ]
    assert {(items.count(P), items.count(U)) for items in told} == {(0, 2), (0, 3), (1, 1), (1, 2)}
    assert all(bounds(items, P)[1] <= 1 for items in told)
