"""Which sentences of `cards/sij/notes.toml` the chart calls for."""

from collections.abc import Mapping

from cds_service.clinical.assessment import Assessment, Names, Note, Value
from cds_service.clinical.finding import Unknown
from cds_service.clinical.moment import latest
from cds_service.clinical.spine.joint import Joint, stray_pregnancy

NOTES = frozenset(
    [
        "bounds",
        "other-side-tests",
        "conflicting-test",
        "old-tests",
        "prior-fusion",
        "leg-length",
        "fortin-finger",
        "hip-signs",
        "side-not-recorded",
        "other-side",
        "radiculopathy-unlikely",
        "age-not-recorded",
        "not-suggested-prosthesis",
        "not-suggested-bone",
        "not-suggested-prone",
        "longstanding-incontinence",
        "core-negative",
        "safety-net",
    ]
)


def notes(joint: Joint, other: Joint | None, earlier: tuple[Assessment, ...]) -> tuple[Note, ...]:
    """All notes for one side in reading order."""
    said = list(_test_notes(joint))
    findings = joint.findings
    for note, present in (
        ("prior-fusion", findings.present("prior_lumbar_fusion")),
        ("leg-length", findings.present("lld_recorded")),
        ("fortin-finger", findings.present("fortin_finger", joint.side)),
        ("hip-signs", findings.any_present(joint.rules.groups["hip_signs"])),
        ("side-not-recorded", not joint.side.one_sided),
        ("age-not-recorded", findings.age is None),
        ("radiculopathy-unlikely", _state(earlier, "radiculopathy-unlikely")),
        ("longstanding-incontinence", _state(earlier, "cauda-equina-longstanding")),
    ):
        if present:
            said.append(Note(note))
    if other is not None:
        said.append(Note("other-side", {"side": other.side}))
    said.append(Note("safety-net"))
    return tuple(said)


def _state(earlier: tuple[Assessment, ...], state: str) -> bool:
    return any(assessment.state == state for assessment in earlier)


def _test_notes(joint: Joint) -> list[Note]:
    notes = []
    if joint.positive or any(test.absent for test in joint.tests.values()):
        notes.append(Note("bounds", _bounds(joint)))
    conflicting = tuple(
        name for name, test in joint.tests.items() if test.reason is Unknown.CONFLICTING
    )
    if conflicting:
        notes.append(Note("conflicting-test", {"names": Names(conflicting)}))
    opposite = tuple(
        name
        for name in joint.rules.groups["six"]
        if joint.side.one_sided
        and joint.findings.present(name, joint.side.other)
        and joint.tests[name].unknown
    )
    if opposite:
        notes.append(Note("other-side-tests", {"names": Names(opposite), "side": joint.side.other}))
    return notes + _reach_notes(joint) + _unsuitable_notes(joint)


def _bounds(joint: Joint) -> Mapping[str, Value]:
    return {
        f"{name}_{end}": value
        for name, interval in joint.clusters.items()
        for end, value in (("lower", interval.lower), ("upper", interval.upper))
    }


def _reach_notes(joint: Joint) -> list[Note]:
    notes = []
    core = joint.rules.groups["core"]
    if joint.out_of_reach and all(joint.tests[name].absent for name in core):
        notes.append(Note("core-negative", {"names": Names(core)}))
    old = [
        s.noted
        for test in joint.tests.values()
        if test.reason is Unknown.OUTSIDE_WINDOW
        for s in test.evidence
    ]
    newest = latest(*old)
    if newest:
        notes.append(Note("old-tests", {"date": newest}))
    return notes


def _unsuitable_notes(joint: Joint) -> list[Note]:
    notes = []
    held = {name for name in joint.unsuitable if joint.tests[name].unknown}
    if held & set(joint.rules.groups["loads_hip"]):
        notes.append(Note("not-suggested-prosthesis"))
    if held & set(joint.rules.groups["prone"]):
        stray = stray_pregnancy(joint.findings)
        notes.append(Note("not-suggested-prone" if stray else "not-suggested-bone"))
    return notes
