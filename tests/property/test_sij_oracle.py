"""The sacroiliac table against all 3^6 = 729 combinations of test results."""

from collections import Counter
from itertools import product

from cds_service.clinical.assessment import first_match
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.rulebook import Row
from cds_service.clinical.side import Side
from cds_service.clinical.spine.joint import Joint
from cds_service.clinical.topics.sij import PREDICATES
from tests.unit.record import found, rules

SIX = (
    "sij_thigh_thrust",
    "sij_distraction",
    "sij_compression",
    "sij_sacral_thrust",
    "sij_gaenslen",
    "sij_faber",
)
CLUSTERS = {
    "w5": {*SIX} - {"sij_sacral_thrust"},
    "l5": {*SIX} - {"sij_faber"},
    "l4": {*SIX} - {"sij_gaenslen", "sij_faber"},
}
NEEDED = {"w5": 3, "l5": 3, "l4": 2}
P, A, U = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
NOTHING_ELSE = found()
SIJ = rules("sij")
Results = dict[str, Status]


def joint(results: Results) -> Joint:
    """The left joint with these results and nothing else on record."""
    tests = {
        name: Finding(name, status, Side.LEFT, reason=Unknown.NOT_RECORDED if status is U else None)
        for name, status in results.items()
    }
    return Joint(Side.LEFT, NOTHING_ELSE, SIJ, tests, frozenset())


def row(results: Results) -> Row:
    """The first row of the table that matches."""
    matched = first_match(SIJ.rows, PREDICATES, joint(results))
    assert matched is not None
    return matched


def combinations() -> list[Results]:
    """Every combination of present, absent and unknown."""
    return [dict(zip(SIX, statuses, strict=True)) for statuses in product(Status, repeat=6)]


def span(results: Results, cluster: str) -> tuple[int, int]:
    """Fewest and most positives of a cluster over all completions of the unknown tests."""
    choices = [{P: (1,), A: (0,), U: (0, 1)}[results[name]] for name in CLUSTERS[cluster]]
    totals = {sum(completion) for completion in product(*choices)}
    return min(totals), max(totals)


def expected_state(results: Results) -> str:
    """The table of the clinical document, read row by row."""
    low = {name: span(results, name)[0] >= NEEDED[name] for name in CLUSTERS}
    high = {name: span(results, name)[1] >= NEEDED[name] for name in CLUSTERS}
    given = list(results.values())
    if given.count(U) == 6:
        return "sij-examine"
    if low["w5"] or low["l5"]:
        return "sij-supported"
    if low["l4"]:
        return "sij-two-of-four"
    if given.count(A) == 6:
        return "sij-all-negative"
    if any(high.values()):
        return "sij-continue"
    return "sij-mixed" if given.count(P) >= 3 else "sij-unreachable"


def test_all_combinations_fall_into_the_documented_states() -> None:
    """729 combinations give 1, 201, 120, 350, 55, 1 and 1 of the seven states."""
    assert Counter(row(results).state for results in combinations()) == {
        "sij-examine": 1,
        "sij-supported": 201,
        "sij-two-of-four": 120,
        "sij-continue": 350,
        "sij-unreachable": 55,
        "sij-mixed": 1,
        "sij-all-negative": 1,
    }


def test_every_combination_follows_the_table() -> None:
    """Each single combination lands in the row of the document, not only the totals."""
    for results in combinations():
        assert row(results).state == expected_state(results)


def test_cluster_bounds_equal_brute_force() -> None:
    """Lowest and highest count of each cluster are those of all completions."""
    for results in combinations():
        for name, interval in joint(results).clusters.items():
            assert (interval.lower, interval.upper) == span(results, name)


def test_two_of_four_says_when_three_cannot_be_reached_any_more() -> None:
    """In 12 of the 120 combinations with two of four no cluster of five is left in reach."""
    rows = [row(results) for results in combinations()]
    variants = Counter(r.variant for r in rows if r.state == "sij-two-of-four")
    assert variants == {None: 108, "cannot-reach": 12}


def test_the_mixed_state_is_faber_gaenslen_and_sacral_thrust() -> None:
    """The only mixed result is positive FABER, Gaenslen and sacral thrust with a negative core."""
    (mixed,) = (results for results in combinations() if row(results).state == "sij-mixed")
    positive = {name for name, status in mixed.items() if status is P}
    assert positive == {"sij_faber", "sij_gaenslen", "sij_sacral_thrust"}


def test_only_the_three_core_tests_close_the_question() -> None:
    """Thigh thrust, distraction, compression negative suffice; sacral thrust cannot replace one."""
    unknown = dict.fromkeys(SIX, U)
    core = unknown | dict.fromkeys(SIX[:3], A)
    assert row(core).state == "sij-unreachable"
    substituted = unknown | dict.fromkeys(("sij_thigh_thrust", "sij_distraction"), A)
    substituted["sij_sacral_thrust"] = A
    assert row(substituted).state == "sij-continue"
    assert joint(substituted).cluster("w5").upper == 3


def test_an_unsuitable_test_counts_when_done_but_is_not_hoped_for() -> None:
    """A test that must not be done adds nothing to the most possible, yet its result counts."""
    results = dict.fromkeys(SIX, U)
    bare = joint(results)
    held = Joint(Side.LEFT, NOTHING_ELSE, SIJ, bare.tests, frozenset({"sij_sacral_thrust"}))
    assert held.cluster("l4").upper == 3
    done = joint(results | {"sij_sacral_thrust": P})
    kept = Joint(Side.LEFT, NOTHING_ELSE, SIJ, done.tests, frozenset({"sij_sacral_thrust"}))
    assert kept.cluster("l4").lower == 1
