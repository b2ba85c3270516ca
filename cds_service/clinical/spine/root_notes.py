"""Which sentences of `cards/radiculopathy/notes.toml` the chart calls for."""

from cds_service.clinical.assessment import Assessment, Names, Note
from cds_service.clinical.rulebook import Tier
from cds_service.clinical.spine import deficits
from cds_service.clinical.spine.root import Root
from cds_service.clinical.spine.slip import NOTES as SLIP_NOTES
from cds_service.clinical.spine.slip import slip_notes

NOTES = SLIP_NOTES | frozenset(
    [
        "imaging-follow-emergency",
        "imaging-prior-surgery",
        "imaging-early",
        "imaging-persistent",
        "imaging-otherwise",
        "cauda-equina-questions",
        "side-not-recorded",
        "other-side",
        "longstanding-deficit",
        "back-pain-not-recorded",
        "longstanding-incontinence",
        "age-not-recorded",
        "safety-net",
    ]
)


def notes(root: Root, other: Root | None, earlier: tuple[Assessment, ...]) -> tuple[Note, ...]:
    """All notes for one side, the imaging row first."""
    findings, rules = root.findings, root.rules
    said = [Note(_imaging(root, earlier))]
    open_questions = tuple(
        name for name in rules.groups["cauda_equina_questions"] if findings.of(name).unknown
    )
    if open_questions:
        said.append(Note("cauda-equina-questions", {"names": Names(open_questions)}))
    if all(findings.of(name).unknown for name in rules.groups["back_pain"]):
        said.append(Note("back-pain-not-recorded"))
    if deficits.longstanding(findings, rules, root.side).present:
        said.append(Note("longstanding-deficit"))
    said += slip_notes(findings)
    if not root.side.one_sided:
        said.append(Note("side-not-recorded"))
    if other is not None:
        said.append(Note("other-side", {"leg": other.side}))
    if any(a.state == "cauda-equina-longstanding" for a in earlier):
        said.append(Note("longstanding-incontinence"))
    if findings.age is None:
        said.append(Note("age-not-recorded"))
    said.append(Note("safety-net"))
    return tuple(said)


def _operated(root: Root) -> bool:
    """Lumbar surgery on record; an anesthetic or a puncture is none."""
    findings = root.findings
    needles = {s.source for s in findings.statements("reader:neuraxial")}
    recorded = (findings.of(name) for name in root.rules.groups["lumbar_surgery"])
    return any(f.present and {s.source for s in f.evidence} - needles for f in recorded)


def _imaging(root: Root, earlier: tuple[Assessment, ...]) -> str:
    """The row of the imaging sub-table, as the id of its sentence."""
    findings, rules = root.findings, root.rules
    if any(a.card and a.tier in (Tier.EMERGENCY, Tier.URGENT) for a in earlier):
        return "imaging-follow-emergency"
    if _operated(root) and (root.deficit or findings.present("worsening_14d")):
        return "imaging-prior-surgery"
    began = findings.onset(*rules.groups["leg_pain"], "radicular_pain")
    if began is None or began.within(rules.windows["early"], findings.as_of):
        return "imaging-early"
    return "imaging-persistent" if root.deficit or root.several_features else "imaging-otherwise"
