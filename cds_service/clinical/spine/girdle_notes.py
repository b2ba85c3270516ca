"""Which sentences of `cards/pelvic_girdle/notes.toml` the chart calls for."""

from cds_service.clinical.assessment import Assessment, Names, Note
from cds_service.clinical.finding import Unknown
from cds_service.clinical.moment import latest
from cds_service.clinical.pregnancy import read_pregnancy
from cds_service.clinical.spine.girdle import Girdle

NOTES = frozenset(
    [
        "age-not-recorded",
        "conflicting-test",
        "iliac-veins",
        "longstanding-incontinence",
        "not-suggested-prosthesis",
        "old-tests",
        "other-side",
        "other-side-tests",
        "radiculopathy-unlikely",
        "safety-net",
        "side-not-recorded",
    ]
)


def notes(
    girdle: Girdle, other: Girdle | None, earlier: tuple[Assessment, ...]
) -> tuple[Note, ...]:
    """All notes for one side in reading order."""
    findings, rules = girdle.findings, girdle.rules
    states = {assessment.state for assessment in earlier}
    held = any(girdle.tests[name].unknown for name in girdle.unsuitable)
    said = _test_notes(girdle)
    for note, present in (
        ("iliac-veins", read_pregnancy(findings, rules).or_puerperium(rules)),
        ("not-suggested-prosthesis", held),
        ("side-not-recorded", not girdle.side.one_sided),
        ("age-not-recorded", findings.age is None),
        ("radiculopathy-unlikely", "radiculopathy-unlikely" in states),
        ("longstanding-incontinence", "cauda-equina-longstanding" in states),
    ):
        if present:
            said.append(Note(note))
    if other is not None:
        said.append(Note("other-side", {"side": other.side}))
    return (*said, Note("safety-net"))


def _test_notes(girdle: Girdle) -> list[Note]:
    """What was recorded and does not count: contradictory, of the other side, too old."""
    said = []
    tests = girdle.tests
    conflicting = tuple(n for n, test in tests.items() if test.reason is Unknown.CONFLICTING)
    if conflicting:
        said.append(Note("conflicting-test", {"names": Names(conflicting)}))
    opposite = tuple(
        name
        for name, test in tests.items()
        if test.unknown
        and girdle.side.one_sided
        and girdle.findings.present(name, girdle.side.other)
    )
    if opposite:
        side = girdle.side.other
        said.append(Note("other-side-tests", {"names": Names(opposite), "side": side}))
    outdated = (test for test in tests.values() if test.reason is Unknown.OUTSIDE_WINDOW)
    newest = latest(*(statement.noted for test in outdated for statement in test.evidence))
    if newest:
        said.append(Note("old-tests", {"date": newest}))
    return said
